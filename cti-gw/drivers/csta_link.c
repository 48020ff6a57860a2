/* SPDX-License-Identifier: Apache-2.0 */
/* The TCP link under the csta_tcp driver. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "csta_link.h"
#include "buf.h"
#include "log.h"
#include "tap.h"
#include "wheel.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* libuv reads up to 32 times before it looks at other sockets. A switch that has much to tell gets
 * no more of a turn than that, or clients would seem to answer nothing meanwhile. */
enum { LINK_QUEUE_BYTES = 1 << 20, READ_BYTES = 4096 };

struct csta_link {
    uv_tcp_t tcp;
    uv_connect_t connect;
    struct csta_link_handlers const *handlers; /* NULL: closing, no callback any more */
    void *ctx;
    struct driver_options const *options;
    struct wheel_timer half_frame;
    struct net_addr local, remote;
    struct buf in;
    char chunk[READ_BYTES];
};

struct write {
    uv_write_t req;
    struct buf bytes;
};

static void on_closed(uv_handle_t *handle)
{
    struct csta_link *link = handle->data;

    buf_fini(&link->in);
    free(link);
}

static void close_handle(struct csta_link *link)
{
    link->handlers = NULL;
    wheel_disarm(&link->half_frame);
    if (!uv_is_closing((uv_handle_t *)&link->tcp))
        uv_close((uv_handle_t *)&link->tcp, on_closed);
}

void csta_link_close(struct csta_link **plink)
{
    struct csta_link *link = *plink;

    *plink = NULL;
    if (link)
        close_handle(link);
}

static void lose(struct csta_link *link, enum driver_fault fault, char const *reason)
{
    struct csta_link_handlers const *handlers = link->handlers;
    void *ctx = link->ctx;

    close_handle(link);
    if (handlers)
        handlers->on_lost(ctx, fault, reason);
}

static uint64_t tap_document(struct csta_link *link, enum tap_direction direction, char const *sake,
                             char const *xml, size_t len)
{
    struct tap_record like = { .direction = direction,
                               .protocol = TAP_CSTA,
                               .transport = "tcp",
                               .local = link->local,
                               .remote = link->remote,
                               .id = sake };

    return tap_add(link->options->tap, &like, xml, len);
}

uint64_t csta_link_tap(struct csta_link *link, struct csta_frame const *frame, char const *sake)
{
    return tap_document(link, TAP_RECEIVED, sake, frame->xml, frame->len);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct csta_link *link = handle->data;

    (void)suggested;
    *ret = uv_buf_init(link->chunk, sizeof link->chunk);
}

static void on_half_frame(struct wheel_timer *timer)
{
    struct csta_link *link =
        (struct csta_link *)((char *)timer - offsetof(struct csta_link, half_frame));

    lose(link, DRIVER_FAULT_HALF, "a message stayed incomplete");
}

/* Each half frame has its own time: a peer must not stretch it by sending byte after byte. */
static void watch_half_frame(struct csta_link *link, bool is_new)
{
    if (!link->in.len)
        wheel_disarm(&link->half_frame);
    else if (is_new || !link->half_frame.armed)
        wheel_arm(link->options->wheel, &link->half_frame, (uint64_t)link->options->half_ms,
                  on_half_frame);
}

/* Hands every whole frame up; the handler may close the link under us. */
static void take_frames(struct csta_link *link)
{
    struct csta_frame frame;
    size_t used = 0;
    int n = 0;

    while (link->handlers && link->in.len > used &&
           (n = csta_frame_parse(link->in.data + used, link->in.len - used, &frame)) > 0) {
        used += (size_t)n;
        link->handlers->on_frame(link->ctx, &frame);
    }
    buf_consume(&link->in, used);
    if (link->handlers && n < 0)
        lose(link, DRIVER_FAULT_FRAME, "peer broke the framing");
    else if (link->handlers)
        watch_half_frame(link, used > 0);
}

static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *data)
{
    struct csta_link *link = stream->data;

    if (n < 0) {
        lose(link, DRIVER_FAULT_NONE, n == UV_EOF ? "peer closed the link" : "link broke");
        return;
    }
    buf_add(&link->in, data->base, (size_t)n);
    if (buf_ok(&link->in))
        take_frames(link);
    else
        lose(link, DRIVER_FAULT_NONE, "no memory for a frame");
}

static void read_addresses(struct csta_link *link)
{
    struct sockaddr_storage addr;
    int len = sizeof addr;

    if (uv_tcp_getsockname(&link->tcp, (struct sockaddr *)&addr, &len) == 0)
        net_addr_from(&link->local, (struct sockaddr *)&addr);
}

static void on_connect(uv_connect_t *req, int status)
{
    struct csta_link *link = req->handle->data;

    if (!link->handlers)
        return;
    if (status < 0 || uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) < 0) {
        lose(link, DRIVER_FAULT_NONE,
             status == UV_ECONNREFUSED ? "connection refused" : "cannot connect");
        return;
    }
    uv_tcp_nodelay(&link->tcp, 1);
    read_addresses(link);
    link->handlers->on_open(link->ctx);
}

struct csta_link *csta_link_open(struct driver_options const *options, struct net_addr const *to,
                                 struct csta_link_handlers const *handlers, void *ctx)
{
    struct csta_link *link = calloc(1, sizeof *link);

    if (!link || uv_tcp_init(options->loop, &link->tcp) < 0) {
        free(link);
        return NULL;
    }
    link->tcp.data = link;
    link->handlers = handlers;
    link->ctx = ctx;
    link->options = options;
    link->remote = *to;
    /* One frame that is not whole yet, and what one read may bring behind it. */
    buf_init(&link->in, CSTA_FRAME_MAX + READ_BYTES);
    if (uv_tcp_connect(&link->connect, &link->tcp, &link->remote.sa, on_connect) < 0) {
        close_handle(link);
        return NULL;
    }
    return link;
}

static void on_written(uv_write_t *req, int status)
{
    struct write *write = (struct write *)req;
    struct csta_link *link = req->handle->data;

    buf_fini(&write->bytes);
    free(write);
    if (status < 0 && link->handlers)
        lose(link, DRIVER_FAULT_NONE, "link broke");
}

int csta_link_send(struct csta_link *link, unsigned invoke_id, struct buf const *xml,
                   struct buf const *shown, char const *sake)
{
    struct write *write = calloc(1, sizeof *write);
    int err = -ENOMEM;

    if (!write)
        return err;
    buf_init(&write->bytes, CSTA_FRAME_MAX);
    if (link->tcp.write_queue_size > LINK_QUEUE_BYTES)
        err = -ENOBUFS;
    else
        err = csta_frame_print(invoke_id, buf_text(xml), xml->len, &write->bytes);
    if (err == 0 && buf_ok(&write->bytes)) {
        uv_buf_t part = uv_buf_init(write->bytes.data, (unsigned)write->bytes.len);
        tap_document(link, TAP_SENT, sake, buf_text(shown), shown->len);
        err = uv_write(&write->req, (uv_stream_t *)&link->tcp, &part, 1, on_written);
    }
    if (err < 0) {
        buf_fini(&write->bytes);
        free(write);
    }
    return err;
}
