/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling a configuration: see generation.h. */
#define LOG_SUBSYSTEM LOG_CFG
#include "generation.h"
#include "acl_conf.h"
#include "cfg.h"
#include "domain.h"
#include "federation.h"
#include "federation_conf.h"
#include "log.h"
#include "peer_watch.h"
#include "registrar_policy.h"
#include "secure_conf.h"
#include "static_table.h"
#include "transport.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void log_automatic(struct acl const *acl)
{
    for (size_t i = 0; i < acl_count(acl); i++) {
        struct acl_rule const *rule = &acl_at(acl, i)->rule;
        if (rule->automatic)
            log_info(NULL, "automatic access list entry pattern=\"%s\" groups=\"%s\"",
                     rule->pattern, rule->groups);
    }
}

/* Our own programs answer on the addresses of the targets and send their requests to the internal
 * listeners; nobody should have to list them. A name would have to be resolved: list it. */
static int fill_internal_acl(struct generation *generation)
{
    generation->internal_acl = acl_new();
    if (!generation->internal_acl)
        return -ENOMEM;
    for (size_t i = 0; i < generation->table->n_targets; i++) {
        struct route_target const *target = &generation->table->targets[i];
        struct acl_rule rule = { .pattern = target->uri->url_host,
                                 .description = target->name,
                                 .trusted = true };
        struct net_cidr block;
        if (net_cidr_parse(&block, rule.pattern) == 0 &&
            acl_add(generation->internal_acl, &rule) == -ENOMEM)
            return -ENOMEM;
    }
    return acl_seal(generation->internal_acl);
}

static int make_registrar(struct generation *generation, struct cfg_node const *node)
{
    struct registrar_conf const *conf = proxy_conf_registrar(generation->conf);
    if (!conf)
        return 0;
    generation->registrar = registrar_policy_new(
        conf, node->domain, &generation->conf->hosted_domains, generation->table->own);
    return generation->registrar ? 0 : -ENOMEM;
}

static int compile(struct generation *generation, struct cfg_node const *node)
{
    struct cfg_faults *faults = cfg_faults_new();
    if (!faults)
        return -ENOMEM;
    secure_conf_make(generation->conf, &generation->contexts, faults);
    generation->table = route_table_new(generation->conf, node, faults);
    generation->acl = acl_conf_new(generation->conf, node, faults);
    if (generation->table)
        generation->federation =
            federation_new(&generation->conf->domains, generation->table->own, faults);
    int error = !generation->acl || !generation->federation ? -ENOMEM
                : cfg_faults_count(faults)                  ? -EINVAL
                                                            : 0;
    cfg_faults_free(&faults);
    return error;
}

struct generation *generation_new(struct proxy_conf const *conf, struct cfg_node const *node,
                                  struct cfg *cfg)
{
    struct generation *generation = calloc(1, sizeof *generation);
    int error = -ENOMEM;
    if (!generation)
        goto fail;
    atomic_init(&generation->refs, 1);
    generation->conf = conf;
    generation->domain = node->domain;
    generation->cfg = cfg ? cfg_ref(cfg) : NULL;
    if ((error = compile(generation, node)) < 0 || (error = acl_seal(generation->acl)) < 0 ||
        (error = fill_internal_acl(generation)) < 0 ||
        (error = make_registrar(generation, node)) < 0)
        goto fail;
    if (acl_count(generation->acl) == 0)
        log_warn(NULL, "access list is empty: every request without a certificate is refused");
    log_automatic(generation->acl);
    return generation;
fail:
    log_error(NULL, "configuration not compiled error=\"%s\"", strerror(-error));
    generation_unref(&generation);
    return NULL;
}

struct generation *generation_ref(struct generation *generation)
{
    atomic_fetch_add_explicit(&generation->refs, 1, memory_order_relaxed);
    return generation;
}

void generation_unref(struct generation **pgeneration)
{
    struct generation *generation = *pgeneration;
    *pgeneration = NULL;
    if (!generation || atomic_fetch_sub_explicit(&generation->refs, 1, memory_order_acq_rel) > 1)
        return;
    peer_watch_free(&generation->watch);
    secure_set_fini(&generation->contexts);
    registrar_policy_free(&generation->registrar);
    acl_free(&generation->internal_acl);
    acl_free(&generation->acl);
    federation_free(&generation->federation);
    route_table_free(&generation->table);
    cfg_free(&generation->cfg);
    free(generation);
}

int generation_add_listeners(struct generation *generation, struct transport const *transport)
{
    int error = 0;
    for (uint16_t i = 0; error == 0 && i < transport_listeners(transport); i++)
        error =
            domain_add_listener(generation->table->own, i, transport_listener_addr(transport, i),
                                transport_listener_host(transport, i));
    return error;
}

/* --- watched next hops -------------------------------------------------------------------------
 */

static struct peer_way way_by(struct transport const *transport, char const *listener,
                              char const *otherwise, bool internal)
{
    char const *name = listener && *listener ? listener : otherwise;
    int found = name ? transport_find_listener(transport, name) : -ENOENT;
    return (struct peer_way){ internal, found < 0 ? DOMAIN_ANY_LISTENER : found };
}

static int watch_targets(struct generation *generation, struct transport const *transport)
{
    struct route_table const *table = generation->table;
    int error = 0;
    for (size_t i = 0; error == 0 && i < table->n_targets; i++) {
        struct route_target const *target = &table->targets[i];
        char const *otherwise = target->internal ? NULL : table->preferred_listener;
        error = peer_watch_add(generation->watch, target->uri,
                               way_by(transport, target->listener, otherwise, target->internal),
                               target->name);
    }
    return error;
}

static int watch_static_routes(struct generation *generation, struct transport const *transport)
{
    struct static_table const *statics = generation->table->statics;
    struct peer_way const way =
        way_by(transport, NULL, generation->table->preferred_listener, false);
    int error = 0;
    for (size_t i = 0; error == 0 && i < static_table_count(statics); i++) {
        struct static_route const *route = static_table_at(statics, i);
        if (route->hop && route->state == STATIC_ACTIVE)
            error = peer_watch_add(generation->watch, route->hop->uri, way, route->name);
    }
    return error;
}

static int watch_domains(struct generation *generation, struct transport const *transport)
{
    struct federation_entry const *entry;
    int error = 0;
    for (size_t i = 0; error == 0 && (entry = federation_at(generation->federation, i)); i++)
        if (entry->uri)
            error = peer_watch_add(generation->watch, entry->uri,
                                   way_by(transport, entry->conf->listener,
                                          generation->table->preferred_listener, false),
                                   entry->rule);
    return error;
}

int generation_watch(struct generation *generation, struct peers *peers,
                     struct transport const *transport)
{
    generation->watch = peer_watch_new(peers);
    int error = generation->watch ? 0 : -ENOMEM;
    if (error == 0)
        error = watch_targets(generation, transport);
    if (error == 0)
        error = watch_static_routes(generation, transport);
    if (error == 0)
        error = watch_domains(generation, transport);
    if (error == 0)
        peers_configure(peers, &generation->conf->peer_rules);
    return error;
}
