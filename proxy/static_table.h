/* SPDX-License-Identifier: Apache-2.0 */
/* The static routes of one configuration, compiled (guide part 2, 1.1-1.6): their patterns in one
 * trie for user parts and one for hosts, their next hops each once. Which route of a pattern is
 * taken is static_select.h.
 *
 * Immutable once built, but for the hit counters, which are atomic: any number of threads. */
#pragma once
#include "pattern.h"
#include "static_hop.h"
#include <stdatomic.h>

struct cfg_faults;
struct cfg_groups;
struct cfg_strings;
struct static_conf;
struct static_table;

enum {
    STATIC_TABLE_SAME_PATTERN = 100, /* routes of one pattern (guide part 2, 1.2) */
    STATIC_TABLE_MATCHES = 128,      /* patterns that one look-up returns */
};

/** Inactive routes are kept to be shown, and never used. */
enum static_state {
    STATIC_ACTIVE,
    STATIC_NO_TEMPLATE, /* a dot is embedded, and no embed template fits (guide part 2, 1.4) */
    STATIC_TOO_MANY,    /* STATIC_TABLE_SAME_PATTERN routes before it have the same pattern */
    STATIC_FAULTY,      /* the table has faults and must not be used */
};

struct static_route {
    struct static_conf const *conf; /* its row */
    char const *name;               /* as in logs: "static_routes[3]", "static_routes[name]" */
    struct static_hop const *hop;   /* NULL: blocks, or inactive without one */
    /* Those of the row that a choice reads, so that it need not go there. */
    uint16_t priority, weight;
    bool in_service : 1, block : 1, allow_less_specific : 1, secure : 1;
    uint8_t state; /* enum static_state */
};

/** A pattern of the table. */
struct static_pattern {
    uint32_t specificity;
    uint32_t order; /* the first of its routes in the file */
    uint32_t first; /* its routes stand side by side */
    uint16_t n;
};

/** What a look-up found, the most specific pattern first. */
struct static_matches {
    unsigned n;
    bool cut; /* the look-up was too long: less specific patterns may be missing */
    struct static_pattern const *patterns[STATIC_TABLE_MATCHES];
};

/** Compiles @p rows (of struct static_conf), which are borrowed for the table's life. A wrong row
 *  adds to @p faults, an inactive one a warning. NULL when out of memory. */
struct static_table *static_table_new(struct cfg_groups const *rows,
                                      struct cfg_strings const *templates,
                                      struct cfg_faults *faults);
void static_table_free(struct static_table **ptable);

/** Finds the patterns of one mode that match @p uri; false if there are none. Of more than
 *  STATIC_TABLE_MATCHES the least specific are left out. */
bool static_table_find(struct static_table const *table, enum pattern_mode mode, url_t const *uri,
                       struct static_matches *ret);

/** Route @p i < pattern->n, in the order of their priority, then of the file. */
struct static_route const *static_table_route(struct static_table const *table,
                                              struct static_pattern const *pattern, size_t i);

/** All routes, in the order of the file, also inactive ones. */
size_t static_table_count(struct static_table const *table);
struct static_route const *static_table_at(struct static_table const *table, size_t i);

/** Why a route is inactive, or "active". */
char const *static_table_state(struct static_route const *route);

/** All next hops. Routes with the same host, port and transport share one. */
struct static_hops const *static_table_hops(struct static_table const *table);

/** Counts a request for this route; may be called from any thread. */
void static_table_count_hit(struct static_table const *table, struct static_route const *route);
uint64_t static_table_hits(struct static_table const *table, struct static_route const *route);

/** Bytes of memory, texts and rows of the configuration aside. */
size_t static_table_bytes(struct static_table const *table);
