/* SPDX-License-Identifier: Apache-2.0 */
/* Socket, TLS and framing of a probe: see probe_stream.h. */
#include "probe_stream.h"
#include "buf.h"
#include "secure_link.h"
#include "transport_frame.h"
#include <errno.h>
#include <stdlib.h>

enum { READ_BYTES = 16384, MESSAGE_MAX = 65536, OUT_MAX = 262144 };

struct probe_stream {
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct probe_stream_handlers const *handlers;
    void *ctx;
    struct secure_link *link; /* NULL: plain */
    struct transport_frame frame;
    struct buf in;
    bool is_over; /* failed or freed: no handler is called any more */
    char raw[READ_BYTES], plain[READ_BYTES];
};

struct write {
    uv_write_t request;
    char *bytes;
};

static void fail(struct probe_stream *stream, int error)
{
    if (stream->is_over)
        return;
    stream->is_over = true;
    stream->handlers->on_failed(stream->ctx, error == UV_EOF ? -ECONNRESET : error);
}

/* --- out ---------------------------------------------------------------------------------------
 */

static void on_written(uv_write_t *request, int status)
{
    struct write *write = (struct write *)request;
    struct probe_stream *stream = request->handle->data;
    free(write->bytes);
    free(write);
    /* If the peer has closed, reading tells it better. */
    if (status < 0 && status != UV_ECANCELED && status != UV_EPIPE && status != UV_ECONNRESET)
        fail(stream, status);
}

/* Empties @p out. */
static void write_out(struct probe_stream *stream, struct buf *out)
{
    struct write *write = out->len && !stream->is_over ? calloc(1, sizeof *write) : NULL;
    if (write) {
        write->bytes = out->data;
        uv_buf_t bytes = uv_buf_init(out->data, (unsigned)out->len);
        if (uv_write(&write->request, (uv_stream_t *)&stream->tcp, &bytes, 1, on_written) == 0) {
            out->data = NULL;
            buf_init(out, out->max);
            return;
        }
        free(write);
    }
    buf_reset(out);
}

void probe_stream_send(struct probe_stream *stream, char const *bytes, size_t len)
{
    if (stream->is_over)
        return;
    if (stream->link) {
        /* If it fails, the next read fails as well. */
        (void)secure_link_write(stream->link, bytes, len);
        write_out(stream, secure_link_out(stream->link));
        return;
    }
    struct buf out;
    buf_init(&out, OUT_MAX);
    buf_add(&out, bytes, len);
    write_out(stream, &out);
    buf_fini(&out);
}

/* --- in ----------------------------------------------------------------------------------------
 */

/* Hands up what is complete. */
static void cut(struct probe_stream *stream)
{
    size_t len = 0;
    while (!stream->is_over && stream->in.len) {
        switch (transport_frame_next(&stream->frame, buf_text(&stream->in), stream->in.len,
                                     MESSAGE_MAX, &len)) {
        case TRANSPORT_FRAME_MORE:
            return;
        case TRANSPORT_FRAME_MESSAGE:
            stream->handlers->on_message(stream->ctx, buf_text(&stream->in), len);
            break;
        case TRANSPORT_FRAME_BLANK:
        case TRANSPORT_FRAME_PING:
            break;
        default:
            fail(stream, -EBADMSG);
            return;
        }
        buf_consume(&stream->in, len);
    }
}

static void take(struct probe_stream *stream, char const *bytes, size_t len)
{
    buf_add(&stream->in, bytes, len);
    if (buf_ok(&stream->in))
        cut(stream);
    else
        fail(stream, -EBADMSG);
}

static void take_sealed(struct probe_stream *stream, char const *bytes, size_t len)
{
    bool was_open = secure_link_is_open(stream->link);
    ssize_t n = 0;
    secure_link_feed(stream->link, bytes, len);
    if (!was_open) {
        n = secure_link_shake(stream->link);
        write_out(stream, secure_link_out(stream->link));
        if (n == 0 && secure_link_is_open(stream->link))
            stream->handlers->on_secured(stream->ctx);
    }
    while (!stream->is_over && secure_link_is_open(stream->link) &&
           (n = secure_link_read(stream->link, stream->plain, sizeof stream->plain)) > 0)
        take(stream, stream->plain, (size_t)n);
    write_out(stream, secure_link_out(stream->link));
    if (n < 0)
        fail(stream, n == -ECONNRESET ? -ECONNRESET : -EPROTO);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct probe_stream *stream = handle->data;
    (void)suggested;
    *ret = uv_buf_init(stream->raw, sizeof stream->raw);
}

static void on_read(uv_stream_t *handle, ssize_t n, uv_buf_t const *bytes)
{
    struct probe_stream *stream = handle->data;
    if (stream->is_over)
        return;
    if (n < 0)
        fail(stream, (int)n);
    else if (n > 0 && stream->link)
        take_sealed(stream, bytes->base, (size_t)n);
    else if (n > 0)
        take(stream, bytes->base, (size_t)n);
}

int probe_stream_secure(struct probe_stream *stream, struct secure_context *context,
                        char const *server_name, struct secure_sight *sight)
{
    stream->link = secure_link_new(context, server_name, OUT_MAX);
    if (!stream->link)
        return -ENOMEM;
    secure_link_watch(stream->link, sight);
    int error = secure_link_shake(stream->link);
    write_out(stream, secure_link_out(stream->link));
    return error;
}

/* --- life --------------------------------------------------------------------------------------
 */

static void on_connect(uv_connect_t *request, int status)
{
    struct probe_stream *stream = request->data;
    if (stream->is_over)
        return;
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&stream->tcp, on_alloc, on_read);
    if (status < 0) {
        fail(stream, status);
        return;
    }
    uv_tcp_nodelay(&stream->tcp, 1);
    stream->handlers->on_connected(stream->ctx);
}

static void on_closed(uv_handle_t *handle)
{
    struct probe_stream *stream = handle->data;
    secure_link_free(&stream->link);
    buf_fini(&stream->in);
    free(stream);
}

void probe_stream_free(struct probe_stream **pstream)
{
    struct probe_stream *stream = *pstream;
    *pstream = NULL;
    if (!stream)
        return;
    if (stream->link) {
        secure_link_close(stream->link);
        write_out(stream, secure_link_out(stream->link));
    }
    stream->is_over = true;
    uv_close((uv_handle_t *)&stream->tcp, on_closed);
}

int probe_stream_new(struct probe_stream **ret, uv_loop_t *loop, struct net_addr const *peer,
                     struct net_addr const *source, struct probe_stream_handlers const *handlers,
                     void *ctx)
{
    struct probe_stream *stream = calloc(1, sizeof *stream);
    struct net_addr from = *source;
    *ret = NULL;
    if (!stream)
        return -ENOMEM;
    int error = uv_tcp_init(loop, &stream->tcp);
    if (error < 0) {
        free(stream);
        return error;
    }
    stream->tcp.data = stream->connect.data = stream;
    stream->handlers = handlers;
    stream->ctx = ctx;
    buf_init(&stream->in, 2 * MESSAGE_MAX);
    net_addr_set_port(&from, 0);
    if (!net_addr_is_any(&from))
        error = uv_tcp_bind(&stream->tcp, &from.sa, 0);
    if (error == 0)
        error = uv_tcp_connect(&stream->connect, &stream->tcp, &peer->sa, on_connect);
    if (error < 0)
        probe_stream_free(&stream);
    *ret = stream;
    return error;
}

struct secure_link const *probe_stream_link(struct probe_stream const *stream)
{
    return stream->link;
}

struct net_addr probe_stream_local(struct probe_stream const *stream)
{
    struct sockaddr_storage addr;
    struct net_addr local = { .sa.sa_family = AF_UNSPEC };
    int len = sizeof addr;
    if (uv_tcp_getsockname(&stream->tcp, (struct sockaddr *)&addr, &len) == 0)
        (void)net_addr_from(&local, (struct sockaddr *)&addr);
    return local;
}
