/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments and requests: see netcap_options.h. */
#include "netcap_options.h"
#include "pcapng_write.h"
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 64, PATIENCE_S = 10, BUFFER_KIB = 8192, BUFFER_KIB_MAX = 1 << 20 };

struct row {
    char const *name;
    enum { ROW_FLAG, ROW_INTERFACE, ROW_TEXT, ROW_NUMBER, ROW_SMALL } type;
    size_t offset;
    uint64_t max;
};

#define AT(field) offsetof(struct netcap_options, field)
static struct row const rows[] = {
    { "--interface", ROW_INTERFACE, 0, 0 },
    { "-i", ROW_INTERFACE, 0, 0 },
    { "--filter", ROW_TEXT, AT(filter), 0 },
    { "--user", ROW_TEXT, AT(user), 0 },
    { "--packets", ROW_NUMBER, AT(packets), UINT64_MAX / 2 },
    { "--bytes", ROW_NUMBER, AT(bytes), UINT64_MAX / 2 },
    { "--seconds", ROW_NUMBER, AT(seconds), 31536000 },
    { "--snaplen", ROW_SMALL, AT(snaplen), PCAPNG_SNAP_LENGTH },
    { "--buffer", ROW_SMALL, AT(buffer_kib), BUFFER_KIB_MAX },
    { "--quiet", ROW_FLAG, AT(quiet), 0 },
    { "--serve", ROW_FLAG, AT(serve), 0 },
    { "--help", ROW_FLAG, AT(help), 0 },
};

static struct row const *find(char const *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

/* At least 1. */
static int read_number(char const *text, uint64_t max, uint64_t *ret)
{
    unsigned long long value;
    char *end;

    errno = 0;
    if (!isdigit((unsigned char)*text))
        return -1;
    value = strtoull(text, &end, 10);
    if (errno || *end || value == 0 || value > max)
        return -1;
    *ret = value;
    return 0;
}

static int read_value(struct netcap_options *ret, struct row const *row, char const *text)
{
    char *field = (char *)ret + row->offset;
    uint64_t number;

    switch (row->type) {
    case ROW_INTERFACE:
        if (!*text || ret->n == NETCAP_INTERFACES_MAX)
            return -1;
        ret->interfaces[ret->n++] = text;
        return 0;
    case ROW_TEXT:
        *(char const **)(void *)field = text;
        return 0;
    case ROW_NUMBER:
        return read_number(text, row->max, (uint64_t *)(void *)field);
    case ROW_SMALL:
        if (read_number(text, row->max, &number) < 0)
            return -1;
        *(unsigned *)(void *)field = (unsigned)number;
        return 0;
    case ROW_FLAG:
        break;
    }
    return -1;
}

static int parse(struct netcap_options *ret, int argc, char **argv, char fault[static NETCAP_FAULT])
{
    for (int i = 0; i < argc; i++) {
        struct row const *row = find(argv[i]);

        if (!row) {
            (void)snprintf(fault, NETCAP_FAULT, "no such option: %.100s", argv[i]);
            return -1;
        }
        if (row->type == ROW_FLAG) {
            *(bool *)((char *)ret + row->offset) = true;
            continue;
        }
        if (i + 1 >= argc || read_value(ret, row, argv[i + 1]) < 0) {
            (void)snprintf(fault, NETCAP_FAULT, "%s: %s", row->name,
                           i + 1 < argc ? "not a value that it takes" : "needs a value");
            return -1;
        }
        i++;
    }
    return 0;
}

int netcap_options_parse(struct netcap_options *ret, int argc, char **argv,
                         char fault[static NETCAP_FAULT])
{
    *ret = (struct netcap_options){
        .filter = "", .user = "nobody", .snaplen = PCAPNG_SNAP_LENGTH, .buffer_kib = BUFFER_KIB
    };
    if (parse(ret, argc, argv, fault) < 0)
        return -1;
    if (ret->help || (ret->serve ? ret->n == 0 : ret->n > 0))
        return 0;
    (void)snprintf(fault, NETCAP_FAULT, "%s",
                   ret->serve ? "--interface: the request names it" : "--interface is missing");
    return -1;
}

/* Up to the empty line. Returns the length, or -1. */
static int read_text(int fd, char text[static NETCAP_REQUEST_MAX])
{
    struct timespec now;
    size_t len = 0;

    clock_gettime(CLOCK_MONOTONIC, &now);
    for (time_t end = now.tv_sec + PATIENCE_S; now.tv_sec < end && len < NETCAP_REQUEST_MAX - 1;) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        ssize_t got = 0;

        if (poll(&wait, 1, 1000) > 0) {
            got = read(fd, text + len, 1);
            if (got <= 0)
                return -1;
        }
        len += (size_t)got;
        if (len >= 2 && text[len - 1] == '\n' && text[len - 2] == '\n')
            return (int)len - 1;
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    return -1;
}

int netcap_options_read(struct netcap_options *ret, int fd, char text[static NETCAP_REQUEST_MAX],
                        char fault[static NETCAP_FAULT])
{
    char const *user = ret->user;
    char *argv[ARGUMENTS_MAX], *at = text;
    int argc = 0, len = read_text(fd, text);

    if (len < 0) {
        (void)snprintf(fault, NETCAP_FAULT, "no whole request has come");
        return -1;
    }
    for (text[len] = '\0'; *at && argc < ARGUMENTS_MAX; argc++) {
        argv[argc] = at;
        at += strcspn(at, "\n");
        *at++ = '\0';
    }
    if (*at)
        (void)snprintf(fault, NETCAP_FAULT, "more than %d arguments", ARGUMENTS_MAX);
    else if (netcap_options_parse(ret, argc, argv, fault) < 0)
        return -1;
    else if (ret->serve || ret->help || strcmp(ret->user, "nobody") != 0)
        (void)snprintf(fault, NETCAP_FAULT, "a request cannot say --serve, --help or --user");
    else
        *fault = '\0';
    ret->user = user;
    return *fault ? -1 : 0;
}
