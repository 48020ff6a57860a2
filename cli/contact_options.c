/* SPDX-License-Identifier: Apache-2.0 */
/* Words and options of a verb: see contact_options.h. */
#include "contact_options.h"
#include "cli.h"
#include <string.h>

/* Is @p option, without "--", one of the list? */
static bool knows(struct contact_verb const *verb, char const *option)
{
    size_t len = strlen(option);

    for (char const *at = verb->options; *at;) {
        size_t n = strcspn(at, " ");
        if (n == len && memcmp(at, option, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

/* Takes one option, and its value if it has one; returns how many words, 0 if it is wrong. */
static int take(struct contact_options *options, struct contact_verb const *verb, int argc,
                char **argv)
{
    struct {
        char const *name;
        char const **value;
        bool *flag;
    } const all[] = {
        { "nickname", &options->nickname, NULL },
        { "group", &options->group, NULL },
        { "to", &options->to, NULL },
        { "no-limits", NULL, &options->no_limits },
        { "dry-run", NULL, &options->dry_run },
    };

    for (size_t i = 0; knows(verb, argv[0] + 2) && i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].name, argv[0] + 2) != 0)
            continue;
        if (all[i].flag) {
            *all[i].flag = true;
            return 1;
        }
        if (argc < 2)
            return 0;
        *all[i].value = argv[1];
        return 2;
    }
    return 0;
}

char const *contact_options_parse(struct contact_options *ret, struct contact_verb const *verb,
                                  int argc, char **argv)
{
    *ret = (struct contact_options){ .n_words = 0 };
    for (int i = 0, n; i < argc; i += n) {
        n = 1;
        if (strncmp(argv[i], "--", 2) == 0)
            n = take(ret, verb, argc - i, argv + i);
        else if (ret->n_words < verb->max_words)
            ret->words[ret->n_words++] = argv[i];
        else
            return "too many words";
        if (n == 0)
            return "unknown option, or no value for it";
    }
    return ret->n_words < verb->min_words ? "words are missing" : NULL;
}

int contact_options_run(struct cli *cli, char const *command, struct contact_verb const *verbs,
                        size_t n, int argc, char **argv)
{
    struct contact_options options;
    char const *why = argc ? "there is no such verb" : "wants a verb";

    for (size_t i = 0; argc && i < n; i++) {
        if (strcmp(verbs[i].name, argv[0]) != 0)
            continue;
        why = contact_options_parse(&options, &verbs[i], argc - 1, argv + 1);
        if (!why)
            return verbs[i].fn(cli, &options);
        break;
    }
    cli_complain("%s; see: crosspoint help %s", why, command);
    return EX_USAGE;
}
