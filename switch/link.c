/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the CSTA/TCP sockets: accepting, cutting frames, writing, closing. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "link.h"
#include "buf.h"
#include "link_tap.h"
#include "log.h"
#include "switch_metrics.h"
#include "tap.h"
#include "wheel.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { READ_SIZE = 65536, BACKLOG = 128 };

struct link {
    uv_tcp_t tcp; /* first: the handle is the link */
    TAILQ_ENTRY(link) next;
    struct link_server *server;
    void *user;
    struct net_addr local, remote;
    char name[NET_ADDR_TEXT];
    struct buf in;
    struct wheel_timer half_frame;
    uv_shutdown_t shutdown;
    bool closing, finishing;
};

struct link_server {
    uv_tcp_t tcp; /* first */
    struct link_options options;
    struct link_host const *host;
    void *ctx;
    struct net_addr address;
    char shown[NET_ADDR_TEXT + 4]; /* in the tap */
    TAILQ_HEAD(, link) links;
    size_t n_links, n_handles; /* handles: links not yet closed by the loop, and the listener */
    bool freed;
    char scratch[READ_SIZE];
};

struct link_write {
    uv_write_t req;
    char bytes[];
};

/* --- ending ----------------------------------------------------------------------------------- */

static void release_server(struct link_server *server)
{
    if (--server->n_handles == 0 && server->freed)
        free(server);
}

static void tell_closed(struct link *link)
{
    void *user = link->user;
    link->user = NULL;
    if (user)
        link->server->host->on_close(user);
}

static void on_link_closed(uv_handle_t *handle)
{
    struct link *link = (struct link *)handle;
    struct link_server *server = link->server;
    tell_closed(link);
    TAILQ_REMOVE(&server->links, link, next);
    server->n_links--;
    met_add(&switch_metrics, M_links, -1);
    buf_fini(&link->in);
    free(link);
    release_server(server);
}

void link_close(struct link *link, char const *reason)
{
    if (link->closing)
        return;
    link->closing = true;
    log_info(link->name, "link closed reason=%s", reason);
    wheel_disarm(&link->half_frame);
    uv_close((uv_handle_t *)&link->tcp, on_link_closed);
}

static void on_finished(uv_shutdown_t *req, int status)
{
    (void)status;
    link_close((struct link *)req->handle, "finished");
}

static void on_finish_timeout(struct wheel_timer *timer)
{
    link_close((struct link *)((char *)timer - offsetof(struct link, half_frame)), "finished");
}

void link_finish(struct link *link, char const *reason)
{
    if (link->closing || link->finishing)
        return;
    link->finishing = true;
    log_info(link->name, "link ends reason=%s", reason);
    uv_read_stop((uv_stream_t *)&link->tcp);
    struct link_options const *options = &link->server->options;
    wheel_arm(options->wheel, &link->half_frame, options->frame_timeout_ms, on_finish_timeout);
    if (uv_shutdown(&link->shutdown, (uv_stream_t *)&link->tcp, on_finished) < 0)
        link_close(link, reason);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void on_half_frame(struct wheel_timer *timer)
{
    struct link *link = (struct link *)((char *)timer - offsetof(struct link, half_frame));
    met_inc(&switch_metrics, M_frames_slow);
    log_warn(link->name, "frame incomplete bytes=%zu", link->in.len);
    link_close(link, "half-frame");
}

static void add_to_tap(struct link *link, enum tap_direction direction, char const *xml, size_t len)
{
    struct tap_record like = {
        .direction = direction,
        .protocol = TAP_CSTA,
        .transport = "tcp",
        .local = link->local,
        .remote = link->remote,
        .listener = link->server->shown,
    };
    link_tap_add(link->server->options.tap, &like, xml, len);
}

/* Serves every whole frame in the buffer. Each further half frame gets its own time: a peer must
 * not stretch it by sending byte after byte. */
static void serve_frames(struct link *link)
{
    size_t done = 0;
    while (!link->closing && !link->finishing) {
        struct csta_frame frame;
        int size = csta_frame_parse(link->in.data + done, link->in.len - done, &frame);
        if (size == 0)
            break;
        if (size < 0) {
            met_inc(&switch_metrics, M_frames_wrong);
            log_warn(link->name, "frame header wrong bytes=%zu", link->in.len - done);
            link_close(link, "wrong-frame");
            return;
        }
        done += (size_t)size;
        wheel_disarm(&link->half_frame);
        met_inc(&switch_metrics, M_frames_received);
        add_to_tap(link, TAP_RECEIVED, frame.xml, frame.len);
        link->server->host->on_frame(link->user, &frame);
    }
    if (link->closing || link->finishing)
        return;
    buf_consume(&link->in, done);
    struct link_options const *options = &link->server->options;
    if (link->in.len > 0 && !link->half_frame.armed)
        wheel_arm(options->wheel, &link->half_frame, options->frame_timeout_ms, on_half_frame);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct link *link = (struct link *)handle;
    (void)suggested;
    *ret = uv_buf_init(link->server->scratch, READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *bytes)
{
    struct link *link = (struct link *)stream;
    if (n == 0)
        return;
    if (n < 0) {
        link_close(link, n == UV_EOF ? "peer-closed" : "read-error");
        return;
    }
    buf_add(&link->in, bytes->base, (size_t)n);
    if (!buf_ok(&link->in)) {
        log_error(link->name, "no memory for a frame bytes=%zd", n);
        link_close(link, "no-memory");
        return;
    }
    serve_frames(link);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void on_written(uv_write_t *req, int status)
{
    struct link_write *write = (struct link_write *)req;
    struct link *link = (struct link *)req->handle;
    free(write);
    if (status < 0)
        link_close(link, "write-error");
}

static int queue_frame(struct link *link, struct buf const *frame)
{
    uv_stream_t *stream = (uv_stream_t *)&link->tcp;
    if (uv_stream_get_write_queue_size(stream) + frame->len >
        link->server->options.max_write_queue) {
        met_inc(&switch_metrics, M_queue_overflows);
        log_warn(link->name, "peer does not read bytes=%zu",
                 uv_stream_get_write_queue_size(stream));
        link_close(link, "write-queue-full");
        return -ENOBUFS;
    }
    struct link_write *write = malloc(sizeof *write + frame->len);
    if (!write)
        return -ENOMEM;
    memcpy(write->bytes, frame->data, frame->len);
    uv_buf_t bytes = uv_buf_init(write->bytes, (unsigned)frame->len);
    int error = uv_write(&write->req, stream, &bytes, 1, on_written);
    if (error < 0)
        free(write);
    return error;
}

int link_send(struct link *link, unsigned invoke_id, char const *xml, size_t len)
{
    if (link->closing || link->finishing)
        return -ENOTCONN;
    struct buf frame;
    buf_init(&frame, CSTA_FRAME_MAX);
    int error = csta_frame_print(invoke_id, xml, len, &frame);
    if (error == 0) {
        /* Before the write, so that no peer's record of it is older. */
        add_to_tap(link, TAP_SENT, xml, len);
        error = buf_ok(&frame) ? queue_frame(link, &frame) : -ENOMEM;
    }
    buf_fini(&frame);
    if (error == 0)
        met_inc(&switch_metrics, M_frames_sent);
    return error;
}

char const *link_name(struct link const *link)
{
    return link->name;
}

/* --- listening -------------------------------------------------------------------------------- */

static int read_addresses(struct link *link)
{
    struct sockaddr_storage sa;
    int len = sizeof sa;
    int error = uv_tcp_getpeername(&link->tcp, (struct sockaddr *)&sa, &len);
    if (error == 0)
        error = net_addr_from(&link->remote, (struct sockaddr *)&sa);
    len = sizeof sa;
    if (error == 0)
        error = uv_tcp_getsockname(&link->tcp, (struct sockaddr *)&sa, &len);
    if (error == 0)
        error = net_addr_from(&link->local, (struct sockaddr *)&sa);
    if (error == 0)
        net_addr_print(&link->remote, link->name);
    return error;
}

static char const *start_link(struct link *link)
{
    struct link_server *server = link->server;
    if (uv_accept((uv_stream_t *)&server->tcp, (uv_stream_t *)&link->tcp) < 0 ||
        read_addresses(link) < 0)
        return "accept-failed";
    if (server->n_links > server->options.max_links) {
        met_inc(&switch_metrics, M_links_refused);
        log_warn(link->name, "link refused, too many links=%zu", server->n_links - 1);
        return "too-many-links";
    }
    uv_tcp_nodelay(&link->tcp, 1);
    link->user = server->host->on_open(server->ctx, link);
    if (!link->user || uv_read_start((uv_stream_t *)&link->tcp, on_alloc, on_read) < 0)
        return "no-memory";
    met_inc(&switch_metrics, M_links_opened);
    log_info(link->name, "link opened");
    return NULL;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct link_server *server = (struct link_server *)stream;
    if (status < 0) {
        log_warn(NULL, "accept failed reason=\"%s\"", uv_strerror(status));
        return;
    }
    struct link *link = calloc(1, sizeof *link);
    if (!link || uv_tcp_init(server->options.loop, &link->tcp) < 0) {
        log_error(NULL, "no memory for a link");
        free(link);
        return;
    }
    link->server = server;
    buf_init(&link->in, CSTA_FRAME_MAX + READ_SIZE);
    TAILQ_INSERT_TAIL(&server->links, link, next);
    server->n_links++;
    server->n_handles++;
    met_inc(&switch_metrics, M_links);
    char const *refused = start_link(link);
    if (refused)
        link_close(link, refused);
}

static void on_server_closed(uv_handle_t *handle)
{
    release_server((struct link_server *)handle);
}

static int start_listening(struct link_server *server)
{
    struct sockaddr_storage sa;
    int len = sizeof sa;
    int error = uv_tcp_bind(&server->tcp, &server->options.listen.sa, 0);
    if (error == 0)
        error = uv_listen((uv_stream_t *)&server->tcp, BACKLOG, on_connection);
    if (error == 0)
        error = uv_tcp_getsockname(&server->tcp, (struct sockaddr *)&sa, &len);
    return error ? error : net_addr_from(&server->address, (struct sockaddr *)&sa);
}

struct link_server *link_server_new(struct link_options const *options,
                                    struct link_host const *host, void *ctx)
{
    char text[NET_ADDR_TEXT];
    struct link_server *server = calloc(1, sizeof *server);
    if (!server)
        return NULL;
    server->options = *options;
    server->host = host;
    server->ctx = ctx;
    TAILQ_INIT(&server->links);
    int error = uv_tcp_init(options->loop, &server->tcp);
    if (error < 0) {
        free(server);
        return NULL;
    }
    server->n_handles = 1;
    error = start_listening(server);
    if (error < 0) {
        log_error(NULL, "cannot listen address=%s reason=\"%s\"",
                  net_addr_print(&options->listen, text), uv_strerror(error));
        link_server_free(&server);
        return NULL;
    }
    net_addr_print(&server->address, text);
    (void)snprintf(server->shown, sizeof server->shown, "tcp:%s", text);
    log_info(NULL, "listening address=%s", text);
    return server;
}

void link_server_free(struct link_server **pserver)
{
    struct link_server *server = *pserver;
    *pserver = NULL;
    if (!server)
        return;
    struct link *link;
    TAILQ_FOREACH(link, &server->links, next)
    {
        tell_closed(link);
        link_close(link, "shutdown");
    }
    server->freed = true;
    uv_close((uv_handle_t *)&server->tcp, on_server_closed);
}

struct net_addr const *link_server_address(struct link_server const *server)
{
    return &server->address;
}
