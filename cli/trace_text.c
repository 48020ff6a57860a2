/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 by the table of the Unicode standard (3.9, table 3-7); printable is what the locale has a
 * width for. */
#include "trace_text.h"
#include "buf.h"
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* A byte in front, how many follow it, and what the first of these may be. */
struct lead {
    unsigned char first, last, low, high;
    size_t follow;
};

static struct lead const leads[] = {
    { 0xc2, 0xdf, 0x80, 0xbf, 1 }, { 0xe0, 0xe0, 0xa0, 0xbf, 2 }, { 0xe1, 0xec, 0x80, 0xbf, 2 },
    { 0xed, 0xed, 0x80, 0x9f, 2 }, { 0xee, 0xef, 0x80, 0xbf, 2 }, { 0xf0, 0xf0, 0x90, 0xbf, 3 },
    { 0xf1, 0xf3, 0x80, 0xbf, 3 }, { 0xf4, 0xf4, 0x80, 0x8f, 3 },
};

static struct lead const *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (byte >= leads[i].first && byte <= leads[i].last)
            return &leads[i];
    return NULL;
}

static bool is_well_formed(struct lead const *lead, unsigned char const *bytes, size_t len)
{
    if (!lead || lead->follow >= len || bytes[1] < lead->low || bytes[1] > lead->high)
        return false;
    for (size_t i = 2; i <= lead->follow; i++)
        if (bytes[i] < 0x80 || bytes[i] > 0xbf)
            return false;
    return true;
}

struct trace_text_char trace_text_take(char const *bytes, size_t len)
{
    unsigned char const *at = (unsigned char const *)bytes;
    struct lead const *lead = lead_of(*at);
    struct trace_text_char ret = { L'?', 1, 1 };
    uint32_t c;
    int width;

    if (*at < 0x80) {
        if (*at >= ' ' && *at <= '~')
            ret.c = *at;
        else if (*at == '\t')
            ret.c = L' ';
        return ret;
    }
    if (!is_well_formed(lead, at, len))
        return ret;
    c = *at & (0x3fu >> lead->follow);
    for (size_t i = 1; i <= lead->follow; i++)
        c = c << 6 | (at[i] & 0x3fu);
    ret.bytes = lead->follow + 1;
    width = wcwidth((wchar_t)c);
    if (width == 1 || width == 2) {
        ret.c = (wchar_t)c;
        ret.width = width;
    }
    return ret;
}

void trace_text_add(struct buf *out, char const *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        struct trace_text_char c = trace_text_take(bytes + at, len - at);

        /* Its bytes are its own, or one that stands for them. */
        if (c.c > '~')
            buf_add(out, bytes + at, c.bytes);
        else
            buf_add(out, &(char){ (char)c.c }, 1);
        at += c.bytes;
    }
}

bool trace_text_holds(char const *bytes, size_t len, char const *text)
{
    int lower = tolower((unsigned char)*text), upper = toupper((unsigned char)*text);
    size_t n = strlen(text);

    if (n == 0 || n > len)
        return n == 0;
    for (size_t at = 0; at <= len - n; at++) {
        int first = (unsigned char)bytes[at];

        if ((first == lower || first == upper) && strncasecmp(bytes + at, text, n) == 0)
            return true;
    }
    return false;
}
