/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of `crosspoint contact` and `policy`: a table of rows, and the options that they know. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct cli;

enum { CONTACT_WORDS_MAX = 64 };

struct contact_options {
    char *words[CONTACT_WORDS_MAX];
    size_t n_words;
    char const *nickname, *group, *to; /* NULL: not given */
    bool no_limits, dry_run;
};

struct contact_verb {
    char const *name;
    size_t min_words, max_words;
    char const *options; /* that it knows, with blanks between; "" none */
    int (*fn)(struct cli *cli, struct contact_options *options);
};

/** Finds the verb and runs it with the rest of @p argv; complains of wrong usage of @p command. */
int contact_options_run(struct cli *cli, char const *command, struct contact_verb const *verbs,
                        size_t n, int argc, char **argv);

/** Parses @p argv for @p verb. Returns NULL, or what is wrong (static). */
char const *contact_options_parse(struct contact_options *ret, struct contact_verb const *verb,
                                  int argc, char **argv);
