/* SPDX-License-Identifier: Apache-2.0 */
/* See streams.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "streams.h"
#include "domain_name.h"
#include "log.h"
#include "stream_metrics.h"
#include "stream_route.h"
#include "streams_internal.h"
#include "token.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BACKLOG = 256 };

struct streams_known {
    struct htab_entry by_name;
    struct streams_peer const *peer;
};

struct streams_listener {
    uv_tcp_t tcp;
    LIST_ENTRY(streams_listener) link;
    struct streams *set;
    bool is_direct;
};

/* --- domains ---------------------------------------------------------------------------------- */

bool streams_domain(char const *jid, char ret[static STREAMS_DOMAIN_BYTES])
{
    size_t bare = strcspn(jid, "/");
    char const *at = memchr(jid, '@', bare);
    char const *domain = at ? at + 1 : jid;
    size_t len = bare - (size_t)(domain - jid);
    char copy[STREAMS_DOMAIN_BYTES];

    if (len == 0 || len >= sizeof copy || (at && at == jid) || memchr(domain, '@', len))
        return false;
    memcpy(copy, domain, len);
    copy[len] = '\0';
    return domain_name_normalize(copy, ret);
}

struct streams_own const *streams_find_own(struct streams const *set, char const *name)
{
    for (size_t i = 0; i < set->settings->n_own; i++)
        if (strcmp(set->settings->own[i].name, name) == 0)
            return &set->settings->own[i];
    return NULL;
}

static uint64_t hash_name(char const *name)
{
    return htab_hash(name, strlen(name), 0);
}

static bool is_named(struct htab_entry const *entry, void const *name)
{
    return strcmp(((struct streams_known const *)entry)->peer->name, name) == 0;
}

struct streams_peer const *streams_find_peer(struct streams const *set, char const *name)
{
    struct htab_entry *entry = htab_find(&set->by_name, hash_name(name), is_named, name);

    return entry ? ((struct streams_known *)entry)->peer : NULL;
}

/* Each stanza is judged by its domain, and there may be many of them. */
static int know_peers(struct streams *set)
{
    size_t n = set->settings->n_peers;
    int err = 0;

    set->known = calloc(n + 1, sizeof *set->known);
    if (!set->known)
        return -ENOMEM;
    for (size_t i = 0; err == 0 && i < n; i++) {
        set->known[i].peer = &set->settings->peers[i];
        err =
            htab_insert(&set->by_name, &set->known[i].by_name, hash_name(set->known[i].peer->name));
    }
    return err;
}

static void free_set(struct streams *set)
{
    htab_fini(&set->routes);
    htab_fini(&set->by_name);
    free(set->known);
    free(set);
}

bool streams_allow(struct streams const *streams, char const *ours, char const *theirs)
{
    return streams_find_own(streams, ours) && streams_find_peer(streams, theirs);
}

/* --- sending ---------------------------------------------------------------------------------- */

static int write_stanza(struct streams *set, struct xml_tree const *stanza, struct buf *text)
{
    if (!xml_tree_ok(stanza))
        return -ENOMEM;
    buf_init(text, (size_t)set->settings->limits.max_stanza_bytes);
    xml_element_write(xml_tree_root(stanza), STREAMS_NS, text);
    return buf_ok(text) ? 0 : -EMSGSIZE;
}

static struct stream_route *route_of(struct streams *set, struct xml_element const *root,
                                     int *ret_error)
{
    char ours[STREAMS_DOMAIN_BYTES], theirs[STREAMS_DOMAIN_BYTES];
    char const *to = xml_element_attribute(root, "to");
    char const *from = xml_element_attribute(root, "from");

    *ret_error = -EINVAL;
    if (!to || !from || !streams_domain(to, theirs) || !streams_domain(from, ours))
        return NULL;
    return stream_route_get(set, ours, theirs, ret_error);
}

int streams_send(struct streams *streams, struct xml_tree *stanza, char const *id,
                 streams_done_fn *done, void *ctx)
{
    struct buf text = { 0 };
    int err = streams->is_ending ? -ESHUTDOWN : 0;
    struct stream_route *route = err ? NULL : route_of(streams, xml_tree_root(stanza), &err);

    if (route)
        err = write_stanza(streams, stanza, &text);
    if (route && !err)
        err = stream_route_send(route, buf_text(&text), text.len, id, done, ctx);
    buf_fini(&text);
    xml_tree_free(&stanza);
    if (err) {
        stream_count(M_stanzas_refused);
        log_info(id, "stanza not sent reason=\"%s\"", streams_refusal(err).text);
    }
    return err;
}

struct streams_error streams_refusal(int error)
{
    switch (error) {
    case -EINVAL:
        return (struct streams_error){ "jid-malformed", "not an address" };
    case -EACCES:
        return (struct streams_error){ "remote-server-not-found", "this domain is not allowed" };
    case -EMSGSIZE:
        return (struct streams_error){ "policy-violation", "the stanza is too large" };
    case -ENOBUFS:
        return (struct streams_error){ "resource-constraint", "too much waits for that domain" };
    default:
        return (struct streams_error){ "internal-server-error", "the gateway cannot send it" };
    }
}

/* --- listeners -------------------------------------------------------------------------------- */

static size_t count_from(struct streams const *set, struct net_addr const *addr, bool strangers)
{
    struct stream const *stream;
    size_t n = 0;

    LIST_FOREACH(stream, &set->streams, link)
    {
        n += stream->role == STREAM_IN && !(strangers && stream->was_ready) &&
             net_addr_same_host(&stream->wire.remote, addr);
    }
    return n;
}

/* Which limit @p stream, that is among the others already, has passed; NULL: none. */
static char const *passed_limit(struct streams const *set, struct stream const *stream)
{
    struct stream_limits const *limits = &set->settings->limits;

    if (set->n_streams > (size_t)limits->max_streams)
        return "max_streams";
    if (count_from(set, &stream->wire.remote, true) > (size_t)limits->max_strangers_per_address)
        return "max_strangers_per_address";
    if (set->n_strangers > (size_t)limits->max_strangers)
        return "max_strangers";
    if (count_from(set, &stream->wire.remote, false) > (size_t)limits->max_streams_per_address)
        return "max_streams_per_address";
    return NULL;
}

static void on_connection(uv_stream_t *server, int status)
{
    struct streams_listener *listener = server->data;
    struct stream *stream =
        status < 0 ? NULL : stream_accept(listener->set, server, listener->is_direct);
    char const *limit = stream ? passed_limit(listener->set, stream) : NULL;
    char remote[NET_ADDR_TEXT];

    if (status < 0)
        log_warn(NULL, "cannot accept reason=\"%s\"", uv_strerror(status));
    if (!limit)
        return;
    stream_count(M_streams_refused);
    log_warn(stream->tag, "stream refused limit=%s address=%s", limit,
             net_addr_print(&stream->wire.remote, remote));
    stream_drop(stream, "a limit is reached");
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct streams_listener *listener = handle->data;
    struct streams *set = listener->set;

    LIST_REMOVE(listener, link);
    free(listener);
    streams_gone(set);
}

int streams_listen(struct streams *streams, struct net_addr *addr, bool direct_tls)
{
    struct streams_listener *listener = calloc(1, sizeof *listener);
    struct sockaddr_storage bound;
    int len = sizeof bound;

    if (!listener)
        return -ENOMEM;
    int err = uv_tcp_init(streams->wires.loop, &listener->tcp);
    if (err < 0) {
        free(listener);
        return err;
    }
    listener->tcp.data = listener;
    listener->set = streams;
    streams->n_alive++;
    listener->is_direct = direct_tls;
    LIST_INSERT_HEAD(&streams->listeners, listener, link);
    err = uv_tcp_bind(&listener->tcp, &addr->sa,
                      addr->sa.sa_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0);
    if (err == 0)
        err = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, on_connection);
    if (err == 0)
        err = uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&bound, &len);
    if (err == 0)
        err = net_addr_from(addr, (struct sockaddr *)&bound);
    if (err < 0)
        uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
    return err;
}

/* --- life ------------------------------------------------------------------------------------- */

struct streams *streams_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                            struct streams_settings const *settings,
                            struct streams_handlers const *handlers, void *ctx)
{
    struct streams *set = calloc(1, sizeof *set);

    if (!set)
        return NULL;
    set->settings = settings;
    set->handlers = handlers;
    set->ctx = ctx;
    set->tap = tap;
    htab_init(&set->routes);
    htab_init(&set->by_name);
    if (know_peers(set) < 0) {
        free_set(set);
        return NULL;
    }
    stream_wires_init(&set->wires, loop, wheel, &settings->limits);
    set->n_alive = 2; /* the handles of the wires */
    TOKEN_FILL(set->dialback_secret);
    LIST_INIT(&set->streams);
    LIST_INIT(&set->listeners);
    return set;
}

/* Whoever talks to a component's people is told that it is there, so their routes are, too. */
static void start_component(struct streams *set, struct streams_own const *own)
{
    struct stream_route *home;
    int err = 0;

    for (size_t i = 0; i < set->settings->n_peers; i++)
        (void)stream_route_get(set, own->name, set->settings->peers[i].name, &err);
    home = stream_route_get(set, own->name, "", &err);
    if (home)
        stream_route_connect(home);
    else
        log_error(own->name, "component not connected reason=\"%s\"", strerror(-err));
}

void streams_start(struct streams *streams)
{
    for (size_t i = 0; i < streams->settings->n_own; i++)
        if (streams->settings->own[i].n_servers)
            start_component(streams, &streams->settings->own[i]);
}

void streams_gone(struct streams *set)
{
    if (set->n_alive-- > 1 || !set->is_ending)
        return;
    free_set(set);
}

static void on_wires_closed(uv_handle_t *handle)
{
    streams_gone(handle->data);
}

void streams_free(struct streams **pstreams)
{
    struct streams *set = *pstreams;
    struct streams_listener *listener;
    struct htab_entry *entry;
    struct stream *stream;

    *pstreams = NULL;
    if (!set)
        return;
    set->is_ending = true;
    set->n_alive++;
    while ((stream = LIST_FIRST(&set->streams))) {
        if (stream->state == STREAM_READY)
            stream_end(stream, "the gateway ends");
        stream_drop(stream, "the gateway ends");
    }
    while ((entry = htab_next(&set->routes, NULL)))
        stream_route_free((struct stream_route *)entry);
    LIST_FOREACH(listener, &set->listeners, link)
    {
        if (!uv_is_closing((uv_handle_t *)&listener->tcp))
            uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
    }
    stream_wires_close(&set->wires, on_wires_closed, set);
    streams_gone(set);
}
