/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what of a document may be seen in the tap. */
#include "link_tap.h"
#include "buf.h"
#include "tap.h"
#include <string.h>

static char const word[] = "password";

/* Puts stars, always as many, from the end of the start tag to the next end tag; in a document that
 * breaks off, for all the rest. */
static void add_masked(struct buf *out, char const *xml, size_t len)
{
    char const *end = xml + len, *p = xml;
    char const *found = memmem(p, (size_t)(end - p), word, sizeof word - 1);
    while (found && (found = memchr(found, '>', (size_t)(end - found)))) {
        buf_add(out, p, (size_t)(found + 1 - p));
        buf_puts(out, "***");
        p = memmem(found, (size_t)(end - found), "</", 2);
        if (!p)
            return;
        found = memchr(p, '>', (size_t)(end - p));
        if (found)
            found = memmem(found, (size_t)(end - found), word, sizeof word - 1);
    }
    buf_add(out, p, (size_t)(end - p));
}

void link_tap_add(struct tap *tap, struct tap_record const *like, char const *xml, size_t len)
{
    if (!tap)
        return;
    if (!memmem(xml, len, word, sizeof word - 1)) {
        tap_add(tap, like, xml, len);
        return;
    }
    struct buf masked;
    buf_init(&masked, 2 * len + sizeof word);
    add_masked(&masked, xml, len);
    if (buf_ok(&masked))
        tap_add(tap, like, buf_text(&masked), masked.len);
    buf_fini(&masked);
}
