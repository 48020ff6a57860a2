/* SPDX-License-Identifier: Apache-2.0 */
/* Cells row by row. */
#include "trace_grid.h"
#include "buf.h"
#include "trace_text.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

int trace_grid_resize(struct trace_grid *grid, int rows, int columns)
{
    trace_grid_fini(grid);
    if (rows <= 0 || columns <= 0)
        return 0;
    grid->cells = calloc((size_t)rows * (size_t)columns, sizeof *grid->cells);
    if (!grid->cells)
        return -ENOMEM;
    grid->rows = rows;
    grid->columns = columns;
    trace_grid_clear(grid);
    return 0;
}

void trace_grid_fini(struct trace_grid *grid)
{
    free(grid->cells);
    *grid = (struct trace_grid){ 0 };
}

void trace_grid_clear(struct trace_grid *grid)
{
    for (int i = 0; i < grid->rows * grid->columns; i++)
        grid->cells[i] = (struct trace_cell){ L' ', TRACE_PLAIN };
}

static struct trace_cell *cell(struct trace_grid *grid, int row, int column)
{
    return &grid->cells[(size_t)row * (size_t)grid->columns + (size_t)column];
}

/* A character that only half is in the grid, or of which half is written over, is a blank. */
static void put_char(struct trace_grid *grid, int row, int column, struct trace_text_char c,
                     enum trace_style style)
{
    bool fits = column >= 0 && column + c.width <= grid->columns;

    for (int i = column < 0 ? 0 : column; i < column + c.width && i < grid->columns; i++) {
        if (cell(grid, row, i)->c == 0)
            cell(grid, row, i - 1)->c = L' ';
        if (i + 1 < grid->columns && cell(grid, row, i + 1)->c == 0)
            cell(grid, row, i + 1)->c = L' ';
        *cell(grid, row, i) = (struct trace_cell){ L' ', (uint8_t)style };
    }
    if (!fits)
        return;
    cell(grid, row, column)->c = c.c;
    if (c.width == 2)
        cell(grid, row, column + 1)->c = 0;
}

int trace_grid_put(struct trace_grid *grid, int row, int column, enum trace_style style,
                   char const *bytes, size_t len)
{
    if (row < 0 || row >= grid->rows)
        return column;
    for (size_t at = 0; at < len && column < grid->columns;) {
        struct trace_text_char c = trace_text_take(bytes + at, len - at);

        put_char(grid, row, column, c, style);
        column += c.width;
        at += c.bytes;
    }
    return column;
}

int trace_grid_puts(struct trace_grid *grid, int row, int column, enum trace_style style,
                    char const *text)
{
    return trace_grid_put(grid, row, column, style, text, strlen(text));
}

void trace_grid_set_row(struct trace_grid *grid, int row, enum trace_style style)
{
    for (int i = 0; row >= 0 && row < grid->rows && i < grid->columns; i++)
        cell(grid, row, i)->style = (uint8_t)style;
}

static void print_char(wchar_t c, struct buf *out)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = { 0 };
    size_t len = wcrtomb(bytes, c, &state);

    if (len == (size_t)-1)
        buf_puts(out, "?");
    else
        buf_add(out, bytes, len);
}

void trace_grid_print(struct trace_grid const *grid, struct buf *out)
{
    for (int row = 0; row < grid->rows; row++) {
        struct trace_cell const *cells = grid->cells + (size_t)row * (size_t)grid->columns;
        int n = grid->columns;

        while (n && cells[n - 1].c == L' ')
            n--;
        for (int i = 0; i < n; i++)
            if (cells[i].c)
                print_char(cells[i].c, out);
        buf_puts(out, "\n");
    }
}
