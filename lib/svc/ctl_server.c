/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket of a process: who may connect, how many, and which commands there are. */
#define LOG_SUBSYSTEM LOG_CTL
#include "ctl.h"
#include "ctl_link.h"
#include "ctl_peer.h"
#include "log.h"
#include "svc_metrics.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_LINKS = 64 };

struct ctl_server {
    uv_pipe_t pipe;
    struct svc *svc;
    struct ctl_command const *const *tables;
    struct ctl_links links;
    size_t n_links;
    char *path;
};

struct ctl_command const *ctl_server_command(struct ctl_server const *server, char const *name)
{
    for (struct ctl_command const *const *table = server->tables; *table; table++)
        for (struct ctl_command const *c = *table; c->name; c++)
            if (strcmp(c->name, name) == 0)
                return c;
    return NULL;
}

struct svc *ctl_server_svc(struct ctl_server const *server)
{
    return server->svc;
}

void ctl_server_touch(struct ctl_server *server, struct ctl_link *link)
{
    TAILQ_REMOVE(&server->links, link, entry);
    TAILQ_INSERT_TAIL(&server->links, link, entry);
}

void ctl_server_forget(struct ctl_server *server, struct ctl_link *link)
{
    TAILQ_REMOVE(&server->links, link, entry);
    server->n_links--;
    met_add(&svc_metrics, M_ctl_links, -1);
}

/* The socket's mode keeps others out already; this holds even if somebody opens the mode. */
static bool admit(struct ctl_server const *server, struct ctl_link *link)
{
    struct ctl_peer *peer = &link->peer;
    struct stat st;
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)&link->pipe, &fd) < 0 || ctl_peer_ask(peer, fd) < 0 ||
        stat(server->path, &st) < 0)
        return false;
    link->may_write = ctl_peer_may(peer, CTL_WRITE, geteuid(), st.st_gid);
    if (ctl_peer_may(peer, CTL_READ, geteuid(), st.st_gid))
        return true;
    log_warn(NULL, "control link refused uid=%u pid=%d", (unsigned)peer->uid, (int)peer->pid);
    return false;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct ctl_server *server = stream->data;
    /* libuv listens on only after uv_accept(): a link is accepted even if it is closed at once. */
    struct ctl_link *link = status < 0 ? NULL : ctl_link_accept(stream, server);

    if (!link) {
        log_warn(NULL, "control link not accepted error=\"%s\"",
                 uv_strerror(status < 0 ? status : UV_ENOMEM));
        return;
    }
    TAILQ_INSERT_TAIL(&server->links, link, entry);
    server->n_links++;
    met_inc(&svc_metrics, M_ctl_links);
    if (!admit(server, link)) {
        svc_count(M_ctl_peers_refused);
        ctl_link_close(link);
        return;
    }
    if (server->n_links > MAX_LINKS) {
        /* Links that only stand there must not keep an operator out. */
        svc_count(M_ctl_links_evicted);
        log_warn(NULL, "control link evicted links=%zu", server->n_links);
        ctl_link_close(TAILQ_FIRST(&server->links));
    }
    ctl_link_start(link);
}

/* A socket file that nobody listens on is left from a crash. */
static int remove_stale(char const *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    struct stat st;

    if (strlen(path) >= sizeof addr.sun_path)
        return -ENAMETOOLONG;
    if (lstat(path, &st) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -EEXIST;
    memcpy(addr.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    /* EAGAIN: somebody listens but is slow to accept. */
    bool alive = connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0 || errno == EAGAIN;
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
    TAILQ_INIT(&server->links);
    if ((err = uv_pipe_bind(&server->pipe, path)) < 0 ||
        (err = chmod(path, 0660) < 0 ? -errno : 0) < 0 ||
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
    struct ctl_link *link;

    *pserver = NULL;
    if (!server)
        return;
    while ((link = TAILQ_FIRST(&server->links)))
        ctl_link_close(link);
    unlink(server->path);
    uv_close((uv_handle_t *)&server->pipe, on_server_closed);
}
