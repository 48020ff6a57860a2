/* SPDX-License-Identifier: Apache-2.0 */
/* What a screen shows, as cells: views draw into it, trace_term.c puts it on a terminal, tests
 * compare it. Whatever is put in, only printable characters are in its cells. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

struct buf;

/* What it is for the eye; what it looks like is the terminal's matter. */
enum trace_style {
    TRACE_PLAIN,
    TRACE_TITLE,
    TRACE_HEAD,
    TRACE_CURSOR,
    TRACE_FAINT,
    TRACE_ANSWER,
    TRACE_FAULT,
    TRACE_ADDED,
    TRACE_REMOVED,
    TRACE_STYLES
};

struct trace_cell {
    wchar_t c; /* 0: the second half of the one before */
    uint8_t style;
};

struct trace_grid {
    int rows, columns;
    struct trace_cell *cells; /* owned */
};

/** Makes it @p rows by @p columns blanks; at first from all zeroes. 0 or -ENOMEM: then it has none.
 */
int trace_grid_resize(struct trace_grid *grid, int rows, int columns);
void trace_grid_fini(struct trace_grid *grid);
void trace_grid_clear(struct trace_grid *grid);

/** Puts text at @p column, which may lie left of the grid, as far as there is room. Returns the
 *  column behind it. */
int trace_grid_put(struct trace_grid *grid, int row, int column, enum trace_style style,
                   char const *bytes, size_t len);
int trace_grid_puts(struct trace_grid *grid, int row, int column, enum trace_style style,
                    char const *text);

/** Gives a whole row another style. */
void trace_grid_set_row(struct trace_grid *grid, int row, enum trace_style style);

/** Its text, without blanks at the ends of lines. */
void trace_grid_print(struct trace_grid const *grid, struct buf *out);
