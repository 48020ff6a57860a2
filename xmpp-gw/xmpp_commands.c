/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that an administrator looks at. */
#include "xmpp_commands.h"
#include "domain_check.h"
#include "streams_view.h"
#include "svc.h"
#include "xmpp_gateway.h"
#include <stdio.h>
#include <string.h>

static void add_stream(void *table, struct streams_view_stream const *s)
{
    char remote[NET_ADDR_TEXT];

    ctl_table_row(table, json_pack("[s,s,s,s,s,s,s,s,I,I,I,I]", s->tag, s->role, s->state, s->ours,
                                   s->theirs, net_addr_print(s->remote, remote), s->tls, s->proven,
                                   (json_int_t)s->n_pairs, (json_int_t)s->unsent_bytes,
                                   (json_int_t)s->unhandled, (json_int_t)s->silent_s));
}

static void cmd_show_streams(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct xmpp_gateway const *gateway = svc_state(svc);
    json_t *table = ctl_table("stream", "role", "state", "ours", "theirs", "address", "tls",
                              "proof", "pairs", "unsent bytes", "unhandled", "silent s", NULL);

    (void)args;
    streams_view_streams(gateway->streams, add_stream, table);
    ctl_reply(call, table);
}

static void add_queue(void *table, struct streams_view_route const *r)
{
    ctl_table_row(table, json_pack("[s,s,s,s,I,I,I,I,s]", r->ours, r->theirs, r->state, r->stream,
                                   (json_int_t)r->waiting, (json_int_t)r->unacknowledged,
                                   (json_int_t)r->bytes, (json_int_t)r->retry_s, r->why_not));
}

static void cmd_show_queues(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct xmpp_gateway const *gateway = svc_state(svc);
    json_t *table = ctl_table("ours", "theirs", "state", "stream", "waiting", "unacknowledged",
                              "bytes", "retry s", "last failure", NULL);

    (void)args;
    streams_view_routes(gateway->streams, add_queue, table);
    ctl_reply(call, table);
}

static void add_text(char *text, size_t size, char const *one)
{
    size_t used = strlen(text);

    (void)snprintf(text + used, size - used, "%s%s", used ? " " : "", one);
}

static void add_address(char *text, size_t size, struct net_addr const *addr)
{
    char one[NET_ADDR_TEXT];

    add_text(text, size, net_addr_print(addr, one));
}

static void cmd_show_domains(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    static char const *const tls_names[] = { "required", "optional" };
    struct xmpp_gateway const *gateway = svc_state(svc);
    struct streams_settings const *settings = &gateway->settings;
    json_t *table = ctl_table("domain", "whose", "tls", "servers", NULL);
    char servers[1024];

    (void)args;
    for (size_t i = 0; i < settings->n_own; i++) {
        struct streams_own const *own = &settings->own[i];
        servers[0] = '\0';
        for (size_t j = 0; j < own->n_servers; j++)
            add_address(servers, sizeof servers, &own->servers[j]);
        ctl_table_row(table, json_pack("[s,s,s,s]", own->name,
                                       own->n_servers ? "ours, component" : "ours, server",
                                       own->context ? "possible" : "none", servers));
    }
    for (size_t i = 0; i < settings->n_peers; i++) {
        struct streams_peer const *peer = &settings->peers[i];
        servers[0] = '\0';
        for (size_t j = 0; j < peer->n_hosts; j++)
            add_text(servers, sizeof servers, peer->hosts[j]);
        ctl_table_row(table,
                      json_pack("[s,s,s,s]", peer->name, "theirs", tls_names[peer->tls], servers));
    }
    ctl_reply(call, table);
}

static void add_pair(void *table, struct roster_view const *v)
{
    ctl_table_row(table, json_pack("[s,s,s,s,s,I,s]", v->user, v->jid, v->state, v->watch,
                                   v->user_show, (json_int_t)v->n_watchers, v->jid_show));
}

static void cmd_show_roster(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct xmpp_gateway const *gateway = svc_state(svc);
    json_t *table = ctl_table("user", "contact", "agreed", "followed by", "user shows",
                              "subscriptions", "contact shows", NULL);

    (void)args;
    roster_view(&gateway->roster, add_pair, table);
    ctl_reply(call, table);
}

struct ctl_command const xmpp_commands[] = {
    { "show streams", CTL_READ, cmd_show_streams, NULL,
      "XMPP streams: to whom, how far they have come, and by what they are proven." },
    { "show xmpp domains", CTL_READ, cmd_show_domains, NULL,
      "Domains of ours in XMPP, and those that may be talked to." },
    { "show queues", CTL_READ, cmd_show_queues, NULL,
      "Pairs of domains: what waits for a stream or an acknowledgement, and what failed last." },
    { "show roster", CTL_READ, cmd_show_roster, NULL,
      "SIP users and XMPP users: what they have agreed on, how each follows the other, and what "
      "either shows." },
    { "check domain", CTL_WRITE, domain_check_start, "DOMAIN [OURS]",
      "Goes to the servers of a domain as a stream would; see crosspoint check domain." },
    { 0 },
};
