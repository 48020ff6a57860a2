/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to crosspoint-netcap: see job_packets.h. */
#include "job_packets.h"
#include "buf.h"
#include "capture_counts.h"
#include "capture_look.h"
#include "capture_records.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MAX = 8192, LINE_MAX_LEN = 512 };

struct job_packets {
    int fd; /* of the records */
    struct capture_records *records;
    struct capture_counts counts;
    bool are_open;
    char fault[JOB_PACKETS_FAULT];
};

static int connect_to(char const *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd, error = 0;

    if (strlen(path) >= sizeof addr.sun_path)
        return -ENAMETOOLONG;
    memcpy(addr.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0)
        return fd;
    error = -errno;
    close(fd);
    return error;
}

/* A new socket has room for it. */
static int ask(int fd, char const *interface, char const *filter)
{
    struct buf request;
    int error = -EMSGSIZE;

    buf_init(&request, REQUEST_MAX);
    buf_printf(&request, "--quiet\n--interface\n%s\n", interface);
    if (*filter)
        buf_printf(&request, "--filter\n%s\n", filter);
    buf_printf(&request, "\n");
    if (buf_ok(&request)) {
        ssize_t sent = send(fd, request.data, request.len, MSG_NOSIGNAL);

        error = sent == (ssize_t)request.len ? 0 : sent < 0 ? -errno : -EIO;
    }
    buf_fini(&request);
    return error;
}

int job_packets_open(char const *path, char const *interface, char const *filter,
                     struct job_packets **ret)
{
    struct job_packets *packets = calloc(1, sizeof *packets);
    int error = packets ? 0 : -ENOMEM;

    *ret = NULL;
    if (error)
        return error;
    packets->fd = connect_to(path);
    error = packets->fd < 0 ? packets->fd : ask(packets->fd, interface, filter);
    if (error < 0) {
        if (packets->fd >= 0)
            close(packets->fd);
        free(packets);
        return error;
    }
    packets->records = capture_records_new(packets->fd, &packets->counts);
    if (!packets->records) {
        free(packets);
        return -ENOMEM;
    }
    *ret = packets;
    return 0;
}

void job_packets_free(struct job_packets **ppackets)
{
    struct job_packets *packets = *ppackets;

    *ppackets = NULL;
    if (!packets)
        return;
    capture_records_free(&packets->records);
    free(packets);
}

static int fail(struct job_packets *packets, char const *why, size_t len)
{
    capture_look_print_span((struct capture_span){ why, len }, packets->fault,
                            sizeof packets->fault);
    return -ENOLINK;
}

static int end(struct job_packets *packets)
{
    static char const why[] = "crosspoint-netcap has ended; its log says why";

    return fail(packets, why, strlen(why));
}

/* What comes first is a file, or one line that says why there is none. 1: the former. */
static int look_at_begin(struct job_packets *packets)
{
    char line[LINE_MAX_LEN], *newline;
    ssize_t n = recv(packets->fd, line, sizeof line, MSG_PEEK);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : end(packets);
    if (n == 0)
        return end(packets);
    if (*line == '\n') {
        packets->are_open = true;
        return 1;
    }
    newline = memchr(line, '\n', (size_t)n);
    if (!newline && n < LINE_MAX_LEN)
        return 0;
    return fail(packets, line, newline ? (size_t)(newline - line) : (size_t)n);
}

int job_packets_next(struct job_packets *packets, struct capture_packet *ret)
{
    struct capture_record record;
    int rc = packets->are_open ? 1 : look_at_begin(packets);

    if (rc <= 0)
        return rc;
    rc = capture_records_next(packets->records, &record);
    if (rc == -EAGAIN)
        return 0;
    if (rc == 0)
        return end(packets);
    if (rc < 0) {
        char const *why = capture_records_error(packets->records);

        return fail(packets, why, strlen(why));
    }
    *ret = (struct capture_packet){
        .interface = record.interface,
        .description = "",
        .link_type = record.link_type,
        .time_us = record.time_us,
        .bytes = record.bytes,
        .len = record.len,
        .wire_len = record.wire_len,
    };
    return 1;
}

bool job_packets_are_open(struct job_packets const *packets)
{
    return packets->are_open;
}

char const *job_packets_fault(struct job_packets const *packets)
{
    return packets->fault;
}
