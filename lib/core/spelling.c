/* SPDX-License-Identifier: Apache-2.0 */
/* Distance of names: see spelling.h. */
#include "spelling.h"
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Levenshtein distance with one row of the matrix; of longer names the first bytes count. */
unsigned spelling_distance(char const *a, char const *b)
{
    unsigned row[SPELLING_MAX + 1];
    size_t n = strnlen(b, SPELLING_MAX);

    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i] && i < SPELLING_MAX; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 1; j <= n; j++) {
            bool same = tolower((unsigned char)a[i]) == tolower((unsigned char)b[j - 1]);
            unsigned above = row[j], best = diagonal + !same;
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[n];
}
