/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up and printing rows of commands. */
#include "command.h"
#include "buf.h"
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LEN = 63, HELP_COLUMN = 30 };

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

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Edits (insert, delete, replace) that make @p b of @p a, by one row of the usual matrix. */
static unsigned distance(char const *a, char const *b)
{
    unsigned row[NAME_MAX_LEN + 1];
    size_t len = strnlen(b, NAME_MAX_LEN);

    for (size_t j = 0; j <= len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i] && i < NAME_MAX_LEN; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < len; j++) {
            unsigned above = row[j + 1];

            row[j + 1] = min3(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
            diagonal = above;
        }
    }
    return row[len];
}

char const *command_nearest(char const *typed, char const *const *names, size_t n)
{
    char const *best = NULL;
    unsigned best_distance = (unsigned)strnlen(typed, NAME_MAX_LEN) / 3 + 1;

    for (size_t i = 0; i < n; i++) {
        unsigned d = distance(typed, names[i]);

        if (d < best_distance || (d == best_distance && !best)) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
