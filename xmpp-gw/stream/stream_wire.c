/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_wire.h. What is sent gathers until the loop has been round, and goes by one system
 * call, in as few records of TLS as it fits in: many small stanzas cost little more than one. What
 * the socket does not take is under way (flying), and what comes meanwhile gathers behind it.
 * Buffers are given back when they are empty, for most streams say nothing most of the time. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream_wire.h"
#include "log.h"
#include "secure_link.h"
#include "stream_limits.h"
#include "stream_metrics.h"
#include <errno.h>

/* What TLS makes of so many bytes, at most: 22 more for each record of up to 16384. */
static size_t sealed_size(size_t len)
{
    return len + len / 512 + 512;
}

static void lose(struct stream_wire *wire, char const *reason)
{
    if (wire->is_lost || wire->is_closing)
        return;
    wire->is_lost = true;
    wheel_disarm(&wire->timer);
    wire->handlers->on_lost(wire, reason);
}

static bool is_dead(struct stream_wire const *wire)
{
    return wire->is_lost || wire->is_closing;
}

/* --- out -------------------------------------------------------------------------------------- */

static void mark(struct stream_wire *wire)
{
    if (wire->is_marked || is_dead(wire))
        return;
    wire->is_marked = true;
    LIST_INSERT_HEAD(&wire->all->marked, wire, marked);
}

static void unmark(struct stream_wire *wire)
{
    if (wire->is_marked)
        LIST_REMOVE(wire, marked);
    wire->is_marked = false;
}

/* What TLS has to say goes to the network. */
static void take_sealed(struct stream_wire *wire)
{
    struct buf *sealed = secure_link_out(wire->link);

    buf_add(&wire->out, buf_text(sealed), sealed->len);
    buf_fini(sealed);
    if (!buf_ok(&wire->out))
        lose(wire, "peer does not read");
    else if (wire->out.len)
        mark(wire);
}

/* 0 or a negative errno. */
static int seal(struct stream_wire *wire)
{
    int err = 0;

    if (wire->words.len)
        err = secure_link_write(wire->link, wire->words.data, wire->words.len);
    buf_fini(&wire->words);
    if (wire->is_secure)
        take_sealed(wire);
    return err;
}

static void flush(struct stream_wire *wire);

static void on_written(uv_write_t *request, int status)
{
    struct stream_wire *wire = request->handle->data;

    buf_fini(&wire->flying);
    if (status >= 0)
        flush(wire);
    else if (status != UV_ECANCELED)
        lose(wire, "connection broke");
}

/* What the socket has not taken at once. */
static int write_rest(struct stream_wire *wire)
{
    uv_buf_t const bytes = uv_buf_init(wire->out.data, (unsigned)wire->out.len);

    wire->flying = wire->out;
    buf_init(&wire->out, wire->flying.max);
    return uv_write(&wire->write, (uv_stream_t *)&wire->tcp, &bytes, 1, on_written);
}

static int write_out(struct stream_wire *wire)
{
    uv_buf_t const bytes = uv_buf_init(wire->out.data, (unsigned)wire->out.len);
    int n = bytes.len ? uv_try_write((uv_stream_t *)&wire->tcp, &bytes, 1) : 0;

    if (n > 0)
        buf_consume(&wire->out, (size_t)n);
    if (wire->out.len)
        return n < 0 && n != UV_EAGAIN ? n : write_rest(wire);
    buf_fini(&wire->out);
    return 0;
}

static void flush(struct stream_wire *wire)
{
    bool can_write = !wire->flying.len && !is_dead(wire);
    int err = can_write ? seal(wire) : 0;

    unmark(wire);
    if (!can_write || is_dead(wire))
        return;
    if (err < 0 || write_out(wire) < 0)
        lose(wire, "connection broke");
    else if (!wire->flying.len && !is_dead(wire))
        wire->handlers->on_drain(wire);
}

static void flush_all(struct stream_wires *all)
{
    struct stream_wire *wire;

    while ((wire = LIST_FIRST(&all->marked)))
        flush(wire);
}

static void on_told(uv_check_t *told)
{
    flush_all(told->data);
}

static void on_wait(uv_prepare_t *waits)
{
    flush_all(waits->data);
}

int stream_wire_send(struct stream_wire *wire, char const *bytes, size_t len)
{
    if (is_dead(wire) || (wire->link && !wire->is_secure))
        return -ESHUTDOWN;
    if (wire->out.len + sealed_size(wire->words.len + len) > wire->out.max)
        return -ENOBUFS;
    buf_add(wire->link ? &wire->words : &wire->out, bytes, len);
    mark(wire);
    return buf_ok(&wire->words) && buf_ok(&wire->out) ? 0 : -ENOMEM;
}

size_t stream_wire_queued(struct stream_wire const *wire)
{
    return wire->words.len + wire->out.len + wire->flying.len;
}

/* --- in --------------------------------------------------------------------------------------- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct stream_wire *wire = handle->data;

    (void)suggested;
    *ret = uv_buf_init(wire->all->read, sizeof wire->all->read);
}

static void tls_failed(struct stream_wire *wire)
{
    bool was_secure = wire->is_secure;

    take_sealed(wire); /* an alert */
    if (!was_secure)
        stream_count(M_stream_tls_failed);
    lose(wire, was_secure ? "TLS connection broke" : secure_link_why(wire->link));
}

static void take_sealed_bytes(struct stream_wire *wire, char const *bytes, size_t len)
{
    ssize_t n = 0;

    secure_link_feed(wire->link, bytes, len);
    if (!wire->is_secure) {
        n = secure_link_shake(wire->link);
        if (n == 0)
            take_sealed(wire);
        if (n == 0 && secure_link_is_open(wire->link) && !is_dead(wire)) {
            wire->is_secure = true;
            wheel_disarm(&wire->timer);
            stream_count(M_stream_tls);
            wire->handlers->on_secure(wire);
        }
    }
    while (wire->is_secure && !is_dead(wire) &&
           (n = secure_link_read(wire->link, wire->all->plain, sizeof wire->all->plain)) > 0)
        wire->handlers->on_bytes(wire, wire->all->plain, (size_t)n);
    if (is_dead(wire))
        return;
    if (n < 0)
        tls_failed(wire);
    else
        take_sealed(wire);
}

static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *bytes)
{
    struct stream_wire *wire = stream->data;

    if (n < 0)
        lose(wire, n == UV_EOF ? "peer closed the connection" : "connection broke");
    else if (n > 0 && wire->link)
        take_sealed_bytes(wire, bytes->base, (size_t)n);
    else if (n > 0)
        wire->handlers->on_bytes(wire, bytes->base, (size_t)n);
}

static int read_on(struct stream_wire *wire)
{
    if (is_dead(wire) || wire->is_paused == !wire->is_reading)
        return 0;
    wire->is_reading = !wire->is_paused;
    return wire->is_reading ? uv_read_start((uv_stream_t *)&wire->tcp, on_alloc, on_read)
                            : uv_read_stop((uv_stream_t *)&wire->tcp);
}

void stream_wire_pause(struct stream_wire *wire, bool on)
{
    wire->is_paused = on;
    if (read_on(wire) < 0)
        lose(wire, "connection broke");
}

static struct stream_wire *timer_owner(struct wheel_timer *timer)
{
    return (struct stream_wire *)((char *)timer - offsetof(struct stream_wire, timer));
}

static void on_late_tls(struct wheel_timer *timer)
{
    struct stream_wire *wire = timer_owner(timer);

    stream_count(M_stream_late);
    stream_count(M_stream_tls_failed);
    wire->error = -ETIMEDOUT;
    lose(wire, "TLS handshake takes too long");
}

int stream_wire_secure(struct stream_wire *wire, struct secure_context *context,
                       char const *server_name, char const *protocol, char const *bytes, size_t len)
{
    if (is_dead(wire))
        return -ESHUTDOWN;
    wire->link = secure_link_new(context, server_name, wire->out.max);
    if (!wire->link)
        return -ENOMEM;
    if (wire->sight)
        secure_link_watch(wire->link, wire->sight);
    if (protocol)
        secure_link_speak(wire->link, protocol);
    wheel_arm(wire->all->wheel, &wire->timer, (uint64_t)wire->all->limits->tls_ms, on_late_tls);
    if (server_name || len)
        take_sealed_bytes(wire, bytes, len);
    return 0;
}

/* --- life ------------------------------------------------------------------------------------- */

void stream_wires_init(struct stream_wires *all, uv_loop_t *loop, struct wheel *wheel,
                       struct stream_limits const *limits)
{
    all->loop = loop;
    all->wheel = wheel;
    all->limits = limits;
    LIST_INIT(&all->marked);
    uv_check_init(loop, &all->told);
    uv_prepare_init(loop, &all->waits);
    all->told.data = all->waits.data = all;
    uv_check_start(&all->told, on_told);
    uv_prepare_start(&all->waits, on_wait);
}

void stream_wires_close(struct stream_wires *all, uv_close_cb on_closed, void *data)
{
    all->told.data = all->waits.data = data;
    uv_close((uv_handle_t *)&all->told, on_closed);
    uv_close((uv_handle_t *)&all->waits, on_closed);
}

static void on_closed(uv_handle_t *handle)
{
    struct stream_wire *wire = handle->data;

    secure_link_free(&wire->link);
    buf_fini(&wire->words);
    buf_fini(&wire->out);
    buf_fini(&wire->flying);
    wire->handlers->on_closed(wire);
}

void stream_wire_close(struct stream_wire *wire)
{
    if (wire->is_closing)
        return;
    wire->is_closing = true;
    unmark(wire);
    (void)seal(wire);
    wheel_disarm(&wire->timer);
    if (wire->link && wire->is_secure)
        secure_link_close(wire->link);
    /* The last words, as far as the socket takes them behind what it has. */
    if (wire->link)
        buf_add(&wire->out, buf_text(secure_link_out(wire->link)),
                secure_link_out(wire->link)->len);
    if (uv_stream_get_write_queue_size((uv_stream_t *)&wire->tcp) == 0 && wire->out.len) {
        uv_buf_t bytes = uv_buf_init(wire->out.data, (unsigned)wire->out.len);
        (void)uv_try_write((uv_stream_t *)&wire->tcp, &bytes, 1);
    }
    uv_close((uv_handle_t *)&wire->tcp, on_closed);
}

static void read_addresses(struct stream_wire *wire)
{
    struct sockaddr_storage addr;
    int len = sizeof addr;

    if (uv_tcp_getsockname(&wire->tcp, (struct sockaddr *)&addr, &len) == 0)
        (void)net_addr_from(&wire->local, (struct sockaddr *)&addr);
}

static int begin(struct stream_wire *wire, struct stream_wires *all,
                 struct stream_wire_handlers const *handlers)
{
    *wire = (struct stream_wire){ .all = all, .handlers = handlers };
    size_t max = (size_t)all->limits->stream_queue_bytes + STREAM_WIRE_BYTES;
    buf_init(&wire->words, max);
    buf_init(&wire->out, max);
    buf_init(&wire->flying, max);
    int err = uv_tcp_init(all->loop, &wire->tcp);
    wire->tcp.data = wire;
    return err;
}

static void on_late_connect(struct wheel_timer *timer)
{
    struct stream_wire *wire = timer_owner(timer);

    stream_count(M_stream_late);
    wire->error = -ETIMEDOUT;
    lose(wire, "no answer to the connection");
}

static void on_no_way(struct wheel_timer *timer)
{
    lose(timer_owner(timer), "cannot connect");
}

static void on_connect(uv_connect_t *request, int status)
{
    struct stream_wire *wire = request->handle->data;

    if (is_dead(wire))
        return;
    wheel_disarm(&wire->timer);
    if (status == 0)
        status = read_on(wire);
    if (status < 0) {
        wire->error = status;
        lose(wire, status == UV_ECONNREFUSED ? "connection refused" : "cannot connect");
        return;
    }
    uv_tcp_nodelay(&wire->tcp, 1);
    read_addresses(wire);
    wire->handlers->on_open(wire);
}

int stream_wire_connect(struct stream_wire *wire, struct stream_wires *all,
                        struct net_addr const *to, struct stream_wire_handlers const *handlers)
{
    int err = begin(wire, all, handlers);

    if (err < 0)
        return err;
    wire->remote = *to;
    wheel_arm(all->wheel, &wire->timer, (uint64_t)all->limits->connect_ms, on_late_connect);
    err = uv_tcp_connect(&wire->connect, &wire->tcp, &wire->remote.sa, on_connect);
    wire->error = err;
    if (err < 0) /* told later, as any other failure */
        wheel_arm(all->wheel, &wire->timer, 0, on_no_way);
    return 0;
}

int stream_wire_accept(struct stream_wire *wire, struct stream_wires *all, uv_stream_t *server,
                       struct stream_wire_handlers const *handlers)
{
    struct sockaddr_storage addr;
    int len = sizeof addr;

    if (begin(wire, all, handlers) < 0)
        return -ENOTCONN;
    int err = uv_accept(server, (uv_stream_t *)&wire->tcp);
    if (err == 0)
        err = uv_tcp_getpeername(&wire->tcp, (struct sockaddr *)&addr, &len);
    if (err == 0)
        err = net_addr_from(&wire->remote, (struct sockaddr *)&addr);
    if (err == 0)
        err = read_on(wire);
    if (err < 0) {
        stream_wire_close(wire);
        return err;
    }
    uv_tcp_nodelay(&wire->tcp, 1);
    read_addresses(wire);
    return 0;
}
