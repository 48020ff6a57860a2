/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles configuration rows to routes. Everything lives in the table's home, but the own names.
 */
#include "route_table.h"
#include "buf.h"
#include "cfg.h"
#include "domain.h"
#include "domain_conf.h"
#include "net_addr.h"
#include "proxy_conf.h"
#include "static_table.h"
#include <errno.h>
#include <sofia-sip/sip_protos.h>
#include <string.h>

static void fini(void *memory)
{
    struct route_table *table = memory;
    static_table_free(&table->statics);
    domain_free(&table->own);
}

static bool has_text(char const *text)
{
    return text && *text;
}

static bool is_loopback(char const *host)
{
    struct net_addr addr;
    char bare[INET6_ADDRSTRLEN + 2];
    size_t len = strlen(host);
    if (strcmp(host, "localhost") == 0)
        return true;
    if (*host == '[' && len > 2 && len < sizeof bare) {
        memcpy(bare, host + 1, len - 2);
        bare[len - 2] = '\0';
        host = bare;
    }
    if (net_addr_parse(&addr, host, 0) < 0)
        return false;
    if (addr.sa.sa_family == AF_INET)
        return (ntohl(addr.in.sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&addr.in6.sin6_addr);
}

static struct route_target const *find_target(struct route_table const *table, char const *name)
{
    for (size_t i = 0; i < table->n_targets; i++)
        if (strcmp(table->targets[i].name, name) == 0)
            return &table->targets[i];
    return NULL;
}

static int add_targets(struct route_table *table, struct cfg_groups const *list,
                       struct cfg_faults *faults)
{
    struct proxy_conf_target const *rows = list->v;
    table->targets = su_zalloc(table->home, (list->n + 1) * sizeof *table->targets);
    if (!table->targets)
        return -ENOMEM;
    for (size_t i = 0; i < list->n; i++) {
        if (!has_text(rows[i].name))
            continue; /* already a fault of its row */
        if (find_target(table, rows[i].name))
            cfg_fault(faults, rows[i].where, "target \"%s\" stands twice", rows[i].name);
        /* A wrong URI is a fault too, but `to` shall not be blamed for it: the target is there. */
        url_t const *uri = has_text(rows[i].uri) ? url_make(table->home, rows[i].uri) : NULL;
        table->targets[table->n_targets++] = (struct route_target){
            .name = rows[i].name,
            .uri = uri,
            .listener = has_text(rows[i].listener) ? rows[i].listener : NULL,
            .internal = rows[i].internal || (uri && uri->url_host && is_loopback(uri->url_host)),
        };
    }
    return 0;
}

static int add_preds(struct route_table *table, struct route_rule *rule,
                     struct proxy_conf_route const *row, struct cfg_faults *faults)
{
    for (unsigned id = 0; id < ROUTE_PREDS; id++) {
        struct route_pred pred;
        struct buf why;
        if (!row->pred[id])
            continue;
        buf_init(&why, 512);
        int error = route_pred_parse(table->home, &pred, id, row->pred[id], &why);
        if (error == -EINVAL)
            cfg_fault(faults, row->where, "method route: %s", buf_text(&why));
        buf_fini(&why);
        if (error == -ENOMEM)
            return error;
        if (error == 0 && pred.n > 0) {
            rule->preds[rule->n_preds++] = pred;
            rule->names_domain |= pred.row->names_domain;
            table->asks_origin |= pred.row->asks_origin;
        }
    }
    return 0;
}

static bool name_is_taken(struct proxy_conf_route const *rows, size_t n, char const *name)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].name && strcmp(rows[i].name, name) == 0)
            return true;
    return false;
}

static int add_rules(struct route_table *table, struct cfg_groups const *list,
                     struct cfg_faults *faults)
{
    struct proxy_conf_route const *rows = list->v;
    table->rules = su_zalloc(table->home, (list->n + 1) * sizeof *table->rules);
    table->rule_hits = su_zalloc(table->home, (list->n + 1) * sizeof *table->rule_hits);
    if (!table->rules || !table->rule_hits)
        return -ENOMEM;
    for (size_t i = 0; i < list->n; i++) {
        struct route_rule *rule = &table->rules[table->n_rules++];
        bool named = has_text(rows[i].name);
        rule->name = named ? su_sprintf(table->home, "method_routes[%s]", rows[i].name)
                           : su_sprintf(table->home, "method_routes[%zu]", i + 1);
        if (!rule->name || add_preds(table, rule, &rows[i], faults) < 0)
            return -ENOMEM;
        if (named && name_is_taken(rows, i, rows[i].name))
            cfg_fault(faults, rows[i].where, "method route \"%s\" stands twice", rows[i].name);
        rule->to = has_text(rows[i].to) ? find_target(table, rows[i].to) : NULL;
        if (has_text(rows[i].to) && !rule->to)
            cfg_fault(faults, rows[i].where, "method route to \"%s\": there is no such target",
                      rows[i].to);
    }
    return 0;
}

static void find_xmpp_gateway(struct route_table *table, struct proxy_conf const *conf,
                              struct cfg_faults *faults)
{
    if (!has_text(conf->xmpp_gateway))
        return;
    table->xmpp_gateway = find_target(table, conf->xmpp_gateway);
    if (!table->xmpp_gateway)
        cfg_fault(faults, cfg_faults_where(faults, &conf->xmpp_gateway),
                  "xmpp_gateway: there is no target called \"%s\"", conf->xmpp_gateway);
}

struct route_table *route_table_new(struct proxy_conf const *conf, struct cfg_node const *node,
                                    struct cfg_faults *faults)
{
    struct route_table *table = su_home_new(sizeof *table);
    if (!table || su_home_destructor(table->home, fini) < 0)
        goto fail;
    table->preferred_listener =
        has_text(conf->preferred_listener) ? conf->preferred_listener : NULL;
    table->method_routing = conf->method_routing;
    table->relay_foreign = conf->relay_foreign;
    table->blocked =
        conf->blocked_status == PROXY_CONF_BLOCKED_403 ? REFUSAL_blocked_403 : REFUSAL_blocked_404;
    table->route_seed = (uint64_t)conf->route_seed;
    table->statics = static_table_new(&conf->static_routes, &conf->embed_templates, faults);
    table->own = domain_conf_new(conf, node, faults);
    if (!table->statics || !table->own || add_targets(table, &conf->targets, faults) < 0 ||
        add_rules(table, &conf->method_routes, faults) < 0)
        goto fail;
    find_xmpp_gateway(table, conf, faults);
    return table;
fail:
    route_table_free(&table);
    return NULL;
}

void route_table_free(struct route_table **ptable)
{
    struct route_table *table = *ptable;
    *ptable = NULL;
    if (table)
        su_home_unref(table->home);
}
