/* SPDX-License-Identifier: Apache-2.0 */
/* Comparison of contacts and canonical form of addresses of record (RFC 3261 §19.1.4, §10.3). Pure;
 * no memory is taken. */
#pragma once
#include <sofia-sip/url.h>
#include <stdbool.h>
#include <stddef.h>

enum { CONTACT_URI_MAX = 1024, CONTACT_URI_AOR = 320 };

/** Do both mean the same contact? Two that are no SIP URIs do when they are spelled alike. Each at
 *  most CONTACT_URI_MAX bytes. */
bool contact_uri_equal(char const *a, char const *b);

/** Writes "USER@DOMAIN" of @p url, whose host is known to mean @p domain: without password and
 *  parameters, without needless escapes. Returns 0, -ENOENT without user, or -E2BIG. */
int contact_uri_aor(url_t const *url, char const *domain, char ret[static CONTACT_URI_AOR]);
