/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up and printing rows of commands. */
#include "command.h"
#include "buf.h"
#include "spelling.h"
#include <stdio.h>
#include <string.h>

enum { HELP_COLUMN = 30 };

struct command const *command_find(struct command const *table, char const *name)
{
    for (struct command const *row = table; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

void command_print(struct command const *command, struct buf *out)
{
    buf_printf(out, "usage: crosspoint [-c FILE] [--json] %s%s%s\n\n%s\n", command->name,
               command->args ? " " : "", command->args ? command->args : "", command->help);
    if (command->more)
        buf_printf(out, "\n%s", command->more);
}

void command_print_list(struct command const *table, struct buf *out)
{
    for (struct command const *row = table; row->name; row++) {
        size_t start = out->len;

        buf_printf(out, "  %s%s%s", row->name, row->args ? " " : "", row->args ? row->args : "");
        if (out->len - start > HELP_COLUMN - 2)
            buf_printf(out, "\n%*s", HELP_COLUMN, "");
        else
            buf_printf(out, "%*s", (int)(HELP_COLUMN - (out->len - start)), "");
        buf_printf(out, "%s\n", row->help);
    }
}

char const *command_nearest(char const *typed, char const *const *names, size_t n)
{
    char const *best = NULL;
    unsigned best_distance = (unsigned)strnlen(typed, SPELLING_MAX) / 3 + 1;

    for (size_t i = 0; i < n; i++) {
        unsigned d = spelling_distance(typed, names[i]);

        if (d < best_distance || (d == best_distance && !best)) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
