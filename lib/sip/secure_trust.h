/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a TLS context trusts: the certificates of `ca`, which are those of a CA or of single peers.
 */
#pragma once
#include "secure_context.h"
#include <openssl/types.h>

/** Reads the files of @p settings into @p ctx. 0, or -1 with @p fault. */
int secure_trust_load(SSL_CTX *ctx, struct secure_settings const *settings,
                      struct secure_fault *fault);
