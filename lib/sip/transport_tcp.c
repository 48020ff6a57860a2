/* SPDX-License-Identifier: Apache-2.0 */
/* TCP: a stream as the socket gives it. */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>

static void tcp_lost(struct connection *conn, int error)
{
    if (error != UV_EOF)
        met_inc(&sip_metrics, M_connections_reset);
    log_debug(conn->tag, "connection closed by peer reason=\"%s\"", uv_strerror(error));
    transport_stream_kill(conn, error == UV_EOF ? -ECONNRESET : error);
}

static void tcp_flush(struct connection *conn)
{
    if (conn->is_open)
        transport_socket_write(conn, &conn->out);
}

static struct stream_io const tcp_io = {
    .connected = transport_stream_connected,
    .accepted = transport_stream_arm_silent,
    .received = transport_stream_received,
    .lost = tcp_lost,
    .flush = tcp_flush,
};

static int tcp_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                    struct transport_waiter *waiter)
{
    return transport_stream_send(t, &tcp_io, to, bytes, len, waiter);
}

struct transport_ops const transport_tcp_ops = {
    .open = transport_socket_open,
    .close = transport_socket_close_listener,
    .send = tcp_send,
    .io = &tcp_io,
};
