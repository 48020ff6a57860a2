/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration as rows: one libconfig file (plus conf.d), groups named after the programs.
 *
 * A schema row names a key, its type, where its value goes in the struct, range, default, unit,
 * when a change takes effect, and help. The parser, `crosspoint check`, `show config`, the sample
 * file and the man page are all printed from the rows, so a key exists in one place. Only cfg.c
 * touches libconfig. Every fault is collected with file and line; nothing stops at the first.
 *
 * Values live in one su_home_t per loaded file: strings are valid until cfg_free(). */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buf;
struct cfg;
struct cfg_faults;
struct cfg_schema;

/** Where a group stands in the file; first member of every struct that a CFG_GROUP list fills. */
struct cfg_where {
    char const *file;
    int line;
};

struct cfg_strings {
    char const **v;
    size_t n;
    struct cfg_where where;
};

/** A list of groups: n structs of schema->size bytes each, every one beginning with cfg_where. With
 *  a row of .max = 1, the file may have the group alone, without a list around it. */
struct cfg_groups {
    void *v;
    size_t n;
};

/** CFG_PATH is a string, CFG_PATHS a list of them; a relative path is made to start from the folder
 *  of its file. */
enum cfg_type {
    CFG_BOOL,
    CFG_INT,
    CFG_STRING,
    CFG_PATH,
    CFG_ENUM,
    CFG_STRINGS,
    CFG_PATHS,
    CFG_GROUPS
};
enum cfg_effect { CFG_LIVE, CFG_RELOAD, CFG_RESTART };

/** Refuses a string value (each one of a list of them): returns NULL, or why it is wrong. */
typedef char const *cfg_check_fn(char const *value);

struct cfg_row {
    char const *name;
    enum cfg_type type;
    size_t offset;
    /* CFG_INT: smallest and largest value. Strings and paths: bytes; lists: entries. max 0: none */
    int64_t min, max;
    char const *default_text; /* as in the file, without quotes; NULL = required (lists: empty) */
    char const *example;      /* of a required key, for the sample file; form as default_text */
    char const *unit;         /* "s", "ms", "bytes"; NULL if none */
    enum cfg_effect effect;
    cfg_check_fn *check;          /* may be NULL */
    char const *const *names;     /* CFG_ENUM: value i has name i; ended by NULL */
    struct cfg_schema const *sub; /* CFG_GROUPS */
    char const *help;             /* one or more sentences */
};

struct cfg_schema {
    char const *group; /* "proxy"; of a sub-schema the name of one entry, e.g. "acl entry" */
    size_t size;       /* of the struct */
    struct cfg_row const *rows;
    size_t n;
    char const *help;
};

/* Row builders; the field's C type is compared at compile time: bool, int64_t, char const *,
 * int (enum), struct cfg_strings, struct cfg_groups. Remaining row members follow as designated
 * initialisers: CFG_ROW_INT("port", struct x, port, .min = 1, .max = 65535, .default_text =
 * "5060"). */
#define CFG_FIELD_(T, S, f) (offsetof(S, f) + 0 * sizeof(&((S *)0)->f == (T *)0))
#define CFG_ROW_BOOL(key, S, f, ...)                                                               \
    {                                                                                              \
        .name = key, .type = CFG_BOOL, .offset = CFG_FIELD_(bool, S, f), __VA_ARGS__               \
    }
#define CFG_ROW_INT(key, S, f, ...)                                                                \
    {                                                                                              \
        .name = key, .type = CFG_INT, .offset = CFG_FIELD_(int64_t, S, f), __VA_ARGS__             \
    }
#define CFG_ROW_STRING(key, S, f, ...)                                                             \
    {                                                                                              \
        .name = key, .type = CFG_STRING, .offset = CFG_FIELD_(char const *, S, f), __VA_ARGS__     \
    }
#define CFG_ROW_PATH(key, S, f, ...)                                                               \
    {                                                                                              \
        .name = key, .type = CFG_PATH, .offset = CFG_FIELD_(char const *, S, f), __VA_ARGS__       \
    }
#define CFG_ROW_ENUM(key, S, f, ...)                                                               \
    {                                                                                              \
        .name = key, .type = CFG_ENUM, .offset = CFG_FIELD_(int, S, f), __VA_ARGS__                \
    }
#define CFG_ROW_STRINGS(key, S, f, ...)                                                            \
    {                                                                                              \
        .name = key, .type = CFG_STRINGS, .offset = CFG_FIELD_(struct cfg_strings, S, f),          \
        __VA_ARGS__                                                                                \
    }
#define CFG_ROW_PATHS(key, S, f, ...)                                                              \
    {                                                                                              \
        .name = key, .type = CFG_PATHS, .offset = CFG_FIELD_(struct cfg_strings, S, f),            \
        __VA_ARGS__                                                                                \
    }
#define CFG_ROW_GROUPS(key, S, f, ...)                                                             \
    {                                                                                              \
        .name = key, .type = CFG_GROUPS, .offset = CFG_FIELD_(struct cfg_groups, S, f),            \
        __VA_ARGS__                                                                                \
    }

/** An entry of node.log_levels. */
struct cfg_log_level {
    struct cfg_where where;
    int subsystem, level; /* enum log_subsystem, enum log_level */
};

/** The group "node" that every program reads. */
struct cfg_node {
    char const *domain;  /* proxy domain, e.g. "example.test" */
    char const *name;    /* this node's host name in logs */
    char const *run_dir; /* control sockets; $CROSSPOINT_RUN_DIR wins over the file */
    char const *user;    /* who to become when started as root */
    char const *bin_dir; /* where the programs are; "" = beside this one */
    int log_level;       /* enum log_level */
    struct cfg_groups log_levels;
    int64_t tap_records, tap_bytes;
};
extern struct cfg_schema const cfg_node_schema;

/** Loads @p path (and conf.d/ *.conf beside it) for the program whose group is @p schema. Groups of
 *  the other programs are left alone; an unknown top-level group is a fault. Returns the
 *  configuration; faults are added to @p faults and it must not be used if there are any, except to
 *  look for more: a string that was refused or is missing is NULL, other values are zero. NULL only
 *  when out of memory. */
struct cfg *cfg_load(char const *path, struct cfg_schema const *schema, struct cfg_faults *faults);
/** Another reference, from any thread. */
struct cfg *cfg_ref(struct cfg *cfg);
/** Drops a reference, from any thread; the last one frees. */
void cfg_free(struct cfg **pcfg);

struct cfg_node const *cfg_get_node(struct cfg const *cfg);
void const *cfg_get(struct cfg const *cfg); /* struct of the schema */

/** Is the top-level group @p group anywhere in the file(s)? */
bool cfg_has_group(struct cfg const *cfg, char const *group);
struct cfg_schema const *cfg_get_schema(struct cfg const *cfg);

/** Whether every file could be read to its end. If not, anything may be missing for that reason. */
bool cfg_is_whole(struct cfg const *cfg);

/** Where @p field (an address in a filled struct) was set; without file if it has its default. */
struct cfg_where cfg_where_of(struct cfg const *cfg, void const *field);

/** Collected faults, printed as "file:line: text". */
struct cfg_faults *cfg_faults_new(void);
void cfg_faults_free(struct cfg_faults **pfaults);
void cfg_fault(struct cfg_faults *faults, struct cfg_where where, char const *format, ...)
    __attribute__((format(printf, 3, 4)));

/** While a svc_desc check runs: where @p field of the configuration that is checked was set, as
 *  cfg_where_of(). Without file at any other time. */
struct cfg_where cfg_faults_where(struct cfg_faults const *faults, void const *field);
/** Says which configuration that is: svc_load(), tests. NULL: none any more. */
void cfg_faults_about(struct cfg_faults *faults, struct cfg const *cfg);
size_t cfg_faults_count(struct cfg_faults const *faults);

/** What is odd, but no reason to refuse the file: printed as "file:line: warning: text", in order
 *  with the faults, and not among cfg_faults_count(). */
void cfg_warning(struct cfg_faults *faults, struct cfg_where where, char const *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t cfg_faults_warnings(struct cfg_faults const *faults);
void cfg_faults_print(struct cfg_faults const *faults, FILE *out);

/** Every key with its value in force and whether it is the default. Caller owns the result. */
json_t *cfg_show(struct cfg const *cfg);

/** The values of `node` and of the program's group in the shape of the file: {"node": {...},
 * "proxy":
 *  {"tls_contexts": [{"name": ...}]}}. For a configuration without faults. Caller owns the result.
 */
json_t *cfg_json(struct cfg const *cfg);

/** What differs from @p old to @p new: a table of key, old and new value, and whether the change is
 *  in force after a reload ("reload") or waits for a restart ("restart"). Caller owns the result.
 */
json_t *cfg_diff(struct cfg const *old, struct cfg const *new);

/** Sample file and man-page section (man(7)) from the rows. */
void cfg_print_sample(struct cfg_schema const *schema, FILE *out);
void cfg_print_man(struct cfg_schema const *schema, FILE *out);
