/* SPDX-License-Identifier: Apache-2.0 */
/* Judging certificates: see secure_verify.h. */
#include "secure_verify.h"
#include "secure_identity.h"
#include "secure_internal.h"
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { DEPTH = 10, CERTIFICATES = 10, CERTIFICATE_BYTES = 1600, CERTIFICATES_LEAST_BYTES = 16384 };

/* --- policy -------------------------------------------------------------------------------------
 */

static void set_verify(SSL_CTX *ctx, struct secure_settings const *settings)
{
    static int const modes[] = {
        [SECURE_VERIFY_NONE] = SSL_VERIFY_NONE,
        [SECURE_VERIFY_OPTIONAL] = SSL_VERIFY_PEER,
        [SECURE_VERIFY_REQUIRED] = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
        [SECURE_VERIFY_LATER] = SSL_VERIFY_PEER,
    };
    int depth = settings->verify_depth ? settings->verify_depth : DEPTH;

    SSL_CTX_set_verify(ctx, modes[settings->verify_peer], NULL);
    SSL_CTX_set_verify_depth(ctx, depth - 1); /* OpenSSL does not count the trusted one */
    SSL_CTX_set_cert_verify_callback(ctx, secure_link_verify, NULL);
    /* A peer's own certificate in `ca` is enough to trust it: the guide imports them one by one. */
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
}

/* What is longer is refused before it is read: to take 50 certificates apart costs as much as ten
 * handshakes. What has more certificates is refused before any signature is verified. */
static void set_bounds(struct secure_verify_policy *policy, SSL_CTX *ctx,
                       struct secure_settings const *settings)
{
    int n = settings->max_peer_certificates ? settings->max_peer_certificates : CERTIFICATES;
    int bytes = n * CERTIFICATE_BYTES;

    policy->max_certificates = n;
    SSL_CTX_set_max_cert_list(ctx,
                              bytes > CERTIFICATES_LEAST_BYTES ? bytes : CERTIFICATES_LEAST_BYTES);
}

int secure_verify_init(struct secure_verify_policy *policy, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault)
{
    bool has_subjects =
        settings->n_subjects || (settings->subjects_file && *settings->subjects_file);

    policy->is_later = settings->verify_peer == SECURE_VERIFY_LATER;
    policy->server = settings->verify_server || policy->is_later;
    policy->key_usage = settings->key_usage;
    policy->rules = (struct secure_identity_rules){ settings->subject_match, settings->wildcards };
    set_verify(ctx, settings);
    set_bounds(policy, ctx, settings);
    if (has_subjects && settings->verify_peer == SECURE_VERIFY_NONE)
        return secure_fault_set(fault, settings->n_subjects ? "subjects" : "subjects_file",
                                "verify_peer is none: no peer's subject is ever known");
    return secure_subjects_read(&policy->subjects, settings->subjects, settings->n_subjects,
                                settings->subjects_file, fault);
}

void secure_verify_fini(struct secure_verify_policy *policy)
{
    secure_subjects_fini(&policy->subjects);
}

/* --- verdict ------------------------------------------------------------------------------------
 */

/* Nobody can revoke what we trust by hand: the end of a chain needs no list. */
static int on_verify(int is_fine, X509_STORE_CTX *store)
{
    int error = X509_STORE_CTX_get_error(store);
    bool is_list_missing =
        error == X509_V_ERR_UNABLE_TO_GET_CRL || error == X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER;

    if (is_fine || !is_list_missing)
        return is_fine;
    return X509_STORE_CTX_get_error_depth(store) ==
           sk_X509_num(X509_STORE_CTX_get0_chain(store)) - 1;
}

/* Servers of XMPP connect to each other with the certificates of servers, and some have one for
 * clients beside it: both are fine at both ends. */
static bool is_for_either(X509 *leaf)
{
    uint32_t const wanted = XKU_SSL_SERVER | XKU_SSL_CLIENT | XKU_ANYEKU;

    return !(X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE) ||
           (X509_get_extended_key_usage(leaf) & wanted);
}

static enum secure_cause judge_chain(struct secure_verify_policy const *policy,
                                     X509_STORE_CTX *store)
{
    X509 *leaf = X509_STORE_CTX_get0_cert(store);

    if (sk_X509_num(X509_STORE_CTX_get0_untrusted(store)) > policy->max_certificates)
        return SECURE_too_large;
    X509_STORE_CTX_set_verify_cb(store, on_verify);
    if (policy->is_later)
        X509_VERIFY_PARAM_set_purpose(X509_STORE_CTX_get0_param(store), X509_PURPOSE_ANY);
    if (X509_verify_cert(store) <= 0)
        return secure_cause_of_chain(X509_STORE_CTX_get_error(store));
    /* Whether it fits was asked by OpenSSL, but one without any fits everything. */
    if (policy->key_usage && !(X509_get_extension_flags(leaf) & EXFLAG_XKUSAGE))
        return SECURE_wrong_use;
    if (policy->is_later && !is_for_either(leaf))
        return SECURE_wrong_use;
    return SECURE_FINE;
}

static enum secure_cause judge_names(struct secure_verify_policy const *policy,
                                     char const *server_name, struct secure_identity *identity)
{
    if (policy->is_later)
        return SECURE_FINE;
    if (*server_name)
        return secure_identity_is_host(identity, server_name) ? SECURE_FINE : SECURE_wrong_name;
    if (policy->subjects.n && !secure_identity_select(identity, &policy->subjects))
        return SECURE_not_selected;
    return SECURE_FINE;
}

/* What OpenSSL is to make an alert of. */
static int error_of(enum secure_cause cause, int chain_error)
{
    switch (cause) {
    case SECURE_FINE:
        return X509_V_OK;
    case SECURE_too_large:
        return X509_V_ERR_CERT_CHAIN_TOO_LONG;
    case SECURE_wrong_use:
        return X509_V_ERR_INVALID_PURPOSE;
    case SECURE_wrong_name:
        return X509_V_ERR_HOSTNAME_MISMATCH;
    case SECURE_not_selected:
        return X509_V_ERR_APPLICATION_VERIFICATION;
    default:
        return chain_error != X509_V_OK ? chain_error : X509_V_ERR_UNSPECIFIED;
    }
}

bool secure_verify_judge(struct secure_verify_policy const *policy, X509_STORE_CTX *store,
                         char const *server_name, struct secure_verify_verdict *verdict)
{
    secure_verify_forget(verdict);
    verdict->identity = secure_identity_new(X509_STORE_CTX_get0_cert(store));
    if (verdict->identity)
        secure_identity_rule(verdict->identity, policy->rules);
    if (*server_name && !policy->server)
        return true;
    verdict->cause = verdict->identity ? judge_chain(policy, store) : SECURE_ours;
    if (!verdict->cause)
        verdict->cause = judge_names(policy, server_name, verdict->identity);
    verdict->error = error_of(verdict->cause, X509_STORE_CTX_get_error(store));
    X509_STORE_CTX_set_error(store, verdict->error);
    verdict->is_accepted = !verdict->cause;
    return verdict->is_accepted;
}

void secure_verify_forget(struct secure_verify_verdict *verdict)
{
    secure_identity_unref(&verdict->identity);
    *verdict = (struct secure_verify_verdict){ .cause = SECURE_FINE };
}
