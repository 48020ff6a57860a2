/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for tests, made from the rows: every member that a type has gets a value of its own. */
#pragma once
#include "csta_tables.h"

/** Fills @p ret for @p type, strings in @p home. Of a choice the row with @p choice is taken. */
void sample_fill(su_home_t *home, enum csta_type type, unsigned choice, struct csta_msg *ret);

/** Name of the first element in which two messages of one type differ, NULL if they are equal. */
char const *sample_difference(struct csta_msg const *a, struct csta_msg const *b);
