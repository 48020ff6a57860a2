/* SPDX-License-Identifier: Apache-2.0 */
/* The routes of one configuration, compiled: targets, method routes, static routes, own domain,
 * relay switch.
 *
 * Read-only once built but for the hits, so that route_decide() is a pure function of it. The
 * registrar will be a further step there. */
#pragma once
#include "refusal.h"
#include "route_pred.h"
#include <sofia-sip/url.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct cfg_faults;
struct cfg_node;
struct domain;
struct proxy_conf;
struct static_table;

struct route_target {
    char const *name;
    url_t const *uri;     /* NULL only in a table with faults */
    bool internal;        /* reached from an internal listener, unless one is named */
    char const *listener; /* name of the one to leave by, NULL: none */
};

struct route_rule {
    char const *name; /* as in logs: "method_routes[1]" or "method_routes[name]" */
    struct route_pred preds[ROUTE_PREDS]; /* only the given ones */
    size_t n_preds;
    bool names_domain; /* not for the own domain by default */
    struct route_target const *to;
};

struct route_table {
    su_home_t home[1];
    struct domain *own; /* owned; listeners are added once they are bound */
    struct route_target *targets;
    size_t n_targets;
    struct route_target const *xmpp_gateway; /* NULL: none */
    struct route_rule *rules;
    size_t n_rules;
    atomic_uint_least64_t *rule_hits; /* one per rule: the only part that changes */
    char const *preferred_listener;   /* name of the one for routed requests, NULL: none */
    bool method_routing;              /* are the rules looked at? */
    bool asks_origin;                 /* by any of the rules */
    struct static_table *statics;     /* owned */
    enum refusal blocked;             /* by a static route */
    uint64_t route_seed;              /* of the order of static routes; 0: of the process */
    bool relay_foreign;
};

/** Compiles @p conf; texts of @p conf are borrowed. Faults (unknown target, bad value, name used
 *  twice) are added to @p faults, and the table must not be used then. NULL when out of memory. */
struct route_table *route_table_new(struct proxy_conf const *conf, struct cfg_node const *node,
                                    struct cfg_faults *faults);
void route_table_free(struct route_table **ptable);
