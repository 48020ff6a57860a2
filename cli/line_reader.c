/* SPDX-License-Identifier: Apache-2.0 */
/* Lines out of a stream of bytes. */
#include "line_reader.h"

static void give(struct line_reader *reader, line_reader_fn *fn, void *ctx)
{
    reader->text[reader->len] = '\0';
    reader->len = 0;
    fn(ctx, reader->text);
}

void line_reader_feed(struct line_reader *reader, char const *bytes, size_t len, line_reader_fn *fn,
                      void *ctx)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n') {
            give(reader, fn, ctx);
            continue;
        }
        reader->text[reader->len++] = bytes[i] ? bytes[i] : '?';
        if (reader->len == LINE_READER_MAX)
            give(reader, fn, ctx);
    }
}

void line_reader_end(struct line_reader *reader, line_reader_fn *fn, void *ctx)
{
    if (reader->len)
        give(reader, fn, ctx);
}
