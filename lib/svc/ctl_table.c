/* SPDX-License-Identifier: Apache-2.0 */
/* Tables as answers, and arguments of commands. */
#include "ctl.h"
#include <stdarg.h>

json_t *ctl_table(char const *column, ...)
{
    json_t *columns = json_array();
    va_list args;

    va_start(args, column);
    for (; column; column = va_arg(args, char const *))
        json_array_append_new(columns, json_string(column));
    va_end(args);
    return json_pack("{s:o,s:[]}", "columns", columns, "rows");
}

void ctl_table_row(json_t *table, json_t *row)
{
    json_array_append_new(json_object_get(table, "rows"), row);
}

char const *ctl_arg(json_t const *args, char const *name)
{
    return json_string_value(json_object_get(args, name));
}
