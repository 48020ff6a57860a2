/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what of a document may be seen in the tap. */
#include "link_tap.h"
#include "tap.h"
#include <stdlib.h>
#include <string.h>

static char const word[] = "password";

/* Stars from the end of the start tag to the next end tag; of a document that breaks off, all the
 * rest. */
static void mask(char *xml, size_t len)
{
    char *end = xml + len;
    for (char *p = xml; (p = memmem(p, (size_t)(end - p), word, sizeof word - 1));) {
        p = memchr(p, '>', (size_t)(end - p));
        if (!p)
            return;
        char *stop = memmem(p, (size_t)(end - p), "</", 2);
        for (p++; p < (stop ? stop : end); p++)
            *p = '*';
        if (!stop)
            return;
        p = memchr(stop, '>', (size_t)(end - stop));
        if (!p)
            return;
    }
}

void link_tap_add(struct tap *tap, struct tap_record const *like, char const *xml, size_t len)
{
    if (!tap)
        return;
    if (!memmem(xml, len, word, sizeof word - 1)) {
        tap_add(tap, like, xml, len);
        return;
    }
    char *copy = malloc(len);
    if (!copy)
        return;
    memcpy(copy, xml, len);
    mask(copy, len);
    tap_add(tap, like, copy, len);
    free(copy);
}
