/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a handshake: see secure_sight.h. */
#include "secure_sight.h"
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* RFC 8446 §5.1 and §6, RFC 5246 §7.4. */
enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22, ALERT_FATAL = 2 };
enum { HANDSHAKE_HEAD = 4 };

static void print_name(X509_NAME const *name, char ret[static SECURE_SIGHT_TEXT])
{
    BIO *bio = BIO_new(BIO_s_mem());
    int len = 0;

    if (bio && name &&
        X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        len = BIO_read(bio, ret, SECURE_SIGHT_TEXT - 1);
    ret[len > 0 ? len : 0] = '\0';
    BIO_free(bio);
}

/* One line, as openssl x509 prints it; what does not fit is left out. */
static void print_names(X509 *cert, char ret[static SECURE_SIGHT_NAMES])
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    BIO *bio = BIO_new(BIO_s_mem());
    int len = 0;

    for (int i = 0; bio && i < sk_GENERAL_NAME_num(names); i++) {
        BIO_puts(bio, i ? ", " : "");
        GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(names, i));
    }
    if (bio)
        len = BIO_read(bio, ret, SECURE_SIGHT_NAMES - 1);
    ret[len > 0 ? len : 0] = '\0';
    BIO_free(bio);
    GENERAL_NAMES_free(names);
}

static void print_key(X509 *cert, char ret[static 40])
{
    EVP_PKEY *key = X509_get0_pubkey(cert);
    char group[24] = "";

    if (key && EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1)
        snprintf(ret, 40, "EC %s", strcmp(group, "prime256v1") == 0 ? "P-256" : group);
    else
        snprintf(ret, 40, "%s %d", key ? EVP_PKEY_get0_type_name(key) : "unknown",
                 key ? EVP_PKEY_get_bits(key) : 0);
}

static int64_t seconds(ASN1_TIME const *time)
{
    struct tm tm;

    return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void read_cert(struct secure_sight_cert *ret, X509 *cert)
{
    print_name(X509_get_subject_name(cert), ret->subject);
    print_name(X509_get_issuer_name(cert), ret->issuer);
    print_names(cert, ret->names);
    print_key(cert, ret->key);
    ret->from_s = seconds(X509_get0_notBefore(cert));
    ret->to_s = seconds(X509_get0_notAfter(cert));
}

void secure_sight_judge(struct secure_sight *sight, X509_STORE_CTX *store, enum secure_cause cause,
                        char const *detail)
{
    STACK_OF(X509) *shown = X509_STORE_CTX_get0_untrusted(store);
    STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(store);
    int own = X509_STORE_CTX_get_num_untrusted(store);

    sight->n_shown = 0;
    for (int i = 0; i < sk_X509_num(shown); i++)
        if (sight->n_shown++ < SECURE_SIGHT_CERTS)
            read_cert(&sight->shown[sight->n_shown - 1], sk_X509_value(shown, i));
    sight->anchor[0] = '\0';
    /* What the path has beyond the peer's certificates is from our trust. */
    if (path && own < sk_X509_num(path))
        print_name(X509_get_subject_name(sk_X509_value(path, own)), sight->anchor);
    sight->is_judged = true;
    sight->cause = cause;
    sight->detail = detail;
}

/* --- messages -----------------------------------------------------------------------------------
 */

/* The certificate goes out when the whole of the peer's turn has been read. */
static void note_own(struct secure_sight *sight, SSL *ssl, size_t len)
{
    /* TLS 1.3 has the length of a context in front (RFC 8446 §4.4.2), then that of the list. */
    size_t empty = HANDSHAKE_HEAD + 3 + (SSL_version(ssl) == TLS1_3_VERSION);
    X509 *cert = SSL_get_certificate(ssl);

    sight->is_answered = len > empty && cert;
    if (sight->is_answered)
        read_cert(&sight->own, cert);
    STACK_OF(X509_NAME) const *asked = SSL_get0_peer_CA_list(ssl);
    for (int i = 0; i < sk_X509_NAME_num(asked) && sight->n_asked < SECURE_SIGHT_CAS; i++)
        print_name(sk_X509_NAME_value(asked, i), sight->asked[sight->n_asked++]);
}

static void on_message(int is_ours, int version, int type, void const *bytes, size_t len, SSL *ssl,
                       void *arg)
{
    struct secure_sight *sight = arg;
    unsigned char const *message = bytes;

    (void)version;
    if (type == RECORD_ALERT && len == 2 && !is_ours && message[0] == ALERT_FATAL)
        sight->alert = message[1];
    if (type != RECORD_HANDSHAKE || len < HANDSHAKE_HEAD)
        return;
    if (!is_ours && message[0] == SSL3_MT_CERTIFICATE_REQUEST)
        sight->is_asked = true;
    if (is_ours && message[0] == SSL3_MT_CERTIFICATE)
        note_own(sight, ssl, len);
}

void secure_sight_attach(struct secure_sight *sight, SSL *ssl)
{
    *sight = (struct secure_sight){ .detail = "" };
    SSL_set_msg_callback(ssl, on_message);
    SSL_set_msg_callback_arg(ssl, sight);
}
