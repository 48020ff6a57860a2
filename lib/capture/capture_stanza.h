/* SPDX-License-Identifier: Apache-2.0 */
/* Where a stanza of an XMPP stream ends (RFC 6120 4): a scan for depth, not an XML parser. Goes on
 * where it stood when more bytes have come. */
#pragma once
#include "capture_header.h"
#include <stdbool.h>
#include <stddef.h>

struct capture_stanza {
    size_t at;       /* looked at so far; 0 at the start of each stanza */
    size_t searched; /* of what began there, to not search it again */
    unsigned depth;
};

/** Looks at @p bytes, in which a stanza begins behind blanks. Returns its length with these, 0: it
 *  is not whole, or -EPROTO: that is no XMPP, up to `at` at least. The opening and the closing tag
 * of a stream stand for themselves. */
long capture_stanza_scan(struct capture_stanza *stanza, char const *bytes, size_t len);

/** Do @p bytes begin as a stream or stanza does? */
enum capture_start capture_stanza_starts(char const *bytes, size_t len);
