/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets under stream connections: accepts, connects, and moves bytes over libuv. */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <stdlib.h>

struct stream_listener {
    uv_tcp_t tcp;
    struct listener *listener;
    struct transport *transport;
};

struct stream_write {
    uv_write_t request;
    struct connection *conn;
    char *bytes;
    size_t len;
};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct connection *conn = handle->data;

    (void)suggested;
    /* One buffer for all connections: its bytes are used up before the next read. */
    *ret = uv_buf_init(conn->transport->read_bytes, TRANSPORT_READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *bytes)
{
    struct connection *conn = stream->data;

    if (n > 0)
        conn->io->received(conn, bytes->base, (size_t)n);
    else if (n < 0)
        conn->io->lost(conn, (int)n);
}

static void on_closed(uv_handle_t *handle)
{
    transport_stream_closed(handle->data);
}

void transport_socket_close(struct connection *conn)
{
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

static void read_local_address(struct connection *conn)
{
    struct sockaddr_storage addr;
    int len = sizeof addr;

    if (uv_tcp_getsockname(&conn->tcp, (struct sockaddr *)&addr, &len) == 0)
        net_addr_from(&conn->local, (struct sockaddr *)&addr);
}

static void on_connect(uv_connect_t *request, int status)
{
    struct connection *conn = request->data;
    char peer[NET_ADDR_TEXT];

    if (status == UV_ECANCELED || conn->is_dead)
        return;
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
    if (status < 0) {
        met_inc(&sip_metrics, M_connects_failed);
        log_warn(conn->tag, "cannot connect address=%s reason=\"%s\"",
                 net_addr_print(&conn->peer, peer), uv_strerror(status));
        transport_stream_kill(conn, status);
        return;
    }
    uv_tcp_nodelay(&conn->tcp, 1);
    conn->io->connected(conn);
}

int transport_socket_connect(struct connection *conn, struct listener const *from)
{
    struct net_addr source = from->addr;
    int error = uv_tcp_init(conn->transport->loop, &conn->tcp);

    if (error)
        return error;
    conn->tcp.data = conn;
    conn->connect.data = conn;
    conn->is_socket = true;
    net_addr_set_port(&source, 0);
    if (!net_addr_is_any(&source))
        error = uv_tcp_bind(&conn->tcp, &source.sa, 0);
    if (!error)
        error = uv_tcp_connect(&conn->connect, &conn->tcp, &conn->peer.sa, on_connect);
    /* Known from now on, and not only when the peer has answered: what is sent meanwhile is in the
     * tap, too. */
    if (!error)
        read_local_address(conn);
    return error;
}

static void on_written(uv_write_t *request, int status)
{
    struct stream_write *write = (struct stream_write *)request;
    struct connection *conn = write->conn;

    if (status == 0)
        transport_stream_written(conn, write->len);
    else if (!conn->is_dead) {
        met_inc(&sip_metrics, M_connections_reset);
        transport_stream_kill(conn, status);
    }
    transport_stream_unref(conn);
    free(write->bytes);
    free(write);
}

/* Gives all of @p out to libuv, which writes it when the socket has room. */
static int write_later(struct connection *conn, struct buf *out)
{
    struct stream_write *write = calloc(1, sizeof *write);

    if (!write)
        return -ENOMEM;
    write->conn = conn;
    write->bytes = out->data;
    write->len = out->len;
    uv_buf_t bytes = uv_buf_init(write->bytes, (unsigned)write->len);
    int error = uv_write(&write->request, (uv_stream_t *)&conn->tcp, &bytes, 1, on_written);
    if (error) {
        free(write);
        return error;
    }
    conn->out_in_flight += write->len;
    out->data = NULL;
    buf_init(out, out->max);
    transport_stream_ref(conn);
    return 0;
}

void transport_socket_write(struct connection *conn, struct buf *out)
{
    int error = 0;

    if (!out->len)
        return;
    if (!conn->out_in_flight) {
        uv_buf_t bytes = uv_buf_init(out->data, (unsigned)out->len);
        int n = uv_try_write((uv_stream_t *)&conn->tcp, &bytes, 1);
        if (n > 0) {
            buf_consume(out, (size_t)n);
            transport_stream_written(conn, 0);
        } else if (n < 0 && n != UV_EAGAIN)
            error = n;
    }
    if (!error && out->len)
        error = write_later(conn, out);
    else if (!error)
        buf_fini(out);
    if (error && !conn->is_dead) {
        met_inc(&sip_metrics, M_connections_reset);
        log_debug(conn->tag, "cannot write reason=\"%s\"", uv_strerror(error));
        transport_stream_kill(conn, error);
    }
}

void transport_socket_stop_reading(struct connection *conn)
{
    uv_read_stop((uv_stream_t *)&conn->tcp);
}

static int accept_into(struct connection *conn, uv_stream_t *server)
{
    struct sockaddr_storage addr;
    int len = sizeof addr;
    int error = uv_accept(server, (uv_stream_t *)&conn->tcp);

    if (!error)
        error = uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&addr, &len);
    if (!error)
        error = net_addr_from(&conn->peer, (struct sockaddr *)&addr);
    if (error)
        return error;
    read_local_address(conn);
    uv_tcp_nodelay(&conn->tcp, 1);
    return transport_stream_accepted(conn);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct stream_listener *sl = server->data;

    if (status < 0) {
        log_warn(NULL, "cannot accept reason=\"%s\"", uv_strerror(status));
        return;
    }
    struct connection *conn = transport_stream_new(sl->listener, sl->listener->ops->io);
    if (!conn)
        return;
    if (uv_tcp_init(sl->transport->loop, &conn->tcp)) {
        transport_stream_unref(conn);
        return;
    }
    conn->tcp.data = conn;
    conn->is_socket = true;
    int error = accept_into(conn, server);
    if (!error)
        error = uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
    if (error)
        transport_stream_kill(conn, error);
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct stream_listener *sl = handle->data;

    transport_unref(sl->transport);
    free(sl);
}

int transport_socket_open(struct listener *listener)
{
    struct stream_listener *sl = calloc(1, sizeof *sl);
    struct sockaddr_storage bound;
    int len = sizeof bound;

    if (!sl)
        return -ENOMEM;
    int error = uv_tcp_init_ex(listener->transport->loop, &sl->tcp, listener->addr.sa.sa_family);
    if (error) {
        free(sl);
        return error;
    }
    sl->tcp.data = sl;
    sl->listener = listener;
    sl->transport = listener->transport;
    transport_ref(sl->transport);
    bool is_v6 = listener->addr.sa.sa_family == AF_INET6;
    uv_os_fd_t fd;
    error = uv_fileno((uv_handle_t *)&sl->tcp, &fd);
    if (!error)
        error = transport_share_port(sl->transport, fd, &listener->addr, SOCK_STREAM);
    if (!error)
        error = uv_tcp_bind(&sl->tcp, &listener->addr.sa, is_v6 ? UV_TCP_IPV6ONLY : 0);
    if (!error)
        error = uv_listen((uv_stream_t *)&sl->tcp, TRANSPORT_BACKLOG, on_connection);
    if (!error)
        error = uv_tcp_getsockname(&sl->tcp, (struct sockaddr *)&bound, &len);
    if (error) {
        uv_close((uv_handle_t *)&sl->tcp, on_listener_closed);
        return error;
    }
    net_addr_from(&listener->addr, (struct sockaddr *)&bound);
    listener->socket = sl;
    return 0;
}

void transport_socket_close_listener(struct listener *listener)
{
    struct stream_listener *sl = listener->socket;

    uv_close((uv_handle_t *)&sl->tcp, on_listener_closed);
}
