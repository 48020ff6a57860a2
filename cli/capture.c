/* SPDX-License-Identifier: Apache-2.0 */
/* A child with one pipe. */
#include "capture.h"
#include "buf.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(char const *const *argv, int out_fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    int error;

    error = posix_spawn_file_actions_init(&actions);
    if (error)
        return -error;
    if (posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO) ||
        posix_spawn_file_actions_adddup2(&actions, out_fd, STDERR_FILENO))
        error = ENOMEM;
    else
        error = posix_spawnp(ret_pid, argv[0], &actions, NULL, (char **)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -error;
}

static void read_all(int fd, struct buf *out)
{
    char chunk[4096];
    ssize_t n;

    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            buf_add(out, chunk, (size_t)n);
}

int capture_run(char const *const *argv, struct buf *out)
{
    int fds[2], status = 0, rc;
    pid_t pid;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return -errno;
    rc = spawn(argv, fds[1], &pid);
    close(fds[1]);
    if (rc == 0) {
        read_all(fds[0], out);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            continue;
        rc = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    close(fds[0]);
    return rc;
}
