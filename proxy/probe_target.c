/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and choosing: see probe_target.h. */
#include "probe_target.h"
#include "domain.h"
#include "next_hop.h"
#include "peer_watch.h"
#include "proxy.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TLS_PORT = 5061, TLS_PEER_PORT };

/* A whole number of 1 to 65535 and nothing else, or 0. */
static uint16_t parse_port(char const *text)
{
    char *end;
    unsigned long port = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
    return port > 0 && port <= UINT16_MAX && !*end ? (uint16_t)port : 0;
}

static bool parse_peer(char const *text, struct probe_target *ret)
{
    struct net_addr addr;
    char host[NET_ADDR_TEXT];
    if (net_addr_parse(&addr, text, 0) == 0) {
        ret->port = net_addr_port(&addr);
        ret->is_v6 = addr.sa.sa_family == AF_INET6;
        (void)snprintf(ret->host, sizeof ret->host, "%s", net_addr_print_host(&addr, host));
        return true;
    }
    size_t len = strcspn(text, ":");
    if (len == 0 || len >= sizeof ret->host)
        return false;
    ret->port = text[len] ? parse_port(text + len + 1) : 0;
    for (size_t i = 0; i < len; i++)
        ret->host[i] = (char)tolower((unsigned char)text[i]);
    ret->host[len] = '\0';
    return !(text[len] && !ret->port) && !next_hop_check(ret->host);
}

static bool parse_transport(char const *text, int *ret)
{
    *ret = PROBE_TARGET_ANY;
    for (int kind = 0; text && kind < TRANSPORT_KINDS; kind++)
        if (strcasecmp(transport_kind_name((enum transport_kind)kind), text) == 0)
            *ret = kind;
    return !text || *ret != PROBE_TARGET_ANY;
}

/* PROBE_TARGET_ANY: the URI does not say. */
static int transport_of(url_t const *uri)
{
    char text[8] = "";
    int transport = PROBE_TARGET_ANY;
    if (uri->url_type == url_sips)
        return TRANSPORT_TLS;
    if (uri->url_params && url_param(uri->url_params, "transport", text, sizeof text))
        (void)parse_transport(text, &transport);
    return transport;
}

static struct peer_watch_entry const *find_known(struct generation const *generation,
                                                 struct probe_target const *target)
{
    struct peer_watch_entry const *entry = NULL;
    while ((entry = peer_watch_next(generation->watch, entry))) {
        char const *host = entry->uri->url_host;
        size_t skip = host[0] == '[';
        unsigned port = entry->uri->url_port ? parse_port(entry->uri->url_port) : 0;
        if (strncasecmp(host + skip, target->host, strlen(target->host)) == 0 &&
            strlen(host) == strlen(target->host) + 2 * skip &&
            (!target->port || target->port == port))
            return entry;
    }
    return NULL;
}

/* Without --transport: what is meant most likely, and why. */
static void choose_transport(struct probe_target *target, bool speaks_of_tls)
{
    if (target->transport != PROBE_TARGET_ANY) {
        target->chosen = "asked for";
    } else if (speaks_of_tls) {
        target->transport = TRANSPORT_TLS;
        target->chosen = "context and sni belong to TLS";
    } else if (target->known) {
        target->transport = transport_of(target->known->uri);
        target->chosen = "a next hop of the configuration";
    } else if (target->port == TLS_PORT || target->port == TLS_PEER_PORT) {
        target->transport = TRANSPORT_TLS;
        target->chosen = "the port is one of TLS";
    } else {
        target->chosen = "as the DNS says";
    }
}

char const *probe_target_read(struct probe_target *ret, struct generation const *generation,
                              struct probe_target_words const *words)
{
    char const *sni = words->sni;
    *ret = (struct probe_target){ .port = 0 };
    if (!words->peer || !parse_peer(words->peer, ret))
        return "peer wants HOST[:PORT]";
    if (!parse_transport(words->transport, &ret->transport))
        return "transport wants udp, tcp or tls";
    if (sni && (!*sni || strlen(sni) >= sizeof ret->server_name || next_hop_check(sni)))
        return "sni wants a name or an address";
    (void)snprintf(ret->server_name, sizeof ret->server_name, "%s", sni ? sni : ret->host);
    for (char *c = ret->server_name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    ret->known = find_known(generation, ret);
    choose_transport(ret, sni || words->context);
    return NULL;
}

struct egress_hint probe_target_hint(struct probe_target const *target, struct worker const *worker,
                                     struct generation const *generation)
{
    struct peer_way way = { .listener = DOMAIN_ANY_LISTENER };
    if (target->known)
        way = peers_way(target->known->peer);
    return (struct egress_hint){
        .in_listener = worker->proxy->first_internal,
        .internal = way.internal,
        .out_listener = DOMAIN_ANY_LISTENER,
        .named = way.listener,
        .preferred = egress_listener(worker, generation->table->preferred_listener),
    };
}

void probe_target_print(struct probe_target const *target, char ret[static PROBE_TARGET_NAME])
{
    char port[8] = "", transport[16] = "";
    if (target->port)
        (void)snprintf(port, sizeof port, ":%u", target->port);
    if (target->known && !target->port && target->known->uri->url_port)
        (void)snprintf(port, sizeof port, ":%s", target->known->uri->url_port);
    if (target->transport != PROBE_TARGET_ANY)
        (void)snprintf(transport, sizeof transport, ";transport=%s",
                       transport_kind_name((enum transport_kind)target->transport));
    (void)snprintf(ret, PROBE_TARGET_NAME, "sip:%s%s%s%s%s", target->is_v6 ? "[" : "", target->host,
                   target->is_v6 ? "]" : "", port, transport);
}
