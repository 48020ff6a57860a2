/* SPDX-License-Identifier: Apache-2.0 */
/* Finds which command of a running program was typed, from the program's own help table
 * ({"columns": ["command", "arguments", ...], "rows"}), and makes the JSON of its arguments. Pure.
 */
#pragma once
#include <jansson.h>
#include <stdbool.h>

enum { CONTROL_MATCH_KEY = 64 };

struct control_match {
    char const *name; /* "show calls", borrowed from the help table; NULL: nothing fits */
    char const *args; /* "LINE VERB [NUMBER]" or "" */
    bool of_all;      /* one that every program has */
    int words;        /* of the name */
};

/** Improves @p match if a row of @p help fits the words better (a longer name wins). */
void control_match_find(json_t const *help, int argc, char **argv, struct control_match *match);

/** Text of column @p name in row @p row, "" if there is none. */
char const *control_match_cell(json_t const *help, json_t const *row, char const *name);

/** Turns words into {"line": "2001", ...} by an argument line such as "LINE VERB [NUMBER]". NULL if
 *  there are too few or too many. A secret, "<PASSWORD>", takes no word. Caller owns the result. */
json_t *control_match_args(char const *spec, int argc, char **argv);

/** Name of the secret in an argument line, in lower case, written to @p ret; false if there is
 *  none. */
bool control_match_secret(char const *spec, char ret[static CONTROL_MATCH_KEY]);
