/* SPDX-License-Identifier: Apache-2.0 */
/* A file descriptor of signals (signalfd(2)). */
#include "trace_signals.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int trace_signals_open(void)
{
    sigset_t signals;
    int fd;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0 || sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
        return -errno;
    return fd;
}

bool trace_signals_wait(int fd, int other, int timeout_ms)
{
    struct pollfd wait[] = { { .fd = fd, .events = POLLIN }, { .fd = other, .events = POLLIN } };

    /* A window that changes its size interrupts it, too. */
    (void)poll(wait, 2, timeout_ms);
    return wait[0].revents != 0 || (wait[1].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}
