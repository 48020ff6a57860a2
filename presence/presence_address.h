/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a user or watcher, as a key: pidf_entity.h says how it is written. */
#pragma once
#include <sofia-sip/url.h>

/* A user part of 132 characters and a domain of 128 (guide part 3, 19.5), and some escapes. */
enum { PRESENCE_ADDRESS_BYTES = 300 };

/** Of a sip:, sips:, pres: or im: URI. Returns 0 or -EINVAL: no user or host, or too long. */
int presence_address_of(url_t const *url, char ret[static PRESENCE_ADDRESS_BYTES]);

/** Of what people write, with or without scheme; one without domain is in @p domain. Returns 0 or
 *  -EINVAL. */
int presence_address_parse(char const *text, char const *domain,
                           char ret[static PRESENCE_ADDRESS_BYTES]);

/** What follows the @, "" if there is none. */
char const *presence_address_domain(char const *address);
