/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of a context, and which of them a peer is shown.
 *
 * TLS chooses among kinds of keys by what the peer can verify. Among those of one kind, the server
 * name that the peer asks for (RFC 6066 §3) decides: first the certificate that has it in full,
 * then the one with a wildcard for its first label, else the first of the list. One that has the
 * name is preferred to those of other kinds that have not, if the peer can verify it. */
#pragma once
#include "secure_certificate.h"
#include "secure_context.h"
#include <openssl/types.h>

struct secure_choice {
    struct secure_certificate *v;
    size_t n;
};

/** Reads the certificates of @p settings into @p choice, which is all zero and must live as long as
 *  @p ctx, and makes @p ctx show them. 0, or -1 with @p fault; either way secure_choice_fini(). */
int secure_choice_init(struct secure_choice *choice, SSL_CTX *ctx,
                       struct secure_settings const *settings, struct secure_fault *fault);
void secure_choice_fini(struct secure_choice *choice);
