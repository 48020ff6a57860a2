/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a presence document is about. A presentity's key is user@domain: the user as SIP compares it
 * (RFC 3261 19.1.4: with case, needless escapes undone), the domain in lower case, no scheme. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** The key of "pres:joe@Example.test", "sip:joe@example.test:5060;transport=tcp", "sips:", "im:",
 *  or without a scheme. False: no such address, or longer than @p size; @p ret is then "". */
bool pidf_entity_key(char const *entity, char *ret, size_t size);

/** Is @p entity an address of the presentity @p key (which is a key)? */
bool pidf_entity_is(char const *entity, char const *key);
