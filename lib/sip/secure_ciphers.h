/* SPDX-License-Identifier: Apache-2.0 */
/* The ciphers of a context: names of the guide, which are those of the RFCs and IANA, and names of
 * OpenSSL, in the order of preference (guide-part2 §3.1).
 *
 * What OpenSSL has is asked of OpenSSL; secure_ciphers.def knows names of the past, so that a name
 * that cannot be had any more is told from one that never was. */
#pragma once
#include "secure_context.h"
#include "secure_fault.h"
#include <openssl/types.h>

/** Makes @p ctx use the ciphers and the suites of @p settings, or our default. 0, or -1 with a
 *  @p fault of "ciphers" or "ciphersuites" that names the one at fault and what to take instead. */
int secure_ciphers_set(SSL_CTX *ctx, struct secure_settings const *settings,
                       struct secure_fault *fault);

/** Has @p ctx a cipher of TLS up to 1.2 for a certificate of this @p kind ("RSA", "ECDSA",
 *  "EdDSA")? */
bool secure_ciphers_serve(SSL_CTX *ctx, char const *kind);

/** Has @p ctx a cipher that TLS before 1.2 knows? */
bool secure_ciphers_are_old(SSL_CTX *ctx);
