/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from anywhere as characters that a terminal only shows and never obeys: what is no UTF-8,
 * no printable character of the locale, or would change those around it, becomes '?'. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

struct buf;

struct trace_text_char {
    wchar_t c;
    int width;    /* cells: 1 or 2 */
    size_t bytes; /* that it stands for; at least 1 */
};

/** The first character of @p bytes, of which there is at least one. */
struct trace_text_char trace_text_take(char const *bytes, size_t len);

/** Appends all of @p bytes on one line. */
void trace_text_add(struct buf *out, char const *bytes, size_t len);

/** Does @p bytes hold @p text? Letters of either case. */
bool trace_text_holds(char const *bytes, size_t len, char const *text);
