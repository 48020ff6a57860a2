/* SPDX-License-Identifier: Apache-2.0 */
/* See dns_rig.h. */
#include "dns_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 200, SERVFAIL = 2, NXDOMAIN = 3, PACKET_BYTES = 4000, QUESTION_BYTES = 600 };

/* --- the clock -------------------------------------------------------------------------------- */

static struct timespec moved;

/* Stands before that of libc: nothing here waits for a timer. */
int clock_gettime(clockid_t id, struct timespec *ret)
{
    int result = (int)syscall(SYS_clock_gettime, id, ret);

    ret->tv_sec += moved.tv_sec;
    return result;
}

void dns_rig_advance_s(int seconds)
{
    moved.tv_sec += seconds;
}

/* --- the DNS server --------------------------------------------------------------------------- */

static unsigned char *put_name(unsigned char *p, char const *name)
{
    while (*name) {
        size_t label = strcspn(name, ".");
        *p++ = (unsigned char)label;
        memcpy(p, name, label);
        p += label;
        name += label + (name[label] == '.');
    }
    *p++ = 0;
    return p;
}

static unsigned char *put_u16(unsigned char *p, int value)
{
    *p++ = (unsigned char)(value >> 8);
    *p++ = (unsigned char)value;
    return p;
}

static unsigned char *put_text(unsigned char *p, char const *text, size_t len)
{
    *p++ = (unsigned char)len;
    return (unsigned char *)mempcpy(p, text, len);
}

static unsigned char *put_value(unsigned char *p, struct dns_row const *row)
{
    if (row->type == DNS_SRV || row->type == DNS_NAPTR)
        p = put_u16(put_u16(p, row->priority), row->weight);
    if (row->type == DNS_SRV)
        return put_name(put_u16(p, row->port), row->value);
    if (row->type == DNS_NAPTR) {
        size_t flags = strcspn(row->service, " ");
        p = put_text(p, row->service, flags);
        p = put_text(p, row->service + flags + 1, strlen(row->service + flags + 1));
        return put_name(put_text(p, "", 0), row->value);
    }
    assert_int_equal(inet_pton(row->type == DNS_A ? AF_INET : AF_INET6, row->value, p), 1);
    return p + (row->type == DNS_A ? sizeof(struct in_addr) : sizeof(struct in6_addr));
}

static unsigned char *put_record(unsigned char *p, struct dns_row const *row)
{
    unsigned char value[600];
    size_t len = (size_t)(put_value(value, row) - value);

    p = put_u16(p, 0xc00c); /* the name of the question */
    p = put_u16(put_u16(p, row->type), 1);
    p = put_u16(put_u16(p, 0), row->ttl_s ? row->ttl_s : DNS_TTL_S);
    p = put_u16(p, (int)len);
    memcpy(p, value, len);
    return p + len;
}

/* Name of the question at @p p in dots; returns what is behind it. */
static unsigned char *read_name(unsigned char *p, char *ret, size_t size)
{
    size_t at = 0;

    for (*ret = '\0'; *p && at < size; p += *p + 1)
        at += (size_t)snprintf(ret + at, size - at, "%s%.*s", at ? "." : "", *p, (char *)p + 1);
    return p + 1;
}

/* Answers one question, if one is there. */
static bool serve(struct dns_rig *rig)
{
    unsigned char packet[PACKET_BYTES];
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    char name[300];
    int found = 0;
    bool exists = false;

    if (recvfrom(rig->fd, packet, QUESTION_BYTES, MSG_DONTWAIT, (struct sockaddr *)&from,
                 &from_len) < 12)
        return false;
    rig->questions++;
    if (rig->mute)
        return true;
    unsigned char *p = read_name(packet + 12, name, sizeof name);
    int type = p[0] << 8 | p[1];
    p += 4;
    if (rig->silent_name && strcasecmp(rig->silent_name, name) == 0)
        return true;
    bool broken = rig->broken || type == rig->broken_type;
    for (size_t i = 0; i < rig->n_rows && !broken; i++) {
        bool same = strcasecmp(rig->zone[i].name, name) == 0;
        exists |= same;
        if (same && rig->zone[i].type == type) {
            p = put_record(p, &rig->zone[i]);
            found++;
        }
    }
    packet[2] |= 0x80;
    packet[3] = (unsigned char)(0x80 | (broken ? SERVFAIL : exists ? 0 : NXDOMAIN));
    put_u16(packet + 6, found);
    memset(packet + 8, 0, 4);
    sendto(rig->fd, packet, (size_t)(p - packet), 0, (struct sockaddr *)&from, from_len);
    return true;
}

/* --- rig -------------------------------------------------------------------------------------- */

void dns_rig_init(struct dns_rig *rig, struct dns_row const *zone, size_t n_rows)
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof addr;

    memset(rig, 0, sizeof *rig);
    rig->zone = zone;
    rig->n_rows = n_rows;
    rig->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(rig->fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(getsockname(rig->fd, (struct sockaddr *)&addr, &len), 0);
    snprintf(rig->servers, sizeof rig->servers, "127.0.0.1:%u", ntohs(addr.sin_port));
    uv_loop_init(&rig->loop);
    rig->resolver = resolver_new(&rig->loop, rig->servers);
    assert_non_null(rig->resolver);
}

void dns_rig_fini(struct dns_rig *rig)
{
    resolver_free(&rig->resolver);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    close(rig->fd);
}

void dns_rig_run(struct dns_rig *rig)
{
    struct pollfd fds[2] = { { .fd = rig->fd, .events = POLLIN },
                             { .fd = uv_backend_fd(&rig->loop), .events = POLLIN } };

    for (int i = 0; i < PATIENCE; i++) {
        bool served = serve(rig);
        uv_run(&rig->loop, UV_RUN_NOWAIT);
        if (!served && poll(fds, 2, 5) == 0)
            return;
    }
}
