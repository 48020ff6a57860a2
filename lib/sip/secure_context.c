/* SPDX-License-Identifier: Apache-2.0 */
/* Making TLS contexts: see secure_context.h. */
#include "secure_context.h"
#include "secure_ciphers.h"
#include "secure_internal.h"
#include "secure_trust.h"
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int version_number(enum secure_version version, enum secure_version otherwise)
{
    static int const numbers[] = {
        [SECURE_TLS_1_0] = TLS1_VERSION,
        [SECURE_TLS_1_1] = TLS1_1_VERSION,
        [SECURE_TLS_1_2] = TLS1_2_VERSION,
        [SECURE_TLS_1_3] = TLS1_3_VERSION,
    };

    return numbers[version == SECURE_TLS_DEFAULT ? otherwise : version];
}

static int set_versions(SSL_CTX *ctx, struct secure_settings const *settings,
                        struct secure_fault *fault)
{
    int min = version_number(settings->min_version, SECURE_TLS_1_2);
    int max = version_number(settings->max_version, SECURE_TLS_1_3);

    if (max < min)
        return secure_fault_set(fault, "max_version", "is older than min_version");
    SSL_CTX_set_min_proto_version(ctx, min);
    SSL_CTX_set_max_proto_version(ctx, max);
    /* Up to TLS 1.1 signatures are made of MD5 and SHA-1, which the levels above refuse. */
    if (min < TLS1_2_VERSION)
        SSL_CTX_set_security_level(ctx, 0);
    return 0;
}

static void set_options(SSL_CTX *ctx, struct secure_settings const *settings)
{
    /* A peer that closes without a word is no error: messages tell their own length. */
    uint64_t options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                       SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF;

    if (settings->no_empty_fragments)
        options |= SSL_OP_DONT_INSERT_EMPTY_FRAGMENTS;
    SSL_CTX_set_options(ctx, options);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_dh_auto(ctx, 1);
}

/* Everything in it that comes from files and lists. */
static int fill(struct secure_context *context, struct secure_settings const *settings,
                struct secure_fault *fault)
{
    SSL_CTX *ctx = context->ctx;

    set_options(ctx, settings);
    SSL_CTX_set_alpn_select_cb(ctx, secure_link_choose, NULL);
    context->no_empty_fragments = settings->no_empty_fragments;
    if (set_versions(ctx, settings, fault) < 0 || secure_ciphers_set(ctx, settings, fault) < 0 ||
        secure_ticket_init(&context->tickets, ctx, settings, fault) < 0 ||
        secure_keylog_init(&context->keylog, ctx, settings, fault) < 0 ||
        secure_session_init(&context->sessions, ctx, settings, fault) < 0 ||
        secure_choice_init(&context->choice, ctx, settings, fault) < 0 ||
        secure_mode_restrict(ctx, settings, &context->choice, fault) < 0 ||
        secure_trust_load(ctx, settings, &context->n_trusted, fault) < 0 ||
        secure_verify_init(&context->policy, ctx, settings, fault) < 0)
        return -1;
    return secure_expiry_init(&context->expiries, &context->choice, ctx,
                              settings->ca && *settings->ca) < 0
               ? secure_fault_set(fault, "certificates", "out of memory")
               : 0;
}

struct secure_context *secure_context_new(struct secure_settings const *settings,
                                          struct secure_fault *fault)
{
    struct secure_settings const strict = secure_mode_tighten(settings);
    size_t size = strlen(settings->name) + 1;
    struct secure_context *context = calloc(1, sizeof *context + size);

    ERR_clear_error();
    *fault = (struct secure_fault){ .setting = "name", .text = "out of memory" };
    if (!context)
        return NULL;
    memcpy(context->name, settings->name, size);
    atomic_init(&context->refs, 1);
    context->bio = secure_link_bio_new();
    context->counts = secure_counts_new();
    if (!context->bio || !context->counts || secure_mode_check(&strict, fault) < 0)
        goto fail;
    context->ctx = secure_mode_new(strict.mode, &context->library, fault);
    if (!context->ctx || fill(context, &strict, fault) < 0)
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
    secure_mode_fini(&context->library);
    BIO_meth_free(context->bio);
    secure_counts_unref(&context->counts);
    secure_verify_fini(&context->policy);
    secure_choice_fini(&context->choice);
    secure_expiry_fini(&context->expiries);
    secure_keylog_fini(&context->keylog);
    secure_session_fini(&context->sessions);
    secure_ticket_fini(&context->tickets);
    free(context);
}

char const *secure_context_name(struct secure_context const *context)
{
    return context->name;
}

struct secure_expiry const *secure_context_expiry(struct secure_context const *context, size_t i)
{
    return i < context->expiries.n ? &context->expiries.v[i] : NULL;
}

struct secure_counts const *secure_context_counts(struct secure_context const *context)
{
    return context->counts;
}

void secure_context_inherit(struct secure_context *context, struct secure_context const *former)
{
    struct secure_counts *counts = secure_counts_ref(former->counts);

    secure_counts_unref(&context->counts);
    context->counts = counts;
}

size_t secure_context_trusted(struct secure_context const *context)
{
    return context->n_trusted;
}

size_t secure_context_subjects(struct secure_context const *context)
{
    return context->policy.subjects.n;
}

size_t secure_context_ciphers(struct secure_context const *context)
{
    return (size_t)sk_SSL_CIPHER_num(SSL_CTX_get_ciphers(context->ctx));
}

bool secure_context_asks(struct secure_context const *context)
{
    return SSL_CTX_get_verify_mode(context->ctx) != SSL_VERIFY_NONE;
}

bool secure_context_has_certificate(struct secure_context const *context)
{
    return context->choice.n > 0;
}

char const *secure_context_key_log(struct secure_context const *context)
{
    return context->keylog.path;
}

int secure_context_log_keys(struct secure_context *context, bool is_on)
{
    if (is_on)
        return secure_keylog_open(&context->keylog);
    secure_keylog_close(&context->keylog);
    return 0;
}

struct secure_certificate const *secure_context_certificate(struct secure_context const *context,
                                                            size_t i)
{
    return i < context->choice.n ? &context->choice.v[i] : NULL;
}

/* Doubts are told one by one. */
struct doubts {
    secure_doubt_fn *say;
    void *who;
};

static void doubt(struct doubts const *doubts, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

static void doubt(struct doubts const *doubts, char const *format, ...)
{
    char text[SECURE_DOUBT_TEXT];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    doubts->say(doubts->who, text);
}

static void doubt_certificate(struct doubts const *doubts, struct secure_context const *context,
                              struct secure_certificate const *ours)
{
    char const *what = secure_certificate_doubt(ours), *kind = secure_certificate_kind(ours);

    if (what)
        doubt(doubts, "the certificate \"%s\" %s", ours->file, what);
    if (SSL_CTX_get_min_proto_version(context->ctx) < TLS1_3_VERSION &&
        !secure_ciphers_serve(context->ctx, kind))
        doubt(doubts,
              "no cipher of TLS 1.2 is for a certificate of the kind %s, as \"%s\" is: no peer "
              "without TLS 1.3 is shown it",
              kind, ours->file);
}

static void doubt_versions(struct doubts const *doubts, struct secure_context const *context)
{
    bool is_old = SSL_CTX_get_min_proto_version(context->ctx) < TLS1_2_VERSION;

    if (is_old)
        doubt(doubts, "versions of TLS below 1.2 are broken (RFC 8996) and want weak signatures, "
                      "which all peers of this context may then use: only for peers that cannot do "
                      "better");
    if (is_old && !secure_ciphers_are_old(context->ctx))
        doubt(doubts, "none of its ciphers is for TLS below 1.2, so min_version is in vain");
    if (context->no_empty_fragments && SSL_CTX_get_min_proto_version(context->ctx) > TLS1_VERSION)
        doubt(doubts, "empty_fragments concerns TLS 1.0 alone, which min_version excludes");
}

void secure_context_doubts(struct secure_context const *context, secure_doubt_fn *say, void *who)
{
    struct doubts const doubts = { say, who };

    for (size_t i = 0; i < context->choice.n; i++)
        doubt_certificate(&doubts, context, &context->choice.v[i]);
    doubt_versions(&doubts, context);
    if (context->keylog.path)
        doubt(&doubts, "key_log: whoever can read \"%s\" can read all its connections",
              context->keylog.path);
    secure_trust_doubts(context->ctx, say, who);
}

bool secure_context_selects(struct secure_context const *context, struct secure_identity *identity)
{
    secure_identity_rule(identity, context->policy.rules);
    return !context->policy.subjects.n ||
           secure_identity_select(identity, &context->policy.subjects);
}
