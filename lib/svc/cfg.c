/* SPDX-License-Identifier: Apache-2.0 */
/* Loading: the only file that knows libconfig. Walks the file's settings against the rows, collects
 * every fault, and leaves all strings in one home. */
#include "cfg.h"
#include "buf.h"
#include "cfg_text.h"
#include "cfg_value.h"
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libconfig.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static char const *const known_groups[] = { "node",     "proxy", "cti", "switch", "capture",
                                            "presence", "xmpp",  "web", NULL };

enum { TEXT_MAX_BYTES = 80 << 20 };

/* A field that a file or the environment has set. */
struct set {
    void const *field;
    struct cfg_where where;
};

struct cfg {
    su_home_t home[1];
    atomic_uint refs; /* su_home_t counts for one thread only */
    struct cfg_schema const *schema;
    struct cfg_node node;
    void *values;
    uint32_t groups;  /* bit i: known_groups[i] is in the file */
    struct set *sets; /* sorted by field once all are noted */
    size_t n_sets, size_sets;
    bool broken;    /* a file could not be read to its end */
    bool no_memory; /* cfg_load() gives up at its end */
};

/* One top-level group while it is filled, perhaps from several files. */
struct fill {
    struct cfg_schema const *schema;
    void *base;
    struct cfg_where *seen; /* of each row: where it was set */
    struct cfg_where where; /* of the group's first appearance */
};

struct loader {
    struct cfg *cfg;
    su_home_t *home;
    struct cfg_faults *faults;
    char const *file;
};

static struct cfg_where where_of(struct loader const *loader, config_setting_t const *setting)
{
    return (struct cfg_where){ .file = loader->file,
                               .line = (int)config_setting_source_line(setting) };
}

static void note_set(struct cfg *cfg, void const *field, struct cfg_where where)
{
    if (cfg->n_sets == cfg->size_sets) {
        size_t size = cfg->size_sets ? cfg->size_sets * 2 : 64;
        struct set *sets = su_realloc(cfg->home, cfg->sets, (isize_t)(size * sizeof *sets));
        if (!sets) {
            cfg->no_memory = true;
            return;
        }
        cfg->sets = sets;
        cfg->size_sets = size;
    }
    cfg->sets[cfg->n_sets++] = (struct set){ field, where };
}

static int compare_sets(void const *va, void const *vb)
{
    struct set const *a = va, *b = vb;

    return (a->field > b->field) - (a->field < b->field);
}

struct cfg_where cfg_where_of(struct cfg const *cfg, void const *field)
{
    struct set key = { .field = field };
    struct set const *set =
        cfg->n_sets ? bsearch(&key, cfg->sets, cfg->n_sets, sizeof key, compare_sets) : NULL;

    return set ? set->where : (struct cfg_where){ 0 };
}

static int begin_group(struct loader *loader, struct fill *fill)
{
    fill->seen = calloc(fill->schema->n + 1, sizeof *fill->seen);
    if (!fill->seen)
        loader->cfg->no_memory = true;
    return fill->seen ? 0 : -ENOMEM;
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
    if ((row->min || row->max) && (*ret < row->min || *ret > row->max))
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
                             config_setting_t *setting)
{
    char const *text = config_setting_get_string(setting), *why;
    bool bounded = !cfg_value_is_list(row);

    if (!text) {
        type_fault(loader, setting, row,
                   cfg_value_is_texts(row) ? "a list of strings" : "a string");
        return NULL;
    }
    if (bounded && row->max && (int64_t)strlen(text) > row->max) {
        cfg_fault(loader->faults, where_of(loader, setting), "%s: longer than %" PRId64 " bytes",
                  row->name, row->max);
        return NULL;
    }
    if (bounded && (int64_t)strlen(text) < row->min) {
        cfg_fault(loader->faults, where_of(loader, setting), "%s: shorter than %" PRId64 " bytes",
                  row->name, row->min);
        return NULL;
    }
    if (row->type == CFG_PATH || row->type == CFG_PATHS)
        text = resolve_path(loader, text);
    if (text && row->check && (why = row->check(text))) {
        cfg_fault(loader->faults, where_of(loader, setting), "%s: \"%s\": %s", row->name, text,
                  why);
        return NULL;
    }
    text = text ? su_strdup(loader->home, text) : NULL;
    loader->cfg->no_memory |= !text;
    return text;
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
    if (n < row->min)
        cfg_fault(loader->faults, where_of(loader, setting),
                  "%s: %d entries, at least %" PRId64 " are needed", row->name, n, row->min);
    return n;
}

static void load_strings(struct loader *loader, struct cfg_row const *row,
                         config_setting_t *setting, struct cfg_strings *ret)
{
    int n = list_length(loader, row, setting, "a list of strings");

    ret->v = n > 0 ? su_zalloc(loader->home, (isize_t)((size_t)n * sizeof *ret->v)) : NULL;
    for (int i = 0; ret->v && i < n; i++) {
        char const *text = load_text(loader, row, config_setting_get_elem(setting, (unsigned)i));
        if (text)
            ret->v[ret->n++] = text;
    }
}

/* Rows that no setting filled get their default; a required one is a fault, unless it may stand
 * behind a syntax error. */
static void finish_group(struct loader *loader, struct fill *fill)
{
    for (size_t i = 0; fill->seen && i < fill->schema->n; i++) {
        struct cfg_row const *row = &fill->schema->rows[i];
        bool seen = fill->seen[i].file != NULL;
        bool required = !row->default_text && (!cfg_value_is_list(row) || row->min > 0);
        if (cfg_value_is_texts(row))
            ((struct cfg_strings *)cfg_value_at(row, fill->base))->where =
                seen ? fill->seen[i] : fill->where;
        if (seen)
            continue;
        if (required && !loader->cfg->broken)
            cfg_fault(loader->faults, fill->where, "%s: \"%s\" is missing", fill->schema->group,
                      row->name);
        else if (cfg_value_default(loader->home, row, fill->base) < 0)
            cfg_fault(loader->faults, fill->where, "%s: default of \"%s\" cannot be set",
                      fill->schema->group, row->name);
    }
    free(fill->seen);
    fill->seen = NULL;
}

static void load_entry(struct loader *loader, struct cfg_row const *row, config_setting_t *entry,
                       struct cfg_groups *ret)
{
    struct fill fill = { .schema = row->sub,
                         .base = (char *)ret->v + ret->n * row->sub->size,
                         .where = where_of(loader, entry) };
    if (!config_setting_is_group(entry)) {
        type_fault(loader, entry, row, "a group { ... } as each entry");
        return;
    }
    if (begin_group(loader, &fill) < 0)
        return;
    *(struct cfg_where *)fill.base = fill.where;
    ret->n++;
    load_group(loader, &fill, entry);
    finish_group(loader, &fill);
}

/* Where one entry is the most there may be, it needs no list around it. */
static void load_entries(struct loader *loader, struct cfg_row const *row,
                         config_setting_t *setting, struct cfg_groups *ret)
{
    bool single = row->max == 1 && config_setting_is_group(setting);
    char const *wanted = row->max == 1 ? "a group { ... }" : "a list of groups ( { ... }, ... )";
    int n = single ? 1 : list_length(loader, row, setting, wanted);

    ret->v = n > 0 ? su_zalloc(loader->home, (isize_t)((size_t)n * row->sub->size)) : NULL;
    for (int i = 0; ret->v && i < n; i++)
        load_entry(loader, row, single ? setting : config_setting_get_elem(setting, (unsigned)i),
                   ret);
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
        *(char const **)at = load_text(loader, row, setting);
        break;
    case CFG_ENUM:
        load_enum(loader, row, setting, at);
        break;
    case CFG_STRINGS:
    case CFG_PATHS:
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

    cfg_fault(loader->faults, where_of(loader, setting),
              "%s: unknown key \"%s\", nearest is \"%s\"", schema->group, name,
              cfg_value_nearest(schema, name));
}

static void load_group(struct loader *loader, struct fill *fill, config_setting_t *group)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        struct cfg_row const *row = cfg_value_row(fill->schema, config_setting_name(setting));
        if (config_setting_type(setting) == CONFIG_TYPE_NONE)
            continue; /* its value is behind the syntax error */
        if (!row) {
            unknown_key(loader, fill->schema, setting);
            continue;
        }
        struct cfg_where *seen = &fill->seen[row - fill->schema->rows];
        if (seen->file) {
            cfg_fault(loader->faults, where_of(loader, setting),
                      "%s: \"%s\" is set twice, first at %s:%d", fill->schema->group, row->name,
                      seen->file, seen->line);
            continue;
        }
        *seen = where_of(loader, setting);
        note_set(loader->cfg, cfg_value_at(row, fill->base), *seen);
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

/* Parses one file. After a syntax error, what stands before it is still there. */
static void parse(struct loader *loader, config_t *config)
{
    struct buf text;

    buf_init(&text, TEXT_MAX_BYTES);
    if (cfg_text_read(&text, loader->file, loader->faults) < 0) {
        loader->cfg->broken = true;
    } else if (!config_read_string(config, buf_text(&text))) {
        struct cfg_where where = { .file = loader->file, .line = config_error_line(config) };
        cfg_fault(loader->faults, where, "%s", config_error_text(config));
        loader->cfg->broken = true;
    }
    buf_fini(&text);
}

static void load_top(struct loader *loader, config_setting_t *group, struct fill *const fills[2])
{
    char const *name = config_setting_name(group);
    struct cfg_where where = where_of(loader, group);

    loader->cfg->groups |= group_bit(name);
    if (!group_bit(name)) {
        cfg_fault(loader->faults, where, "unknown group \"%s\", nearest is \"%s\"", name,
                  cfg_value_nearest_name(known_groups, name));
        return;
    }
    if (!config_setting_is_group(group)) {
        if (config_setting_type(group) != CONFIG_TYPE_NONE)
            cfg_fault(loader->faults, where, "%s: wants a group { ... }", name);
        return;
    }
    for (int f = 0; f < 2; f++)
        if (strcmp(fills[f]->schema->group, name) == 0) {
            fills[f]->where = fills[f]->where.file ? fills[f]->where : where;
            load_group(loader, fills[f], group);
        }
}

/* Reads one file into the fills whose groups it names. */
static void load_file(struct loader *loader, char const *path, struct fill *const fills[2])
{
    config_t config;

    loader->file = su_strdup(loader->home, path);
    loader->cfg->no_memory |= !loader->file;
    if (!loader->file)
        return;
    config_init(&config);
    parse(loader, &config);
    config_setting_t *root = config_root_setting(&config);
    for (int i = 0; i < config_setting_length(root); i++)
        load_top(loader, config_setting_get_elem(root, (unsigned)i), fills);
    config_destroy(&config);
    /* The tree of a long file is many times its text, and lies between what is kept. */
    (void)malloc_trim(0);
}

static int is_conf(struct dirent const *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

static int by_name(struct dirent const **a, struct dirent const **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void load_conf_d(struct loader *loader, char const *path, struct fill *const fills[2])
{
    char const *slash = strrchr(path, '/');
    int len = slash ? (int)(slash - path + 1) : 0;
    char const *folder = su_sprintf(loader->home, "%.*sconf.d", len, path);
    struct dirent **names = NULL;
    int n = folder ? scandir(folder, &names, is_conf, by_name) : 0;

    loader->cfg->no_memory |= !folder;
    if (n < 0 && errno != ENOENT) {
        cfg_fault(loader->faults, (struct cfg_where){ folder, 0 }, "%s", strerror(errno));
        loader->cfg->broken = true;
    }
    for (int i = 0; i < n; i++) {
        char const *file = su_sprintf(loader->home, "%s/%s", folder, names[i]->d_name);
        if (file)
            load_file(loader, file, fills);
        loader->cfg->no_memory |= !file;
        free(names[i]);
    }
    free(names);
}

/* The environment wins over what a file says. */
static void take_environment(struct cfg *cfg)
{
    char const *run_dir = getenv("CROSSPOINT_RUN_DIR");
    struct cfg_where where = { .file = "$CROSSPOINT_RUN_DIR" };
    size_t i = 0;

    if (!run_dir || !*run_dir)
        return;
    cfg->node.run_dir = su_strdup(cfg->home, run_dir);
    cfg->no_memory |= !cfg->node.run_dir;
    while (i < cfg->n_sets && cfg->sets[i].field != &cfg->node.run_dir)
        i++;
    if (i < cfg->n_sets)
        cfg->sets[i].where = where;
    else
        note_set(cfg, &cfg->node.run_dir, where);
}

struct cfg *cfg_load(char const *path, struct cfg_schema const *schema, struct cfg_faults *faults)
{
    struct cfg *cfg = su_home_new(sizeof *cfg);
    struct loader loader = { .cfg = cfg, .home = cfg ? cfg->home : NULL, .faults = faults };
    struct fill node = { .schema = &cfg_node_schema, .base = cfg ? &cfg->node : NULL };
    struct fill own = { .schema = schema };
    struct fill *const fills[2] = { &node, &own };

    if (!cfg || !(cfg->values = su_zalloc(cfg->home, (isize_t)schema->size)))
        goto fail;
    atomic_init(&cfg->refs, 1);
    cfg->schema = schema;
    own.base = cfg->values;
    if (begin_group(&loader, &node) < 0 || begin_group(&loader, &own) < 0)
        goto fail;
    load_file(&loader, path, fills);
    load_conf_d(&loader, path, fills);
    for (int i = 0; i < 2; i++) {
        if (!fills[i]->where.file)
            fills[i]->where.file = su_strdup(cfg->home, path);
        finish_group(&loader, fills[i]);
    }
    take_environment(cfg);
    if (cfg->no_memory)
        goto fail;
    if (cfg->n_sets)
        qsort(cfg->sets, cfg->n_sets, sizeof *cfg->sets, compare_sets);
    return cfg;

fail:
    free(node.seen);
    free(own.seen);
    cfg_free(&cfg);
    return NULL;
}

void cfg_free(struct cfg **pcfg)
{
    struct cfg *cfg = *pcfg;

    *pcfg = NULL;
    if (cfg && atomic_fetch_sub_explicit(&cfg->refs, 1, memory_order_acq_rel) == 1)
        su_home_unref(cfg->home);
}

struct cfg *cfg_ref(struct cfg *cfg)
{
    atomic_fetch_add_explicit(&cfg->refs, 1, memory_order_relaxed);
    return cfg;
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

bool cfg_is_whole(struct cfg const *cfg)
{
    return !cfg->broken;
}
