/* SPDX-License-Identifier: Apache-2.0 */
/* What people read in HTML, as text: paragraphs, breaks and list items are lines, the rest of the
 * marks is dropped, scripts and styles with what is in them. For message bodies: any bytes are
 * HTML. Pure. */
#pragma once
#include <stddef.h>

struct buf;

/** Appends the text; time grows with the length. */
void html_text(char const *html, size_t len, struct buf *out);
