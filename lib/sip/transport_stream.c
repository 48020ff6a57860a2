/* SPDX-License-Identifier: Apache-2.0 */
/* Stream connections, whatever moves their bytes: birth and death, sending, waiters. The tables and
 * limits are in transport_table.c, the receiving side in transport_receive.c. */
#define LOG_SUBSYSTEM LOG_SIP
#include "clock.h"
#include "log.h"
#include "secure_identity.h"
#include "secure_link.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* One message must fit, however short the queue is configured. */
static size_t queue_limit(struct transport const *t, bool is_shared)
{
    int64_t bytes = is_shared ? t->limits->shared_queue_bytes : t->limits->write_queue_bytes;

    return (size_t)(bytes > t->limits->max_message_bytes ? bytes : t->limits->max_message_bytes);
}

struct connection *transport_stream_new(struct listener const *listener, struct stream_io const *io)
{
    struct transport *t = listener->transport;
    struct connection *conn = calloc(1, sizeof *conn);

    if (!conn)
        return NULL;
    conn->transport = t;
    conn->io = io;
    conn->kind = listener->kind;
    conn->listener = listener->index;
    conn->id = ++t->next_connection;
    conn->active_ms = clock_now_ms();
    conn->refs = 1;
    LIST_INIT(&conn->waiters);
    buf_init(&conn->in, (size_t)t->limits->max_message_bytes + TRANSPORT_READ_BYTES);
    buf_init(&conn->out, queue_limit(t, listener->carries_many));
    snprintf(conn->tag, sizeof conn->tag, "%s-%llx", transport_kind_name(conn->kind),
             (unsigned long long)conn->id);
    transport_ref(t);
    return conn;
}

void transport_stream_ref(struct connection *conn)
{
    conn->refs++;
}

void transport_stream_unref(struct connection *conn)
{
    struct transport *t = conn->transport;

    if (--conn->refs)
        return;
    buf_fini(&conn->in);
    buf_fini(&conn->out);
    secure_link_free(&conn->secure);
    free(conn);
    transport_unref(t);
}

void transport_stream_closed(struct connection *conn)
{
    transport_stream_unref(conn);
}

static void note_refused(struct connection const *conn, int error)
{
    struct transport *t = conn->transport;

    if (!conn->was_open && conn->is_socket && !conn->host && error != -ECANCELED)
        transport_refused_note(&t->refused, conn->kind, &conn->peer,
                               clock_now_ms() + (uint64_t)t->limits->udp_only_ms);
}

void transport_stream_kill(struct connection *conn, int error)
{
    struct transport *t = conn->transport;

    if (conn->is_dead)
        return;
    note_refused(conn, error);
    conn->is_dead = true;
    conn->is_open = false;
    conn->error = error;
    wheel_disarm(&conn->timer);
    if (conn->is_dirty)
        TAILQ_REMOVE(&t->dirty, conn, dirty_link);
    conn->is_dirty = false;
    transport_table_remove(conn);
    TAILQ_INSERT_TAIL(&t->dying, conn, link);
    transport_stream_ref(conn);
    transport_wake(t);
    if (conn->is_socket) {
        if (conn->io->goodbye)
            conn->io->goodbye(conn);
        transport_socket_close(conn);
    } else
        transport_stream_unref(conn);
}

/* The context of that name as it is now: what a reload has taken away opens nothing any more. */
static struct secure_context *present_context(struct connection const *conn)
{
    struct secure_set const *set = &conn->transport->contexts;
    struct secure_link const *link = conn->secure;

    return link ? secure_set_at(
                      set, secure_set_find(set, secure_context_name(secure_link_context(link))))
                : NULL;
}

static void tell_waiters(struct connection *conn)
{
    struct secure_context *context = present_context(conn);
    struct transport_waiter *waiter;

    while ((waiter = LIST_FIRST(&conn->waiters))) {
        transport_forget(waiter);
        waiter->opened = conn->was_open;
        waiter->context = context;
        waiter->server_name = context ? secure_link_server_name(conn->secure) : NULL;
        waiter->on_failed(waiter, conn->error);
    }
}

static void bury_dying(struct transport *t)
{
    struct connection *conn;

    while ((conn = TAILQ_FIRST(&t->dying))) {
        TAILQ_REMOVE(&t->dying, conn, link);
        tell_waiters(conn);
        transport_stream_unref(conn);
    }
}

void transport_stream_work(struct transport *t)
{
    struct connection *conn;

    while ((conn = TAILQ_FIRST(&t->dirty))) {
        TAILQ_REMOVE(&t->dirty, conn, dirty_link);
        conn->is_dirty = false;
        conn->io->flush(conn);
    }
    bury_dying(t);
}

void transport_stream_kill_all(struct transport *t)
{
    struct connection *conn;

    while ((conn = TAILQ_FIRST(&t->connections)))
        transport_stream_kill(conn, -ECANCELED);
    bury_dying(t);
}

static void on_idle(struct wheel_timer *timer)
{
    struct connection *conn = transport_timer_owner(timer);
    struct transport *t = conn->transport;
    uint64_t quiet_ms = clock_now_ms() - conn->active_ms;

    if (quiet_ms < (uint64_t)t->limits->idle_ms) {
        wheel_arm(t->wheel, timer, (uint64_t)t->limits->idle_ms - quiet_ms, on_idle);
        return;
    }
    met_inc(&sip_metrics, M_connections_idle);
    log_info(conn->tag, "connection closed reason=idle");
    transport_stream_kill(conn, -ETIMEDOUT);
}

void transport_stream_arm_idle(struct connection *conn)
{
    /* Activity only moves active_ms; the timer looks at it when it fires. */
    if (!conn->timer.armed || conn->timer.fn != on_idle)
        wheel_arm(conn->transport->wheel, &conn->timer, (uint64_t)conn->transport->limits->idle_ms,
                  on_idle);
}

static void on_connect_late(struct wheel_timer *timer)
{
    struct connection *conn = transport_timer_owner(timer);
    char peer[NET_ADDR_TEXT];

    met_inc(&sip_metrics, M_connects_late);
    log_warn(conn->tag, "cannot connect address=%s reason=\"timeout\"",
             net_addr_print(&conn->peer, peer));
    transport_stream_kill(conn, -ETIMEDOUT);
}

void transport_stream_connected(struct connection *conn)
{
    conn->is_open = conn->was_open = true;
    conn->active_ms = clock_now_ms();
    transport_refused_forget(&conn->transport->refused, conn->kind, &conn->peer);
    met_inc(&sip_metrics, M_connections_opened);
    transport_stream_arm_idle(conn);
    conn->io->flush(conn);
}

static struct connection *open_connection(struct transport *t, struct stream_io const *io,
                                          struct destination const *to, int *ret_error)
{
    int index = transport_pick_listener(t, to->kind, &to->addr, to->listener);

    *ret_error = index < 0 ? index : transport_table_admit(t);
    if (*ret_error)
        return NULL;
    struct connection *conn = transport_stream_new(t->listeners[index], io);
    *ret_error = -ENOMEM;
    if (!conn)
        return NULL;
    conn->peer = to->addr;
    buf_init(&conn->out, queue_limit(t, true));
    *ret_error = io->prepare ? io->prepare(conn, to) : 0;
    if (!*ret_error)
        *ret_error = transport_table_add(conn);
    if (!*ret_error)
        *ret_error = transport_socket_connect(conn, t->listeners[index]);
    if (*ret_error) {
        met_inc(&sip_metrics, M_connects_failed);
        transport_stream_kill(conn, *ret_error);
        return NULL;
    }
    wheel_arm(t->wheel, &conn->timer, (uint64_t)t->limits->connect_ms, on_connect_late);
    return conn;
}

int transport_stream_queue(struct connection *conn, void const *bytes, size_t len)
{
    struct transport *t = conn->transport;
    size_t queued = conn->out.len + conn->out_in_flight;
    if (queued && queued + len > conn->out.max) {
        met_inc(&sip_metrics, M_write_queue_overflows);
        log_warn(conn->tag, "connection closed reason=\"write queue full\" bytes=%zu", queued);
        transport_stream_kill(conn, -ENOBUFS);
        return -ENOBUFS;
    }
    buf_add(&conn->out, bytes, len);
    if (!buf_ok(&conn->out)) {
        transport_stream_kill(conn, -ENOMEM);
        return -ENOMEM;
    }
    if (!conn->is_dirty)
        TAILQ_INSERT_TAIL(&t->dirty, conn, dirty_link);
    conn->is_dirty = true;
    transport_wake(t);
    return 0;
}

void transport_stream_written(struct connection *conn, size_t len)
{
    conn->out_in_flight -= len;
    conn->active_ms = clock_now_ms();
}

struct origin transport_stream_origin(struct connection const *conn)
{
    struct origin origin = { .kind = conn->kind,
                             .listener = conn->listener,
                             .connection = conn->id,
                             .peer = conn->peer,
                             .local = conn->local,
                             .is_opened = !conn->host };

    if (conn->secure)
        origin.identity = secure_link_identity(conn->secure);
    if (origin.identity && !origin.is_opened)
        origin.tls_subject = secure_identity_subject(origin.identity);
    return origin;
}

/* One turn of the loop may read megabytes that all go on to one peer: the queue is for what the
 * socket does not take, and not for what it has not been offered yet. */
static void offer_early(struct connection *conn)
{
    if (conn->is_open && !conn->out_in_flight && conn->out.len >= TRANSPORT_OFFER_BYTES)
        conn->io->flush(conn);
}

/* The connection to @p to that is there and has not just been found dead, or NULL. */
static struct connection *find_alive(struct transport *t, struct destination const *to)
{
    struct connection *conn = transport_table_find(t, to);

    if (conn)
        offer_early(conn);
    return conn && !conn->is_dead ? conn : NULL;
}

int transport_stream_send(struct transport *t, struct stream_io const *io, struct destination *to,
                          void const *bytes, size_t len, struct transport_waiter *waiter)
{
    struct connection *conn = find_alive(t, to);
    bool is_reused = conn && conn->is_open && !conn->host;
    int error = 0;

    if (!conn && to->addr.sa.sa_family == AF_UNSPEC)
        return -ENOTCONN;
    if (!conn && transport_share_send(t, to, bytes, len, waiter))
        return 0;
    if (!conn)
        conn = open_connection(t, io, to, &error);
    if (!conn)
        return error;
    error = transport_stream_queue(conn, bytes, len);
    if (error)
        return error;
    struct origin end = transport_stream_origin(conn);
    transport_tap_sent(t, &end, bytes, len);
    to->connection = conn->id;
    if (waiter) {
        transport_forget(waiter);
        LIST_INSERT_HEAD(&conn->waiters, waiter, link);
        waiter->linked = true;
        waiter->reused = is_reused;
    }
    return 0;
}
