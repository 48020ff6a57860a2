/* SPDX-License-Identifier: Apache-2.0 */
/* Growable buffer: doubles up to its maximum; one failure sticks until buf_reset(). */
#include "buf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){ .max = max };
}

void buf_fini(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){ .max = buf->max };
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->data)
        buf->data[0] = '\0';
}

static bool fits(struct buf *buf, size_t more)
{
    if (buf->failed || more > buf->max || buf->len > buf->max - more)
        buf->failed = true;
    return !buf->failed;
}

static bool resize(struct buf *buf, size_t size)
{
    char *data = realloc(buf->data, size);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->size = size;
    return true;
}

/* Makes room for @p more bytes and a NUL. */
static bool reserve(struct buf *buf, size_t more)
{
    if (!fits(buf, more))
        return false;
    size_t need = buf->len + more + 1;
    if (need <= buf->size)
        return true;

    size_t size = buf->size ? buf->size : 128;
    while (size < need)
        size *= 2;
    return resize(buf, size > buf->max + 1 ? buf->max + 1 : size);
}

void buf_reserve(struct buf *buf, size_t more)
{
    if (fits(buf, more) && buf->len + more + 1 > buf->size && resize(buf, buf->len + more + 1))
        buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, void const *bytes, size_t len)
{
    if (!reserve(buf, len))
        return;
    if (len)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_puts(struct buf *buf, char const *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_vprintf(struct buf *buf, char const *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        buf->failed = true;
    else if (reserve(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void buf_printf(struct buf *buf, char const *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void buf_consume(struct buf *buf, size_t n)
{
    if (n >= buf->len) {
        buf->len = 0;
    } else {
        buf->len -= n;
        memmove(buf->data, buf->data + n, buf->len);
    }
    if (buf->data)
        buf->data[buf->len] = '\0';
}

char const *buf_text(struct buf const *buf)
{
    return buf->data ? buf->data : "";
}
