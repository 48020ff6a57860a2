/* SPDX-License-Identifier: Apache-2.0 */
/* Hints for the first session. */
#include "run_hints.h"
#include "buf.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

char const *run_hints_value(json_t const *config, char const *key)
{
    json_t *row;
    size_t i;

    json_array_foreach(json_object_get(config, "rows"), i, row)
    {
        char const *name = json_string_value(json_array_get(row, 0));
        char const *value = json_string_value(json_array_get(row, 1));

        if (name && value && strcmp(name, key) == 0)
            return value;
    }
    return "";
}

void run_hints_listeners(json_t const *config, char const *program, struct buf *out)
{
    static char const *const keys[] = { "listen", "internal" };
    char name[64];

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char const *value;

        snprintf(name, sizeof name, "%s.%s", program, keys[i]);
        value = run_hints_value(config, name);
        if (*value)
            buf_printf(out, "  %-10s%-10s%s\n", program, keys[i], value);
    }
}

/* First entry of a list that is printed with commas. */
static int first_len(char const *list)
{
    return (int)strcspn(list, ", ");
}

void run_hints_next(char const *command, json_t const *cti, struct buf *out)
{
    char const *user = run_hints_value(cti, "cti.users[0].mail");
    char const *line = run_hints_value(cti, "cti.users[0].lines");
    char const *other = run_hints_value(cti, "cti.users[1].lines");

    buf_printf(out, "  %s status\n", command);
    if (*user && *line)
        buf_printf(out, "  %s rcc --user %s --line 'tel:%.*s;phone-context=dialstring' %s%.*s\n",
                   command, user, first_len(line), line, *other ? "call " : "monitor",
                   first_len(other), other);
    if (*user && *line && *other)
        buf_printf(out, "  %s phone %.*s answer\n", command, first_len(other), other);
    buf_printf(out, "  %s ladder\n", command);
}
