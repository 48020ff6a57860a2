/* SPDX-License-Identifier: Apache-2.0 */
/* SASL EXTERNAL between servers (RFC 6120 6, XEP-0178): who one says to be, in base64. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct xml_element;

/** Do these features of a stream offer it? */
bool stream_sasl_is_offered(struct xml_element const *features);

/** The request of a server that is @p ours, to be sent. @p ret must take @p size bytes. */
void stream_sasl_auth(char const *ours, char *ret, size_t size);

/** Judges a request of a peer that has shown to be @p theirs. NULL: it is fine; else the condition
 *  of the failure (RFC 6120 6.5). */
char const *stream_sasl_judge(struct xml_element const *auth, char const *theirs);
