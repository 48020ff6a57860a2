/* SPDX-License-Identifier: Apache-2.0 */
/* UDP: datagrams come and leave in batches (transport_inbox.h, transport_outbox.h). */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "sip_metrics.h"
#include "transport_inbox.h"
#include "transport_internal.h"
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* BATCHES bounds one turn, so that one socket cannot keep the loop for itself. */
enum { BATCHES = 4 };

struct udp_socket {
    uv_poll_t poll;
    int fd;
    struct listener *listener;
    struct transport *transport;
    struct transport_inbox *inbox;
    struct transport_outbox outbox;
    bool is_blocked; /* the outbox waits for the socket to be writable */
    bool is_any;     /* bound to all addresses */
    bool is_busy;    /* receiving: the outbox is flushed at the end of it */
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
    if (error == 0 && net_addr_is_any(addr))
        error = transport_pktinfo_enable(fd, addr->sa.sa_family);
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

/* One message must fit, however short the queue is configured. */
static size_t outbox_bytes(struct stack_limits const *limits)
{
    int64_t most = limits->write_queue_bytes > limits->max_message_bytes
                       ? limits->write_queue_bytes
                       : limits->max_message_bytes;

    return (size_t)most;
}

static int udp_open(struct listener *listener)
{
    struct udp_socket *s = calloc(1, sizeof *s);
    struct stack_limits const *limits = listener->transport->limits;
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;
    int error = -ENOMEM;

    if (!s)
        return -ENOMEM;
    s->listener = listener;
    s->transport = listener->transport;
    error = s->fd = open_fd(s->transport, &listener->addr);
    if (s->fd < 0)
        goto fail;
    error = transport_outbox_init(&s->outbox, s->fd, outbox_bytes(limits));
    s->is_any = net_addr_is_any(&listener->addr);
    s->inbox = transport_inbox_new(s->fd, s->is_any);
    if (error || !s->inbox)
        goto fail;
    if (getsockname(s->fd, (struct sockaddr *)&bound, &bound_len) < 0) {
        error = -errno;
        goto fail;
    }
    error = uv_poll_init(s->transport->loop, &s->poll, s->fd);
    if (error)
        goto fail;
    net_addr_from(&listener->addr, (struct sockaddr *)&bound);
    s->poll.data = s;
    listener->socket = s;
    transport_ref(s->transport);
    uv_poll_start(&s->poll, UV_READABLE, on_ready);
    return 0;
fail:
    if (s->fd >= 0)
        close(s->fd);
    transport_outbox_fini(&s->outbox, &s->transport->failed);
    transport_inbox_free(&s->inbox);
    free(s);
    return error ? error : -ENOMEM;
}

static void on_closed(uv_handle_t *handle)
{
    struct udp_socket *s = handle->data;
    struct transport *t = s->transport;

    transport_inbox_free(&s->inbox);
    free(s);
    transport_unref(t);
}

/* Sends what it can; the rest waits for the socket. */
static void flush(struct udp_socket *s)
{
    int error = transport_outbox_flush(&s->outbox, &s->transport->failed);
    bool was_blocked = s->is_blocked;

    s->is_blocked = error == -EAGAIN;
    if (s->is_blocked != was_blocked)
        uv_poll_start(&s->poll, UV_READABLE | (s->is_blocked ? UV_WRITABLE : 0), on_ready);
    if (!LIST_EMPTY(&s->transport->failed))
        transport_wake(s->transport);
}

static void udp_flush(struct listener *listener)
{
    struct udp_socket *s = listener->socket;

    if (!s->is_blocked && transport_outbox_count(&s->outbox))
        flush(s);
}

static void udp_close(struct listener *listener)
{
    struct udp_socket *s = listener->socket;

    (void)transport_outbox_flush(&s->outbox, &s->transport->failed);
    transport_outbox_fini(&s->outbox, &s->transport->failed);
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

static void receive_one(struct udp_socket *s, struct msghdr *header, char const *bytes, size_t len)
{
    struct transport *t = s->transport;
    struct origin from = { .kind = TRANSPORT_UDP,
                           .listener = s->listener->index,
                           .local = s->listener->addr };
    char peer[NET_ADDR_TEXT];

    if (net_addr_from(&from.peer, header->msg_name) < 0)
        return;
    if (s->is_any)
        transport_pktinfo_read(header, &from.local);
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
    int n = transport_inbox_read(s->inbox);

    for (int i = 0; i < n && !s->transport->closing; i++) {
        size_t len;
        char const *bytes = transport_inbox_bytes(s->inbox, i, &len);
        receive_one(s, transport_inbox_header(s->inbox, i), bytes, len);
    }
    return n == TRANSPORT_INBOX_BATCH && !s->transport->closing;
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct udp_socket *s = poll->data;
    struct transport *t = s->transport;

    transport_ref(t);
    if (status == 0 && (events & UV_WRITABLE))
        flush(s);
    /* An error waits in the socket until it is read, so reading comes first in any case. */
    s->is_busy = true;
    for (int i = 0; i < BATCHES && !t->closing && receive_batch(s); i++)
        continue;
    s->is_busy = false;
    if (!t->closing)
        udp_flush(s->listener);
    transport_unref(t);
}

static int udp_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                    struct transport_waiter *waiter)
{
    int index = transport_pick_listener(t, TRANSPORT_UDP, &to->addr, to->listener);

    if (index < 0)
        return index;
    struct listener *listener = t->listeners[index];
    struct udp_socket *s = listener->socket;
    bool is_chosen = s->is_any && to->source.sa.sa_family == to->addr.sa.sa_family &&
                     !net_addr_is_any(&to->source);
    struct net_addr const *source = is_chosen ? &to->source : NULL;
    struct origin end = { .kind = TRANSPORT_UDP,
                          .listener = (uint16_t)index,
                          .peer = to->addr,
                          .local = is_chosen ? to->source : listener->addr };
    /* Before the write, so that no peer's record of it is older. */
    transport_tap_sent(t, &end, bytes, len);
    int error = transport_outbox_add(&s->outbox, &to->addr, source, bytes, len, waiter);
    if (error && !s->is_blocked) {
        flush(s);
        error = transport_outbox_add(&s->outbox, &to->addr, source, bytes, len, waiter);
    }
    if (error) {
        met_inc(&sip_metrics, M_send_errors);
        return error;
    }
    if (!s->is_blocked && transport_outbox_count(&s->outbox) >= TRANSPORT_OUTBOX_BATCH)
        flush(s);
    else if (!s->is_busy)
        transport_wake(t);
    return 0;
}

struct transport_ops const transport_udp_ops = {
    .open = udp_open,
    .close = udp_close,
    .send = udp_send,
    .flush = udp_flush,
};
