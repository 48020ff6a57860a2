/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a program over its control socket, blocking: for the command line. */
#include "clock.h"
#include "ctl.h"
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 * 1024 * 1024 };

char const ctl_client_absent[] = "not running";

static int open_socket(char const *path, int timeout_ms, char const **ret_error)
{
    struct timeval limit = { .tv_sec = timeout_ms / 1000,
                             .tv_usec = timeout_ms % 1000 * (suseconds_t)1000 };
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = -1;

    if (strlen(path) >= sizeof addr.sun_path) {
        *ret_error = "path of the control socket is too long";
        return -1;
    }
    memcpy(addr.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Bounds connect() too, which waits while the program accepts nobody. */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0 ||
        connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0) {
        *ret_error = errno == EACCES   ? "no permission for its control socket"
                     : errno == EAGAIN ? "does not answer"
                                       : ctl_client_absent;
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, char const *text, size_t len)
{
    while (len) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* Reads up to the end of the line, for @p timeout_ms in all; the caller frees. */
static char *read_line(int fd, int timeout_ms, size_t *ret_len)
{
    uint64_t end_ms = clock_now_ms() + (uint64_t)timeout_ms;
    char *line = NULL;
    size_t len = 0, size = 0;

    for (;;) {
        uint64_t now_ms = clock_now_ms();
        if (len + 65536 > size) {
            size = size ? size * 2 : 65536 * 2;
            char *more = size <= ANSWER_MAX ? realloc(line, size) : NULL;
            if (!more)
                break;
            line = more;
        }
        struct pollfd pfd = { .fd = fd, .events = POLLIN };
        int ready = poll(&pfd, 1, now_ms < end_ms ? (int)(end_ms - now_ms) : 0);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            break;
        ssize_t n = recv(fd, line + len, 65536, 0);
        if (n <= 0)
            break;
        len += (size_t)n;
        if (line[len - 1] == '\n') {
            *ret_len = len - 1;
            return line;
        }
    }
    free(line);
    return NULL;
}

json_t *ctl_client_call(char const *path, char const *command, json_t const *args, int timeout_ms,
                        char const **ret_error)
{
    json_t *answer = NULL, *message = json_pack("{s:s}", "command", command);
    char *text = NULL, *line = NULL;
    size_t len = 0;
    int fd = open_socket(path, timeout_ms, ret_error);

    if (args && message)
        json_object_set_new(message, "args", json_deep_copy(args));
    if (fd < 0 || !message || !(text = json_dumps(message, JSON_COMPACT)))
        goto out;
    *ret_error = "does not answer";
    if (!send_all(fd, text, strlen(text)) || !send_all(fd, "\n", 1) ||
        !(line = read_line(fd, timeout_ms, &len)))
        goto out;
    answer = json_loadb(line, len, 0, NULL);
    if (!answer)
        *ret_error = "gave an answer that is not JSON";

out:
    if (fd >= 0)
        close(fd);
    free(text);
    free(line);
    json_decref(message);
    return answer;
}
