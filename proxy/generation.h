/* SPDX-License-Identifier: Apache-2.0 */
/* One configuration, compiled: TLS contexts, access list, own names, routes, federated domains.
 * Read-only once built (but for hit counters, which are atomic), so every worker and every request
 * may use it without a lock.
 *
 * Reference counted: the proxy holds the one in force, each worker one, each request the one that
 * it was decided under. So a reload changes nothing under a request that is on its way. */
#pragma once
#include "acl.h"
#include "proxy_conf.h"
#include "route_table.h"
#include "secure_set.h"
#include <stdatomic.h>

struct cfg;
struct peer_watch;
struct peers;
struct registrar_policy;
struct transport;

struct generation {
    atomic_uint refs;
    struct cfg *cfg; /* a reference: the texts of conf live there; NULL if they live longer */
    struct proxy_conf const *conf;
    char const *domain;                 /* the node's; borrowed as the texts of conf */
    struct route_table *table;          /* owned */
    struct federation *federation;      /* owned */
    struct secure_set contexts;         /* TLS */
    struct registrar_policy *registrar; /* owned; NULL: no registrar */
    struct acl *acl;                    /* owned; for every listener */
    struct acl *internal_acl; /* owned; addresses of targets, for internal listeners only */
    struct peer_watch *watch; /* owned; NULL before generation_watch() */
};

/** Compiles @p conf, whose faults were looked for with proxy_conf_check(). Takes a reference to
 *  @p cfg (may be NULL). The own addresses still lack the listeners: generation_add_listeners().
 *  NULL after logging why. */
struct generation *generation_new(struct proxy_conf const *conf, struct cfg_node const *node,
                                  struct cfg *cfg);

/** Another reference, from any thread. */
struct generation *generation_ref(struct generation *generation);

/** Drops a reference and clears the pointer; the last one frees. From any thread; accepts NULL
 *  inside. */
void generation_unref(struct generation **pgeneration);

/** Makes the bound listeners of @p transport own addresses. Before the generation is shared.
 *  Returns 0 or a negative errno. */
int generation_add_listeners(struct generation *generation, struct transport const *transport);

/** Watches the next hops of targets, routes and domains, and puts the rules of rest in force.
 *  @p peers must live longer. Before the generation is shared. Returns 0 or a negative errno. */
int generation_watch(struct generation *generation, struct peers *peers,
                     struct transport const *transport);
