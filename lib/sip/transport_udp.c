/* SPDX-License-Identifier: Apache-2.0 */
/* UDP: datagrams are read in batches and sent at once; only what the socket does not take now is
 * queued. */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* BATCHES bounds one turn, so that one socket cannot keep the loop for itself. */
enum { BATCH = 32, BATCHES = 4, DATAGRAM_BYTES = 65536 };

struct datagram {
    STAILQ_ENTRY(datagram) link;
    struct net_addr to;
    size_t len;
    char bytes[];
};

struct udp_socket {
    uv_poll_t poll;
    int fd;
    struct listener *listener;
    struct transport *transport;
    STAILQ_HEAD(, datagram) queue;
    size_t queued_bytes;
    char *bytes; /* BATCH datagrams; pages that no datagram touches cost nothing */
};

static void on_ready(uv_poll_t *poll, int status, int events);

static int open_fd(struct transport const *t, struct net_addr const *addr)
{
    int fd = socket(addr->sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int size = (int)t->limits->udp_receive_buffer_bytes, on = 1;

    if (fd < 0)
        return -errno;
    /* Best effort: the kernel may cut the buffer to its own limit. */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (addr->sa.sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        goto fail;
    int error = transport_share_port(t, fd, addr, SOCK_DGRAM);
    if (error == 0 && bind(fd, &addr->sa, net_addr_len(addr)) < 0)
        goto fail;
    if (error == 0)
        return fd;
    close(fd);
    return error;
fail:
    error = -errno;
    close(fd);
    return error;
}

static int udp_open(struct listener *listener)
{
    struct udp_socket *s = calloc(1, sizeof *s);
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;
    int error = -ENOMEM;

    if (!s || !(s->bytes = malloc((size_t)BATCH * DATAGRAM_BYTES)))
        goto fail;
    s->listener = listener;
    s->transport = listener->transport;
    STAILQ_INIT(&s->queue);
    error = s->fd = open_fd(s->transport, &listener->addr);
    if (s->fd < 0)
        goto fail;
    error = uv_poll_init(s->transport->loop, &s->poll, s->fd);
    if (error || getsockname(s->fd, (struct sockaddr *)&bound, &bound_len) < 0) {
        error = error ? error : -errno;
        close(s->fd);
        goto fail;
    }
    net_addr_from(&listener->addr, (struct sockaddr *)&bound);
    s->poll.data = s;
    listener->socket = s;
    transport_ref(s->transport);
    uv_poll_start(&s->poll, UV_READABLE, on_ready);
    return 0;
fail:
    if (s)
        free(s->bytes);
    free(s);
    return error;
}

static void on_closed(uv_handle_t *handle)
{
    struct udp_socket *s = handle->data;
    struct transport *t = s->transport;

    free(s->bytes);
    free(s);
    transport_unref(t);
}

static void udp_close(struct listener *listener)
{
    struct udp_socket *s = listener->socket;
    struct datagram *datagram;

    while ((datagram = STAILQ_FIRST(&s->queue))) {
        STAILQ_REMOVE_HEAD(&s->queue, link);
        free(datagram);
    }
    uv_close((uv_handle_t *)&s->poll, on_closed);
    close(s->fd);
    s->listener = NULL;
}

static bool is_keepalive(char const *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != '\r' && bytes[i] != '\n' && bytes[i])
            return false;
    return true;
}

static void receive_one(struct udp_socket *s, struct sockaddr const *source, char const *bytes,
                        size_t len)
{
    struct transport *t = s->transport;
    struct origin from = { .kind = TRANSPORT_UDP,
                           .listener = s->listener->index,
                           .local = s->listener->addr };
    char peer[NET_ADDR_TEXT];

    if (net_addr_from(&from.peer, source) < 0)
        return;
    if (is_keepalive(bytes, len)) {
        met_inc(&sip_metrics, M_keepalives);
        return;
    }
    if (len > (size_t)t->limits->max_message_bytes) {
        met_inc(&sip_metrics, M_messages_oversize);
        log_warn(NULL, "datagram too large source=%s bytes=%zu", net_addr_print(&from.peer, peer),
                 len);
        return;
    }
    transport_deliver(t, &from, bytes, len, 0);
}

/* Returns whether more may be waiting. */
static bool receive_batch(struct udp_socket *s)
{
    struct mmsghdr headers[BATCH];
    struct iovec iovecs[BATCH];
    struct sockaddr_storage sources[BATCH];

    memset(headers, 0, sizeof headers);
    for (size_t i = 0; i < BATCH; i++) {
        iovecs[i] = (struct iovec){ s->bytes + i * DATAGRAM_BYTES, DATAGRAM_BYTES };
        headers[i].msg_hdr = (struct msghdr){ .msg_name = &sources[i],
                                              .msg_namelen = sizeof sources[i],
                                              .msg_iov = &iovecs[i],
                                              .msg_iovlen = 1 };
    }
    int n = recvmmsg(s->fd, headers, BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < n && !s->transport->closing; i++)
        receive_one(s, (struct sockaddr *)&sources[i], iovecs[i].iov_base, headers[i].msg_len);
    return n == BATCH && !s->transport->closing;
}

/* Sends what is queued; -EAGAIN if the socket is full again. */
static int drain(struct udp_socket *s)
{
    struct datagram *datagram;

    while ((datagram = STAILQ_FIRST(&s->queue))) {
        if (sendto(s->fd, datagram->bytes, datagram->len, MSG_DONTWAIT, &datagram->to.sa,
                   net_addr_len(&datagram->to)) < 0) {
            if (errno == EAGAIN)
                return -EAGAIN;
            met_inc(&sip_metrics, M_send_errors);
        }
        STAILQ_REMOVE_HEAD(&s->queue, link);
        s->queued_bytes -= datagram->len;
        free(datagram);
    }
    return 0;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct udp_socket *s = poll->data;
    struct transport *t = s->transport;

    transport_ref(t);
    if (status == 0 && (events & UV_WRITABLE) && drain(s) == 0)
        uv_poll_start(poll, UV_READABLE, on_ready);
    /* An error waits in the socket until it is read, so reading comes first in any case. */
    for (int i = 0; i < BATCHES && !t->closing && receive_batch(s); i++)
        continue;
    transport_unref(t);
}

static int enqueue(struct udp_socket *s, struct net_addr const *to, void const *bytes, size_t len)
{
    if (s->queued_bytes + len > (size_t)s->transport->limits->write_queue_bytes)
        return -ENOBUFS;
    struct datagram *datagram = malloc(sizeof *datagram + len);
    if (!datagram)
        return -ENOMEM;
    datagram->to = *to;
    datagram->len = len;
    memcpy(datagram->bytes, bytes, len);
    STAILQ_INSERT_TAIL(&s->queue, datagram, link);
    s->queued_bytes += len;
    uv_poll_start(&s->poll, UV_READABLE | UV_WRITABLE, on_ready);
    return 0;
}

static int udp_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                    struct transport_waiter *waiter)
{
    int index = transport_pick_listener(t, TRANSPORT_UDP, &to->addr, to->listener);
    int error = 0;

    (void)waiter;
    if (index < 0)
        return index;
    struct listener *listener = t->listeners[index];
    struct udp_socket *s = listener->socket;
    struct origin end = { .kind = TRANSPORT_UDP, .peer = to->addr, .local = listener->addr };
    /* Before the write, so that no peer's record of it is older. */
    transport_tap_sent(t, &end, bytes, len);
    /* What is queued goes first, so that datagrams keep their order. */
    if (!STAILQ_EMPTY(&s->queue))
        error = enqueue(s, &to->addr, bytes, len);
    else if (sendto(s->fd, bytes, len, MSG_DONTWAIT, &to->addr.sa, net_addr_len(&to->addr)) < 0)
        error = errno == EAGAIN ? enqueue(s, &to->addr, bytes, len) : -errno;
    if (error)
        met_inc(&sip_metrics, M_send_errors);
    return error;
}

struct transport_ops const transport_udp_ops = { udp_open, udp_close, udp_send, NULL };
