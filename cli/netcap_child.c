/* SPDX-License-Identifier: Apache-2.0 */
/* The child and its pipe: see netcap_child.h. */
#include "netcap_child.h"
#include "buf.h"
#include "capture_file.h"
#include "capture_source.h"
#include "cli.h"
#include "program.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct program const netcap = { "netcap", "crosspoint-netcap", "capture" };

/* Negative errno or 0. */
static int spawn(struct netcap_child *child, struct netcap_child_options const *options, int out,
                 char const *path)
{
    char const *argv[12] = { netcap.binary, "--quiet", "--interface", options->interface };
    posix_spawn_file_actions_t actions;
    int n = 4, error;

    if (options->filter) {
        argv[n++] = "--filter";
        argv[n++] = options->filter;
    }
    if (options->seconds) {
        argv[n++] = "--seconds";
        argv[n++] = options->seconds;
    }
    error = posix_spawn_file_actions_init(&actions);
    if (error)
        return -error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!error)
        error = posix_spawn(&child->pid, path, &actions, NULL, (char **)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -error;
}

/* Its first byte comes when all is open, its end if nothing is. */
static int wait_for_begin(struct netcap_child *child, int fd, bool waits)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    int error = 0;

    while (poll(&wait, 1, -1) < 0 && errno == EINTR)
        ;
    if (wait.revents & POLLIN)
        error = waits ? 0 : fcntl(fd, F_SETFL, O_NONBLOCK);
    else
        error = -1;
    if (error == 0 && capture_file_open_fd(fd, &child->source) == 0)
        return CLI_OK;
    if (error)
        close(fd);
    error = netcap_child_close(child);
    return error ? error : EX_OSERR;
}

int netcap_child_open(struct netcap_child *child, struct netcap_child_options const *options)
{
    struct buf path;
    int fds[2], error;

    *child = (struct netcap_child){ 0 };
    buf_init(&path, PATH_MAX);
    error = program_locate(&netcap, "", &path);
    if (!error && pipe2(fds, O_CLOEXEC) < 0)
        error = -errno;
    if (error) {
        cli_complain("%s: %s", netcap.binary, strerror(-error));
        buf_fini(&path);
        return EX_UNAVAILABLE;
    }
    error = spawn(child, options, fds[1], buf_text(&path));
    buf_fini(&path);
    close(fds[1]);
    if (error) {
        cli_complain("%s: %s", netcap.binary, strerror(-error));
        close(fds[0]);
        return EX_UNAVAILABLE;
    }
    return wait_for_begin(child, fds[0], options->waits);
}

int netcap_child_close(struct netcap_child *child)
{
    int status = 0;

    /* It ends when nobody reads. */
    capture_source_free(&child->source);
    if (child->pid == 0)
        return CLI_OK;
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        ;
    child->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EX_OSERR;
}
