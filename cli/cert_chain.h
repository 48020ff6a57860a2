/* SPDX-License-Identifier: Apache-2.0 */
/* From what a certification authority sent, in whatever order, to a chain: our certificate, then
 * each one's issuer (guide-part2 §3.6). */
#pragma once
#include "cert_fault.h"
#include <openssl/x509.h>
#include <stdbool.h>

struct cert_chain {
    STACK_OF(X509) * certs; /* ours first; without the root. References */
    X509 *root;             /* signed by itself, last of the chain; NULL: it was not sent */
    X509 *stray;            /* one of those given that is no part of it; NULL: none */
    bool is_sorted;         /* they were not given in the order of the chain, nor root first */
};

/** Finds the certificate of @p key among @p given, and the chain above it. A chain that does not
 *  hold (signatures, CA marks, path lengths) is a fault; dates are not looked at. Returns 0 or -1
 *  with @p fault; cert_chain_fini() in both cases. */
int cert_chain_build(struct cert_chain *ret, STACK_OF(X509) * given, EVP_PKEY *key,
                     struct cert_fault *fault);
void cert_chain_fini(struct cert_chain *chain);

/** The certificate of @p key among @p given, NULL if there is none. Borrowed. */
X509 *cert_chain_leaf(STACK_OF(X509) * given, EVP_PKEY const *key);

/** Is @p cert in @p list? */
bool cert_chain_has(STACK_OF(X509) const *list, X509 const *cert);

/** Why @p cert is not good today: it has expired, or is not yet valid. Static; NULL if it is. */
char const *cert_chain_doubt(X509 const *cert);
