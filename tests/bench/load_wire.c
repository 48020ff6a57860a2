/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets of a load client: see load_wire.h. */
#include "load_wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 30, CHUNK = 1 << 18 };

void load_wire_die(char const *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

uint64_t load_wire_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void watch(struct load_wire *wire, int operation)
{
    struct epoll_event event = { .events = EPOLLIN | (wire->waits ? EPOLLOUT : 0),
                                 .data.ptr = wire };

    if (epoll_ctl(wire->epoll, operation, wire->fd, &event) < 0)
        load_wire_die("epoll_ctl");
}

static void open_wire(struct load_wire *wire, int epoll, struct sockaddr const *to, socklen_t len)
{
    *wire = (struct load_wire){ .epoll = epoll };
    buf_init(&wire->in, MOST_BYTES);
    buf_init(&wire->out, MOST_BYTES);
    wire->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wire->fd < 0 || connect(wire->fd, to, len) < 0)
        load_wire_die("connect");
    watch(wire, EPOLL_CTL_ADD);
}

void load_wire_tcp(struct load_wire *wire, int epoll, char const *host, unsigned port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) }, here;
    socklen_t len = sizeof here;
    char text[INET_ADDRSTRLEN];
    int one = 1;

    if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
        load_wire_die(host);
    open_wire(wire, epoll, (struct sockaddr *)&to, sizeof to);
    setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (getsockname(wire->fd, (struct sockaddr *)&here, &len) < 0)
        load_wire_die("getsockname");
    (void)snprintf(wire->here, sizeof wire->here, "%s:%u",
                   inet_ntop(AF_INET, &here.sin_addr, text, sizeof text), ntohs(here.sin_port));
}

void load_wire_unix(struct load_wire *wire, int epoll, char const *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };

    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    open_wire(wire, epoll, (struct sockaddr *)&to, sizeof to);
}

void load_wire_fini(struct load_wire *wire)
{
    close(wire->fd);
    buf_fini(&wire->in);
    buf_fini(&wire->out);
}

void load_wire_flush(struct load_wire *wire)
{
    while (wire->sent < wire->out.len) {
        ssize_t n = send(wire->fd, wire->out.data + wire->sent, wire->out.len - wire->sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            load_wire_die("send");
        if (n < 0)
            break;
        wire->sent += (size_t)n;
    }
    if (!buf_ok(&wire->out))
        load_wire_die("out of memory");
    if (wire->sent == wire->out.len) {
        buf_reset(&wire->out);
        wire->sent = 0;
    }
    if (wire->waits == (wire->out.len > 0))
        return;
    wire->waits = wire->out.len > 0;
    watch(wire, EPOLL_CTL_MOD);
}

void load_wire_fill(struct load_wire *wire)
{
    buf_consume(&wire->in, wire->read);
    wire->read = 0;
    buf_reserve(&wire->in, CHUNK);
    ssize_t n = recv(wire->fd, wire->in.data + wire->in.len, wire->in.size - wire->in.len - 1,
                     MSG_DONTWAIT);
    if (n == 0)
        errno = ECONNRESET;
    if (n <= 0 && errno != EAGAIN)
        load_wire_die("the other side closed");
    if (n > 0)
        wire->in.len += (size_t)n;
    wire->in.data[wire->in.len] = '\0';
}

bool load_wire_message(struct load_wire *wire, struct load_message *ret)
{
    char *start = wire->in.data + wire->read;
    size_t left = wire->in.len - wire->read, len;
    char *end = left ? memmem(start, left, "\r\n\r\n", 4) : NULL;

    if (!end)
        return false;
    end[2] = '\0';
    char const *length = load_wire_header(start, "Content-Length", &len);
    ret->head = start;
    ret->body = end + 4;
    ret->body_len = length ? strtoul(length, NULL, 10) : 0;
    if ((size_t)(ret->body - start) + ret->body_len > left) {
        end[2] = '\r';
        return false;
    }
    wire->read += (size_t)(ret->body - start) + ret->body_len;
    return true;
}

char *load_wire_line(struct load_wire *wire)
{
    char *start = wire->in.data + wire->read;
    char *end = memchr(start, '\n', wire->in.len - wire->read);

    if (!end)
        return NULL;
    *end = '\0';
    wire->read += (size_t)(end - start) + 1;
    return start;
}

char const *load_wire_header(char const *from, char const *name, size_t *ret_len)
{
    size_t len = strlen(name);

    for (char const *line = from; *line; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        line += len + 1;
        line += strspn(line, " ");
        *ret_len = strcspn(line, "\r\n");
        return line;
    }
    return NULL;
}
