/* SPDX-License-Identifier: Apache-2.0 */
/* Making TLS contexts: see secure_context.h. */
#include "secure_context.h"
#include "secure_internal.h"
#include "secure_trust.h"
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

/* Forward secret and authenticated; what else a peer may need is configured. */
static char const default_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

static char const *given(char const *text)
{
    return text && *text ? text : NULL;
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

static bool is_last_error(int lib, int what)
{
    unsigned long error = ERR_peek_last_error();

    return ERR_GET_LIB(error) == lib && ERR_GET_REASON(error) == what;
}

static int load_key(SSL_CTX *ctx, char const *key, char const *certificate,
                    struct secure_fault *fault)
{
    bool is_encrypted = false;

    if (secure_fault_check_file(fault, "key", key) < 0)
        return -1;
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(ctx, &is_encrypted);
    /* A key of another type than the certificate is only seen by the check. */
    bool is_fine = SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1 &&
                   SSL_CTX_check_private_key(ctx) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(ctx, NULL);
    SSL_CTX_set_default_passwd_cb(ctx, NULL);
    if (is_fine)
        return 0;
    if (is_encrypted)
        return secure_fault_set(fault, "key", "\"%s\" is encrypted: store it without a passphrase",
                                key);
    if (is_last_error(ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH) ||
        is_last_error(ERR_LIB_SSL, SSL_R_NO_CERTIFICATE_ASSIGNED))
        return secure_fault_set(fault, "key", "\"%s\" is not the key of the certificate \"%s\"",
                                key, certificate);
    return secure_fault_set(fault, "key", "\"%s\" holds no usable PEM key: %s", key,
                            secure_fault_reason());
}

static int load_certificate(SSL_CTX *ctx, struct secure_settings const *settings,
                            struct secure_fault *fault)
{
    char const *certificate = given(settings->certificate), *key = given(settings->key);

    if (!certificate)
        return key ? secure_fault_set(fault, "certificate", "there is a key but no certificate")
                   : 0;
    if (secure_fault_check_file(fault, "certificate", certificate) < 0)
        return -1;
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1)
        return secure_fault_set(fault, "certificate", "\"%s\" holds no usable PEM certificate: %s",
                                certificate, secure_fault_reason());
    return load_key(ctx, key ? key : certificate, certificate, fault);
}

static int set_protocol(SSL_CTX *ctx, struct secure_settings const *settings,
                        struct secure_fault *fault)
{
    char const *ciphers = given(settings->ciphers);
    int min = settings->min_version == SECURE_TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;

    SSL_CTX_set_min_proto_version(ctx, min);
    /* No resumption: every connection is verified against the trust of today. Connections live
     * long, so there is little to win. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 0);
    /* A peer that closes without a word is no error: messages tell their own length. */
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_dh_auto(ctx, 1);
    if (SSL_CTX_set_cipher_list(ctx, ciphers ? ciphers : default_ciphers) != 1)
        return secure_fault_set(fault, "ciphers", "\"%s\" selects no cipher that OpenSSL has",
                                ciphers ? ciphers : default_ciphers);
    return 0;
}

struct secure_context *secure_context_new(struct secure_settings const *settings,
                                          struct secure_fault *fault)
{
    size_t size = strlen(settings->name) + 1;
    struct secure_context *context = calloc(1, sizeof *context + size);

    ERR_clear_error();
    *fault = (struct secure_fault){ .setting = "name", .text = "out of memory" };
    if (!context)
        return NULL;
    memcpy(context->name, settings->name, size);
    atomic_init(&context->refs, 1);
    context->bio = secure_link_bio_new();
    context->ctx = SSL_CTX_new(TLS_method());
    if (!context->bio || !context->ctx)
        goto fail;
    if (set_protocol(context->ctx, settings, fault) < 0 ||
        load_certificate(context->ctx, settings, fault) < 0 ||
        secure_trust_load(context->ctx, settings, fault) < 0 ||
        secure_verify_init(&context->policy, context->ctx, settings, fault) < 0)
        goto fail;
    ERR_clear_error();
    return context;

fail:
    secure_context_unref(&context);
    return NULL;
}

struct secure_context *secure_context_ref(struct secure_context *context)
{
    if (context)
        atomic_fetch_add_explicit(&context->refs, 1, memory_order_relaxed);
    return context;
}

void secure_context_unref(struct secure_context **pcontext)
{
    struct secure_context *context = *pcontext;

    *pcontext = NULL;
    if (!context || atomic_fetch_sub_explicit(&context->refs, 1, memory_order_acq_rel) != 1)
        return;
    SSL_CTX_free(context->ctx);
    BIO_meth_free(context->bio);
    secure_verify_fini(&context->policy);
    free(context);
}

char const *secure_context_name(struct secure_context const *context)
{
    return context->name;
}

bool secure_context_has_certificate(struct secure_context const *context)
{
    return SSL_CTX_get0_certificate(context->ctx) != NULL;
}

char const *secure_context_doubt(struct secure_context const *context)
{
    X509 const *cert = SSL_CTX_get0_certificate(context->ctx);

    if (cert && X509_cmp_current_time(X509_get0_notAfter(cert)) < 0)
        return "the certificate has expired";
    if (cert && X509_cmp_current_time(X509_get0_notBefore(cert)) > 0)
        return "the certificate is not yet valid";
    return NULL;
}
