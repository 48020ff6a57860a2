/* SPDX-License-Identifier: Apache-2.0 */
/* Resolver: a table of URIs, then names against a small DNS server on loopback. One clock, moved by
 * the tests, is seen by c-ares, libuv and lib/core. */
#include "resolve.h"
#include "resolve_srv.h"
#include "sip_metrics.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 200, TYPE_A = 1, TYPE_AAAA = 28, TYPE_SRV = 33, TTL_S = 60, SERVFAIL = 2 };

/* The zone of the server. No row: NXDOMAIN. */
struct zone_row {
    char const *name;
    int type, priority, weight, port;
    char const *value; /* an address, or a name */
    int ttl_s;         /* 0: TTL_S */
};

/* clang-format off */
static struct zone_row const zone[] = {
    { "one.test", TYPE_A, 0, 0, 0, "127.0.0.1", 0 },
    { "two.test", TYPE_A, 0, 0, 0, "127.0.0.2", 0 },
    { "two.test", TYPE_A, 0, 0, 0, "127.0.0.3", 0 },
    { "six.test", TYPE_AAAA, 0, 0, 0, "2001:db8::6", 0 },
    { "_sip._udp.srv.test", TYPE_SRV, 20, 1, 5072, "two.test", 0 },
    { "_sip._udp.srv.test", TYPE_SRV, 10, 1, 5071, "one.test", 0 },
    { "_sip._tcp.srv.test", TYPE_SRV, 1, 1, 5081, "one.test", 0 },
    { "_sip._tcp.tcponly.test", TYPE_SRV, 1, 1, 5082, "one.test", 0 },
    { "tcponly.test", TYPE_A, 0, 0, 0, "127.0.0.9", 0 },
    { "_sip._udp.dead.test", TYPE_SRV, 1, 1, 5060, "gone.test", 0 },
    { "_sip._udp.dead.test", TYPE_SRV, 2, 1, 5060, "one.test", 0 },
    /* 40 of 41 parts of the load, and a spare one */
    { "_sip._udp.heavy.test", TYPE_SRV, 2, 9999, 5060, "six.test", 0 },
    { "_sip._udp.heavy.test", TYPE_SRV, 1, 0, 5060, "two.test", 0 },
    { "_sip._udp.heavy.test", TYPE_SRV, 1, 65535, 5060, "one.test", 0 },
    /* RFC 2782: the service is decidedly not there */
    { "_sip._udp.never.test", TYPE_SRV, 0, 0, 0, "", 0 },
    { "never.test", TYPE_A, 0, 0, 0, "127.0.0.9", 0 },
    { "_sip._udp.nodatagrams.test", TYPE_SRV, 0, 0, 0, "", 0 },
    { "_sip._tcp.nodatagrams.test", TYPE_SRV, 1, 1, 5083, "one.test", 0 },
    { "_sip._udp.brief.test", TYPE_SRV, 1, 1, 5084, "one.test", 10 },
    { "_sip._udp.lasting.test", TYPE_SRV, 1, 1, 5085, "seven.test", 900 },
    { "seven.test", TYPE_A, 0, 0, 0, "127.0.0.7", 600 },
    { "single", TYPE_A, 0, 0, 0, "127.0.0.8", 0 },
    { "nobody.search.test", TYPE_A, 0, 0, 0, "127.0.0.9", 0 },
    { "plain.search.test", TYPE_A, 0, 0, 0, "127.0.0.9", 0 },
};
/* clang-format on */

struct rig {
    uv_loop_t loop;
    struct resolver *resolver;
    int fd, questions;
    bool mute, broken;
    int many;        /* addresses of "many.test" */
    char text[800];  /* what the last answer said */
    int broken_type; /* questions of this type fail, 0: none */
    int answers;
};

/* --- the clock -------------------------------------------------------------------------------- */

static struct timespec moved;

/* Stands before that of libc: nothing here waits for a timer. */
int clock_gettime(clockid_t id, struct timespec *ret)
{
    int result = (int)syscall(SYS_clock_gettime, id, ret);

    ret->tv_sec += moved.tv_sec;
    return result;
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

static unsigned char *put_value(unsigned char *p, struct zone_row const *row)
{
    struct net_addr addr;

    if (row->type == TYPE_SRV)
        return put_name(put_u16(put_u16(put_u16(p, row->priority), row->weight), row->port),
                        row->value);
    assert_int_equal(net_addr_parse(&addr, row->value, 0), 0);
    if (row->type == TYPE_A)
        return (unsigned char *)mempcpy(p, &addr.in.sin_addr, sizeof addr.in.sin_addr);
    return (unsigned char *)mempcpy(p, &addr.in6.sin6_addr, sizeof addr.in6.sin6_addr);
}

static unsigned char *put_record(unsigned char *p, struct zone_row const *row)
{
    unsigned char value[300];
    size_t len = (size_t)(put_value(value, row) - value);

    p = put_u16(p, 0xc00c); /* the name of the question */
    p = put_u16(put_u16(p, row->type), 1);
    p = put_u16(put_u16(p, 0), row->ttl_s ? row->ttl_s : TTL_S);
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
static bool serve(struct rig *rig)
{
    unsigned char packet[2000];
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    char name[300];
    int found = 0, type;
    bool exists = false;

    if (recvfrom(rig->fd, packet, 600, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len) < 12)
        return false;
    rig->questions++;
    if (rig->mute)
        return true;
    unsigned char *p = read_name(packet + 12, name, sizeof name);
    type = p[0] << 8 | p[1];
    p += 4;
    bool broken = rig->broken || type == rig->broken_type;
    for (size_t i = 0; i < sizeof zone / sizeof *zone && !broken; i++) {
        bool same = strcasecmp(zone[i].name, name) == 0;
        exists |= same;
        if (same && zone[i].type == type) {
            p = put_record(p, &zone[i]);
            found++;
        }
    }
    bool is_many = strcasecmp(name, "many.test") == 0;
    exists |= is_many;
    for (int i = 1; i <= rig->many && is_many && type == TYPE_A; i++) {
        char addr[32];
        snprintf(addr, sizeof addr, "127.0.1.%d", i);
        p = put_record(p, &(struct zone_row){ .type = TYPE_A, .value = addr });
        found++;
    }
    packet[2] |= 0x80;
    packet[3] = (unsigned char)(0x80 | (broken ? SERVFAIL : exists ? 0 : 3));
    put_u16(packet + 6, found);
    memset(packet + 8, 0, 4);
    sendto(rig->fd, packet, (size_t)(p - packet), 0, (struct sockaddr *)&from, from_len);
    return true;
}

/* --- rig -------------------------------------------------------------------------------------- */

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof addr;
    char servers[64];

    rig->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(rig->fd, (struct sockaddr *)&addr, sizeof addr), 0);
    assert_int_equal(getsockname(rig->fd, (struct sockaddr *)&addr, &len), 0);
    snprintf(servers, sizeof servers, "127.0.0.1:%u", ntohs(addr.sin_port));
    uv_loop_init(&rig->loop);
    rig->resolver = resolver_new(&rig->loop, servers);
    assert_non_null(rig->resolver);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    resolver_free(&rig->resolver);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    close(rig->fd);
    free(rig);
    return 0;
}

static void on_answer(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct rig *rig = ctx;
    char addr[NET_ADDR_TEXT];
    size_t used = 0;

    rig->answers++;
    rig->text[0] = '\0';
    assert_true(n > 0 ? !why_not : why_not != NULL);
    if (!n)
        snprintf(rig->text, sizeof rig->text, "%s", why_not);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(rig->text + used, sizeof rig->text - used, "%s%s:%s", i ? " " : "",
                                 transport_kind_name(list[i].kind),
                                 net_addr_print(&list[i].addr, addr));
}

static struct resolve_query *ask(struct rig *rig, char const *uri)
{
    char text[512];
    url_t url;

    snprintf(text, sizeof text, "%s", uri);
    assert_int_equal(url_d(&url, text), 0);
    rig->answers = 0;
    return resolve_uri(rig->resolver, &url, TRANSPORT_UDP, on_answer, rig);
}

/* Lets server and resolver talk until both have nothing to do. */
static void run(struct rig *rig)
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

static void expect(struct rig *rig, char const *uri, char const *answer)
{
    int had = rig->questions;
    bool now = ask(rig, uri) == NULL;

    assert_int_equal(rig->answers, now);
    run(rig);
    if (rig->answers != 1 || strcmp(rig->text, answer) != 0)
        fail_msg("%s: %d answers after %d questions, \"%s\" instead of \"%s\"", uri, rig->answers,
                 rig->questions - had, rig->text, answer);
}

struct row {
    char const *uri, *answer;
};

static void expect_rows(struct rig *rig, struct row const *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        expect(rig, rows[i].uri, rows[i].answer);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_without_dns(void **state)
{
    static struct row const rows[] = {
        { "sip:192.0.2.1", "udp:192.0.2.1:5060" },
        { "sip:a@192.0.2.1:5070", "udp:192.0.2.1:5070" },
        { "sip:192.0.2.1;transport=tcp", "tcp:192.0.2.1:5060" },
        { "sip:192.0.2.1;transport=TCP", "tcp:192.0.2.1:5060" },
        { "sip:[2001:db8::1]:5070;transport=udp", "udp:[2001:db8::1]:5070" },
        { "sip:[2001:db8::1]", "udp:[2001:db8::1]:5060" },
        { "sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp", "tcp:192.0.2.10:40112" },
        { "sip:alice@example.test;maddr=192.0.2.10", "udp:192.0.2.10:5060" },
        { "sip:192.0.2.1;transport=tls", "TLS is not available" },
        { "sips:192.0.2.1", "TLS is not available" },
        { "sips:a.test;transport=tcp", "TLS is not available" },
        { "sip:192.0.2.1;transport=ws", "unknown transport" },
        { "sip:192.0.2.1:0", "wrong port" },
        { "sip:192.0.2.1:65536", "wrong port" },
        { "tel:2001", "not a SIP URI" },
        { "http://192.0.2.1", "not a SIP URI" },
    };
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(ask(rig, rows[i].uri));
        assert_int_equal(rig->answers, 1);
        if (strcmp(rig->text, rows[i].answer) != 0)
            fail_msg("%s: %s instead of %s", rows[i].uri, rig->text, rows[i].answer);
    }
    run(rig);
    assert_int_equal(rig->questions, 0);
}

static void test_names(void **state)
{
    static struct row const rows[] = {
        /* a port: no SRV (RFC 3263 4.2) */
        { "sip:one.test:5070", "udp:127.0.0.1:5070" },
        { "sip:two.test:5060;transport=tcp", "tcp:127.0.0.2:5060 tcp:127.0.0.3:5060" },
        { "sip:srv.test:5070", "the name has no address" },
        { "sip:six.test:5070", "udp:[2001:db8::6]:5070" },
        { "sip:x.test;maddr=one.test", "udp:127.0.0.1:5060" },
        /* SRV by priority; the transport that was asked for, else ours first, then the other */
        { "sip:srv.test", "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072" },
        { "sip:srv.test;transport=tcp", "tcp:127.0.0.1:5081" },
        { "sip:tcponly.test", "tcp:127.0.0.1:5082" },
        { "sip:tcponly.test;transport=udp", "udp:127.0.0.9:5060" },
        { "sip:dead.test", "udp:127.0.0.1:5060" },
        /* no SRV: the name itself */
        { "sip:one.test", "udp:127.0.0.1:5060" },
        { "sip:one.test;transport=tcp", "tcp:127.0.0.1:5060" },
        { "sip:none.test", "the name has no address" },
        { "sip:none.test:5060", "the name has no address" },
    };

    expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

/* A target of ".": not even the name itself is asked, but perhaps another transport is there. */
static void test_declined(void **state)
{
    static struct row const rows[] = {
        { "sip:never.test", "the domain says that it offers no SIP" },
        { "sip:never.test:5060", "udp:127.0.0.9:5060" },
        { "sip:nodatagrams.test", "tcp:127.0.0.1:5083" },
        { "sip:nodatagrams.test;transport=udp", "the domain says that it offers no SIP" },
    };

    expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

/* A weight of 0 beside 65535 is first in one of 65536 draws: two rounds of ten must not both have
 * it. Priority is never broken. */
static void test_weights(void **state)
{
    char const wanted[] =
        "udp:127.0.0.1:5060 udp:127.0.0.2:5060 udp:127.0.0.3:5060 udp:[2001:db8::6]:5060";
    struct rig *rig = *state;
    int usual = 0;

    for (int i = 0; i < 10; i++) {
        ask(rig, "sip:heavy.test");
        run(rig);
        assert_int_equal(rig->answers, 1);
        assert_non_null(strstr(rig->text, " udp:[2001:db8::6]:5060"));
        usual += strcmp(rig->text, wanted) == 0;
        moved.tv_sec += TTL_S + 1;
    }
    assert_true(usual >= 9);
}

/* Address records of "many.test"; the first 16 are enough. */
static void test_many_addresses(void **state)
{
    struct rig *rig = *state;
    char wanted[sizeof rig->text] = "";

    for (int i = 1; i <= 16; i++)
        snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "%sudp:127.0.1.%d:5060",
                 i > 1 ? " " : "", i);
    for (rig->many = 15; rig->many < 20; rig->many++) {
        char *last = strrchr(wanted, ' ');
        if (rig->many < 16)
            *last = '\0';
        expect(rig, "sip:many.test:5060", wanted);
        *last = ' ';
        moved.tv_sec += TTL_S;
    }
}

static void test_name_that_is_no_name(void **state)
{
    static struct row const rows[] = {
        { "sip:a-label-that-is-much-longer-than-the-63-bytes-which-the-dns-allows-for-each-one."
          "test",
          "the name has no address" },
        { "sip:a-label-that-is-much-longer-than-the-63-bytes-which-the-dns-allows-for-each-one."
          "test:5060",
          "the name has no address" },
    };
    char uri[400] = "sip:";
    struct rig *rig = *state;

    expect_rows(rig, rows, sizeof rows / sizeof *rows);
    for (size_t i = 4; i < 300; i++)
        uri[i] = i % 50 ? 'a' : '.';
    assert_null(ask(rig, uri));
    assert_string_equal(rig->text, "host name is too long");
    assert_int_equal(rig->questions, 0);
}

static void test_cache(void **state)
{
    struct rig *rig = *state;
    char const answer[] = "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072";

    expect(rig, "sip:srv.test", answer);
    int asked = rig->questions;
    assert_null(ask(rig, "sip:alice@SRV.test"));
    assert_string_equal(rig->text, answer);
    moved.tv_sec += TTL_S - 1;
    assert_null(ask(rig, "sip:srv.test"));
    assert_int_equal(rig->questions, asked);
    /* another transport is another question */
    expect(rig, "sip:srv.test;transport=tcp", "tcp:127.0.0.1:5081");
    asked = rig->questions;
    moved.tv_sec += 1;
    expect(rig, "sip:srv.test", answer);
    assert_true(rig->questions > asked);
}

/* A name that is not there is not asked for at each request, but soon again. */
static void test_nothing_is_remembered(void **state)
{
    static struct row const rows[] = {
        { "sip:none.test", "the name has no address" },
        { "sip:never.test", "the domain says that it offers no SIP" },
    };
    struct rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect(rig, rows[i].uri, rows[i].answer);
        int asked = rig->questions;
        moved.tv_sec += 9;
        assert_null(ask(rig, rows[i].uri));
        assert_string_equal(rig->text, rows[i].answer);
        assert_int_equal(rig->questions, asked);
        moved.tv_sec += 1;
        expect(rig, rows[i].uri, rows[i].answer);
        assert_true(rig->questions > asked);
    }
}

/* That nobody knows says nothing of the name. */
static void test_server_failure(void **state)
{
    struct rig *rig = *state;

    rig->broken = true;
    expect(rig, "sip:srv.test", "the DNS gives no answer");
    rig->broken = false;
    expect(rig, "sip:srv.test", "udp:127.0.0.1:5071 udp:127.0.0.2:5072 udp:127.0.0.3:5072");
}

/* SRV fails, the address is there: good for this time, not for the hour that the address lives. */
static void test_half_failure(void **state)
{
    struct rig *rig = *state;

    rig->broken_type = TYPE_SRV;
    expect(rig, "sip:tcponly.test", "udp:127.0.0.9:5060");
    rig->broken_type = 0;
    moved.tv_sec += 10;
    expect(rig, "sip:tcponly.test", "tcp:127.0.0.1:5082");
}

/* Records of SRV may live shorter than the addresses behind them. */
static void test_time_to_live(void **state)
{
    struct rig *rig = *state;

    expect(rig, "sip:brief.test", "udp:127.0.0.1:5084");
    int asked = rig->questions;
    moved.tv_sec += 9;
    expect(rig, "sip:brief.test", "udp:127.0.0.1:5084");
    assert_int_equal(rig->questions, asked);
    moved.tv_sec += 1;
    expect(rig, "sip:brief.test", "udp:127.0.0.1:5084");
    assert_true(rig->questions > asked);

    /* and longer than a minute, as the addresses */
    expect(rig, "sip:lasting.test", "udp:127.0.0.7:5085");
    asked = rig->questions;
    moved.tv_sec += 599;
    expect(rig, "sip:lasting.test", "udp:127.0.0.7:5085");
    assert_int_equal(rig->questions, asked);
    moved.tv_sec += 1;
    expect(rig, "sip:lasting.test", "udp:127.0.0.7:5085");
    assert_true(rig->questions > asked);
}

/* The answer as far as @p len, on the heap, so that a sanitizer sees each byte behind it. */
static int read_cut(struct resolve_srv *ret, unsigned char const *answer, size_t len)
{
    unsigned char *cut = malloc(len ? len : 1);

    memcpy(cut, answer, len);
    int result = resolve_srv_read(ret, cut, (int)len);
    free(cut);
    return result;
}

static void test_broken_answers(void **state)
{
    /* two records of name "a": 60 s, 1 2 5060 "b"; 9 s, 3 4 5061 "." */
    static unsigned char const answer[] = "\0\0\x81\x80\0\1\0\2\0\0\0\0\1a\0\0\x21\0\1"
                                          "\xc0\x0c\0\x21\0\1\0\0\0\x3c\0\x9"
                                          "\0\1\0\2\x13\xc4\1b\0"
                                          "\xc0\x0c\0\x21\0\1\0\0\0\x09\0\x7"
                                          "\0\3\0\4\x13\xc5\0";
    size_t len = sizeof answer - 1;
    struct resolve_srv srv;

    (void)state;
    assert_int_equal(read_cut(&srv, answer, len), 0);
    assert_int_equal(srv.n, 1);
    assert_string_equal(srv.v[0].host, "b");
    assert_int_equal(srv.v[0].priority, 1);
    assert_int_equal(srv.v[0].weight, 2);
    assert_int_equal(srv.v[0].port, 5060);
    assert_int_equal(srv.ttl_s, 9);
    assert_true(srv.declined);
    for (size_t cut = 0; cut < len; cut++)
        assert_true(read_cut(&srv, answer, cut) < 0);
    for (size_t at = 0; at < len; at++)
        for (int value = 0; value < 256; value++) {
            unsigned char wrong[sizeof answer];
            memcpy(wrong, answer, sizeof answer);
            wrong[at] = (unsigned char)value;
            if (read_cut(&srv, wrong, len) == 0)
                assert_true(srv.n <= 2);
            else
                assert_int_equal(srv.n, 0);
        }
}

/* Two tries of 2 s and 4 s for each question, all with the moved clock. */
static void test_silent_server(void **state)
{
    struct rig *rig = *state;

    rig->mute = true;
    assert_non_null(ask(rig, "sip:one.test:5060"));
    run(rig);
    int asked = rig->questions;
    assert_true(asked > 0);
    moved.tv_sec += 1;
    run(rig);
    assert_int_equal(rig->questions, asked);
    for (int s = 0; s < 30 && !rig->answers; s++) {
        moved.tv_sec += 1;
        run(rig);
    }
    assert_int_equal(rig->answers, 1);
    assert_int_equal(rig->questions, 2 * asked);
    assert_string_equal(rig->text, "the DNS gives no answer");
    /* the next one is answered again */
    rig->mute = false;
    expect(rig, "sip:one.test:5060", "udp:127.0.0.1:5060");
}

static void test_server_that_comes_back(void **state)
{
    struct rig *rig = *state;

    rig->mute = true;
    assert_non_null(ask(rig, "sip:one.test:5060"));
    run(rig);
    assert_int_equal(rig->answers, 0);
    rig->mute = false;
    moved.tv_sec += 3;
    run(rig);
    assert_int_equal(rig->answers, 1);
    assert_string_equal(rig->text, "udp:127.0.0.1:5060");
}

static void test_cancel(void **state)
{
    struct rig *rig = *state;
    struct resolve_query *query = ask(rig, "sip:one.test");

    assert_non_null(query);
    resolve_cancel(&query);
    assert_null(query);
    resolve_cancel(&query);
    run(rig);
    assert_true(rig->questions > 0);
    assert_int_equal(rig->answers, 0);
    /* one that is open when the resolver goes */
    assert_non_null(ask(rig, "sip:two.test"));
    resolver_free(&rig->resolver);
    assert_int_equal(rig->answers, 0);
}

/* A SIP host is a whole name: the search list of the system is no part of RFC 3263. */
static void test_search_list(void **state)
{
    static struct row const rows[] = {
        { "sip:nobody:5060", "the name has no address" },
        { "sip:plain", "the name has no address" },
        { "sip:single", "udp:127.0.0.8:5060" },
    };

    expect_rows(*state, rows, sizeof rows / sizeof *rows);
}

static int setup_search(void **state)
{
    setenv("LOCALDOMAIN", "search.test", 1); /* what c-ares takes for `search` of resolv.conf */
    int result = setup(state);
    unsetenv("LOCALDOMAIN");
    return result;
}

/* Not every small machine has the file. */
static bool hosts_file_knows_localhost(void)
{
    char text[4096] = "";
    FILE *file = fopen("/etc/hosts", "r");

    if (!file)
        return false;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return strstr(text, "localhost") != NULL;
}

static void test_hosts_file(void **state)
{
    struct rig *rig = *state;

    if (!hosts_file_knows_localhost())
        return; /* cmocka's skip() prints what a TAP reader takes for a failure */
    ask(rig, "sip:localhost:5070");
    run(rig);
    assert_int_equal(rig->answers, 1);
    assert_non_null(strstr(rig->text, "udp:127.0.0.1:5070"));
    assert_int_equal(rig->questions, 0);
}

static void test_counters(void **state)
{
    static struct {
        char const *uri;
        int queries, cached, failures;
    } const rows[] = {
        { "sip:192.0.2.1", 0, 0, 0 },     { "sip:192.0.2.1:0", 0, 0, 0 },
        { "sip:one.test:5060", 1, 0, 0 }, { "sip:one.test:5060", 0, 1, 0 },
        { "sip:srv.test", 3, 0, 0 },      { "sip:none.test", 3, 0, 1 },
        { "sip:none.test", 0, 1, 1 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t queries = met_get(&sip_metrics, M_resolve_queries);
        int64_t cached = met_get(&sip_metrics, M_resolve_cached);
        int64_t failures = met_get(&sip_metrics, M_resolve_failures);
        ask(*state, rows[i].uri);
        run(*state);
        assert_int_equal(met_get(&sip_metrics, M_resolve_queries) - queries, rows[i].queries);
        assert_int_equal(met_get(&sip_metrics, M_resolve_cached) - cached, rows[i].cached);
        assert_int_equal(met_get(&sip_metrics, M_resolve_failures) - failures, rows[i].failures);
    }
}

static void test_servers(void **state)
{
    static char const *const right[] = { "127.0.0.1", "127.0.0.1:5353,192.0.2.1",
                                         "[::1]:5353,2001:db8::1" };
    struct rig *rig = *state;

    assert_null(resolver_new(&rig->loop, "not a server"));
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        struct resolver *resolver = resolver_new(&rig->loop, right[i]);
        assert_non_null(resolver);
        resolver_free(&resolver);
        assert_null(resolver);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_without_dns),
        TEST(test_names),
        TEST(test_declined),
        TEST(test_weights),
        TEST(test_many_addresses),
        TEST(test_name_that_is_no_name),
        TEST(test_cache),
        TEST(test_nothing_is_remembered),
        TEST(test_server_failure),
        TEST(test_half_failure),
        TEST(test_time_to_live),
        cmocka_unit_test(test_broken_answers),
        TEST(test_silent_server),
        TEST(test_server_that_comes_back),
        TEST(test_cancel),
        cmocka_unit_test_setup_teardown(test_search_list, setup_search, teardown),
        TEST(test_hosts_file),
        TEST(test_counters),
        TEST(test_servers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
