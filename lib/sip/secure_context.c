/* SPDX-License-Identifier: Apache-2.0 */
/* Making TLS contexts: see secure_context.h. */
#include "secure_context.h"
#include "secure_internal.h"
#include "secure_trust.h"
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Forward secret and authenticated; what else a peer may need is configured. */
static char const default_ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM";

static char const *given(char const *text)
{
    return text && *text ? text : NULL;
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
        secure_choice_init(&context->choice, context->ctx, settings, fault) < 0 ||
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
    secure_choice_fini(&context->choice);
    free(context);
}

char const *secure_context_name(struct secure_context const *context)
{
    return context->name;
}

bool secure_context_has_certificate(struct secure_context const *context)
{
    return context->choice.n > 0;
}

struct secure_certificate const *secure_context_certificate(struct secure_context const *context,
                                                            size_t i)
{
    return i < context->choice.n ? &context->choice.v[i] : NULL;
}

void secure_context_doubts(struct secure_context const *context, secure_doubt_fn *say, void *who)
{
    char text[SECURE_DOUBT_TEXT];

    for (size_t i = 0; i < context->choice.n; i++) {
        char const *doubt = secure_certificate_doubt(&context->choice.v[i]);
        snprintf(text, sizeof text, "the certificate \"%s\" %s", context->choice.v[i].file,
                 doubt ? doubt : "");
        if (doubt)
            say(who, text);
    }
}
