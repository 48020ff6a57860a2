/* SPDX-License-Identifier: Apache-2.0 */
/* Judging certificates: see secure_verify.h. */
#include "secure_verify.h"
#include "secure_identity.h"
#include "secure_internal.h"
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_DEPTH = 10 };

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

static int copy_subjects(struct secure_verify_policy *policy,
                         struct secure_settings const *settings, struct secure_fault *fault)
{
    if (!settings->n_subjects)
        return 0;
    if (settings->verify_peer == SECURE_VERIFY_NONE)
        return secure_fault_set(fault, "subjects",
                                "verify_peer is none: no peer's subject is ever known");
    policy->subjects = calloc(settings->n_subjects, sizeof *policy->subjects);
    for (size_t i = 0; policy->subjects && i < settings->n_subjects; i++) {
        char const *subject = settings->subjects[i];
        if (!subject || !*subject)
            return secure_fault_set(fault, "subjects", "entry %zu is empty", i + 1);
        policy->subjects[i] = strdup(subject);
        if (!policy->subjects[i])
            break;
        policy->n_subjects++;
    }
    return policy->n_subjects == settings->n_subjects
               ? 0
               : secure_fault_set(fault, "subjects", "out of memory");
}

int secure_verify_init(struct secure_verify_policy *policy, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault)
{
    policy->server = settings->verify_server;
    set_verify(ctx, settings->verify_peer);
    return copy_subjects(policy, settings, fault);
}

void secure_verify_fini(struct secure_verify_policy *policy)
{
    for (size_t i = 0; i < policy->n_subjects; i++)
        free(policy->subjects[i]);
    free(policy->subjects);
    *policy = (struct secure_verify_policy){ .server = false };
}

bool secure_verify_selects(struct secure_verify_policy const *policy,
                           struct secure_identity *identity)
{
    for (size_t i = 0; i < policy->n_subjects; i++)
        if (secure_identity_select(identity, policy->subjects[i]))
            return true;
    return policy->n_subjects == 0;
}

/* X509_V_OK, or what is wrong with a certificate whose chain is sound. */
static int judge_names(struct secure_verify_policy const *policy, char const *server_name,
                       struct secure_identity *identity)
{
    if (*server_name)
        return secure_identity_is_host(identity, server_name) ? X509_V_OK
                                                              : X509_V_ERR_HOSTNAME_MISMATCH;
    return secure_verify_selects(policy, identity) ? X509_V_OK
                                                   : X509_V_ERR_APPLICATION_VERIFICATION;
}

bool secure_verify_judge(struct secure_verify_policy const *policy, X509_STORE_CTX *store,
                         char const *server_name, struct secure_verify_verdict *verdict)
{
    secure_verify_forget(verdict);
    verdict->identity = secure_identity_new(X509_STORE_CTX_get0_cert(store));
    if (*server_name && !policy->server)
        return true;
    if (!verdict->identity)
        verdict->error = X509_V_ERR_OUT_OF_MEM;
    else if (X509_verify_cert(store) > 0)
        verdict->error = judge_names(policy, server_name, verdict->identity);
    else
        verdict->error = X509_STORE_CTX_get_error(store);
    X509_STORE_CTX_set_error(store, verdict->error);
    verdict->is_accepted = verdict->error == X509_V_OK;
    return verdict->is_accepted;
}

void secure_verify_forget(struct secure_verify_verdict *verdict)
{
    secure_identity_unref(&verdict->identity);
    *verdict = (struct secure_verify_verdict){ .error = X509_V_OK };
}
