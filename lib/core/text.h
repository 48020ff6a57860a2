/* SPDX-License-Identifier: Apache-2.0 */
/* Text built in fixed memory, without printf: for the few lines that every message gets. What does
 * not fit is left out and `cut` is set; the text always ends with NUL. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** For a large variable on a path that every message takes: the build zeroes all others. */
#define TEXT_UNINITIALIZED __attribute__((uninitialized))

struct text {
    char *start, *at, *end; /* `end` is the last place for the NUL */
    bool cut;
};

static inline void text_begin(struct text *line, char *memory, size_t size)
{
    *line = (struct text){ memory, memory, memory + size - 1, false };
    *memory = '\0';
}

static inline void text_add(struct text *line, char const *bytes, size_t len)
{
    if (len > (size_t)(line->end - line->at)) {
        line->cut = true;
        return;
    }
    memcpy(line->at, bytes, len);
    line->at += len;
    *line->at = '\0';
}

static inline void text_puts(struct text *line, char const *text)
{
    text_add(line, text, strlen(text));
}

/** key="value". */
static inline void text_pair(struct text *line, char const *key, char const *value)
{
    text_puts(line, key);
    text_puts(line, "=\"");
    text_puts(line, value);
    text_puts(line, "\"");
}

/** @p digits: at least so many, with zeros in front. */
static inline void text_number(struct text *line, uint64_t number, unsigned digits)
{
    char text[20], *p = text + sizeof text;

    for (; p > text && (number || digits || p == text + sizeof text); digits -= digits > 0) {
        *--p = (char)('0' + number % 10);
        number /= 10;
    }
    text_add(line, p, (size_t)(text + sizeof text - p));
}

/** As text_number(), in lower case hexadecimal. */
static inline void text_hex(struct text *line, uint64_t number, unsigned digits)
{
    char text[16], *p = text + sizeof text;

    for (; p > text && (number || digits || p == text + sizeof text); digits -= digits > 0) {
        *--p = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    text_add(line, p, (size_t)(text + sizeof text - p));
}

static inline size_t text_len(struct text const *line)
{
    return (size_t)(line->at - line->start);
}
