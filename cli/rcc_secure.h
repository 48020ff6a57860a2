/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of the rcc client: the certificate that it shows on both sides of a connection, and whom it
 * trusts. Events come on a connection that the proxy opens to us, so there is no TLS without a
 * certificate of our own. */
#pragma once
#include <stddef.h>

struct stack;

struct rcc_secure_options {
    char const *certificate; /* PEM, our chain behind it; NULL: no TLS */
    char const *key;         /* NULL: in the same file */
    char const *ca;          /* trusted certificates; NULL: the system's */
};

/** Makes @p options the TLS context of @p stack. Before its first listener. Returns 0, or -EINVAL
 *  with the fault in @p why. */
int rcc_secure_use(struct stack *stack, struct rcc_secure_options const *options, char *why,
                   size_t size);
