/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a peer's certificate lets it speak for (RFC 6120 13.7, RFC 7590). */
#pragma once
#include <stdbool.h>

struct stream;

/** Is the certificate of the peer good, and for @p domain, in A-labels? If not, @p ret_why_not says
 * why: a static text. */
bool stream_identity_is(struct stream const *stream, char const *domain, char const **ret_why_not);
