/* SPDX-License-Identifier: Apache-2.0 */
/* The CLI's own commands as rows; help is printed from them. What stands in no row is a command of
 * a running program and goes to control.c. */
#pragma once
#include <stddef.h>

struct buf;
struct cli;

/** Runs with the arguments behind the command's name; returns the exit code. */
typedef int command_fn(struct cli *cli, int argc, char **argv);

struct command {
    char const *name;
    char const *args; /* as shown in help; NULL: none */
    char const *help; /* one line */
    char const *more; /* what `help COMMAND` adds; may be NULL */
    command_fn *fn;
};

/** Rows of commands.c, ended by a row without a name. */
extern struct command const command_table[];

/** By name in @p table, NULL if there is none. */
struct command const *command_find(struct command const *table, char const *name);

/** "crosspoint NAME ARGS" and its texts. */
void command_print(struct command const *command, struct buf *out);

/** One line per row: name and arguments, then help, in two columns. */
void command_print_list(struct command const *table, struct buf *out);

/** The name nearest to what was typed: @p n names, NULL if none is near enough to be meant. */
char const *command_nearest(char const *typed, char const *const *names, size_t n);
