/* SPDX-License-Identifier: Apache-2.0 */
/* Listener and Record-Route of an outgoing request: see egress.h. */
#include "egress.h"
#include "domain.h"
#include "proxy.h"
#include "route_decide.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A listener on the address of @p wanted, but of the kind of @p to: the peer knows us there. */
static uint16_t sibling(struct transport const *t, uint16_t wanted, enum transport_kind kind)
{
    struct net_addr const *addr = transport_listener_addr(t, wanted);
    if (transport_listener_kind(t, wanted) == kind)
        return wanted;
    for (uint16_t i = 0; i < transport_listeners(t); i++)
        if (transport_listener_kind(t, i) == kind &&
            net_addr_equal(transport_listener_addr(t, i), addr))
            return i;
    return wanted;
}

int egress_listener(struct worker const *worker, char const *name)
{
    int found = name ? transport_find_listener(stack_transport(worker->stack), name) : -ENOENT;
    return found < 0 ? DOMAIN_ANY_LISTENER : found;
}

struct egress_hint egress_hint_of(struct worker const *worker, struct route_table const *table,
                                  struct route_hop const *hop, uint16_t in_listener,
                                  int out_listener)
{
    return (struct egress_hint){
        .in_listener = in_listener,
        .internal = hop->internal,
        .out_listener = out_listener,
        .named = egress_listener(worker, hop->listener),
        .preferred = egress_listener(worker, table->preferred_listener),
    };
}

static uint16_t preferred(struct worker const *worker, struct egress_hint const *hint)
{
    if (hint->named >= 0)
        return (uint16_t)hint->named;
    if (hint->internal)
        return worker->proxy->first_internal;
    if (hint->out_listener >= 0)
        return (uint16_t)hint->out_listener;
    /* A request of our own programs leaves by a public listener, any other by the one it came in.
     */
    if (!worker_is_internal(worker, hint->in_listener))
        return hint->in_listener;
    return hint->preferred >= 0 ? (uint16_t)hint->preferred : 0;
}

static bool has_public_tcp(struct worker const *worker, struct net_addr const *peer)
{
    int listener = transport_pick_listener(stack_transport(worker->stack), TRANSPORT_TCP, peer,
                                           TRANSPORT_AUTO_LISTENER);
    return listener >= 0 && listener < worker->proxy->first_internal;
}

/* Did the dialog choose UDP? Requests of which some went by TCP would overtake each other, and
 * events must not: their order tells what has happened. */
static bool runs_over_udp(struct transport const *t, struct egress_hint const *hint)
{
    return hint->out_listener >= 0 && hint->out_listener < transport_listeners(t) &&
           transport_listener_kind(t, (uint16_t)hint->out_listener) == TRANSPORT_UDP;
}

int egress_choose_listener(struct worker const *worker, struct destination *to,
                           struct egress_hint const *hint)
{
    struct transport const *t = stack_transport(worker->stack);
    uint16_t wanted = preferred(worker, hint);
    if (wanted >= transport_listeners(t))
        wanted = 0;
    int listener = transport_pick_listener(t, to->kind, &to->addr, sibling(t, wanted, to->kind));
    if (listener < 0)
        return listener;
    to->listener = (uint16_t)listener;
    to->no_switch |=
        to->kind == TRANSPORT_UDP && (runs_over_udp(t, hint) || !has_public_tcp(worker, &to->addr));
    return 0;
}

bool egress_is_udp_only(struct route_hop const *hop)
{
    char transport[8];
    return hop->uri && !hop->contact && hop->uri->url_params &&
           url_param(hop->uri->url_params, "transport", transport, sizeof transport) &&
           strcasecmp(transport, "udp") == 0;
}

enum transport_kind egress_fallback(struct worker const *worker, struct egress_hint const *hint)
{
    struct transport const *t = stack_transport(worker->stack);
    if (hint->named >= 0)
        return transport_listener_kind(t, (uint16_t)hint->named);
    for (uint16_t i = 0; i < transport_listeners(t); i++)
        if (transport_listener_kind(t, i) == TRANSPORT_UDP)
            return TRANSPORT_UDP;
    return TRANSPORT_TCP;
}

struct resolve_query *egress_resolve(struct worker const *worker, sip_t const *sip,
                                     url_t const *uri, struct egress_hint const *hint,
                                     resolve_fn *fn, void *ctx)
{
    url_t secured = *uri;
    if (sip->sip_request->rq_url->url_type == url_sips && uri->url_type == url_sip &&
        !hint->internal) {
        secured.url_type = url_sips;
        secured.url_scheme = "sips";
    }
    return resolve_uri(stack_resolver(worker->stack), &secured, egress_fallback(worker, hint), fn,
                       ctx);
}

bool egress_makes_dialog(sip_t const *sip)
{
    /* A NOTIFY may reach the subscriber before the 200 does and then makes the dialog (RFC 6665
     * §4.4.1). Requests inside a dialog get it too: it helps a peer that lost its state. */
    switch (sip->sip_request->rq_method) {
    case sip_method_invite:
    case sip_method_subscribe:
    case sip_method_notify:
    case sip_method_refer:
        return true;
    default:
        return false;
    }
}

static bool is_secure(sip_t const *sip)
{
    return sip->sip_request->rq_url->url_type == url_sips ||
           (sip->sip_route && sip->sip_route->r_url->url_type == url_sips);
}

/* Returns its length, or a negative errno. */
static int print_value(struct transport const *t, sip_t const *sip, uint16_t listener,
                       char ret[static EGRESS_LINE_MAX])
{
    char const *host = transport_listener_host(t, listener);
    enum transport_kind kind = transport_listener_kind(t, listener);
    bool bare_v6 = strchr(host, ':') && host[0] != '[';
    bool sips = kind == TRANSPORT_TLS && is_secure(sip);
    int len = snprintf(ret, EGRESS_LINE_MAX, "Record-Route: <%s:%s%s%s:%u%s%s;lr>\r\n",
                       sips ? "sips" : "sip", bare_v6 ? "[" : "", host, bare_v6 ? "]" : "",
                       net_addr_port(transport_listener_addr(t, listener)),
                       sips ? "" : ";transport=", sips ? "" : transport_kind_name(kind));
    return len < EGRESS_LINE_MAX ? len : -EINVAL;
}

int egress_record_route(struct transport const *transport, sip_t const *sip, uint16_t in_listener,
                        uint16_t out_listener, char ret[static 2 * EGRESS_LINE_MAX])
{
    int len = out_listener != in_listener ? print_value(transport, sip, out_listener, ret) : 0;
    if (len < 0)
        return len;
    int error = print_value(transport, sip, in_listener, ret + len);
    return error < 0 ? error : 0;
}
