/* SPDX-License-Identifier: Apache-2.0 */
/* Making TLS contexts: see secure_context.h. */
#include "secure_context.h"
#include "secure_identity.h"
#include "secure_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Forward secret and authenticated; what else a peer may need is configured. */
static char const default_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

enum { CHAIN_DEPTH = 10 };

static int fail(struct secure_fault *fault, char const *setting, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct secure_fault *fault, char const *setting, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    fault->setting = setting;
    ERR_clear_error();
    return -1;
}

/* What OpenSSL says first is nearest to the cause. */
static char const *reason(void)
{
    char const *text = ERR_reason_error_string(ERR_peek_error());

    return text ? text : "unknown";
}

static char const *given(char const *text)
{
    return text && *text ? text : NULL;
}

/* OpenSSL tells a file that cannot be opened badly. */
static int check_readable(struct secure_fault *fault, char const *setting, char const *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail(fault, setting, "cannot read \"%s\": %s", path, strerror(errno));
    close(fd);
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

static bool is_last_error(int lib, int what)
{
    unsigned long error = ERR_peek_last_error();

    return ERR_GET_LIB(error) == lib && ERR_GET_REASON(error) == what;
}

static int load_key(SSL_CTX *ctx, char const *key, char const *certificate,
                    struct secure_fault *fault)
{
    bool is_encrypted = false;

    if (check_readable(fault, "key", key) < 0)
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
        return fail(fault, "key", "\"%s\" is encrypted: store it without a passphrase", key);
    if (is_last_error(ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH) ||
        is_last_error(ERR_LIB_SSL, SSL_R_NO_CERTIFICATE_ASSIGNED))
        return fail(fault, "key", "\"%s\" is not the key of the certificate \"%s\"", key,
                    certificate);
    return fail(fault, "key", "\"%s\" holds no usable PEM key: %s", key, reason());
}

static int load_certificate(SSL_CTX *ctx, struct secure_settings const *settings,
                            struct secure_fault *fault)
{
    char const *certificate = given(settings->certificate), *key = given(settings->key);

    if (!certificate)
        return key ? fail(fault, "certificate", "there is a key but no certificate") : 0;
    if (check_readable(fault, "certificate", certificate) < 0)
        return -1;
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1)
        return fail(fault, "certificate", "\"%s\" holds no usable PEM certificate: %s", certificate,
                    reason());
    return load_key(ctx, key ? key : certificate, certificate, fault);
}

static int load_trust(SSL_CTX *ctx, struct secure_settings const *settings,
                      struct secure_fault *fault)
{
    char const *ca = given(settings->ca);

    if (!ca && settings->verify_peer != SECURE_VERIFY_NONE)
        return fail(fault, "ca", "verify_peer wants the certificates that are trusted");
    if (!ca)
        return SSL_CTX_set_default_verify_paths(ctx) == 1
                   ? 0
                   : fail(fault, "ca", "the system's certificates cannot be read: %s", reason());
    if (check_readable(fault, "ca", ca) < 0)
        return -1;
    if (SSL_CTX_load_verify_file(ctx, ca) != 1)
        return fail(fault, "ca", "\"%s\" holds no usable PEM certificate: %s", ca, reason());
    /* So that a client with several certificates shows one that we trust. */
    if (settings->verify_peer != SECURE_VERIFY_NONE)
        SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(ca));
    return 0;
}

static void set_verify(SSL_CTX *ctx, enum secure_verify verify_peer)
{
    static int const modes[] = {
        [SECURE_VERIFY_NONE] = SSL_VERIFY_NONE,
        [SECURE_VERIFY_OPTIONAL] = SSL_VERIFY_PEER,
        [SECURE_VERIFY_REQUIRED] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
    };

    SSL_CTX_set_verify(ctx, modes[verify_peer], NULL);
    SSL_CTX_set_verify_depth(ctx, CHAIN_DEPTH);
    SSL_CTX_set_cert_verify_callback(ctx, secure_link_verify, NULL);
    /* A peer's own certificate in `ca` is enough to trust it: the guide imports them one by one. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
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
        return fail(fault, "ciphers", "\"%s\" selects no cipher that OpenSSL has",
                    ciphers ? ciphers : default_ciphers);
    return 0;
}

static int copy_subjects(struct secure_context *context, struct secure_settings const *settings,
                         struct secure_fault *fault)
{
    if (!settings->n_subjects)
        return 0;
    if (settings->verify_peer == SECURE_VERIFY_NONE)
        return fail(fault, "subjects", "verify_peer is none: no peer's subject is ever known");
    context->subjects = calloc(settings->n_subjects, sizeof *context->subjects);
    for (size_t i = 0; context->subjects && i < settings->n_subjects; i++) {
        char const *subject = given(settings->subjects[i]);
        if (!subject)
            return fail(fault, "subjects", "entry %zu is empty", i + 1);
        context->subjects[i] = strdup(subject);
        if (!context->subjects[i])
            break;
        context->n_subjects++;
    }
    return context->n_subjects == settings->n_subjects ? 0
                                                       : fail(fault, "subjects", "out of memory");
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
    context->verify_server = settings->verify_server;
    context->bio = secure_link_bio_new();
    context->ctx = SSL_CTX_new(TLS_method());
    if (!context->bio || !context->ctx)
        goto fail;
    if (set_protocol(context->ctx, settings, fault) < 0 ||
        load_certificate(context->ctx, settings, fault) < 0 ||
        load_trust(context->ctx, settings, fault) < 0 ||
        copy_subjects(context, settings, fault) < 0)
        goto fail;
    set_verify(context->ctx, settings->verify_peer);
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
    for (size_t i = 0; i < context->n_subjects; i++)
        free(context->subjects[i]);
    free(context->subjects);
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

bool secure_context_selects(struct secure_context const *context, struct secure_identity *identity)
{
    for (size_t i = 0; i < context->n_subjects; i++)
        if (secure_identity_select(identity, context->subjects[i]))
            return true;
    return context->n_subjects == 0;
}
