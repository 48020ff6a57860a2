/* SPDX-License-Identifier: Apache-2.0 */
/* Which of our certificates a peer is shown: see secure_choice.h. */
#include "secure_choice.h"
#include "secure_identity.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

static bool is_same_kind(struct secure_certificate const *one, struct secure_certificate const *two)
{
    return EVP_PKEY_get_base_id(one->key) == EVP_PKEY_get_base_id(two->key);
}

/* --- what the peer asks for ---------------------------------------------------------------------
 */

static bool has_name(struct secure_certificate const *certificate, char const *name, bool in_full)
{
    if (in_full)
        return secure_identity_is_host(certificate->identity, name) ||
               X509_check_host(certificate->leaf, name, 0, X509_CHECK_FLAG_NO_WILDCARDS, NULL) == 1;
    return secure_identity_is_xmpp(certificate->identity, name) ||
           X509_check_host(certificate->leaf, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                           NULL) == 1;
}

static bool is_cipher_for(SSL_CIPHER const *cipher, struct secure_certificate const *certificate)
{
    bool is_rsa = strcmp(secure_certificate_kind(certificate), "RSA") == 0;
    int wanted = is_rsa ? NID_auth_rsa : NID_auth_ecdsa;

    return SSL_CIPHER_get_auth_nid(cipher) == wanted;
}

/* Until TLS 1.2 the cipher names the kind of key. */
static bool has_cipher(SSL *ssl, struct secure_certificate const *certificate)
{
    STACK_OF(SSL_CIPHER) *theirs = SSL_get_client_ciphers(ssl), *ours = SSL_get_ciphers(ssl);

    if (SSL_version(ssl) >= TLS1_3_VERSION)
        return true;
    for (int i = 0; i < sk_SSL_CIPHER_num(theirs); i++) {
        SSL_CIPHER const *cipher = sk_SSL_CIPHER_value(theirs, i);
        if (is_cipher_for(cipher, certificate) && sk_SSL_CIPHER_find(ours, cipher) >= 0)
            return true;
    }
    return false;
}

static bool can_verify(SSL *ssl, struct secure_certificate const *certificate)
{
    int const wanted = CERT_PKEY_VALID | CERT_PKEY_SIGN;
    int can = SSL_check_chain(ssl, certificate->leaf, certificate->key, certificate->chain);

    return (can & wanted) == wanted && has_cipher(ssl, certificate);
}

/* Leaves @p ssl with those that have @p name, the first of each kind. 0: none has; negative: out of
 * memory. */
static int show_named(SSL *ssl, struct secure_choice const *choice, char const *name, bool in_full)
{
    int shown = 0;

    /* Backwards: of one kind, the last that is put there stays. */
    for (size_t i = choice->n; i-- > 0;) {
        struct secure_certificate const *certificate = &choice->v[i];
        if (!has_name(certificate, name, in_full) || !can_verify(ssl, certificate))
            continue;
        if (!shown++)
            SSL_certs_clear(ssl);
        if (SSL_use_cert_and_key(ssl, certificate->leaf, certificate->key, certificate->chain, 1) !=
            1)
            return -1;
    }
    return shown;
}

/* SSL_CTX_set_cert_cb: when the peer's hello is read, before a certificate is chosen. */
static int on_hello(SSL *ssl, void *choice)
{
    char const *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

    if (!SSL_is_server(ssl) || !name)
        return 1;
    int shown = show_named(ssl, choice, name, true);
    if (!shown)
        shown = show_named(ssl, choice, name, false);
    ERR_clear_error(); /* of certificates that were only tried */
    return shown >= 0;
}

/* --- what is there to show ----------------------------------------------------------------------
 */

/* An earlier one that is shown whenever @p last could be; NULL: none. */
static struct secure_certificate const *find_same(struct secure_choice const *choice,
                                                  struct secure_certificate const *last)
{
    for (size_t i = 0; i < choice->n; i++)
        if (is_same_kind(&choice->v[i], last) &&
            secure_identity_covers(choice->v[i].identity, last->identity))
            return &choice->v[i];
    return NULL;
}

static int read_one(struct secure_choice *choice, struct secure_settings const *settings, size_t i,
                    struct secure_fault *fault)
{
    char const *file = settings->certificates.v[i];
    char const *key = i < settings->keys.n ? settings->keys.v[i] : NULL;
    struct secure_certificate *last = &choice->v[choice->n];

    if (!file || !*file)
        return secure_fault_set(fault, "certificates", "entry %zu is empty", i + 1);
    int error = secure_certificate_read(last, file, key, fault);
    struct secure_certificate const *same = error ? NULL : find_same(choice, last);
    if (same && settings->skips_same) {
        secure_certificate_fini(last);
        *last = (struct secure_certificate){ .file = NULL }; /* the next one comes there */
        return 0;
    }
    choice->n++;
    if (same)
        return secure_fault_set(fault, "certificates",
                                "\"%s\" and \"%s\" are both of the kind %s and for the same "
                                "names: the second would never be shown, take it out",
                                same->file, last->file, secure_certificate_kind(last));
    return error;
}

int secure_choice_init(struct secure_choice *choice, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault)
{
    if (settings->keys.n > settings->certificates.n)
        return secure_fault_set(fault, "keys", "%zu keys, but %zu certificates", settings->keys.n,
                                settings->certificates.n);
    if (!settings->certificates.n)
        return 0;
    choice->v = calloc(settings->certificates.n, sizeof *choice->v);
    if (!choice->v)
        return secure_fault_set(fault, "certificates", "out of memory");
    for (size_t i = 0; i < settings->certificates.n; i++)
        if (read_one(choice, settings, i, fault) < 0)
            return -1;
    /* Backwards, as above. */
    for (size_t i = choice->n; i-- > 0;) {
        struct secure_certificate const *ours = &choice->v[i];
        if (SSL_CTX_use_cert_and_key(ctx, ours->leaf, ours->key, ours->chain, 1) != 1)
            return secure_fault_set(fault, "certificates", "\"%s\" cannot be used: %s", ours->file,
                                    secure_fault_reason());
    }
    if (choice->n > 1)
        SSL_CTX_set_cert_cb(ctx, on_hello, choice);
    return 0;
}

void secure_choice_fini(struct secure_choice *choice)
{
    while (choice->n)
        secure_certificate_fini(&choice->v[--choice->n]);
    free(choice->v);
    choice->v = NULL;
}
