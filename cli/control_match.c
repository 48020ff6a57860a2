/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of programs, by their help tables. */
#include "control_match.h"
#include <ctype.h>
#include <string.h>

char const *control_match_cell(json_t const *help, json_t const *row, char const *name)
{
    json_t *column;
    size_t i;

    json_array_foreach(json_object_get(help, "columns"), i, column)
    {
        if (json_is_string(column) && strcmp(json_string_value(column), name) == 0) {
            char const *text = json_string_value(json_array_get(row, i));

            return text ? text : "";
        }
    }
    return "";
}

/* How many of the words make up @p name, 0 if they do not. */
static int words_of(char const *name, int argc, char **argv)
{
    int words = 0;

    while (*name) {
        size_t len = strcspn(name, " ");

        if (words == argc || strlen(argv[words]) != len || strncmp(argv[words], name, len) != 0)
            return 0;
        words++;
        name += len + (name[len] == ' ');
    }
    return words;
}

void control_match_find(json_t const *help, int argc, char **argv, struct control_match *match)
{
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(help, "rows"), i, row)
    {
        char const *name = control_match_cell(help, row, "command");
        int words = words_of(name, argc, argv);

        if (words > match->words) {
            match->name = name;
            match->args = control_match_cell(help, row, "arguments");
            match->of_all = strcmp(control_match_cell(help, row, "of"), "all") == 0;
            match->words = words;
        }
    }
}

enum kind { REQUIRED, OPTIONAL, SECRET };

/* Takes the next word of @p spec as a key in lower case; false at the end. */
static bool next_key(char const **spec, char key[static CONTROL_MATCH_KEY], enum kind *ret_kind)
{
    char const *at = *spec + strspn(*spec, " ");
    size_t len = strcspn(at, " "), n = 0;

    *ret_kind = *at == '[' ? OPTIONAL : *at == '<' ? SECRET : REQUIRED;
    for (size_t i = 0; i < len && n + 1 < CONTROL_MATCH_KEY; i++)
        if (!strchr("[].<>", at[i]))
            key[n++] = (char)tolower((unsigned char)at[i]);
    key[n] = '\0';
    *spec = at + len;
    return len > 0;
}

bool control_match_secret(char const *spec, char ret[static CONTROL_MATCH_KEY])
{
    enum kind kind;

    while (next_key(&spec, ret, &kind))
        if (kind == SECRET)
            return true;
    return false;
}

json_t *control_match_args(char const *spec, int argc, char **argv)
{
    json_t *args = json_object();
    char key[CONTROL_MATCH_KEY];
    enum kind kind;
    int i = 0;

    while (args && next_key(&spec, key, &kind)) {
        if (kind == SECRET)
            continue;
        if (i < argc) {
            if (json_object_set_new(args, key, json_string(argv[i++])) < 0)
                goto fail;
        } else if (kind == REQUIRED) {
            goto fail;
        }
    }
    if (i == argc)
        return args;
fail:
    json_decref(args);
    return NULL;
}
