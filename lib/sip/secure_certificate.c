/* SPDX-License-Identifier: Apache-2.0 */
/* Reading our own certificates: see secure_certificate.h. */
#include "secure_certificate.h"
#include "secure_identity.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECT_TEXT = 120 };

/* --- the file -----------------------------------------------------------------------------------
 */

static int read_certificates(struct secure_certificate *ret, BIO *in, struct secure_fault *fault)
{
    X509 *cert;

    ret->leaf = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
    if (!ret->leaf)
        return secure_fault_set(fault, "certificates", "\"%s\" holds no usable PEM certificate: %s",
                                ret->file, secure_fault_reason());
    while ((cert = PEM_read_bio_X509(in, NULL, NULL, NULL)))
        if (sk_X509_push(ret->chain, cert) <= 0) {
            X509_free(cert);
            return secure_fault_set(fault, "certificates", "out of memory");
        }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return secure_fault_set(fault, "certificates", "\"%s\": certificate %d is broken: %s",
                                ret->file, sk_X509_num(ret->chain) + 2, secure_fault_reason());
    ERR_clear_error();
    return 0;
}

/* Without this, OpenSSL asks at the terminal. */
static int no_passphrase(char *text, int size, int is_writing, void *was_asked)
{
    (void)text;
    (void)size;
    (void)is_writing;
    *(bool *)was_asked = true;
    return -1;
}

static int read_key(struct secure_certificate *ret, char const *file, struct secure_fault *fault)
{
    bool is_encrypted = false;

    if (secure_fault_check_file(fault, "keys", file) < 0)
        return -1;
    BIO *in = BIO_new_file(file, "r");
    if (in)
        ret->key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, &is_encrypted);
    BIO_free(in);
    if (ret->key)
        return 0;
    if (is_encrypted)
        return secure_fault_set(fault, "keys", "\"%s\" is encrypted: store it without a passphrase",
                                file);
    return secure_fault_set(fault, "keys", "\"%s\" holds no usable PEM key: %s", file,
                            secure_fault_reason());
}

/* --- what must fit ------------------------------------------------------------------------------
 */

static char const *subject(X509 const *cert, char text[static SUBJECT_TEXT])
{
    X509_NAME const *name = X509_get_subject_name(cert);

    if (X509_NAME_get_text_by_NID(name, NID_commonName, text, SUBJECT_TEXT) < 0)
        X509_NAME_oneline(name, text, SUBJECT_TEXT);
    return text;
}

static int check_key(struct secure_certificate const *ours, char const *key_file,
                     struct secure_fault *fault)
{
    if (X509_check_private_key(ours->leaf, ours->key) == 1)
        return 0;
    for (int i = 0; i < sk_X509_num(ours->chain); i++)
        if (X509_check_private_key(sk_X509_value(ours->chain, i), ours->key) == 1)
            return secure_fault_set(fault, "certificates",
                                    "\"%s\": the key \"%s\" is that of certificate %d: put that "
                                    "one first, then each one's issuer",
                                    ours->file, key_file, i + 2);
    return secure_fault_set(fault, "keys",
                            "\"%s\" is not the key of the certificate \"%s\": keys stand in the "
                            "order of certificates",
                            key_file, ours->file);
}

static bool is_issued_by(X509 *cert, X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);

    return key && X509_check_issued(issuer, cert) == X509_V_OK && X509_verify(cert, key) == 1;
}

static int check_chain(struct secure_certificate const *ours, struct secure_fault *fault)
{
    X509 *cert = ours->leaf;
    char subjects[2][SUBJECT_TEXT];

    for (int i = 0; i < sk_X509_num(ours->chain); i++) {
        X509 *next = sk_X509_value(ours->chain, i);
        if (!is_issued_by(cert, next))
            return secure_fault_set(fault, "certificates",
                                    "\"%s\": certificate %d (\"%s\") does not issue the one before "
                                    "it (\"%s\"): put ours first, then each one's issuer",
                                    ours->file, i + 2, subject(next, subjects[0]),
                                    subject(cert, subjects[1]));
        cert = next;
    }
    return 0;
}

int secure_certificate_read(struct secure_certificate *ret, char const *file, char const *key_file,
                            struct secure_fault *fault)
{
    BIO *in = NULL;

    if (!key_file || !*key_file)
        key_file = file;
    if (secure_fault_check_file(fault, "certificates", file) < 0)
        return -1;
    ret->file = strdup(file);
    ret->chain = sk_X509_new_null();
    in = BIO_new_file(file, "r");
    if (!ret->file || !ret->chain || !in)
        return secure_fault_set(fault, "certificates", "out of memory");
    int error = read_certificates(ret, in, fault);
    BIO_free(in);
    if (error || read_key(ret, key_file, fault) < 0 || check_key(ret, key_file, fault) < 0 ||
        check_chain(ret, fault) < 0)
        return -1;
    if (!secure_certificate_kind(ret))
        return secure_fault_set(fault, "keys",
                                "\"%s\" is of a kind that TLS does not take: make "
                                "one for RSA, ECDSA or Ed25519",
                                key_file);
    ret->identity = secure_identity_new(ret->leaf);
    return ret->identity ? 0 : secure_fault_set(fault, "certificates", "out of memory");
}

void secure_certificate_fini(struct secure_certificate *certificate)
{
    free(certificate->file);
    X509_free(certificate->leaf);
    sk_X509_pop_free(certificate->chain, X509_free);
    EVP_PKEY_free(certificate->key);
    secure_identity_unref(&certificate->identity);
}

char const *secure_certificate_kind(struct secure_certificate const *certificate)
{
    switch (EVP_PKEY_get_base_id(certificate->key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        return "RSA";
    case EVP_PKEY_EC:
        return "ECDSA";
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return "EdDSA";
    default:
        return NULL;
    }
}

char const *secure_certificate_doubt(struct secure_certificate const *certificate)
{
    if (X509_cmp_current_time(X509_get0_notAfter(certificate->leaf)) < 0)
        return "has expired";
    if (X509_cmp_current_time(X509_get0_notBefore(certificate->leaf)) > 0)
        return "is not yet valid";
    return NULL;
}

int secure_certificate_days_left(struct secure_certificate const *certificate)
{
    int days = 0, seconds = 0;

    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate->leaf));
    return seconds < 0 ? days - 1 : days;
}
