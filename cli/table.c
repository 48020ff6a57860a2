/* SPDX-License-Identifier: Apache-2.0 */
/* Aligned tables from JSON. */
#include "table.h"
#include "buf.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_MAX = 4096, GAP = 2 };

/* A C1 control character (U+0080 to U+009F) in UTF-8: terminals may act on it. */
static bool is_c1(unsigned char const *p)
{
    return p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0;
}

void table_print_text(char const *text, struct buf *out)
{
    for (unsigned char const *p = (unsigned char const *)text; *p; p++) {
        if (is_c1(p)) {
            buf_printf(out, "\\x%02x", *++p);
        } else if (*p < 0x20 || *p == 0x7f) {
            buf_printf(out, "\\x%02x", *p);
        } else {
            buf_add(out, p, 1);
        }
    }
}

static void print_list(json_t const *list, struct buf *out)
{
    json_t *value;
    size_t i;

    json_array_foreach(list, i, value)
    {
        if (i)
            buf_puts(out, ", ");
        table_print_cell(value, out);
    }
    if (json_array_size(list) == 0)
        buf_puts(out, "-");
}

static void print_object(json_t const *object, struct buf *out)
{
    char const *separator = "";
    char const *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        buf_puts(out, separator);
        table_print_text(key, out);
        buf_puts(out, "=");
        table_print_cell(value, out);
        separator = " ";
    }
}

void table_print_cell(json_t const *value, struct buf *out)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        table_print_text(json_string_value(value), out);
        break;
    case JSON_INTEGER:
        buf_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        buf_printf(out, "%g", json_real_value(value));
        break;
    case JSON_TRUE:
        buf_puts(out, "yes");
        break;
    case JSON_FALSE:
        buf_puts(out, "no");
        break;
    case JSON_NULL:
        buf_puts(out, "-");
        break;
    case JSON_ARRAY:
        print_list(value, out);
        break;
    case JSON_OBJECT:
        print_object(value, out);
        break;
    }
}

/* Columns on the screen: one per character, not per byte. */
static size_t width_of(char const *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

static void pad(struct buf *out, size_t from, size_t to)
{
    for (; from < to; from++)
        buf_puts(out, " ");
}

struct column {
    size_t width;
    bool numeric; /* every cell is a number: aligned to the right */
};

/* Adds one cell of column @p col; the last column gets no blanks behind. */
static void put_cell(struct buf *out, char const *text, struct column const *col, bool is_last)
{
    size_t width = width_of(text);

    if (col->numeric)
        pad(out, width, col->width);
    buf_puts(out, text);
    if (!is_last)
        pad(out, col->numeric ? 0 : width, (col->numeric ? 0 : col->width) + GAP);
}

static void measure(json_t const *rows, size_t i, struct column *col)
{
    struct buf cell;
    json_t *row;
    size_t r;

    buf_init(&cell, CELL_MAX);
    col->numeric = json_array_size(rows) > 0;
    json_array_foreach(rows, r, row)
    {
        json_t const *value = json_array_get(row, i);

        buf_reset(&cell);
        table_print_cell(value, &cell);
        if (width_of(buf_text(&cell)) > col->width)
            col->width = width_of(buf_text(&cell));
        col->numeric = col->numeric && json_is_number(value);
    }
    buf_fini(&cell);
}

static void put_header(json_t const *columns, struct column const *cols, struct buf *out)
{
    struct buf cell;
    size_t n = json_array_size(columns);

    buf_init(&cell, CELL_MAX);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&cell);
        table_print_cell(json_array_get(columns, i), &cell);
        for (size_t c = 0; c < cell.len; c++)
            cell.data[c] = (char)toupper((unsigned char)cell.data[c]);
        put_cell(out, buf_text(&cell), &cols[i], i + 1 == n);
    }
    buf_puts(out, "\n");
    buf_fini(&cell);
}

static void put_row(json_t const *row, struct column const *cols, size_t n, struct buf *out)
{
    struct buf cell;

    buf_init(&cell, CELL_MAX);
    for (size_t i = 0; i < n; i++) {
        buf_reset(&cell);
        table_print_cell(json_array_get(row, i), &cell);
        put_cell(out, buf_text(&cell), &cols[i], i + 1 == n);
    }
    buf_puts(out, "\n");
    buf_fini(&cell);
}

static void print_table(json_t const *columns, json_t const *rows, struct buf *out)
{
    size_t n = json_array_size(columns);
    struct column *cols = calloc(n ? n : 1, sizeof *cols);
    json_t *row;
    size_t r;

    if (!cols) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (json_is_string(json_array_get(columns, i)))
            cols[i].width = width_of(json_string_value(json_array_get(columns, i)));
        measure(rows, i, &cols[i]);
    }
    put_header(columns, cols, out);
    json_array_foreach(rows, r, row) put_row(row, cols, n, out);
    if (json_array_size(rows) == 0)
        buf_puts(out, "(none)\n");
    free(cols);
}

static void print_members(json_t const *object, struct buf *out)
{
    size_t width = 0;
    char const *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value) if (width_of(key) > width) width =
        width_of(key);
    json_object_foreach((json_t *)object, key, value)
    {
        table_print_text(key, out);
        pad(out, width_of(key), width + GAP);
        table_print_cell(value, out);
        buf_puts(out, "\n");
    }
}

void table_print(json_t const *result, struct buf *out)
{
    json_t const *columns = json_object_get(result, "columns");
    json_t const *rows = json_object_get(result, "rows");

    if (json_is_array(columns) && json_is_array(rows)) {
        print_table(columns, rows, out);
    } else if (json_is_object(result)) {
        print_members(result, out);
    } else if (result && !json_is_null(result)) {
        table_print_cell(result, out);
        buf_puts(out, "\n");
    }
}
