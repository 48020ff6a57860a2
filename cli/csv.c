/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing rows: see csv.h. */
#include "csv.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { ROW_BYTES = 1 << 20 };

void csv_init(struct csv *csv, char const *text, size_t len)
{
    static char const mark[] = "\xef\xbb\xbf";
    size_t skip = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;

    *csv = (struct csv){ text + skip, text + len, 1 };
}

void csv_row_init(struct csv_row *row)
{
    *row = (struct csv_row){ 0 };
    buf_init(&row->text, ROW_BYTES);
}

void csv_row_fini(struct csv_row *row)
{
    buf_fini(&row->text);
}

static bool at_line_end(struct csv const *csv)
{
    return csv->at == csv->end || *csv->at == '\n' ||
           (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n');
}

static void pass_line_end(struct csv *csv)
{
    if (csv->at < csv->end && *csv->at == '\r')
        csv->at++;
    if (csv->at < csv->end)
        csv->at++;
    csv->line++;
}

/* Behind the opening quote. */
static char const *read_quoted(struct csv *csv, struct buf *text)
{
    for (; csv->at < csv->end; csv->at++) {
        if (*csv->at == '"' && (csv->at + 1 == csv->end || csv->at[1] != '"')) {
            csv->at++;
            return at_line_end(csv) || *csv->at == ',' ? NULL
                                                       : "text stands behind a closing quote";
        }
        csv->at += *csv->at == '"';
        csv->line += *csv->at == '\n';
        buf_add(text, csv->at, 1);
    }
    return "a quote is not closed";
}

static char const *read_plain(struct csv *csv, struct buf *text)
{
    for (; !at_line_end(csv) && *csv->at != ','; csv->at++) {
        if (*csv->at == '"')
            return "a quote stands inside a field without quotes";
        buf_add(text, csv->at, 1);
    }
    return NULL;
}

static char const *read_field(struct csv *csv, struct csv_row *row, size_t starts[CSV_FIELDS])
{
    char const *why;

    if (row->n == CSV_FIELDS)
        return "too many fields";
    starts[row->n++] = row->text.len;
    if (csv->at < csv->end && *csv->at == '"') {
        csv->at++;
        why = read_quoted(csv, &row->text);
    } else {
        why = read_plain(csv, &row->text);
    }
    if (!why &&
        memchr(buf_text(&row->text) + starts[row->n - 1], '\0', row->text.len - starts[row->n - 1]))
        why = "a byte of value 0";
    buf_add(&row->text, "", 1);
    return why;
}

int csv_read(struct csv *csv, struct csv_row *row, char const **ret_why)
{
    size_t starts[CSV_FIELDS];

    while (csv->at < csv->end && at_line_end(csv))
        pass_line_end(csv);
    row->line = csv->line;
    row->n = 0;
    buf_reset(&row->text);
    if (csv->at == csv->end)
        return 0;
    *ret_why = read_field(csv, row, starts);
    while (!*ret_why && !at_line_end(csv)) {
        csv->at++; /* the comma */
        *ret_why = read_field(csv, row, starts);
    }
    if (!*ret_why && !buf_ok(&row->text))
        *ret_why = "the row is too long";
    if (*ret_why)
        return -EINVAL;
    if (csv->at < csv->end)
        pass_line_end(csv);
    for (size_t i = 0; i < row->n; i++)
        row->v[i] = buf_text(&row->text) + starts[i];
    return 1;
}

bool csv_pass_line(struct csv *csv, struct csv_row const *row)
{
    if (csv->line != row->line)
        return false;
    while (!at_line_end(csv))
        csv->at++;
    if (csv->at < csv->end)
        pass_line_end(csv);
    return true;
}

static void write_field(char const *field, struct buf *out)
{
    size_t len = strlen(field);
    bool quoted = strpbrk(field, ",\"\r\n") || (len && (field[0] == ' ' || field[len - 1] == ' '));

    if (!quoted) {
        buf_puts(out, field);
        return;
    }
    buf_puts(out, "\"");
    for (char const *c = field; *c; c++)
        buf_add(out, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    buf_puts(out, "\"");
}

void csv_write(char const *const *fields, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        buf_puts(out, i ? "," : "");
        write_field(fields[i], out);
    }
    buf_puts(out, "\r\n");
}
