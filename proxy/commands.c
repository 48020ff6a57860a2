/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands: tables of routes, predicates, access list and what is in flight. */
#include "commands.h"
#include "buf.h"
#include "cmd_peers.h"
#include "cmd_tls.h"
#include "domain.h"
#include "explain.h"
#include "federation.h"
#include "federation_conf.h"
#include "probe.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "static_conf.h"
#include "static_table.h"
#include "svc.h"
#include "user_commands.h"

static void cmd_show_routes(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    json_t *table = ctl_table("order", "route", "predicates", "to", "hits", NULL);
    (void)args;
    for (size_t i = 0; i < proxy->generation->table->n_rules; i++) {
        struct route_rule const *rule = &proxy->generation->table->rules[i];
        struct buf text;
        buf_init(&text, 65536);
        for (size_t p = 0; p < rule->n_preds; p++) {
            buf_puts(&text, p ? " " : "");
            route_pred_print(&rule->preds[p], &text);
        }
        ctl_table_row(table, json_pack("[I,s,s,s,I]", (json_int_t)i + 1, rule->name,
                                       rule->n_preds ? buf_text(&text) : "any", rule->to->name,
                                       (json_int_t)proxy->generation->table->rule_hits[i]));
        buf_fini(&text);
    }
    ctl_reply(call, table);
}

static void add_federated_rows(json_t *table, struct generation const *generation)
{
    struct route_target const *gateway = generation->table->xmpp_gateway;
    struct federation_entry const *entry;
    for (size_t i = 0; (entry = federation_at(generation->federation, i)); i++) {
        bool xmpp = entry->conf->federation == FEDERATION_CONF_XMPP;
        char const *via = xmpp ? gateway ? gateway->name : "-" : entry->uri ? entry->via : "DNS";
        ctl_table_row(table,
                      json_pack("[s,s,s,s,I]", entry->conf->name,
                                federation_conf_kind_name(entry->conf->federation), via,
                                entry->conf->description, (json_int_t)federation_hits(entry)));
    }
}

static void cmd_show_domains(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    json_t *table = ctl_table("domain", "kind", "via", "description", "hits", NULL);
    char const *name;
    (void)args;
    for (size_t i = 0; (name = domain_host_at(proxy->generation->table->own, i)); i++)
        ctl_table_row(table, json_pack("[s,s,s,s,n]", name, "own", "", ""));
    add_federated_rows(table, proxy->generation);
    ctl_reply(call, table);
}

static char const *state_of(struct static_route const *route)
{
    if (route->state != STATIC_ACTIVE)
        return static_table_state(route);
    if (!route->conf->in_service)
        return "out of service";
    return route->conf->block ? "blocks" : "active";
}

static void cmd_show_static_routes(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    struct static_table const *statics = proxy->generation->table->statics;
    json_t *table = ctl_table("order", "route", "pattern", "type", "next_hop", "priority", "weight",
                              "state", "hits", NULL);
    (void)args;
    for (size_t i = 0; i < static_table_count(statics); i++) {
        struct static_route const *route = static_table_at(statics, i);
        ctl_table_row(table, json_pack("[I,s,s,s,s,i,i,s,I]", (json_int_t)i + 1, route->name,
                                       route->conf->pattern, static_conf_type_name(route->conf),
                                       route->hop ? route->hop->text : "-", (int)route->priority,
                                       (int)route->weight, state_of(route),
                                       (json_int_t)static_table_hits(statics, route)));
    }
    ctl_reply(call, table);
}

static void cmd_show_predicates(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("predicate", "argument", "meaning", NULL);
    (void)svc;
    (void)args;
    for (unsigned id = 0; id < ROUTE_PREDS; id++) {
        struct route_pred_row const *row = route_pred_row(id);
        ctl_table_row(table, json_pack("[s,s,s]", row->name, row->argument, row->help));
    }
    ctl_reply(call, table);
}

/* "127.0.0.1 ::1" of a name; what an address or block says itself is not said again. */
static void print_addresses(struct acl_entry const *entry, struct buf *out)
{
    char addr[NET_ADDR_TEXT];
    for (size_t i = 0; i < entry->n_addrs; i++)
        buf_printf(out, "%s%s", i ? " " : "", net_addr_print_host(&entry->addrs[i], addr));
    if (entry->is_name && entry->n_addrs == 0)
        buf_puts(out, "not resolved");
}

static void add_acl_rows(json_t *table, struct acl const *acl, char const *listeners)
{
    for (size_t i = 0; i < acl_count(acl); i++) {
        struct acl_entry const *entry = acl_at(acl, i);
        struct acl_rule const *rule = &entry->rule;
        struct buf addresses;
        buf_init(&addresses, 65536);
        print_addresses(entry, &addresses);
        ctl_table_row(table, json_pack("[s,s,s,I,s,s,s,b]", rule->pattern, rule->description,
                                       listeners, (json_int_t)acl_hits(entry),
                                       rule->automatic ? "automatic" : "configured",
                                       rule->groups ? rule->groups : "", buf_text(&addresses),
                                       rule->trusted));
        buf_fini(&addresses);
    }
}

static void cmd_show_acl(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    json_t *table = ctl_table("pattern", "description", "listeners", "hits", "origin", "groups",
                              "addresses", "trusted", NULL);
    (void)args;
    add_acl_rows(table, proxy->generation->acl, "all");
    add_acl_rows(table, proxy->generation->internal_acl, "internal");
    ctl_reply(call, table);
}

static void cmd_show_transactions(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    json_t *table = ctl_table("what", "count", NULL);
    (void)args;
    ctl_table_row(
        table, json_pack("[s,I]", "transactions",
                         (json_int_t)transaction_count(stack_transactions(proxy->worker.stack))));
    ctl_table_row(table,
                  json_pack("[s,I]", "contexts", (json_int_t)met_get(&proxy_metrics, M_contexts)));
    ctl_table_row(
        table, json_pack("[s,I]", "connections",
                         (json_int_t)transport_connections(stack_transport(proxy->worker.stack))));
    ctl_reply(call, table);
}

static void cmd_show_listeners(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    struct transport const *transport = stack_transport(proxy->worker.stack);
    json_t *table =
        ctl_table("transport", "address", "advertised", "internal", "name", "tls_context", NULL);
    (void)args;
    for (uint16_t i = 0; i < transport_listeners(transport); i++) {
        char text[NET_ADDR_TEXT];
        ctl_table_row(table, json_pack("[s,s,s,b,s,s]",
                                       transport_kind_name(transport_listener_kind(transport, i)),
                                       net_addr_print(transport_listener_addr(transport, i), text),
                                       transport_listener_host(transport, i),
                                       worker_is_internal(&proxy->worker, i),
                                       transport_listener_name(transport, i),
                                       transport_listener_context(transport, i)));
    }
    ctl_reply(call, table);
}

/* clang-format off */
struct ctl_command const commands_table[] = {
    { "show routes", CTL_READ, cmd_show_routes, NULL, "Method routes in order, with hits." },
    { "show static routes", CTL_READ, cmd_show_static_routes, NULL,
      "Static routes in the order of the file, with their state and hits." },
    { "show predicates", CTL_READ, cmd_show_predicates, NULL, "What a method route may ask for." },
    { "show domains", CTL_READ, cmd_show_domains, NULL,
      "Own names and federated domains, with hits." },
    { "show peers", CTL_READ, cmd_peers_show, NULL,
      "Health of next hops: which addresses are up, which rest, and why." },
    { "show acl", CTL_READ, cmd_show_acl, NULL, "Access list with hits." },
    { "show tls", CTL_READ, cmd_tls_show, NULL,
      "TLS contexts: certificates, trust, subjects, listeners, and counts of connections." },
    { "show tls certificates", CTL_READ, cmd_tls_show_certificates, NULL,
      "Our certificates by context, with names and days left." },
    { "show tls failures", CTL_READ, cmd_tls_show_failures, NULL,
      "TLS connections that were refused or failed, by context and cause." },
    { "show transactions", CTL_READ, cmd_show_transactions, NULL,
      "Transactions, requests being forwarded and stream connections." },
    { "show listeners", CTL_READ, cmd_show_listeners, NULL, "Where the proxy listens." },
    { "show registrations", CTL_READ, user_commands_show_registrations, "[NAME]",
      "Registered contacts, of one user or of all (at most 10000 users)." },
    { "user list", CTL_READ, user_commands_list, NULL, "Users, and how many contacts each has." },
    { "user add", CTL_WRITE, user_commands_add, "NAME <PASSWORD>",
      "Adds a user: NAME, or NAME@DOMAIN for a hosted domain." },
    { "user passwd", CTL_WRITE, user_commands_passwd, "NAME <PASSWORD>",
      "Gives a user a new password." },
    { "user enable", CTL_WRITE, user_commands_enable, "NAME", "Lets a disabled user in again." },
    { "user disable", CTL_WRITE, user_commands_disable, "NAME",
      "Keeps a user out: no registration, and the present ones end." },
    { "user delete", CTL_WRITE, user_commands_delete, "NAME",
      "Deletes a user with all registrations." },
    { "explain", CTL_READ, explain_start, "MESSAGE FROM [TRANSPORT] [SUBJECT] [INTERNAL]",
      "What would become of a message, and why; see crosspoint explain." },
    { "probe peer", CTL_WRITE, probe_start, "PEER [TRANSPORT] [CONTEXT] [SNI]",
      "Tries a peer, HOST[:PORT], as the proxy would reach it; see crosspoint probe." },
    { NULL, CTL_READ, NULL, NULL, NULL },
};
/* clang-format on */
