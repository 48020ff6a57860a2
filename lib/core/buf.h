/* SPDX-License-Identifier: Apache-2.0 */
/* Growable byte buffer with a maximum size: the one way to build text of unknown length.
 *
 * A write that would pass the maximum, or that finds no memory, sets `failed` and changes nothing;
 * later writes do nothing, so a builder checks once at its end (buf_ok). Always NUL-terminated. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* owned; NULL until the first write */
    size_t len;
    size_t size;
    size_t max;
    bool failed;
};

/** Starts an empty buffer that may hold up to @p max bytes. No memory is taken yet. */
void buf_init(struct buf *buf, size_t max);
void buf_fini(struct buf *buf);

/** Empties the buffer and keeps its memory; clears `failed`. */
void buf_reset(struct buf *buf);

/** Makes room for exactly @p more bytes at once, if it is known how many will come. */
void buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, void const *bytes, size_t len);
void buf_puts(struct buf *buf, char const *text);
void buf_printf(struct buf *buf, char const *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, char const *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/** Drops the first @p n bytes. */
void buf_consume(struct buf *buf, size_t n);

static inline bool buf_ok(struct buf const *buf)
{
    return !buf->failed;
}

/** The text so far, never NULL. Borrowed until the next write. */
char const *buf_text(struct buf const *buf);
