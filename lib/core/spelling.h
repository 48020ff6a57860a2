/* SPDX-License-Identifier: Apache-2.0 */
/* How alike two names are, to name the one that somebody meant. */
#pragma once

enum { SPELLING_MAX = 48 };

/** Letters to change, add or leave out to get from @p a to @p b, without regard to case; of longer
 *  names the first SPELLING_MAX bytes count. */
unsigned spelling_distance(char const *a, char const *b);
