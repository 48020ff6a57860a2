/* SPDX-License-Identifier: Apache-2.0 */
/* Ports that the workers of one program share (SO_REUSEPORT), and messages that another of them
 * has read. */
#include "sip_metrics.h"
#include "steer_owner.h"
#include "transport_internal.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* With SO_REUSEPORT nobody is told that a port is taken, if only it is taken by the same user: a
 * node that was started twice would lose half its traffic. So the first worker binds once without.
 */
static int probe(struct net_addr const *addr, int type)
{
    int fd = socket(addr->sa.sa_family, type | SOCK_CLOEXEC, 0), on = 1, error = 0;
    if (fd < 0)
        return -errno;
    /* As the listener itself: connections in TIME_WAIT do not count, "::" is not IPv4. */
    if (type == SOCK_STREAM)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (addr->sa.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (bind(fd, &addr->sa, net_addr_len(addr)) < 0)
        error = -errno;
    close(fd);
    return error;
}

int transport_share_port(struct transport const *t, int fd, struct net_addr const *addr, int type)
{
    int on = 1;
    if (!t->steer)
        return 0;
    int error = t->worker == 0 ? probe(addr, type) : 0;
    if (error == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0)
        error = -errno;
    return error;
}

bool transport_share_pass(struct transport *t, struct origin const *from, char const *bytes,
                          size_t len)
{
    if (!t->steer)
        return false;
    /* A request stays where its connection is: the answer goes back on it. */
    if (from->kind != TRANSPORT_UDP && !steer_owner_is_response(bytes, len))
        return false;
    unsigned owner = steer_owner(bytes, len, steer_workers(t->steer));
    if (owner == t->worker)
        return false;
    (void)steer_pass(t->steer, owner, STEER_RECEIVED, from, bytes, len);
    return true;
}

static void tell_gone(struct transport *t, unsigned worker, struct origin const *way, int error)
{
    (void)steer_pass(t->steer, worker, STEER_GONE, way, (char const *)&error, sizeof error);
}

static void send_for_other(struct transport *t, struct origin const *way, char const *bytes,
                           size_t len)
{
    struct destination to = { .kind = way->kind, .listener = way->listener, .addr = way->peer };
    struct connection *conn = transport_table_find(t, &to);
    unsigned worker = (unsigned)way->connection;
    to.connection = conn ? conn->id : 0;
    int error = conn ? transport_send(t, &to, bytes, len, NULL) : -ENOTCONN;
    if (error < 0)
        tell_gone(t, worker, way, error);
    else
        conn->users |= UINT64_C(1) << worker % 64;
}

static void on_letter(void *ctx, enum steer_kind kind, struct origin const *origin,
                      char const *bytes, size_t len)
{
    struct transport *t = ctx;
    int error = 0;
    transport_ref(t);
    if (t->closing) {
        met_inc(&sip_metrics, M_steer_dropped);
    } else if (kind == STEER_RECEIVED) {
        (void)transport_accept(t, origin, bytes, len, 0);
    } else if (kind == STEER_TO_SEND) {
        send_for_other(t, origin, bytes, len);
    } else {
        memcpy(&error, bytes, len < sizeof error ? len : sizeof error);
        transport_remote_gone(t, origin, error);
    }
    transport_unref(t);
}

bool transport_share_send(struct transport *t, struct destination const *to, void const *bytes,
                          size_t len, struct transport_waiter *waiter)
{
    uint16_t listener = to->kind == TRANSPORT_TCP ? to->listener : TRANSPORT_AUTO_LISTENER;
    if (!t->steer || (to->kind != TRANSPORT_TCP && !transport_table_is_of_client(to)))
        return false;
    int owner = steer_place_find(steer_places(t->steer), to->kind, listener, &to->addr);
    if (owner < 0 || owner == (int)t->worker)
        return false;
    struct origin const way = {
        .kind = to->kind, .listener = to->listener, .peer = to->addr, .connection = t->worker
    };
    if (steer_pass(t->steer, (unsigned)owner, STEER_TO_SEND, &way, bytes, len) < 0)
        return false;
    if (waiter)
        transport_remote_wait(t, &way, waiter);
    return true;
}

void transport_share_note(struct connection *conn)
{
    struct transport *t = conn->transport;
    if (!t->steer || !conn->host || (conn->secure && !conn->is_client))
        return;
    conn->place = (struct steer_place){
        .worker = t->worker, .listener = conn->listener, .kind = conn->kind, .peer = conn->peer
    };
    steer_place_note(steer_places(t->steer), &conn->place);
}

void transport_share_forget(struct connection *conn)
{
    struct transport *t = conn->transport;
    struct origin const way = { .kind = conn->kind, .peer = conn->peer };
    if (!conn->place.entry.linked)
        return;
    steer_place_forget(steer_places(t->steer), &conn->place);
    for (unsigned worker = 0; conn->users && worker < steer_workers(t->steer); worker++)
        if (conn->users & UINT64_C(1) << worker % 64)
            tell_gone(t, worker, &way, conn->error);
}

int transport_share(struct transport *t, struct steer *steer, unsigned worker)
{
    int error = steer_join(steer, worker, t->loop, on_letter, t);
    if (error < 0)
        return error;
    t->steer = steer;
    t->worker = worker;
    return 0;
}

void transport_share_end(struct transport *t)
{
    if (t->steer)
        steer_leave(t->steer, t->worker);
}
