/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate signing requests, and certificates that sign themselves: a CN, alternative names, and
 * what a SIP node uses its key for (TLS server and client, guide-part2 §3.1, RFC 5922 §4). */
#pragma once
#include "cert_fault.h"
#include <openssl/x509v3.h>

enum { CERT_REQUEST_DAYS_MAX = 36500, CERT_REQUEST_CN_MAX = 64 };

/** Adds an alternative name: "DNS:...", "IP:...", "URI:..."; without such a prefix the kind is
 *  guessed. One that is there already is left out. Returns 0 or -1 with @p fault. */
int cert_request_add_name(STACK_OF(GENERAL_NAME) * names, char const *text,
                          struct cert_fault *fault);

/** A request for @p key, signed with it. Caller owns; NULL with @p fault. */
X509_REQ *cert_request_new(EVP_PKEY *key, char const *cn, STACK_OF(GENERAL_NAME) * names,
                           struct cert_fault *fault);

/** A certificate for @p key, signed with it, good from now for @p days. Caller owns; NULL with
 *  @p fault. */
X509 *cert_request_self_sign(EVP_PKEY *key, char const *cn, STACK_OF(GENERAL_NAME) * names,
                             long days, struct cert_fault *fault);
