/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 by the table of RFC 3629 section 4, less what XML forbids. */
#include "xml_char.h"
#include <stdbool.h>
#include <stdint.h>

/* By the lead byte: how many bytes, and the range of the second one. Overlong forms, surrogates and
 * what lies above U+10FFFF fall out of these ranges. */
static struct {
    unsigned char first, last, len, low, high;
} const leads[] = {
    { 0xC2, 0xDF, 2, 0x80, 0xBF }, { 0xE0, 0xE0, 3, 0xA0, 0xBF }, { 0xE1, 0xEC, 3, 0x80, 0xBF },
    { 0xED, 0xED, 3, 0x80, 0x9F }, { 0xEE, 0xEF, 3, 0x80, 0xBF }, { 0xF0, 0xF0, 4, 0x90, 0xBF },
    { 0xF1, 0xF3, 4, 0x80, 0xBF }, { 0xF4, 0xF4, 4, 0x80, 0x8F },
};

static bool is_ascii_char(unsigned char c)
{
    return (c >= 0x20 && c < 0x80) || c == '\n' || c == '\t' || c == '\r';
}

static size_t multibyte_len(unsigned char const *text, size_t left)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if (text[0] < leads[i].first || text[0] > leads[i].last)
            continue;
        if (left < leads[i].len || text[1] < leads[i].low || text[1] > leads[i].high)
            return 0;
        for (size_t k = 2; k < leads[i].len; k++)
            if ((text[k] & 0xC0) != 0x80)
                return 0;
        /* U+FFFE and U+FFFF */
        if (text[0] == 0xEF && text[1] == 0xBF && text[2] >= 0xBE)
            return 0;
        return leads[i].len;
    }
    return 0;
}

size_t xml_char_len(char const *text, char const *end)
{
    unsigned char c = (unsigned char)*text;

    if (c < 0x80)
        return is_ascii_char(c);
    return multibyte_len((unsigned char const *)text, (size_t)(end - text));
}

char const *xml_char_span(char const *text, char const *end)
{
    while (text < end) {
        size_t len = xml_char_len(text, end);
        if (len == 0)
            break;
        text += len;
    }
    return text;
}
