/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket of a process: links, lines, privileges, and finding the command. */
#define LOG_SUBSYSTEM LOG_CTL
#include "buf.h"
#include "ctl.h"
#include "log.h"
#include "svc_metrics.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_BYTES = 65536, ANSWER_BYTES = 16777216, MAX_LINKS = 64, MAX_QUEUED = 33554432 };

struct link {
    uv_pipe_t pipe;
    LIST_ENTRY(link) entry;
    LIST_HEAD(, ctl_call) calls;
    struct ctl_server *server;
    struct buf line;
    bool may_write;
    char chunk[4096];
};

struct ctl_call {
    LIST_ENTRY(ctl_call) entry;
    struct link *link; /* NULL once the link is gone: the answer is dropped */
};

struct ctl_server {
    uv_pipe_t pipe;
    struct svc *svc;
    struct ctl_command const *const *tables;
    LIST_HEAD(, link) links;
    size_t n_links;
    char *path;
};

struct write {
    uv_write_t req;
    char *text;
};

static void on_link_closed(uv_handle_t *handle)
{
    struct link *link = handle->data;

    buf_fini(&link->line);
    free(link);
}

static void close_link(struct link *link)
{
    struct ctl_call *call;

    if (uv_is_closing((uv_handle_t *)&link->pipe))
        return;
    while ((call = LIST_FIRST(&link->calls))) {
        LIST_REMOVE(call, entry);
        call->link = NULL;
    }
    LIST_REMOVE(link, entry);
    link->server->n_links--;
    met_add(&svc_metrics, M_ctl_links, -1);
    uv_close((uv_handle_t *)&link->pipe, on_link_closed);
}

static void on_written(uv_write_t *req, int status)
{
    struct write *write = (struct write *)req;
    struct link *link = req->handle->data;

    if (status < 0 && status != UV_ECANCELED)
        close_link(link);
    free(write->text);
    free(write);
}

/* Takes @p answer. A client that does not read is cut off. */
static void send_answer(struct link *link, json_t *answer)
{
    char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
    struct write *write = calloc(1, sizeof *write);

    json_decref(answer);
    if (!text || !write || link->pipe.write_queue_size > MAX_QUEUED) {
        free(text);
        free(write);
        close_link(link);
        return;
    }
    write->text = text;
    uv_buf_t parts[] = { uv_buf_init(text, (unsigned)strlen(text)),
                         uv_buf_init((char[]){ "\n" }, 1) };
    if (uv_write(&write->req, (uv_stream_t *)&link->pipe, parts, 2, on_written) < 0) {
        free(text);
        free(write);
        close_link(link);
    }
}

static void end_call(struct ctl_call *call, json_t *answer)
{
    svc_count(M_ctl_calls);
    if (call->link) {
        LIST_REMOVE(call, entry);
        send_answer(call->link, answer);
    } else {
        json_decref(answer);
    }
    free(call);
}

void ctl_reply(struct ctl_call *call, json_t *result)
{
    end_call(call, json_pack("{s:b,s:o}", "ok", 1, "result", result ? result : json_null()));
}

void ctl_fail(struct ctl_call *call, char const *code, char const *format, ...)
{
    struct buf text;
    va_list args;

    buf_init(&text, 4096);
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    svc_count(M_ctl_failed);
    json_t *error = json_string(buf_text(&text));
    end_call(call, json_pack("{s:b,s:o,s:s}", "ok", 0, "error",
                             error ? error : json_string("(not UTF-8)"), "code", code));
    buf_fini(&text);
}

static struct ctl_command const *find_command(struct ctl_server const *server, char const *name)
{
    for (struct ctl_command const *const *table = server->tables; *table; table++)
        for (struct ctl_command const *c = *table; c->name; c++)
            if (strcmp(c->name, name) == 0)
                return c;
    return NULL;
}

static void run_command(struct link *link, char const *name, json_t const *args)
{
    struct ctl_command const *command = find_command(link->server, name);
    struct ctl_call *call = calloc(1, sizeof *call);

    if (!call) {
        close_link(link);
        return;
    }
    call->link = link;
    LIST_INSERT_HEAD(&link->calls, call, entry);
    if (!command) {
        ctl_fail(call, "unknown-command", "unknown command \"%s\"", name);
    } else if (command->priv == CTL_WRITE && !link->may_write) {
        svc_count(M_ctl_refused);
        log_warn(NULL, "control command refused command=\"%s\" reason=privilege", name);
        ctl_fail(call, "not-allowed", "\"%s\" is for root and the program's own user", name);
    } else {
        command->fn(link->server->svc, call, args);
    }
}

/* One line; false if it is no command and the link must go. */
static bool take_line(struct link *link, char const *text, size_t len)
{
    json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    char const *name = json_string_value(json_object_get(message, "command"));
    json_t *args = json_object_get(message, "args");
    bool good = name && (!args || json_is_object(args));

    if (good)
        run_command(link, name, args);
    json_decref(message);
    return good;
}

static void refuse_line(struct link *link, char const *why)
{
    svc_count(M_ctl_bad_lines);
    log_warn(NULL, "control line refused reason=\"%s\"", why);
    uv_read_stop((uv_stream_t *)&link->pipe);
    char *text = NULL;
    json_t *answer = json_pack("{s:b,s:s,s:s}", "ok", 0, "error", why, "code", "bad-line");
    /* The last word fits a socket buffer or is lost with the link. */
    if ((text = json_dumps(answer, JSON_COMPACT))) {
        uv_buf_t parts[] = { uv_buf_init(text, (unsigned)strlen(text)),
                             uv_buf_init((char[]){ "\n" }, 1) };
        uv_try_write((uv_stream_t *)&link->pipe, parts, 2);
    }
    free(text);
    json_decref(answer);
    close_link(link);
}

static void take_lines(struct link *link)
{
    char const *end;

    while (link->line.len && (end = memchr(link->line.data, '\n', link->line.len))) {
        size_t len = (size_t)(end - link->line.data);
        bool good = take_line(link, link->line.data, len);
        if (uv_is_closing((uv_handle_t *)&link->pipe))
            return;
        if (!good) {
            refuse_line(link, "not a JSON object with a command");
            return;
        }
        buf_consume(&link->line, len + 1);
    }
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct link *link = handle->data;

    (void)suggested;
    *ret = uv_buf_init(link->chunk, sizeof link->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t n, uv_buf_t const *data)
{
    struct link *link = stream->data;

    if (n < 0) {
        close_link(link);
        return;
    }
    buf_add(&link->line, data->base, (size_t)n);
    take_lines(link);
    if (!uv_is_closing((uv_handle_t *)&link->pipe) && !buf_ok(&link->line))
        refuse_line(link, "line too long");
}

/* The socket's mode admits root, the user and the group; the group may only read. */
static bool peer_may_write(uv_pipe_t const *pipe)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t const *)pipe, &fd) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
        return false;
    return peer.uid == 0 || peer.uid == geteuid();
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct ctl_server *server = stream->data;
    struct link *link = calloc(1, sizeof *link);

    if (status < 0 || !link || server->n_links >= MAX_LINKS ||
        uv_pipe_init(stream->loop, &link->pipe, 0) < 0) {
        log_warn(NULL, "control link refused links=%zu", server->n_links);
        free(link);
        return;
    }
    link->pipe.data = link;
    link->server = server;
    buf_init(&link->line, LINE_BYTES);
    LIST_INSERT_HEAD(&server->links, link, entry);
    server->n_links++;
    met_add(&svc_metrics, M_ctl_links, 1);
    if (uv_accept(stream, (uv_stream_t *)&link->pipe) < 0 ||
        uv_read_start((uv_stream_t *)&link->pipe, on_alloc, on_read) < 0) {
        close_link(link);
        return;
    }
    link->may_write = peer_may_write(&link->pipe);
}

/* A socket file that nobody listens on is left from a crash. */
static int remove_stale(char const *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof addr.sun_path)
        return -ENAMETOOLONG;
    memcpy(addr.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    bool alive = connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0;
    close(fd);
    if (alive)
        return -EADDRINUSE;
    return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

static void on_server_closed(uv_handle_t *handle)
{
    struct ctl_server *server = handle->data;

    free(server->path);
    free(server);
}

struct ctl_server *ctl_server_new(uv_loop_t *loop, struct svc *svc, char const *path,
                                  struct ctl_command const *const *tables)
{
    struct ctl_server *server = calloc(1, sizeof *server);
    int err = -ENOMEM;

    if (!server || !(server->path = strdup(path)) || (err = remove_stale(path)) < 0 ||
        (err = uv_pipe_init(loop, &server->pipe, 0)) < 0) {
        log_error(NULL, "control socket not opened path=%s error=\"%s\"", path, uv_strerror(err));
        if (server)
            free(server->path);
        free(server);
        return NULL;
    }
    server->pipe.data = server;
    server->svc = svc;
    server->tables = tables;
    if ((err = uv_pipe_bind(&server->pipe, path)) < 0 || chmod(path, 0660) < 0 ||
        (err = uv_listen((uv_stream_t *)&server->pipe, 16, on_connection)) < 0) {
        log_error(NULL, "control socket not opened path=%s error=\"%s\"", path, uv_strerror(err));
        uv_close((uv_handle_t *)&server->pipe, on_server_closed);
        return NULL;
    }
    return server;
}

void ctl_server_free(struct ctl_server **pserver)
{
    struct ctl_server *server = *pserver;
    struct link *link;

    *pserver = NULL;
    if (!server)
        return;
    while ((link = LIST_FIRST(&server->links)))
        close_link(link);
    unlink(server->path);
    uv_close((uv_handle_t *)&server->pipe, on_server_closed);
}
