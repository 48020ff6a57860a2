/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the result of any control command for people: {"columns", "rows"} as an aligned table,
 * another object as one line per member, anything else as its value. The CLI knows no command's
 * result; ctl.h says what a table is. Control characters in values are escaped, so that nothing
 * that came from the network reaches the terminal as more than text. */
#pragma once
#include <jansson.h>

struct buf;

/** Appends @p result as text with a newline at its end; nothing for null and empty objects. */
void table_print(json_t const *result, struct buf *out);

/** Appends one value as a cell: yes/no for booleans, "-" for null, a list with commas. */
void table_print_cell(json_t const *value, struct buf *out);

/** Appends @p text of any origin with control characters as \xNN. */
void table_print_text(char const *text, struct buf *out);
