/* SPDX-License-Identifier: Apache-2.0 */
/* What a reload changes, key by key. */
#include "buf.h"
#include "cfg.h"
#include "cfg_value.h"
#include <string.h>

enum { TEXT_MAX = 16 << 20, CELL_MAX = 200 };

static bool same_group(struct cfg_schema const *schema, void const *old, void const *new);

static bool same_list(struct cfg_row const *row, struct cfg_groups const *old,
                      struct cfg_groups const *new)
{
    if (old->n != new->n)
        return false;
    for (size_t i = 0; i < old->n; i++)
        if (!same_group(row->sub, (char const *)old->v + i * row->sub->size,
                        (char const *)new->v + i * row->sub->size))
            return false;
    return true;
}

static bool same_value(struct cfg_row const *row, void const *old, void const *new)
{
    struct buf a, b;

    if (row->type == CFG_GROUPS)
        return same_list(row, (void const *)((char const *)old + row->offset),
                         (void const *)((char const *)new + row->offset));
    buf_init(&a, TEXT_MAX);
    buf_init(&b, TEXT_MAX);
    cfg_value_print(row, old, &a);
    cfg_value_print(row, new, &b);
    bool same = strcmp(buf_text(&a), buf_text(&b)) == 0;
    buf_fini(&a);
    buf_fini(&b);
    return same;
}

static bool same_group(struct cfg_schema const *schema, void const *old, void const *new)
{
    for (size_t i = 0; i < schema->n; i++)
        if (!same_value(&schema->rows[i], old, new))
            return false;
    return true;
}

/* A value for people: short, and of a list of groups only its length. */
static json_t *cell(struct cfg_row const *row, void const *base)
{
    struct cfg_groups const *list = (void const *)((char const *)base + row->offset);
    struct buf text;

    buf_init(&text, TEXT_MAX);
    if (row->type == CFG_GROUPS)
        buf_printf(&text, "%zu entries", list->n);
    else
        cfg_value_print(row, base, &text);
    json_t *value =
        json_sprintf("%.*s%s", CELL_MAX, buf_text(&text), text.len > CELL_MAX ? "..." : "");
    buf_fini(&text);
    return value ? value : json_string("(not UTF-8)");
}

static void diff_group(json_t *rows, struct cfg_schema const *schema, void const *old,
                       void const *new)
{
    for (size_t i = 0; i < schema->n; i++) {
        struct cfg_row const *row = &schema->rows[i];

        if (!same_value(row, old, new))
            json_array_append_new(
                rows, json_pack("[o,o,o,s]", json_sprintf("%s.%s", schema->group, row->name),
                                cell(row, old), cell(row, new),
                                row->effect == CFG_RESTART ? "restart" : "reload"));
    }
}

json_t *cfg_diff(struct cfg const *old, struct cfg const *new)
{
    json_t *rows = json_array();

    diff_group(rows, &cfg_node_schema, cfg_get_node(old), cfg_get_node(new));
    diff_group(rows, cfg_get_schema(new), cfg_get(old), cfg_get(new));
    return json_pack("{s:[s,s,s,s],s:o}", "columns", "key", "old", "new", "takes effect at", "rows",
                     rows);
}
