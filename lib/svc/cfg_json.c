/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a configuration as JSON, shaped as the file is, defaults filled in. */
#include "cfg.h"
#include "cfg_value.h"

static json_t *text_value(char const *text)
{
    json_t *value = json_string(text ? text : "");

    return value ? value : json_string("(not UTF-8)");
}

static json_t *group_value(struct cfg_schema const *schema, void const *base);

static json_t *list_value(struct cfg_row const *row, void const *at)
{
    struct cfg_groups const *groups = at;
    struct cfg_strings const *strings = at;
    json_t *list = json_array();

    if (cfg_value_is_texts(row))
        for (size_t i = 0; i < strings->n; i++)
            json_array_append_new(list, text_value(strings->v[i]));
    else
        for (size_t i = 0; i < groups->n; i++)
            json_array_append_new(
                list, group_value(row->sub, (char const *)groups->v + i * row->sub->size));
    return list;
}

static json_t *row_value(struct cfg_row const *row, void const *base)
{
    void const *at = (char const *)base + row->offset;

    switch (row->type) {
    case CFG_BOOL:
        return json_boolean(*(bool const *)at);
    case CFG_INT:
        return json_integer(*(int64_t const *)at);
    case CFG_STRING:
    case CFG_PATH:
        return text_value(*(char const *const *)at);
    case CFG_ENUM:
        return json_string(row->names[*(int const *)at]);
    case CFG_STRINGS:
    case CFG_PATHS:
    case CFG_GROUPS:
        break;
    }
    return list_value(row, at);
}

static json_t *group_value(struct cfg_schema const *schema, void const *base)
{
    json_t *group = json_object();

    for (size_t i = 0; i < schema->n; i++)
        json_object_set_new(group, schema->rows[i].name, row_value(&schema->rows[i], base));
    return group;
}

json_t *cfg_json(struct cfg const *cfg)
{
    struct cfg_schema const *schema = cfg_get_schema(cfg);
    json_t *all = json_object();

    json_object_set_new(all, "node", group_value(&cfg_node_schema, cfg_get_node(cfg)));
    json_object_set_new(all, schema->group, group_value(schema, cfg_get(cfg)));
    return all;
}
