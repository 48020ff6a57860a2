/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing PEM. */
#include "cert_pem.h"
#include "buf.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <string.h>
#include <sys/stat.h>

static BIO *open_file(char const *path, struct cert_fault *fault)
{
    struct stat st;
    BIO *bio = NULL;

    if (stat(path, &st) < 0 || (bio = BIO_new_file(path, "rb")) == NULL) {
        cert_fault_set(fault, "cannot read \"%s\": %s", path, strerror(errno));
    } else if (!S_ISREG(st.st_mode) || st.st_size > CERT_PEM_FILE_MAX) {
        cert_fault_set(fault, "\"%s\" is no file, or too large", path);
        BIO_free(bio);
        bio = NULL;
    }
    return bio;
}

/* --- blocks ------------------------------------------------------------------------------------
 */

static int add_cert(struct cert_pem *pem, X509 *cert)
{
    if (cert && sk_X509_num(pem->certs) < CERT_PEM_CERTS_MAX && sk_X509_push(pem->certs, cert) > 0)
        return 0;
    X509_free(cert);
    return -1;
}

/* A bundle: what stands in it are certificates without any order. */
static int add_bundle(struct cert_pem *pem, PKCS7 *bundle)
{
    STACK_OF(X509) *certs =
        bundle && PKCS7_type_is_signed(bundle) && bundle->d.sign ? bundle->d.sign->cert : NULL;
    int result = certs ? 0 : -1;

    for (int i = 0; result == 0 && i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);
        X509_up_ref(cert);
        result = add_cert(pem, cert);
    }
    PKCS7_free(bundle);
    return result;
}

static int take_cert(struct cert_pem *pem, unsigned char const *der, long len)
{
    return add_cert(pem, d2i_X509(NULL, &der, len));
}

static int take_trusted(struct cert_pem *pem, unsigned char const *der, long len)
{
    return add_cert(pem, d2i_X509_AUX(NULL, &der, len));
}

static int take_bundle(struct cert_pem *pem, unsigned char const *der, long len)
{
    return add_bundle(pem, d2i_PKCS7(NULL, &der, len));
}

static int take_crl(struct cert_pem *pem, unsigned char const *der, long len)
{
    X509_CRL *crl = d2i_X509_CRL(NULL, &der, len);

    if (crl && sk_X509_CRL_push(pem->crls, crl) > 0)
        return 0;
    X509_CRL_free(crl);
    return -1;
}

static int take_request(struct cert_pem *pem, unsigned char const *der, long len)
{
    X509_REQ *request = d2i_X509_REQ(NULL, &der, len);

    if (!request)
        return -1;
    if (pem->request)
        X509_REQ_free(request);
    else
        pem->request = request;
    return 0;
}

/* The forms with and without the name of the algorithm; one with a passphrase is not ours to
 * read. */
static int take_key(struct cert_pem *pem, unsigned char const *der, long len)
{
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &der, len);

    if (!key)
        return -1;
    if (pem->key)
        EVP_PKEY_free(key);
    else
        pem->key = key;
    return 0;
}

static struct {
    char const *name;
    int (*take)(struct cert_pem *pem, unsigned char const *der, long len);
} const kinds[] = {
    { PEM_STRING_X509, take_cert },
    { PEM_STRING_X509_OLD, take_cert },
    { PEM_STRING_X509_TRUSTED, take_trusted },
    { PEM_STRING_PKCS7, take_bundle },
    { PEM_STRING_X509_CRL, take_crl },
    { PEM_STRING_X509_REQ, take_request },
    { PEM_STRING_X509_REQ_OLD, take_request },
    { PEM_STRING_PKCS8INF, take_key },
    { PEM_STRING_RSA, take_key },
    { PEM_STRING_ECPRIVATEKEY, take_key },
};

/* Returns 1 if the block is one of ours, 0 if not, -1 if it is broken. */
static int take_block(struct cert_pem *pem, char const *name, char const *header,
                      unsigned char const *der, long len)
{
    if (strstr(header, "ENCRYPTED"))
        return 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].take(pem, der, len) < 0 ? -1 : 1;
    return 0;
}

static int take_blocks(struct cert_pem *pem, BIO *bio, char const *path, int *ret_n,
                       struct cert_fault *fault)
{
    char *name, *header;
    unsigned char *der;
    long len;

    while (PEM_read_bio(bio, &name, &header, &der, &len) == 1) {
        int taken = take_block(pem, name, header, der, len);
        if (taken < 0)
            cert_fault_set(fault, "\"%s\": a block \"%.60s\" is broken", path, name);
        OPENSSL_clear_free(der, (size_t)len);
        OPENSSL_free(name);
        OPENSSL_free(header);
        if (taken < 0)
            return -1;
        *ret_n += taken;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) {
        ERR_clear_error();
        return 0;
    }
    return cert_fault_set(fault, "\"%s\": a PEM block is broken: %s", path, cert_fault_reason());
}

/* A file without a PEM block. */
static int take_der(struct cert_pem *pem, BIO *bio)
{
    X509 *cert;

    BIO_reset(bio);
    cert = d2i_X509_bio(bio, NULL);
    if (cert)
        return add_cert(pem, cert);
    BIO_reset(bio);
    return add_bundle(pem, d2i_PKCS7_bio(bio, NULL));
}

int cert_pem_read(struct cert_pem *ret, char const *path, struct cert_fault *fault)
{
    BIO *bio = open_file(path, fault);
    int n = 0, result = -1;

    *ret = (struct cert_pem){ .certs = sk_X509_new_null(), .crls = sk_X509_CRL_new_null() };
    if (bio)
        result = take_blocks(ret, bio, path, &n, fault);
    if (result == 0 && n == 0 && take_der(ret, bio) < 0)
        result = cert_fault_set(fault, "\"%s\" holds no certificate, request, list or key", path);
    BIO_free(bio);
    return result;
}

void cert_pem_fini(struct cert_pem *pem)
{
    sk_X509_pop_free(pem->certs, X509_free);
    sk_X509_CRL_pop_free(pem->crls, X509_CRL_free);
    X509_REQ_free(pem->request);
    EVP_PKEY_free(pem->key);
    *pem = (struct cert_pem){ 0 };
}

/* --- keys --------------------------------------------------------------------------------------
 */

/* Without this, OpenSSL asks at the terminal. */
static int no_passphrase(char *text, int size, int is_writing, void *was_asked)
{
    (void)text;
    (void)size;
    (void)is_writing;
    *(bool *)was_asked = true;
    return -1;
}

EVP_PKEY *cert_pem_read_key(char const *path, struct cert_fault *fault)
{
    bool is_encrypted = false;
    BIO *bio = open_file(path, fault);
    EVP_PKEY *key;

    if (!bio)
        return NULL;
    key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &is_encrypted);
    BIO_free(bio);
    if (!key && is_encrypted)
        cert_fault_set(fault, "\"%s\" is encrypted: store the key without a passphrase", path);
    else if (!key)
        cert_fault_set(fault, "\"%s\" holds no usable PEM key: %s", path, cert_fault_reason());
    return key;
}

/* --- writing -----------------------------------------------------------------------------------
 */

static void add_bio(struct buf *out, BIO *bio, bool is_good)
{
    char *text = NULL;
    long len = bio ? BIO_get_mem_data(bio, &text) : 0;

    if (is_good && len > 0)
        buf_add(out, text, (size_t)len);
    else
        out->failed = true;
    BIO_free(bio);
}

void cert_pem_add_cert(struct buf *out, X509 *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());

    add_bio(out, bio, bio && PEM_write_bio_X509(bio, cert) == 1);
}

void cert_pem_add_key(struct buf *out, EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_secmem());

    add_bio(out, bio,
            bio && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
}

void cert_pem_add_request(struct buf *out, X509_REQ *request)
{
    BIO *bio = BIO_new(BIO_s_mem());

    add_bio(out, bio, bio && PEM_write_bio_X509_REQ(bio, request) == 1);
}
