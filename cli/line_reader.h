/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts what a child writes into lines. A line longer than LINE_READER_MAX is given in pieces. */
#pragma once
#include <stddef.h>

enum { LINE_READER_MAX = 8192 };

struct line_reader {
    char text[LINE_READER_MAX + 1];
    size_t len;
};

typedef void line_reader_fn(void *ctx, char const *line);

/** Calls @p fn for every line that @p bytes complete, without the newline; NULs become '?'. */
void line_reader_feed(struct line_reader *reader, char const *bytes, size_t len, line_reader_fn *fn,
                      void *ctx);

/** Gives what is left without a newline. */
void line_reader_end(struct line_reader *reader, line_reader_fn *fn, void *ctx);
