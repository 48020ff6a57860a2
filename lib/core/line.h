/* SPDX-License-Identifier: Apache-2.0 */
/* Text built in fixed memory, without printf: for the few lines that every message gets. What does
 * not fit is left out and `cut` is set; the text always ends with NUL. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** For a large variable on a path that every message takes: the build zeroes all others. */
#define LINE_UNINITIALIZED __attribute__((uninitialized))

struct line {
    char *start, *at, *end; /* `end` is the last place for the NUL */
    bool cut;
};

static inline void line_begin(struct line *line, char *memory, size_t size)
{
    *line = (struct line){ memory, memory, memory + size - 1, false };
    *memory = '\0';
}

static inline void line_add(struct line *line, char const *bytes, size_t len)
{
    if (len > (size_t)(line->end - line->at)) {
        line->cut = true;
        return;
    }
    memcpy(line->at, bytes, len);
    line->at += len;
    *line->at = '\0';
}

static inline void line_puts(struct line *line, char const *text)
{
    line_add(line, text, strlen(text));
}

/** @p digits: at least so many, with zeros in front. */
static inline void line_number(struct line *line, uint64_t number, unsigned digits)
{
    char text[20], *p = text + sizeof text;

    for (; p > text && (number || digits || p == text + sizeof text); digits -= digits > 0) {
        *--p = (char)('0' + number % 10);
        number /= 10;
    }
    line_add(line, p, (size_t)(text + sizeof text - p));
}

/** As line_number(), in lower case hexadecimal. */
static inline void line_hex(struct line *line, uint64_t number, unsigned digits)
{
    char text[16], *p = text + sizeof text;

    for (; p > text && (number || digits || p == text + sizeof text); digits -= digits > 0) {
        *--p = "0123456789abcdef"[number & 15];
        number >>= 4;
    }
    line_add(line, p, (size_t)(text + sizeof text - p));
}

static inline size_t line_len(struct line const *line)
{
    return (size_t)(line->at - line->start);
}
