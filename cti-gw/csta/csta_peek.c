/* SPDX-License-Identifier: Apache-2.0 */
/* Name of the root element by looking at bytes only: for logs and ladders, never for a decision. */
#include "csta.h"
#include <string.h>

/* Behind the prolog's declaration and comments: on the root's name, or at the end. */
static char const *find_root(char const *at, char const *end)
{
    while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        at++;
        if (at < end && *at != '?' && *at != '!')
            return at;
        bool comment = end - at >= 3 && memcmp(at, "!--", 3) == 0;
        char const *close = comment ? "-->" : ">";
        at = memmem(at, (size_t)(end - at), close, strlen(close));
        if (!at)
            break;
    }
    return end;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

void csta_peek_name(char const *xml, size_t len, char *ret, size_t size)
{
    char const *end = xml + len;
    char const *name = find_root(xml, end);
    size_t n = 0;

    for (char const *at = name; at < end && (is_name(*at) || *at == ':'); at++) {
        if (*at == ':')
            n = 0; /* what came before was the prefix */
        else if (n + 1 < size)
            ret[n++] = *at;
    }
    if (size > 0)
        ret[n] = '\0';
}
