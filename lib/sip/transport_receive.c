/* SPDX-License-Identifier: Apache-2.0 */
/* The receiving side of a stream connection: bytes to messages, and the limits on silence and half
 * messages. */
#define LOG_SUBSYSTEM LOG_SIP
#include "clock.h"
#include "log.h"
#include "message.h"
#include "sip_metrics.h"
#include "transport_internal.h"
#include <errno.h>
#include <string.h>

/* How long the answer to a message of unknown length has to leave before its stream is closed. */
enum { LAST_MS = 1000 };

static void close_logged(struct connection *conn, enum sip_metric row, char const *reason)
{
    char peer[NET_ADDR_TEXT];

    met_inc(&sip_metrics, row);
    log_warn(conn->tag, "connection closed reason=\"%s\" source=%s", reason,
             net_addr_print(&conn->peer, peer));
    transport_stream_kill(conn, -ETIMEDOUT);
}

static void on_silent(struct wheel_timer *timer)
{
    close_logged(transport_timer_owner(timer), M_connections_silent, "silent");
}

static void on_half(struct wheel_timer *timer)
{
    close_logged(transport_timer_owner(timer), M_connections_half, "half message");
}

static void on_last(struct wheel_timer *timer)
{
    transport_stream_kill(transport_timer_owner(timer), -ECONNABORTED);
}

int transport_stream_accepted(struct connection *conn)
{
    struct transport *t = conn->transport;
    int error = transport_table_admit(t);

    if (!error && conn->io->prepare)
        error = conn->io->prepare(conn, NULL);

    if (!error)
        error = transport_table_admit_host(conn);
    if (!error)
        error = transport_table_add(conn);
    if (error)
        return error;
    conn->is_open = conn->was_open = true;
    met_inc(&sip_metrics, M_connections_accepted);
    conn->io->accepted(conn);
    return 0;
}

void transport_stream_arm_silent(struct connection *conn)
{
    wheel_arm(conn->transport->wheel, &conn->timer, (uint64_t)conn->transport->limits->silent_ms,
              on_silent);
}

static void deliver(struct connection *conn, char const *bytes, size_t len, unsigned flags)
{
    struct origin from = transport_stream_origin(conn);

    /* After garbage nobody knows where the next message begins. */
    if (transport_deliver(conn->transport, &from, bytes, len, flags) < 0)
        transport_stream_kill(conn, -EBADMSG);
}

static void log_fault(struct connection *conn, char const *what)
{
    char peer[NET_ADDR_TEXT];

    met_inc(&sip_metrics, conn->frame.is_too_large ? M_messages_oversize : M_frames_wrong);
    log_warn(conn->tag, "%s reason=\"%s\" source=%s", what, conn->frame.fault,
             net_addr_print(&conn->peer, peer));
}

/* The header is whole but not its length: it is handed up for a 400 or 413, nothing after it is
 * read. */
static void deliver_last(struct connection *conn, char const *bytes, size_t len)
{
    unsigned flags = conn->frame.is_too_large ? MESSAGE_TOO_LARGE : 0;

    if (strcmp(conn->frame.fault, "missing Content-Length") == 0)
        flags = MESSAGE_NO_LENGTH;

    log_fault(conn, "message without usable length");
    conn->is_last = true;
    transport_socket_stop_reading(conn);
    wheel_arm(conn->transport->wheel, &conn->timer, LAST_MS, on_last);
    deliver(conn, bytes, len, flags);
}

static void answer_keepalive(struct connection *conn)
{
    struct transport *t = conn->transport;
    struct origin from = transport_stream_origin(conn);

    met_inc(&sip_metrics, M_keepalives);
    if (!t->handlers->may_answer || t->handlers->may_answer(t->ctx, &from))
        transport_stream_queue(conn, "\r\n", 2);
}

/* Hands up every whole message; returns how many bytes are used. */
static size_t take_frames(struct connection *conn, char const *bytes, size_t len)
{
    struct transport const *t = conn->transport;
    size_t max = (size_t)t->limits->max_message_bytes, used = 0, n = 0;

    while (!conn->is_dead && !conn->is_last && !t->closing) {
        switch (transport_frame_next(&conn->frame, bytes + used, len - used, max, &n)) {
        case TRANSPORT_FRAME_MORE:
            return used;
        case TRANSPORT_FRAME_MESSAGE:
            conn->is_half = false;
            deliver(conn, bytes + used, n, 0);
            break;
        case TRANSPORT_FRAME_BLANK:
            break;
        case TRANSPORT_FRAME_PING:
            answer_keepalive(conn);
            break;
        case TRANSPORT_FRAME_LAST:
            deliver_last(conn, bytes + used, n);
            break;
        case TRANSPORT_FRAME_FAULT:
            log_fault(conn, "connection closed");
            transport_stream_kill(conn, -EBADMSG);
            return len;
        }
        used += n;
    }
    return len;
}

/* A message that has begun must end in half_message_ms, however its bytes trickle. */
static void watch(struct connection *conn, char const *rest, size_t len)
{
    bool is_half = len && rest[0] != '\r' && rest[0] != '\n';

    if (!is_half)
        transport_stream_arm_idle(conn);
    else if (!conn->is_half)
        wheel_arm(conn->transport->wheel, &conn->timer,
                  (uint64_t)conn->transport->limits->half_message_ms, on_half);
    conn->is_half = is_half;
}

static void take(struct connection *conn, char const *bytes, size_t len)
{
    struct buf *in = &conn->in;
    bool is_kept = in->len > 0;

    if (is_kept) {
        buf_add(in, bytes, len);
        bytes = in->data;
        len = in->len;
    }
    size_t used = buf_ok(in) ? take_frames(conn, bytes, len) : 0;
    if (conn->is_dead || conn->is_last)
        return;
    if (!is_kept && used < len)
        buf_add(in, bytes + used, len - used);
    else if (used == len)
        buf_fini(in);
    else
        buf_consume(in, used);
    if (!buf_ok(in))
        transport_stream_kill(conn, -ENOMEM);
    else
        watch(conn, in->data, in->len);
}

void transport_stream_received(struct connection *conn, char const *bytes, size_t len)
{
    if (conn->is_dead || conn->is_last)
        return;
    transport_stream_ref(conn);
    conn->active_ms = clock_now_ms();
    take(conn, bytes, len);
    transport_stream_unref(conn);
}
