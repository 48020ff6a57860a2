/* SPDX-License-Identifier: Apache-2.0 */
/* Judges what a peer shows when a TLS connection opens, and names one cause if it is refused: how
 * much it sends, the chain against the trust of its context and the revocation lists, what the
 * certificate is for, the name that we looked for (RFC 5922), the subjects that are selected
 * (guide-part2 §3.3).
 *
 * The policy is a part of the context, read-only once made; the verdict is a part of the link. */
#pragma once
#include "secure_cause.h"
#include "secure_context.h"
#include "secure_subjects.h"
#include <openssl/types.h>

struct secure_verify_policy {
    bool server;   /* those whom we connect to are judged */
    bool is_later; /* whatever is found, the handshake goes on; names are asked for afterwards */
    bool key_usage;
    int max_certificates;
    struct secure_identity_rules rules;
    struct secure_subjects subjects;
};

/** What became of a certificate that was shown; all zero before. */
struct secure_verify_verdict {
    struct secure_identity *identity; /* a reference; NULL: none was shown, or out of memory */
    enum secure_cause cause;          /* SECURE_FINE: also if there was none to judge */
    int error;                        /* X509_V_...: the same for OpenSSL, which sends an alert */
    bool is_accepted;
};

/** Fills in @p policy, which is all zero, and tells @p ctx what to ask of peers. 0, or -1 with
 *  @p fault; either way secure_verify_fini() it. */
int secure_verify_init(struct secure_verify_policy *policy, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault);
void secure_verify_fini(struct secure_verify_policy *policy);

/** Judges the certificate and chain of @p store; @p server_name: whom we connected to, "" if we
 *  were connected to. Fills in @p verdict and the error of @p store, which becomes the alert. */
bool secure_verify_judge(struct secure_verify_policy const *policy, X509_STORE_CTX *store,
                         char const *server_name, struct secure_verify_verdict *verdict);

/** Lets go of what a verdict holds. */
void secure_verify_forget(struct secure_verify_verdict *verdict);
