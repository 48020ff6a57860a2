/* SPDX-License-Identifier: Apache-2.0 */
/* Values of rows, and the nearest key for a typing error. */
#include "cfg_value.h"
#include "buf.h"
#include "spelling.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int cfg_value_enum(struct cfg_row const *row, char const *name)
{
    for (int i = 0; row->names[i]; i++)
        if (strcmp(row->names[i], name) == 0)
            return i;
    return -1;
}

/* "a, b" -> two strings */
static int default_strings(su_home_t *home, char const *text, struct cfg_strings *ret)
{
    size_t n = 1;

    for (char const *p = text; *p; p++)
        n += *p == ',';
    ret->v = su_zalloc(home, (isize_t)(n * sizeof *ret->v));
    if (!ret->v)
        return -ENOMEM;
    while (*text) {
        size_t len = strcspn(text, ",");
        if (!(ret->v[ret->n++] = su_strndup(home, text, (isize_t)len)))
            return -ENOMEM;
        text += len;
        text += strspn(text, ", ");
    }
    return 0;
}

int cfg_value_default(su_home_t *home, struct cfg_row const *row, void *base)
{
    void *at = cfg_value_at(row, base);
    char const *text = row->default_text;

    if (!text)
        return 0;
    switch (row->type) {
    case CFG_BOOL:
        *(bool *)at = strcmp(text, "true") == 0;
        return 0;
    case CFG_INT:
        *(int64_t *)at = strtoll(text, NULL, 10);
        return 0;
    case CFG_STRING:
    case CFG_PATH:
        *(char const **)at = text; /* lives as long as the row: a list may have many entries */
        return 0;
    case CFG_ENUM:
        *(int *)at = cfg_value_enum(row, text);
        return *(int *)at < 0 ? -EINVAL : 0;
    case CFG_STRINGS:
    case CFG_PATHS:
        return default_strings(home, text, at);
    case CFG_GROUPS:
        break;
    }
    return -EINVAL;
}

void cfg_value_print(struct cfg_row const *row, void const *base, struct buf *out)
{
    void const *at = (char const *)base + row->offset;

    switch (row->type) {
    case CFG_BOOL:
        buf_puts(out, *(bool const *)at ? "true" : "false");
        break;
    case CFG_INT:
        buf_printf(out, "%" PRId64, *(int64_t const *)at);
        break;
    case CFG_STRING:
    case CFG_PATH: {
        char const *text = *(char const *const *)at;
        buf_puts(out, text ? text : "");
        break;
    }
    case CFG_ENUM:
        buf_puts(out, row->names[*(int const *)at]);
        break;
    case CFG_STRINGS:
    case CFG_PATHS: {
        struct cfg_strings const *list = at;
        for (size_t i = 0; i < list->n; i++)
            buf_printf(out, "%s%s", i ? ", " : "", list->v[i]);
        break;
    }
    case CFG_GROUPS:
        break;
    }
}

struct cfg_row const *cfg_value_row(struct cfg_schema const *schema, char const *name)
{
    for (size_t i = 0; i < schema->n; i++)
        if (strcmp(schema->rows[i].name, name) == 0)
            return &schema->rows[i];
    return NULL;
}

char const *cfg_value_nearest(struct cfg_schema const *schema, char const *name)
{
    char const *nearest = schema->rows[0].name;

    for (size_t i = 1; i < schema->n; i++)
        if (spelling_distance(name, schema->rows[i].name) < spelling_distance(name, nearest))
            nearest = schema->rows[i].name;
    return nearest;
}

char const *cfg_value_nearest_name(char const *const *names, char const *name)
{
    char const *nearest = names[0];

    for (size_t i = 1; names[i]; i++)
        if (spelling_distance(name, names[i]) < spelling_distance(name, nearest))
            nearest = names[i];
    return nearest;
}
