/* SPDX-License-Identifier: Apache-2.0 */
/* Words and options: see people_options.h. */
#include "people_options.h"
#include <string.h>

static bool is_truth(char const *word)
{
    return strcmp(word, "yes") == 0 || strcmp(word, "no") == 0;
}

/* Takes one option, and its value if it has one; returns how many words, 0 if it is unknown. */
static int take(struct people_options *options, struct people_kind const *kind, int argc,
                char **argv)
{
    char const *name = argv[0] + 2;
    bool denied = strncmp(name, "no-", 3) == 0;
    size_t i;
    struct people_column const *column = people_kind_column(kind, denied ? name + 3 : name, &i);

    if (!column || i == 0 || (denied && column->type != PEOPLE_YESNO))
        return 0;
    if (denied || (column->type == PEOPLE_YESNO && (argc < 2 || !is_truth(argv[1])))) {
        options->given[i] = denied ? "no" : "yes";
        return 1;
    }
    if (argc < 2)
        return 0;
    options->given[i] = argv[1];
    return 2;
}

char const *people_options_parse(struct people_options *ret, struct people_kind const *kind,
                                 int argc, char **argv)
{
    *ret = (struct people_options){ .n_words = 0 };
    for (int i = 0, n; i < argc; i += n) {
        n = 1;
        if (strcmp(argv[i], "--dry-run") == 0)
            ret->dry_run = true;
        else if (strncmp(argv[i], "--", 2) == 0)
            n = take(ret, kind, argc - i, argv + i);
        else if (ret->n_words < PEOPLE_WORDS_MAX)
            ret->words[ret->n_words++] = argv[i];
        else
            return "too many words";
        if (n == 0)
            return "unknown option, or no value for it";
    }
    return NULL;
}

bool people_options_edit(char const *list, char const *word, bool wanted, struct buf *out)
{
    size_t len = strlen(word);
    bool found = false;

    for (char const *at = list; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        bool is_it = n == len && memcmp(at, word, len) == 0;
        found |= is_it;
        if (!is_it)
            buf_printf(out, "%s%.*s", out->len ? " " : "", (int)n, at);
        at += n;
    }
    if (wanted)
        buf_printf(out, "%s%s", out->len ? " " : "", word);
    return found != wanted;
}
