/* SPDX-License-Identifier: Apache-2.0 */
/* A look at a whole document before libxml2 sees it.
 *
 * libxml2 works through an internal subset before its reader reports the DOCTYPE, and its time for
 * one element grows with the square of the number of attributes. So one linear pass over the bytes
 * refuses what we never want; what it lets through, libxml2 still checks for well-formedness. */
#pragma once
#include "xml_limits.h"
#include <stdbool.h>

/** NULL if the document may be parsed, else a static text with the reason. */
char const *xml_guard_check(char const *xml, size_t len, struct xml_limits const *limits);

/** Whether the XML declaration at @p text names no encoding but UTF-8. */
bool xml_guard_is_utf8_declared(char const *text, size_t len);
