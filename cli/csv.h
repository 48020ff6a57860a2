/* SPDX-License-Identifier: Apache-2.0 */
/* Comma-separated values as RFC 4180 has them: rows end with CRLF or LF, a field in quotes may hold
 * commas, line ends and, doubled, quotes. Lines without a byte are passed over. */
#pragma once
#include "buf.h"
#include <stdbool.h>

enum { CSV_FIELDS = 32 };

/** A text that is read row by row; it is borrowed. */
struct csv {
    char const *at, *end;
    int line; /* that the next row starts in, from 1 */
};

struct csv_row {
    int line; /* that it starts in */
    size_t n;
    char const *v[CSV_FIELDS]; /* until the next row */
    struct buf text;
};

/** Starts at the beginning of @p text, behind a byte order mark. */
void csv_init(struct csv *csv, char const *text, size_t len);

void csv_row_init(struct csv_row *row);
void csv_row_fini(struct csv_row *row);

/** Reads the next row. Returns 1, 0 at the end, or -EINVAL with the reason in @p ret_why (static)
 *  and the place in @p row->line; it cannot go on then, unless csv_pass_line() says so. */
int csv_read(struct csv *csv, struct csv_row *row, char const **ret_why);

/** Passes over the rest of a line in which a row was wrong. Returns false if the row had gone on to
 *  another line: nobody knows where the next one begins. */
bool csv_pass_line(struct csv *csv, struct csv_row const *row);

/** Appends one row, with quotes where they are needed, and CRLF. */
void csv_write(char const *const *fields, size_t n, struct buf *out);
