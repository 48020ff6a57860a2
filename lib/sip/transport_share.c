/* SPDX-License-Identifier: Apache-2.0 */
/* Ports that the workers of one program share (SO_REUSEPORT), and messages that another of them
 * has read. */
#include "steer_owner.h"
#include "transport_internal.h"
#include <errno.h>
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
    (void)steer_pass(t->steer, owner, from, bytes, len);
    return true;
}

static void on_letter(void *ctx, struct origin const *from, char const *bytes, size_t len)
{
    struct transport *t = ctx;
    transport_ref(t);
    if (!t->closing)
        (void)transport_accept(t, from, bytes, len, 0);
    transport_unref(t);
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
    t->steer = NULL;
}
