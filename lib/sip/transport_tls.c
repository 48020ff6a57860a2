/* SPDX-License-Identifier: Apache-2.0 */
/* TLS: a secure_link between the socket and the stream. A connection serves one context and one
 * name of the peer, and is never shared beyond them. */
#define LOG_SUBSYSTEM LOG_TLS
#include "clock.h"
#include "log.h"
#include "log_sources.h"
#include "secure_identity.h"
#include "secure_link.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <string.h>

enum { SERVER_NAME_BYTES = 256 };

/* One line each, as far as a minute of its peer allows. */
static void log_failure(struct connection *conn, char const *what)
{
    struct secure_link *link = conn->secure;
    char peer[NET_ADDR_TEXT];
    uint64_t suppressed;

    if (!log_sources_due(conn->transport->tls_log, &conn->peer, clock_now_ms(), &suppressed))
        return;
    log_warn(conn->tag,
             "%s peer=%s subject=\"%s\" reason=\"%s\" context=\"%s\" server_name=\"%s\" "
             "detail=\"%s\" suppressed=%llu",
             what, net_addr_print(&conn->peer, peer), secure_link_peer(link), secure_link_why(link),
             secure_context_name(secure_link_context(link)), secure_link_server_name(link),
             secure_link_detail(link), (unsigned long long)suppressed);
}

/* Counts it, writes its line, and kills it: who waits for it hears the cause. */
static void fail(struct connection *conn, enum sip_metric row, char const *what)
{
    met_inc(&sip_metrics, row);
    log_failure(conn, what);
    transport_stream_kill(conn, secure_cause_error(secure_link_cause(conn->secure)));
}

static void on_handshake_late(struct wheel_timer *timer)
{
    struct connection *conn = transport_timer_owner(timer);

    secure_link_abort(conn->secure, SECURE_late, "");
    fail(conn, M_tls_handshakes_late, "TLS handshake failed");
}

static void tls_failed(struct connection *conn, bool was_open, int error)
{
    if (error == -ECONNRESET && was_open) {
        log_debug(conn->tag, "connection closed by peer reason=\"%s\"",
                  secure_link_why(conn->secure));
        transport_stream_kill(conn, error);
    } else if (was_open) {
        fail(conn, M_tls_errors, "TLS connection broken");
    } else if (secure_cause_is_rejection(secure_link_cause(conn->secure))) {
        fail(conn, M_tls_peers_rejected, "TLS peer rejected");
    } else {
        fail(conn, M_tls_handshakes_failed, "TLS handshake failed");
    }
}

static void tls_opened(struct connection *conn)
{
    struct secure_link *link = conn->secure;
    struct secure_identity const *identity = secure_link_identity(link);
    char peer[NET_ADDR_TEXT];

    bool is_resumed = secure_link_is_resumed(link);
    met_inc(&sip_metrics, M_tls_handshakes);
    met_add(&sip_metrics, M_tls_resumed, is_resumed);
    log_debug(conn->tag,
              "TLS connection open peer=%s subject=\"%s\" version=%s cipher=%s resumed=%s "
              "context=\"%s\" matched=%s",
              net_addr_print(&conn->peer, peer), secure_link_peer(link), secure_link_version(link),
              secure_link_cipher(link), is_resumed ? "yes" : "no",
              secure_context_name(secure_link_context(link)),
              identity ? secure_identity_matched(identity) : "-");
    if (*secure_link_server_name(link))
        transport_stream_connected(conn);
    else
        transport_stream_arm_silent(conn);
}

static void tls_received(struct connection *conn, char const *bytes, size_t len)
{
    struct secure_link *link = conn->secure;
    char *plain = conn->transport->plain_bytes;
    bool was_open = secure_link_is_open(link);
    ssize_t n = 0;

    transport_stream_ref(conn);
    secure_link_feed(link, bytes, len);
    if (!was_open) {
        n = secure_link_shake(link);
        was_open = secure_link_is_open(link);
        if (was_open)
            tls_opened(conn);
    }
    while (was_open && !conn->is_dead &&
           (n = secure_link_read(link, plain, TRANSPORT_PLAIN_BYTES)) > 0)
        transport_stream_received(conn, plain, (size_t)n);
    if (n < 0 && !conn->is_dead)
        tls_failed(conn, was_open, (int)n);
    if (!conn->is_dead)
        transport_socket_write(conn, secure_link_out(link));
    transport_stream_unref(conn);
}

static void tls_begin(struct connection *conn)
{
    struct transport *t = conn->transport;

    wheel_arm(t->wheel, &conn->timer, (uint64_t)t->limits->tls_handshake_ms, on_handshake_late);
    if (*secure_link_server_name(conn->secure))
        tls_received(conn, NULL, 0); /* has the first word */
}

static void tls_lost(struct connection *conn, int error)
{
    struct secure_link *link = conn->secure;
    char const *why = error == UV_EOF ? "closed by peer" : uv_strerror(error);
    bool is_client = *secure_link_server_name(link);

    /* Who only looks whether the port is open has not begun a handshake. */
    if (!secure_link_is_open(link) && (is_client || secure_link_is_begun(link))) {
        secure_link_abort(link, SECURE_closed, why);
        fail(conn, M_tls_handshakes_failed, "TLS handshake failed");
        return;
    }
    if (error != UV_EOF)
        met_inc(&sip_metrics, M_connections_reset);
    log_debug(conn->tag, "connection closed by peer reason=\"%s\"", why);
    transport_stream_kill(conn, error == UV_EOF ? -ECONNRESET : error);
}

static void tls_flush(struct connection *conn)
{
    struct secure_link *link = conn->secure;

    if (!secure_link_is_open(link) || !conn->out.len)
        return;
    int error = secure_link_write(link, conn->out.data, conn->out.len);
    buf_fini(&conn->out);
    if (error)
        tls_failed(conn, true, error);
    else
        transport_socket_write(conn, secure_link_out(link));
}

static void tls_goodbye(struct connection *conn)
{
    if (!conn->secure)
        return; /* it was refused before it began */
    secure_link_close(conn->secure);
    /* Also the alert that says why we end it. */
    transport_socket_write(conn, secure_link_out(conn->secure));
}

static int tls_prepare(struct connection *conn, struct destination const *to)
{
    struct secure_context *context =
        to ? to->context : conn->transport->listeners[conn->listener]->context;

    conn->secure =
        secure_link_new(context, to ? to->server_name : NULL, 2 * conn->out.max + UINT16_MAX);
    return conn->secure ? 0 : -ENOMEM;
}

static struct stream_io const tls_io = {
    .prepare = tls_prepare,
    .connected = tls_begin,
    .accepted = tls_begin,
    .received = tls_received,
    .lost = tls_lost,
    .flush = tls_flush,
    .goodbye = tls_goodbye,
};

/* One spelling for a name: lower case, no brackets, no dot at the end. */
static int spell(char const *name, char ret[static SERVER_NAME_BYTES])
{
    size_t len = strlen(name);

    if (len >= 2 && name[0] == '[' && name[len - 1] == ']') {
        name++;
        len -= 2;
    }
    if (len && name[len - 1] == '.')
        len--;
    if (!len || len >= SERVER_NAME_BYTES)
        return -EINVAL;
    for (size_t i = 0; i < len; i++)
        ret[i] = (char)(name[i] + (name[i] >= 'A' && name[i] <= 'Z' ? 'a' - 'A' : 0));
    ret[len] = '\0';
    return 0;
}

static int tls_send(struct transport *t, struct destination *to, void const *bytes, size_t len,
                    struct transport_waiter *waiter)
{
    struct destination secured = *to;
    char name[SERVER_NAME_BYTES];

    to->context = NULL;
    to->server_name = NULL;
    if (!secured.context)
        secured.context = secure_set_at(&t->contexts, t->contexts.client);
    /* Without a name there is nothing to verify: only a connection that is there will do. */
    if (secured.context && secured.server_name && spell(secured.server_name, name) == 0)
        secured.server_name = name;
    else
        secured.addr.sa.sa_family = AF_UNSPEC;
    int error = transport_stream_send(t, &tls_io, &secured, bytes, len, waiter);
    to->connection = secured.connection;
    return error == -ENOTCONN && !secured.context ? -ENOKEY : error;
}

struct transport_ops const transport_tls_ops = {
    .open = transport_socket_open,
    .close = transport_socket_close_listener,
    .send = tls_send,
    .io = &tls_io,
};
