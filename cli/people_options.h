/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the directory's commands: one for each column of the kind, --dry-run, and words. */
#pragma once
#include "people_kind.h"

enum { PEOPLE_WORDS_MAX = 4 };

struct people_options {
    char const *given[PEOPLE_COLUMNS]; /* in the order of the columns; NULL: not given */
    char const *words[PEOPLE_WORDS_MAX];
    size_t n_words;
    bool dry_run;
};

/** Parses @p argv, which it borrows. "--rcc" alone means yes, "--no-rcc" no. Returns NULL, or what
 *  is wrong (static). */
char const *people_options_parse(struct people_options *ret, struct people_kind const *kind,
                                 int argc, char **argv);

/** Appends @p list with @p word added at its end (@p wanted) or taken out. False: it is there
 *  already, or is not there. */
bool people_options_edit(char const *list, char const *word, bool wanted, struct buf *out);
