/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners, and the way of a message between them and the owner. */
#define LOG_SUBSYSTEM LOG_SIP
#include "transport.h"
#include "clock.h"
#include "log.h"
#include "log_sources.h"
#include "message.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static struct transport_ops const *const kinds[TRANSPORT_KINDS] = {
    [TRANSPORT_UDP] = &transport_udp_ops,
    [TRANSPORT_TCP] = &transport_tcp_ops,
    [TRANSPORT_TLS] = &transport_tls_ops,
};

void transport_ref(struct transport *t)
{
    t->refs++;
}

void transport_unref(struct transport *t)
{
    if (--t->refs)
        return;
    htab_fini(&t->by_id);
    htab_fini(&t->by_addr);
    htab_fini(&t->by_host);
    secure_set_fini(&t->contexts);
    log_sources_free(&t->tls_log);
    free(t->plain_bytes);
    free(t->read_bytes);
    free(t);
}

static void tell_failed(struct transport *t)
{
    struct transport_waiter *waiter;

    while ((waiter = LIST_FIRST(&t->failed))) {
        transport_forget(waiter);
        waiter->on_failed(waiter, waiter->error);
    }
}

static void on_idle(uv_idle_t *idle)
{
    struct transport *t = idle->data;

    transport_ref(t);
    tell_failed(t);
    transport_stream_work(t);
    for (uint16_t i = 0; i < t->n_listeners; i++)
        if (t->listeners[i]->ops->flush)
            t->listeners[i]->ops->flush(t->listeners[i]);
    if (!t->closing && TAILQ_EMPTY(&t->dirty) && TAILQ_EMPTY(&t->dying) && LIST_EMPTY(&t->failed))
        uv_idle_stop(idle);
    transport_unref(t);
}

static void on_idle_closed(uv_handle_t *handle)
{
    struct transport *t = handle->data;

    free(handle);
    transport_unref(t);
}

void transport_wake(struct transport *t)
{
    if (!t->closing)
        uv_idle_start(t->idle, on_idle);
}

struct transport *transport_new(uv_loop_t *loop, struct wheel *wheel, struct tap *tap,
                                struct stack_limits const *limits,
                                struct transport_handlers const *handlers, void *ctx)
{
    struct transport *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->read_bytes = malloc(TRANSPORT_READ_BYTES);
    t->plain_bytes = malloc(TRANSPORT_PLAIN_BYTES);
    t->tls_log = log_sources_new((unsigned)limits->tls_log_lines);
    t->idle = calloc(1, sizeof *t->idle);
    t->gather = transport_gather_new(loop, limits->gather_us);
    /* A random start, so that two transports of a process do not give one number twice. */
    if (!t->read_bytes || !t->plain_bytes || !t->tls_log || !t->idle || !t->gather ||
        getrandom(&t->next_connection, sizeof t->next_connection, 0) < 0)
        goto fail;
    t->next_connection &= UINT64_MAX << 24;
    t->loop = loop;
    t->wheel = wheel;
    t->tap = tap;
    t->limits = limits;
    t->handlers = handlers;
    t->ctx = ctx;
    secure_set_init(&t->contexts);
    htab_init(&t->by_id);
    htab_init(&t->by_addr);
    htab_init(&t->by_host);
    htab_init(&t->remotes);
    TAILQ_INIT(&t->connections);
    TAILQ_INIT(&t->dirty);
    TAILQ_INIT(&t->dying);
    LIST_INIT(&t->failed);
    uv_idle_init(loop, t->idle);
    t->idle->data = t;
    t->refs = 2;
    return t;
fail:
    transport_gather_free(&t->gather);
    free(t->idle);
    log_sources_free(&t->tls_log);
    free(t->plain_bytes);
    free(t->read_bytes);
    free(t);
    return NULL;
}

void transport_free(struct transport **pt)
{
    struct transport *t = *pt;

    *pt = NULL;
    if (!t)
        return;
    t->closing = true;
    transport_share_end(t);
    for (uint16_t i = 0; i < t->n_listeners; i++)
        t->listeners[i]->ops->close(t->listeners[i]);
    transport_stream_kill_all(t);
    transport_remote_end_all(t);
    tell_failed(t);
    for (uint16_t i = 0; i < t->n_listeners; i++) {
        secure_context_unref(&t->listeners[i]->context);
        free(t->listeners[i]);
    }
    t->n_listeners = 0;
    transport_gather_free(&t->gather);
    uv_close((uv_handle_t *)t->idle, on_idle_closed);
    transport_unref(t);
}

static void advertise(struct listener *listener, char const *advertised)
{
    char host[NET_ADDR_TEXT];
    bool is_v6 = listener->addr.sa.sa_family == AF_INET6;

    net_addr_print_host(&listener->addr, host);
    if (advertised)
        snprintf(listener->host, sizeof listener->host, "%s", advertised);
    else
        snprintf(listener->host, sizeof listener->host, is_v6 ? "[%s]" : "%s", host);
}

static int open_listener(struct transport *t, enum transport_kind kind, struct net_addr const *addr,
                         char const *advertised, struct secure_context *context)
{
    char text[NET_ADDR_TEXT];

    if (t->n_listeners == TRANSPORT_MAX_LISTENERS)
        return -ENOSPC;
    if (advertised && strlen(advertised) >= sizeof((struct listener *)0)->host)
        return -EINVAL;
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return -ENOMEM;
    listener->transport = t;
    listener->ops = kinds[kind];
    listener->index = t->n_listeners;
    listener->kind = kind;
    listener->addr = *addr;
    int error = listener->ops->open(listener);
    if (error) {
        free(listener);
        return error;
    }
    listener->context = secure_context_ref(context);
    advertise(listener, advertised);
    transport_tap_name(listener);
    t->listeners[t->n_listeners++] = listener;
    if (t->worker == 0) /* the others open the same */
        log_info(NULL, "listening transport=%s address=%s advertised=\"%s\"",
                 transport_kind_name(kind), net_addr_print(&listener->addr, text), listener->host);
    return listener->index;
}

int transport_listen(struct transport *t, enum transport_kind kind, struct net_addr const *addr,
                     char const *advertised)
{
    if (kind == TRANSPORT_TLS)
        return transport_listen_tls(t, addr, advertised, NULL);
    return (unsigned)kind < TRANSPORT_KINDS ? open_listener(t, kind, addr, advertised, NULL)
                                            : -EPROTONOSUPPORT;
}

int transport_listen_tls(struct transport *t, struct net_addr const *addr, char const *advertised,
                         char const *name)
{
    struct secure_set const *set = &t->contexts;
    struct secure_context *context =
        secure_set_at(set, name ? secure_set_find(set, name) : set->server);

    if (!context)
        return -ENOENT;
    if (!secure_context_has_certificate(context))
        return -ENOKEY;
    int listener = open_listener(t, TRANSPORT_TLS, addr, advertised, context);
    if (listener >= 0)
        t->listeners[listener]->is_default = !name;
    return listener;
}

static void renew_context(struct listener *listener, struct secure_set const *set)
{
    struct secure_context *old = listener->context;
    int place = listener->is_default ? set->server : secure_set_find(set, secure_context_name(old));
    struct secure_context *context = secure_set_at(set, place);

    if (!context || !secure_context_has_certificate(context))
        return;
    listener->context = secure_context_ref(context);
    secure_context_unref(&old);
}

void transport_use_contexts(struct transport *t, struct secure_set const *contexts)
{
    secure_set_copy(&t->contexts, contexts);
    for (uint16_t i = 0; i < t->n_listeners; i++)
        if (t->listeners[i]->context)
            renew_context(t->listeners[i], contexts);
}

struct net_addr const *transport_listener_addr(struct transport const *t, uint16_t listener)
{
    return &t->listeners[listener]->addr;
}

char const *transport_listener_host(struct transport const *t, uint16_t listener)
{
    return t->listeners[listener]->host;
}

enum transport_kind transport_listener_kind(struct transport const *t, uint16_t listener)
{
    return t->listeners[listener]->kind;
}

uint16_t transport_listeners(struct transport const *t)
{
    return t->n_listeners;
}

int transport_name_listener(struct transport *t, uint16_t listener, char const *name)
{
    struct listener *named = t->listeners[listener];

    if (strlen(name) >= sizeof named->name)
        return -EINVAL;
    memcpy(named->name, name, strlen(name) + 1);
    transport_tap_name(named);
    return 0;
}

char const *transport_listener_context(struct transport const *t, uint16_t listener)
{
    struct secure_context const *context = t->listeners[listener]->context;

    return context ? secure_context_name(context) : "";
}

void transport_carries_many(struct transport *t, uint16_t listener)
{
    t->listeners[listener]->carries_many = true;
}

char const *transport_listener_name(struct transport const *t, uint16_t listener)
{
    return t->listeners[listener]->name;
}

int transport_find_listener(struct transport const *t, char const *name)
{
    for (uint16_t i = 0; i < t->n_listeners; i++)
        if (*name && strcmp(t->listeners[i]->name, name) == 0)
            return i;
    return -ENOENT;
}

static bool listener_fits(struct listener const *listener, enum transport_kind kind,
                          struct net_addr const *peer)
{
    return listener->kind == kind && listener->addr.sa.sa_family == peer->sa.sa_family;
}

int transport_pick_listener(struct transport const *t, enum transport_kind kind,
                            struct net_addr const *peer, uint16_t prefer)
{
    if (prefer < t->n_listeners && listener_fits(t->listeners[prefer], kind, peer))
        return prefer;
    for (uint16_t i = 0; i < t->n_listeners; i++)
        if (listener_fits(t->listeners[i], kind, peer))
            return i;
    return -EADDRNOTAVAIL;
}

int transport_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                   struct transport_waiter *waiter)
{
    if ((unsigned)to->kind >= TRANSPORT_KINDS)
        return -EPROTONOSUPPORT;
    if (t->closing)
        return -ECANCELED;
    if (len > (size_t)t->limits->max_message_bytes)
        return -EMSGSIZE;
    if (waiter)
        waiter->reused = false;
    int error = kinds[to->kind]->send(t, to, bytes, len, waiter);
    if (!error)
        met_inc(&sip_metrics, M_messages_sent);
    return error;
}

void transport_forget(struct transport_waiter *waiter)
{
    if (!waiter->linked)
        return;
    LIST_REMOVE(waiter, link);
    waiter->linked = false;
}

bool transport_is_refused(struct transport const *t, enum transport_kind kind,
                          struct net_addr const *addr)
{
    return transport_refused_has(&t->refused, kind, addr, clock_now_ms());
}

void transport_vouch(struct transport *t, uint64_t connection)
{
    struct destination to = { .connection = connection, .addr.sa.sa_family = AF_UNSPEC };
    struct connection *conn = connection ? transport_table_find(t, &to) : NULL;

    /* Only accepted ones have a host; TCP needs nobody's word. */
    if (!conn || !conn->host || !conn->secure || conn->is_client)
        return;
    conn->is_client = true;
    transport_share_note(conn);
}

bool transport_has_connection(struct transport const *t, uint64_t connection)
{
    struct destination to = { .connection = connection, .addr.sa.sa_family = AF_UNSPEC };

    return connection && transport_table_find(t, &to);
}

size_t transport_connections(struct transport const *t)
{
    return t->n_connections;
}

int transport_deliver(struct transport *t, struct origin const *from, void const *bytes, size_t len,
                      unsigned flags)
{
    return transport_share_pass(t, from, bytes, len) ? 0
                                                     : transport_accept(t, from, bytes, len, flags);
}

int transport_accept(struct transport *t, struct origin const *from, void const *bytes, size_t len,
                     unsigned flags)
{
    struct origin seen = *from;

    transport_gather_count(t->gather);
    msg_t *msg = message_parse(bytes, len);
    char peer[NET_ADDR_TEXT];

    if (!msg) {
        met_inc(&sip_metrics, M_messages_garbage);
        log_warn(NULL, "not a SIP message transport=%s source=%s bytes=%zu",
                 transport_kind_name(from->kind), net_addr_print(&from->peer, peer), len);
        return -EBADMSG;
    }
    met_inc(&sip_metrics, M_messages_received);
    transport_tap_received(t, &seen, bytes, len);
    msg_set_flags(msg, flags);
    if (sip_object(msg)->sip_request && transport_via_stamp(msg, &from->peer) < 0) {
        msg_destroy(msg);
        return -ENOMEM;
    }
    t->handlers->on_message(t->ctx, &seen, msg);
    return 0;
}
