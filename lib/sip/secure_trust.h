/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a TLS context trusts: the certificates of `ca`, which are those of a CA or of single peers,
 * and the lists of those that a CA has revoked. */
#pragma once
#include "secure_context.h"
#include <openssl/types.h>

/** Reads the files of @p settings into @p ctx. @p ret_trusted: how many certificates that makes; 0:
 *  those of the system. 0, or -1 with @p fault, which names the file. */
int secure_trust_load(SSL_CTX *ctx, struct secure_settings const *settings, size_t *ret_trusted,
                      struct secure_fault *fault);

/** Says what is odd about it today: lists that are out of date. Only while no other thread has
 *  @p ctx. */
void secure_trust_doubts(SSL_CTX *ctx, secure_doubt_fn *say, void *who);
