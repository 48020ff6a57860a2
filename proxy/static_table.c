/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling static routes, and looking them up: see static_table.h. */
#include "static_table.h"
#include "cfg.h"
#include "embed_template.h"
#include "static_conf.h"
#include "static_trie.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODES = 2 };

/* Inactive routes that are named one by one; the others are counted. */
enum { WARNINGS_MAX = 100 };

struct static_table {
    size_t n;
    struct static_route *routes; /* those of one pattern side by side, inactive ones last */
    _Atomic uint64_t *hits;      /* of each */
    uint32_t *by_row;            /* index in routes, of each row of the file */
    struct static_pattern *patterns;
    size_t n_patterns;
    struct static_trie tries[MODES]; /* by enum pattern_mode */
    struct static_hops hops;
    char *names;
};

/* --- rows ----------------------------------------------------------------------------------------
 */

/* The compiled pattern of one active row. */
struct entry {
    struct static_trie_key key; /* value: the row */
    uint32_t specificity;
    uint16_t priority;
    uint8_t mode;
};

struct build {
    struct static_table *table;
    struct static_conf const *rows;
    struct static_route *routes; /* in the order of the file */
    struct cfg_strings const *templates;
    struct cfg_faults *faults;
    struct entry *entries;
    size_t n_entries;
    unsigned char *tokens;
    size_t n_tokens;
    uint32_t n_placed;
    size_t n_inactive;
};

static char const *const state_texts[] = {
    [STATIC_ACTIVE] = "active",
    [STATIC_NO_TEMPLATE] = "no embed template fits",
    [STATIC_TOO_MANY] = "100 routes have this pattern already",
    [STATIC_FAULTY] = "faulty",
};

char const *static_table_state(struct static_route const *route)
{
    return state_texts[route->state];
}

static void set_inactive(struct build *build, struct static_route *route, enum static_state state)
{
    route->state = (uint8_t)state;
    if (++build->n_inactive <= WARNINGS_MAX)
        cfg_warning(build->faults, route->conf->where,
                    "static route \"%s\" with pattern \"%s\" is not active: %s", route->name,
                    route->conf->pattern, state_texts[state]);
}

static bool fits_a_template(struct build const *build, struct pattern const *pattern)
{
    for (size_t i = 0; i < build->templates->n; i++)
        if (build->templates->v[i] && embed_template_fits(build->templates->v[i], pattern))
            return true;
    return false;
}

static void add_entry(struct build *build, struct static_route const *route,
                      struct pattern const *pattern)
{
    unsigned char *tokens = build->tokens + build->n_tokens;
    for (size_t i = 0; i < pattern->len; i++)
        tokens[i] = pattern->tokens[pattern->mode == PATTERN_DOMAIN ? pattern->len - 1 - i : i];
    build->n_tokens += pattern->len;
    build->entries[build->n_entries++] = (struct entry){
        .key = { .tokens = tokens,
                 .len = pattern->len,
                 .value = (uint32_t)(route - build->routes) },
        .specificity = pattern_specificity(pattern),
        .priority = route->priority,
        .mode = (uint8_t)pattern->mode,
    };
}

/* A text that was refused by its row is NULL, and blamed already. */
static void take_row(struct build *build, struct static_route *route)
{
    struct static_conf const *row = route->conf;
    struct pattern pattern;
    enum pattern_mode mode = row->type == STATIC_CONF_DOMAIN ? PATTERN_DOMAIN : PATTERN_USER;
    char const *wrong = row->pattern ? pattern_compile(&pattern, mode, row->pattern) : NULL;
    char const *contradiction = static_conf_fault(row);
    if (wrong)
        cfg_fault(build->faults, row->where, "static route \"%s\": pattern \"%s\": %s", route->name,
                  row->pattern, wrong);
    if (contradiction)
        cfg_fault(build->faults, row->where, "static route \"%s\": %s", route->name, contradiction);
    if (wrong || contradiction || !row->pattern || !row->next_hop)
        route->state = STATIC_FAULTY;
    else if (mode == PATTERN_USER && pattern.has_embedded_dot && !fits_a_template(build, &pattern))
        set_inactive(build, route, STATIC_NO_TEMPLATE);
    else
        add_entry(build, route, &pattern);
}

static bool is_named(struct static_conf const *row)
{
    return row->name && *row->name;
}

static int add_names(struct build *build)
{
    struct static_table *table = build->table;
    size_t bytes = 0, at = 0;
    for (size_t i = 0; i < table->n; i++)
        bytes += sizeof "static_routes[]" +
                 (is_named(&build->rows[i]) ? strlen(build->rows[i].name) : sizeof "200000");
    table->names = malloc(bytes + 1);
    for (size_t i = 0; table->names && i < table->n; i++) {
        char *name = table->names + at;
        int len = is_named(&build->rows[i])
                      ? snprintf(name, bytes - at, "static_routes[%s]", build->rows[i].name)
                      : snprintf(name, bytes - at, "static_routes[%zu]", i + 1);
        at += (size_t)len + 1;
        build->routes[i].name = name;
    }
    return table->names ? 0 : -ENOMEM;
}

static int compare_names(void const *va, void const *vb)
{
    struct static_conf const *const *a = va, *const *b = vb;
    int order = strcmp((*a)->name, (*b)->name);
    return order ? order : (*a > *b) - (*a < *b);
}

static int check_names(struct build *build)
{
    size_t n = 0;
    struct static_conf const **named = malloc((build->table->n + 1) * sizeof *named);
    if (!named)
        return -ENOMEM;
    for (size_t i = 0; i < build->table->n; i++)
        if (is_named(&build->rows[i]))
            named[n++] = &build->rows[i];
    qsort(named, n, sizeof *named, compare_names);
    for (size_t i = 1; i < n; i++)
        if (strcmp(named[i]->name, named[i - 1]->name) == 0)
            cfg_fault(build->faults, named[i]->where, "static route \"%s\" stands twice",
                      named[i]->name);
    free(named);
    return 0;
}

static int take_rows(struct build *build)
{
    struct static_table *table = build->table;
    size_t n_tokens = 0;
    uint32_t *hops = malloc((table->n + 1) * sizeof *hops);
    int error = hops ? static_hops_init(&table->hops, build->rows, table->n, hops) : -ENOMEM;
    for (size_t i = 0; i < table->n; i++)
        n_tokens += build->rows[i].pattern ? strlen(build->rows[i].pattern) : 0;
    build->tokens = malloc(n_tokens + 1);
    build->entries = malloc((table->n + 1) * sizeof *build->entries);
    if (error == 0 && build->tokens && build->entries)
        error = add_names(build);
    else
        error = -ENOMEM;
    for (size_t i = 0; error == 0 && i < table->n; i++) {
        struct static_conf const *row = &build->rows[i];
        build->routes[i] = (struct static_route){
            .conf = row,
            .name = build->routes[i].name,
            .hop = hops[i] == STATIC_HOP_NONE ? NULL : &table->hops.v[hops[i]],
            .priority = (uint16_t)row->priority,
            .weight = (uint16_t)row->weight,
            .in_service = row->in_service,
            .block = row->block,
            .allow_less_specific = row->allow_less_specific,
            .secure = row->transport == STATIC_CONF_TLS,
        };
        take_row(build, &build->routes[i]);
    }
    free(hops);
    return error;
}

/* --- patterns ------------------------------------------------------------------------------------
 */

static int compare_patterns(struct entry const *a, struct entry const *b)
{
    int order = (int)a->mode - (int)b->mode;
    return order ? order : static_trie_compare(&a->key, &b->key);
}

/* By pattern, then as the file has them: those beyond the limit are the last of the file. */
static int compare_entries(void const *va, void const *vb)
{
    struct entry const *a = va, *b = vb;
    int order = compare_patterns(a, b);
    return order ? order : (a->key.value > b->key.value) - (a->key.value < b->key.value);
}

static int compare_priorities(void const *va, void const *vb)
{
    struct entry const *a = va, *b = vb;
    int order = (int)a->priority - (int)b->priority;
    return order ? order : (a->key.value > b->key.value) - (a->key.value < b->key.value);
}

/* Gives the route of a row its place in the table. */
static void place(struct build *build, uint32_t row)
{
    struct static_table *table = build->table;
    table->by_row[row] = build->n_placed;
    table->routes[build->n_placed++] = build->routes[row];
}

/* The entries [low, high) have the same pattern. The first of them becomes the key of the trie. */
static void add_pattern(struct build *build, struct entry *low, struct entry *high, size_t *n_keys)
{
    struct static_table *table = build->table;
    struct static_pattern *pattern = &table->patterns[table->n_patterns];
    struct static_trie_key const key = low->key;
    *pattern = (struct static_pattern){ .specificity = low->specificity,
                                        .order = low->key.value,
                                        .first = build->n_placed };
    for (; high - low > STATIC_TABLE_SAME_PATTERN; high--)
        set_inactive(build, &build->routes[high[-1].key.value], STATIC_TOO_MANY);
    qsort(low, (size_t)(high - low), sizeof *low, compare_priorities);
    for (struct entry *entry = low; entry < high; entry++)
        place(build, entry->key.value);
    pattern->n = (uint16_t)(high - low);
    /* Entries before this one are done with: the keys take their place. */
    build->entries[*n_keys].mode = low->mode;
    build->entries[*n_keys].key = key;
    build->entries[(*n_keys)++].key.value = (uint32_t)table->n_patterns++;
}

static int init_tries(struct build *build, size_t n_keys)
{
    struct static_table *table = build->table;
    struct static_trie_key *keys = malloc((n_keys + 1) * sizeof *keys);
    int error = keys ? 0 : -ENOMEM;
    size_t low = 0;
    for (size_t i = 0; keys && i < n_keys; i++)
        keys[i] = build->entries[i].key;
    for (unsigned mode = 0; error == 0 && mode < MODES; mode++) {
        size_t high = low;
        while (high < n_keys && build->entries[high].mode == mode)
            high++;
        error = static_trie_init(&table->tries[mode], keys + low, high - low);
        low = high;
    }
    free(keys);
    return error;
}

static int add_patterns(struct build *build)
{
    struct static_table *table = build->table;
    struct entry *entries = build->entries;
    size_t n_patterns = 0, n_keys = 0;
    qsort(entries, build->n_entries, sizeof *entries, compare_entries);
    for (size_t i = 0; i < build->n_entries; i++)
        n_patterns += i == 0 || compare_patterns(&entries[i - 1], &entries[i]) != 0;
    table->patterns = malloc((n_patterns + 1) * sizeof *table->patterns);
    if (!table->patterns)
        return -ENOMEM;
    for (size_t low = 0, high; low < build->n_entries; low = high) {
        for (high = low + 1; high < build->n_entries; high++)
            if (compare_patterns(&entries[low], &entries[high]) != 0)
                break;
        add_pattern(build, entries + low, entries + high, &n_keys);
    }
    for (size_t i = 0; i < table->n; i++)
        if (build->routes[i].state != STATIC_ACTIVE)
            place(build, (uint32_t)i);
    return init_tries(build, n_keys);
}

struct static_table *static_table_new(struct cfg_groups const *rows,
                                      struct cfg_strings const *templates,
                                      struct cfg_faults *faults)
{
    struct static_table *table = calloc(1, sizeof *table);
    struct build build = {
        .table = table, .rows = rows->v, .templates = templates, .faults = faults
    };
    if (!table)
        return NULL;
    table->n = rows->n;
    table->routes = calloc(rows->n + 1, sizeof *table->routes);
    table->hits = calloc(rows->n + 1, sizeof *table->hits);
    table->by_row = calloc(rows->n + 1, sizeof *table->by_row);
    build.routes = calloc(rows->n + 1, sizeof *build.routes);
    if (!table->routes || !table->hits || !table->by_row || !build.routes ||
        take_rows(&build) < 0 || check_names(&build) < 0 || add_patterns(&build) < 0)
        static_table_free(&table);
    if (table && build.n_inactive > WARNINGS_MAX)
        cfg_warning(faults, build.rows[0].where, "%zu more static routes are not active",
                    build.n_inactive - WARNINGS_MAX);
    free(build.routes);
    free(build.entries);
    free(build.tokens);
    return table;
}

void static_table_free(struct static_table **ptable)
{
    struct static_table *table = *ptable;
    *ptable = NULL;
    if (!table)
        return;
    for (unsigned mode = 0; mode < MODES; mode++)
        static_trie_fini(&table->tries[mode]);
    static_hops_fini(&table->hops);
    free(table->names);
    free(table->patterns);
    free(table->by_row);
    free(table->hits);
    free(table->routes);
    free(table);
}

/* --- looking up ----------------------------------------------------------------------------------
 */

struct find {
    struct static_table const *table;
    struct static_matches *matches;
};

static bool is_more_specific(struct static_pattern const *a, struct static_pattern const *b)
{
    return a->specificity != b->specificity ? a->specificity > b->specificity : a->order < b->order;
}

static void on_match(void *ctx, uint32_t value)
{
    struct find *find = ctx;
    struct static_matches *matches = find->matches;
    struct static_pattern const *pattern = &find->table->patterns[value];
    unsigned at = matches->n;
    if (at == STATIC_TABLE_MATCHES && !is_more_specific(pattern, matches->patterns[--at]))
        return;
    for (; at > 0 && is_more_specific(pattern, matches->patterns[at - 1]); at--)
        matches->patterns[at] = matches->patterns[at - 1];
    matches->patterns[at] = pattern;
    matches->n += matches->n < STATIC_TABLE_MATCHES;
}

bool static_table_find(struct static_table const *table, enum pattern_mode mode, url_t const *uri,
                       struct static_matches *ret)
{
    struct find find = { table, ret };
    struct pattern_subject subject;
    ret->n = 0;
    ret->cut = false;
    if (pattern_subject(&subject, mode, uri))
        ret->cut =
            static_trie_find(&table->tries[mode], &subject, on_match, &find) >= STATIC_TRIE_STEPS;
    return ret->n > 0;
}

struct static_route const *static_table_route(struct static_table const *table,
                                              struct static_pattern const *pattern, size_t i)
{
    return &table->routes[pattern->first + i];
}

size_t static_table_count(struct static_table const *table)
{
    return table->n;
}

struct static_route const *static_table_at(struct static_table const *table, size_t i)
{
    return &table->routes[table->by_row[i]];
}

struct static_hops const *static_table_hops(struct static_table const *table)
{
    return &table->hops;
}

void static_table_count_hit(struct static_table const *table, struct static_route const *route)
{
    atomic_fetch_add_explicit(&table->hits[route - table->routes], 1, memory_order_relaxed);
}

uint64_t static_table_hits(struct static_table const *table, struct static_route const *route)
{
    return atomic_load_explicit(&table->hits[route - table->routes], memory_order_relaxed);
}

size_t static_table_bytes(struct static_table const *table)
{
    size_t bytes = sizeof *table;
    bytes += table->n * (sizeof *table->routes + sizeof *table->hits + sizeof *table->by_row);
    bytes += table->n_patterns * sizeof *table->patterns;
    bytes += table->hops.n * sizeof *table->hops.v;
    for (unsigned mode = 0; mode < MODES; mode++)
        bytes += static_trie_bytes(&table->tries[mode]);
    return bytes;
}
