/* SPDX-License-Identifier: Apache-2.0 */
/* Loading: the only file that knows libconfig. Walks the file's settings against the rows, collects
 * every fault, and leaves all strings in one home. */
#define LOG_SUBSYSTEM LOG_CFG
#include "cfg.h"
#include "cfg_value.h"
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

static char const *const known_groups[] = { "node",     "proxy", "cti", "switch",
                                            "presence", "xmpp",  "web", NULL };

enum { MAX_ROWS = 128, MAX_FILES = 64 };

struct cfg {
    su_home_t home[1];
    struct cfg_schema const *schema;
    struct cfg_node node;
    void *values;
    uint32_t groups; /* bit i: known_groups[i] is in the file */
};

/* One top-level group while it is filled, perhaps from several files. */
struct fill {
    struct cfg_schema const *schema;
    void *base;
    bool seen[MAX_ROWS];
    struct cfg_where where; /* of the group's first appearance */
};

struct loader {
    su_home_t *home;
    struct cfg_faults *faults;
    char const *file;
    uint32_t groups;
};

static struct cfg_where where_of(struct loader const *loader, config_setting_t const *setting)
{
    char const *file = config_setting_source_file(setting);

    return (struct cfg_where){ .file = file ? su_strdup(loader->home, file) : loader->file,
                               .line = (int)config_setting_source_line(setting) };
}

static void load_group(struct loader *loader, struct fill *fill, config_setting_t *group);

static void type_fault(struct loader *loader, config_setting_t *setting, struct cfg_row const *row,
                       char const *wanted)
{
    cfg_fault(loader->faults, where_of(loader, setting), "%s: wants %s", row->name, wanted);
}

static void load_int(struct loader *loader, struct cfg_row const *row, config_setting_t *setting,
                     int64_t *ret)
{
    int type = config_setting_type(setting);

    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
        type_fault(loader, setting, row, "a number");
        return;
    }
    *ret = type == CONFIG_TYPE_INT ? config_setting_get_int(setting)
                                   : config_setting_get_int64(setting);
    if (*ret < row->min || *ret > row->max)
        cfg_fault(loader->faults, where_of(loader, setting),
                  "%s: %" PRId64 " is outside %" PRId64 "..%" PRId64 "%s%s", row->name, *ret,
                  row->min, row->max, row->unit ? " " : "", row->unit ? row->unit : "");
}

/* A relative path starts from the folder of its file, wherever the program was started. */
static char const *resolve_path(struct loader *loader, char const *text)
{
    char const *slash = strrchr(loader->file, '/');

    if (*text == '/' || !*text || !slash)
        return text;
    return su_sprintf(loader->home, "%.*s/%s", (int)(slash - loader->file), loader->file, text);
}

/* Checks one string and keeps a copy; NULL after a fault. */
static char const *load_text(struct loader *loader, struct cfg_row const *row,
                             config_setting_t *setting, size_t max)
{
    char const *text = config_setting_get_string(setting), *why;

    if (!text) {
        type_fault(loader, setting, row,
                   row->type == CFG_STRINGS ? "a list of strings" : "a string");
        return NULL;
    }
    if (max && strlen(text) > max) {
        cfg_fault(loader->faults, where_of(loader, setting), "%s: longer than %zu bytes", row->name,
                  max);
        return NULL;
    }
    if (row->type == CFG_PATH)
        text = resolve_path(loader, text);
    if (text && row->check && (why = row->check(text))) {
        cfg_fault(loader->faults, where_of(loader, setting), "%s: \"%s\": %s", row->name, text,
                  why);
        return NULL;
    }
    return text ? su_strdup(loader->home, text) : NULL;
}

static void load_enum(struct loader *loader, struct cfg_row const *row, config_setting_t *setting,
                      int *ret)
{
    char const *text = config_setting_get_string(setting);
    int value = text ? cfg_value_enum(row, text) : -1;
    char list[200];
    size_t at = 0;

    if (value >= 0) {
        *ret = value;
        return;
    }
    for (int i = 0; row->names[i] && at < sizeof list; i++)
        at +=
            (size_t)snprintf(list + at, sizeof list - at, "%s\"%s\"", i ? ", " : "", row->names[i]);
    cfg_fault(loader->faults, where_of(loader, setting), "%s: wants one of %s", row->name, list);
}

/* Both ( ) and [ ] are lists to us. Returns its length, or -1 after a fault. */
static int list_length(struct loader *loader, struct cfg_row const *row, config_setting_t *setting,
                       char const *wanted)
{
    int type = config_setting_type(setting), n = config_setting_length(setting);

    if (type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY) {
        type_fault(loader, setting, row, wanted);
        return -1;
    }
    if (row->max && n > row->max) {
        cfg_fault(loader->faults, where_of(loader, setting),
                  "%s: %d entries, at most %" PRId64 " are allowed", row->name, n, row->max);
        return -1;
    }
    return n;
}

static void load_strings(struct loader *loader, struct cfg_row const *row,
                         config_setting_t *setting, struct cfg_strings *ret)
{
    int n = list_length(loader, row, setting, "a list of strings");

    ret->where = where_of(loader, setting);
    ret->v = n > 0 ? su_zalloc(loader->home, (isize_t)((size_t)n * sizeof *ret->v)) : NULL;
    for (int i = 0; ret->v && i < n; i++) {
        char const *text = load_text(loader, row, config_setting_get_elem(setting, (unsigned)i), 0);
        if (text)
            ret->v[ret->n++] = text;
    }
}

/* Rows that no setting filled get their default; a required one is a fault. */
static void finish_group(struct loader *loader, struct fill *fill)
{
    for (size_t i = 0; i < fill->schema->n; i++) {
        struct cfg_row const *row = &fill->schema->rows[i];
        if (fill->seen[i])
            continue;
        if (!row->default_text && row->type != CFG_STRINGS && row->type != CFG_GROUPS)
            cfg_fault(loader->faults, fill->where, "%s: \"%s\" is missing", fill->schema->group,
                      row->name);
        else if (cfg_value_default(loader->home, row, fill->base) < 0)
            cfg_fault(loader->faults, fill->where, "%s: default of \"%s\" cannot be set",
                      fill->schema->group, row->name);
    }
}

static void load_entries(struct loader *loader, struct cfg_row const *row,
                         config_setting_t *setting, struct cfg_groups *ret)
{
    int n = list_length(loader, row, setting, "a list of groups ( { ... }, ... )");

    ret->v = n > 0 ? su_zalloc(loader->home, (isize_t)((size_t)n * row->sub->size)) : NULL;
    for (int i = 0; ret->v && i < n; i++) {
        config_setting_t *entry = config_setting_get_elem(setting, (unsigned)i);
        struct fill fill = { .schema = row->sub,
                             .base = (char *)ret->v + ret->n * row->sub->size,
                             .where = where_of(loader, entry) };
        if (!config_setting_is_group(entry)) {
            type_fault(loader, entry, row, "a group { ... } as each entry");
            continue;
        }
        *(struct cfg_where *)fill.base = fill.where;
        ret->n++;
        load_group(loader, &fill, entry);
        finish_group(loader, &fill);
    }
}

static void load_setting(struct loader *loader, struct cfg_row const *row,
                         config_setting_t *setting, void *base)
{
    void *at = cfg_value_at(row, base);

    switch (row->type) {
    case CFG_BOOL:
        if (config_setting_type(setting) == CONFIG_TYPE_BOOL)
            *(bool *)at = config_setting_get_bool(setting);
        else
            type_fault(loader, setting, row, "true or false");
        break;
    case CFG_INT:
        load_int(loader, row, setting, at);
        break;
    case CFG_STRING:
    case CFG_PATH:
        *(char const **)at = load_text(loader, row, setting, (size_t)row->max);
        break;
    case CFG_ENUM:
        load_enum(loader, row, setting, at);
        break;
    case CFG_STRINGS:
        load_strings(loader, row, setting, at);
        break;
    case CFG_GROUPS:
        load_entries(loader, row, setting, at);
        break;
    }
}

static void unknown_key(struct loader *loader, struct cfg_schema const *schema,
                        config_setting_t *setting)
{
    char const *name = config_setting_name(setting);
    char const *nearest = cfg_value_nearest(schema, name);

    cfg_fault(loader->faults, where_of(loader, setting), "%s: unknown key \"%s\"%s%s%s",
              schema->group, name, nearest ? ", did you mean \"" : "", nearest ? nearest : "",
              nearest ? "\"?" : "");
}

static void load_group(struct loader *loader, struct fill *fill, config_setting_t *group)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        struct cfg_row const *row = cfg_value_row(fill->schema, config_setting_name(setting));
        if (!row) {
            unknown_key(loader, fill->schema, setting);
            continue;
        }
        if (fill->seen[row - fill->schema->rows]) {
            cfg_fault(loader->faults, where_of(loader, setting), "%s: \"%s\" is set twice",
                      fill->schema->group, row->name);
            continue;
        }
        fill->seen[row - fill->schema->rows] = true;
        load_setting(loader, row, setting, fill->base);
    }
}

/* Bit of a group in masks, 0 if there is no such group. */
static uint32_t group_bit(char const *name)
{
    for (int i = 0; known_groups[i]; i++)
        if (strcmp(known_groups[i], name) == 0)
            return UINT32_C(1) << i;
    return 0;
}

/* Reads one file into the fills whose groups it names. */
static void load_file(struct loader *loader, char const *path, struct fill *const fills[2])
{
    config_t config;

    config_init(&config);
    loader->file = su_strdup(loader->home, path);
    if (!config_read_file(&config, path)) {
        bool io = config_error_type(&config) == CONFIG_ERR_FILE_IO;
        struct cfg_where where = { .file = loader->file, .line = config_error_line(&config) };
        cfg_fault(loader->faults, where, "%s", io ? strerror(errno) : config_error_text(&config));
        config_destroy(&config);
        return;
    }
    config_setting_t *root = config_root_setting(&config);
    for (int i = 0; i < config_setting_length(root); i++) {
        config_setting_t *group = config_setting_get_elem(root, (unsigned)i);
        char const *name = config_setting_name(group);
        struct cfg_where where = where_of(loader, group);
        loader->groups |= group_bit(name);
        if (!group_bit(name))
            cfg_fault(loader->faults, where, "unknown group \"%s\"", name);
        else if (!config_setting_is_group(group))
            cfg_fault(loader->faults, where, "%s: wants a group { ... }", name);
        else
            for (int f = 0; f < 2; f++)
                if (strcmp(fills[f]->schema->group, name) == 0) {
                    fills[f]->where = fills[f]->where.file ? fills[f]->where : where;
                    load_group(loader, fills[f], group);
                }
    }
    config_destroy(&config);
}

static void load_conf_d(struct loader *loader, char const *path, struct fill *const fills[2])
{
    char const *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path + 1) : 0;
    char *pattern = su_sprintf(loader->home, "%.*sconf.d/*.conf", folder, path);
    glob_t found;

    if (!pattern || glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc && i < MAX_FILES; i++)
        load_file(loader, found.gl_pathv[i], fills);
    globfree(&found);
}

struct cfg *cfg_load(char const *path, struct cfg_schema const *schema, struct cfg_faults *faults)
{
    struct cfg *cfg = su_home_new(sizeof *cfg);

    if (!cfg || schema->n > MAX_ROWS ||
        !(cfg->values = su_zalloc(cfg->home, (isize_t)schema->size)))
        goto fail;
    cfg->schema = schema;

    struct loader loader = { .home = cfg->home, .faults = faults };
    struct fill node = { .schema = &cfg_node_schema, .base = &cfg->node };
    struct fill own = { .schema = schema, .base = cfg->values };
    struct fill *const fills[2] = { &node, &own };
    load_file(&loader, path, fills);
    load_conf_d(&loader, path, fills);
    cfg->groups = loader.groups;
    for (int i = 0; i < 2; i++) {
        if (!fills[i]->where.file)
            fills[i]->where.file = su_strdup(cfg->home, path);
        finish_group(&loader, fills[i]);
    }
    char const *run_dir = getenv("CROSSPOINT_RUN_DIR");
    if (run_dir && *run_dir)
        cfg->node.run_dir = su_strdup(cfg->home, run_dir);
    return cfg;

fail:
    if (cfg)
        su_home_unref(cfg->home);
    return NULL;
}

void cfg_free(struct cfg **pcfg)
{
    struct cfg *cfg = *pcfg;

    *pcfg = NULL;
    if (cfg)
        su_home_unref(cfg->home);
}

struct cfg_node const *cfg_get_node(struct cfg const *cfg)
{
    return &cfg->node;
}

void const *cfg_get(struct cfg const *cfg)
{
    return cfg->values;
}

bool cfg_has_group(struct cfg const *cfg, char const *group)
{
    return cfg->groups & group_bit(group);
}

struct cfg_schema const *cfg_get_schema(struct cfg const *cfg)
{
    return cfg->schema;
}
