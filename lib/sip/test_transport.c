/* SPDX-License-Identifier: Apache-2.0 */
/* Transports on real loopback sockets: exchange, limits, timers, bad streams. */
#include "clock.h"
#include "message.h"
#include "sip_metrics.h"
#include "transport_rig.h"
#include <errno.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNTIL    TRANSPORT_RIG_UNTIL
#define REQUEST  TRANSPORT_RIG_REQUEST
#define LENGTH_0 TRANSPORT_RIG_LENGTH_0
#define OPTIONS  REQUEST("SIP/2.0/tcp a.test;rport;branch=z9hG4bK1", LENGTH_0)

static int udp_client(struct transport_rig *rig)
{
    return transport_rig_client(rig, SOCK_DGRAM,
                                transport_listener_addr(rig->t, TRANSPORT_RIG_UDP));
}

static int tcp_client(struct transport_rig *rig)
{
    return transport_rig_client(rig, SOCK_STREAM,
                                transport_listener_addr(rig->t, TRANSPORT_RIG_TCP));
}

static void put(int fd, void const *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
}

/* What a plain socket has to read now; 0 at its end, -1 nothing. */
static ssize_t peek(int fd)
{
    char bytes[4096];

    return recv(fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
}

static void get(struct transport_rig *rig, int fd, char *text, size_t size)
{
    ssize_t n = -1;

    UNTIL(rig, (n = recv(fd, text, size - 1, MSG_DONTWAIT)) >= 0);
    text[n] = '\0';
}

static char const *last_via(struct transport_rig *rig, char *text, size_t size)
{
    sip_via_t const *via = sip_object(rig->last)->sip_via;

    snprintf(text, size, "%s %s", via->v_received ? via->v_received : "-",
             via->v_rport ? via->v_rport : "-");
    return text;
}

static void test_via(void **state)
{
    static struct {
        char const *request, *via; /* P: the real port */
    } const rows[] = {
        { REQUEST("SIP/2.0/UDP 127.0.0.1:5060", LENGTH_0), "- -" },
        { REQUEST("SIP/2.0/UDP 127.0.0.1;rport", LENGTH_0), "127.0.0.1 P" },
        { REQUEST("SIP/2.0/UDP 127.0.0.1;rport=7", LENGTH_0), "127.0.0.1 P" },
        { REQUEST("SIP/2.0/UDP a.test", LENGTH_0), "127.0.0.1 -" },
        { REQUEST("SIP/2.0/UDP localhost", LENGTH_0), "127.0.0.1 -" },
        { REQUEST("SIP/2.0/UDP 192.0.2.1", LENGTH_0), "127.0.0.1 -" },
        { REQUEST("SIP/2.0/UDP 127.0.0.1;received=192.0.2.9", LENGTH_0), "127.0.0.1 -" },
        { REQUEST("SIP/2.0/UDP [::1];rport", LENGTH_0), "127.0.0.1 P" },
    };
    struct transport_rig *rig = *state;
    int fd = udp_client(rig);
    char expected[64], text[64], *port;

    rig->echoes = false;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put(fd, rows[i].request, strlen(rows[i].request));
        UNTIL(rig, rig->messages == i + 1);
        snprintf(expected, sizeof expected, "%s", rows[i].via);
        if ((port = strchr(expected, 'P')))
            snprintf(port, 8, "%u", net_addr_port(&rig->from.peer));
        assert_string_equal(last_via(rig, text, sizeof text), expected);
    }
}

static void test_udp_echo(void **state)
{
    struct transport_rig *rig = *state;
    int fd = udp_client(rig);
    char text[2000];

    put(fd, "\r\n\r\n", 4);
    put(fd, "nonsense", 8);
    put(fd, OPTIONS, strlen(OPTIONS));
    get(rig, fd, text, sizeof text);
    assert_non_null(strstr(text, "SIP/2.0 200 OK\r\n"));
    assert_non_null(strstr(text, ";received=127.0.0.1"));
    assert_int_equal(rig->messages, 1);
    assert_int_equal(rig->from.kind, TRANSPORT_UDP);
    assert_int_equal(rig->from.connection, 0);
    struct tap_record const *in = tap_next(rig->tap, 0);
    char listener[NET_ADDR_TEXT + 4] = "udp:";
    net_addr_print(transport_listener_addr(rig->t, TRANSPORT_RIG_UDP), listener + 4);
    assert_int_equal(in->direction, TAP_RECEIVED);
    assert_int_equal(in->len, strlen(OPTIONS));
    assert_string_equal(in->transport, "udp");
    assert_string_equal(in->listener, listener);
    assert_int_equal(rig->from.tap_serial, in->serial);
    struct tap_record const *out = tap_next(rig->tap, in->serial);
    assert_int_equal(out->direction, TAP_SENT);
    assert_string_equal(out->listener, listener);
    assert_memory_equal(out->bytes, text, out->len);
    assert_null(tap_next(rig->tap, out->serial));
}

/* RFC 3581 4: the answer leaves from where the request went, also if the socket has all addresses;
 * a connected socket hears nobody else. */
static void test_udp_answers_from_its_address(void **state)
{
    static struct {
        char const *listen, *to;
    } const rows[] = { { "0.0.0.0", "127.0.0.5" }, { "0.0.0.0", "127.77.3.2" }, { "::", "::1" } };
    struct transport_rig *rig = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_addr addr;
        char text[2000], host[NET_ADDR_TEXT];
        assert_int_equal(net_addr_parse(&addr, rows[i].listen, 0), 0);
        int listener = transport_listen(rig->t, TRANSPORT_UDP, &addr, NULL);
        if (listener == -EADDRNOTAVAIL || listener == -EAFNOSUPPORT)
            continue; /* a machine without IPv6 */
        assert_true(listener >= 0);
        uint16_t port = net_addr_port(transport_listener_addr(rig->t, (uint16_t)listener));
        assert_int_equal(net_addr_parse(&addr, rows[i].to, port), 0);
        int fd = transport_rig_client(rig, SOCK_DGRAM, &addr);
        put(fd, OPTIONS, strlen(OPTIONS));
        get(rig, fd, text, sizeof text);
        assert_non_null(strstr(text, "SIP/2.0 200 OK\r\n"));
        assert_string_equal(net_addr_print_host(&rig->from.local, host), rows[i].to);
        assert_int_equal(net_addr_port(&rig->from.local), port);
    }
}

static void test_udp_oversize(void **state)
{
    struct transport_rig *rig = *state;
    int fd = udp_client(rig);
    int64_t before = met_get(&sip_metrics, M_messages_oversize);
    struct destination to = { .kind = TRANSPORT_UDP, .addr = *transport_listener_addr(rig->t, 0) };

    rig->limits.max_message_bytes = (int64_t)strlen(OPTIONS) - 1;
    put(fd, OPTIONS, strlen(OPTIONS));
    UNTIL(rig, met_get(&sip_metrics, M_messages_oversize) == before + 1);
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), -EMSGSIZE);
    assert_int_equal(rig->messages, 0);
}

/* What was sent before the end of the transport is not lost with it. */
static void test_udp_free_sends_rest(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = { .kind = TRANSPORT_UDP, .listener = TRANSPORT_RIG_UDP };
    char text[64];
    int fd = udp_client(rig);
    struct sockaddr_storage own;
    socklen_t len = sizeof own;

    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
    net_addr_from(&to.addr, (struct sockaddr *)&own);
    assert_int_equal(transport_send(rig->t, &to, "last words", 10, NULL), 0);
    transport_free(&rig->t);
    assert_int_equal(recv(fd, text, sizeof text, MSG_DONTWAIT), 10);
}

/* From our own listener to our own listener: the reply must use the same connection. */
static void test_tcp_to_itself(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = { .kind = TRANSPORT_TCP,
                              .listener = TRANSPORT_AUTO_LISTENER,
                              .addr = *transport_listener_addr(rig->t, TRANSPORT_RIG_TCP) };

    assert_string_equal(transport_listener_host(rig->t, TRANSPORT_RIG_TCP), "sip.example.test");
    assert_int_equal(transport_name_listener(rig->t, TRANSPORT_RIG_TCP, "outside"), 0);
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), &rig->waiter), 0);
    assert_int_not_equal(to.connection, 0);
    UNTIL(rig, rig->messages == 1);
    rig->echoes = false;
    UNTIL(rig, rig->messages == 2);
    assert_non_null(sip_object(rig->last)->sip_status);
    assert_int_equal(rig->from.connection, to.connection);
    assert_int_equal(transport_connections(rig->t), 2);
    /* What goes over the connection that we opened has no listener. */
    assert_true(rig->from.is_opened);
    assert_string_equal(tap_next(rig->tap, 0)->listener, "");
    /* Where it comes from is known before the peer has taken the connection. */
    struct net_addr from = tap_next(rig->tap, 0)->local;
    assert_true(net_addr_equal(&from, &tap_next(rig->tap, 1)->remote));
    assert_string_equal(tap_next(rig->tap, 1)->listener, "outside");
    assert_string_equal(tap_next(rig->tap, 2)->listener, "outside");
    assert_string_equal(tap_next(rig->tap, 3)->listener, "");
    assert_int_equal(rig->from.tap_serial, 4);
    uint64_t first = to.connection;
    to.connection = 0;
    to.server_name = "sip.example.test"; /* is for TLS alone */
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), 0);
    assert_int_equal(to.connection, first);
    assert_true(rig->waiter.linked);
}

static void test_pipelined(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);
    size_t len = strlen(OPTIONS), n = 400, replies = 0;
    char *text = malloc(n * len);

    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, OPTIONS, len);
    put(fd, text, n * len);
    UNTIL(rig, rig->messages == n);
    for (int tries = 0; replies < n && tries < 1000; tries++) {
        char reply[4096];
        get(rig, fd, reply, sizeof reply);
        for (char *p = reply; (p = strstr(p, "OK\r\n")); p++)
            replies++;
        assert_int_not_equal(strlen(reply), 0);
    }
    assert_true(replies >= n - 20); /* one may be cut by the edge of a read */
    free(text);
}

static void test_single_bytes(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);

    for (size_t i = 0; i < strlen(OPTIONS); i++) {
        put(fd, &OPTIONS[i], 1);
        transport_rig_turn(rig);
    }
    UNTIL(rig, rig->messages == 1);
    assert_null(message_fault(rig->last));
}

static void test_keepalive(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);
    char text[16];

    put(fd, "\r\n\r\n", 4);
    get(rig, fd, text, sizeof text);
    assert_string_equal(text, "\r\n");
    assert_int_equal(rig->messages, 0);
    rig->is_quiet = true;
    put(fd, "\r\n\r\n", 4);
    int64_t heard = met_get(&sip_metrics, M_keepalives);
    UNTIL(rig, met_get(&sip_metrics, M_keepalives) > heard);
    transport_rig_turn(rig);
    assert_int_equal(peek(fd), -1);
}

static void test_silent_is_closed(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);

    UNTIL(rig, transport_connections(rig->t) == 1);
    clock_advance_ms((uint64_t)rig->limits.silent_ms - 1000);
    transport_rig_turn(rig);
    assert_int_equal(peek(fd), -1);
    clock_advance_ms(1100);
    UNTIL(rig, peek(fd) == 0);
    assert_int_equal(transport_connections(rig->t), 0);
}

static void test_half_message_is_closed(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);

    put(fd, OPTIONS, strlen(OPTIONS));
    UNTIL(rig, rig->messages == 1);
    put(fd, OPTIONS, 20);
    transport_rig_turn(rig);
    /* further bytes do not buy further time */
    clock_advance_ms((uint64_t)rig->limits.half_message_ms / 2);
    put(fd, &OPTIONS[20], 1);
    usleep(10000);
    transport_rig_turn(rig);
    assert_int_equal(transport_connections(rig->t), 1);
    clock_advance_ms((uint64_t)rig->limits.half_message_ms / 2 + 100);
    UNTIL(rig, transport_connections(rig->t) == 0);
}

static void test_idle_is_closed(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);

    rig->echoes = false;
    for (size_t i = 0; i < 3; i++) {
        put(fd, OPTIONS, strlen(OPTIONS));
        UNTIL(rig, rig->messages == i + 1);
        clock_advance_ms((uint64_t)rig->limits.idle_ms - 1000);
        transport_rig_turn(rig);
        assert_int_equal(transport_connections(rig->t), 1);
    }
    clock_advance_ms(1100);
    UNTIL(rig, transport_connections(rig->t) == 0);
}

static void test_limits(void **state)
{
    struct transport_rig *rig = *state;
    int64_t host = met_get(&sip_metrics, M_connections_refused_host);
    int64_t total = met_get(&sip_metrics, M_connections_refused);

    rig->limits.max_connections_per_host = 2;
    int first = tcp_client(rig), second = tcp_client(rig);
    UNTIL(rig, transport_connections(rig->t) == 2);
    int third = tcp_client(rig);
    UNTIL(rig, peek(third) == 0);
    assert_int_equal(met_get(&sip_metrics, M_connections_refused_host), host + 1);
    rig->limits.max_connections_per_host = 100;
    rig->limits.max_connections = 2;
    int fourth = tcp_client(rig);
    UNTIL(rig, peek(fourth) == 0);
    assert_int_equal(met_get(&sip_metrics, M_connections_refused), total + 1);
    /* the others live on, and a place that becomes free is given again */
    put(first, OPTIONS, strlen(OPTIONS));
    UNTIL(rig, rig->messages == 1);
    shutdown(second, SHUT_RDWR);
    UNTIL(rig, transport_connections(rig->t) == 1);
    int fifth = tcp_client(rig);
    put(fifth, OPTIONS, strlen(OPTIONS));
    UNTIL(rig, rig->messages == 2);
}

static void test_bad_streams(void **state)
{
#define VIA_TCP "SIP/2.0/TCP 127.0.0.1"
#define STREAM(bytes, fault)                                                                       \
    {                                                                                              \
        bytes, fault                                                                               \
    }
    static struct {
        char const *bytes;
        char const *fault; /* of the message handed up; NULL: none */
    } const rows[] = {
        STREAM("\x16\x03\x01 TLS", NULL),
        STREAM("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", NULL),
        STREAM(REQUEST(VIA_TCP, ""), "missing Content-Length"),
        STREAM(REQUEST(VIA_TCP, "l: -5\r\n"), "bad Content-Length"),
        STREAM(REQUEST(VIA_TCP, "l: 0\r\nl: 5\r\n"), "two Content-Length"),
        STREAM(REQUEST(VIA_TCP, "l: 99999999\r\n"), "message too large"),
    };
    struct transport_rig *rig = *state;
    size_t expected = 0;
    char text[2000];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int fd = tcp_client(rig);
        put(fd, rows[i].bytes, strlen(rows[i].bytes));
        if (rows[i].fault) {
            get(rig, fd, text, sizeof text); /* the answer leaves before the stream is closed */
            assert_int_equal(rig->messages, ++expected);
            assert_string_equal(message_fault(rig->last), rows[i].fault);
            put(fd, OPTIONS, strlen(OPTIONS));
            clock_advance_ms(1100);
        }
        UNTIL(rig, transport_connections(rig->t) == 0);
        assert_int_equal(rig->messages, expected);
        close(rig->fds[--rig->n_fds]);
    }
}

static void test_free_inside_callback(void **state)
{
    struct transport_rig *rig = *state;
    int fd = tcp_client(rig);

    rig->echoes = false;
    rig->frees = true;
    put(fd, OPTIONS OPTIONS, 2 * strlen(OPTIONS));
    UNTIL(rig, peek(fd) == 0);
    assert_int_equal(rig->messages, 1);
    assert_null(rig->t);
}

static void test_listener_errors(void **state)
{
    struct transport_rig *rig = *state;
    struct net_addr taken = *transport_listener_addr(rig->t, TRANSPORT_RIG_TCP), v6;
    struct destination to = { .kind = TRANSPORT_TLS, .listener = TRANSPORT_AUTO_LISTENER };

    assert_int_equal(transport_listen(rig->t, TRANSPORT_TCP, &taken, NULL), -EADDRINUSE);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_TLS, &taken, NULL), -ENOENT);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_KINDS, &taken, NULL), -EPROTONOSUPPORT);
    taken = *transport_listener_addr(rig->t, TRANSPORT_RIG_UDP);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_UDP, &taken, NULL), -EADDRINUSE);
    net_addr_parse(&v6, "[::1]:5060", 0);
    assert_int_equal(transport_pick_listener(rig->t, TRANSPORT_TCP, &v6, 0), -EADDRNOTAVAIL);
    assert_int_equal(transport_pick_listener(rig->t, TRANSPORT_TCP, &taken, 0), TRANSPORT_RIG_TCP);
    assert_int_equal(transport_send(rig->t, &to, "x", 1, NULL), -ENOKEY);
    to.kind = TRANSPORT_KINDS;
    assert_int_equal(transport_send(rig->t, &to, "x", 1, NULL), -EPROTONOSUPPORT);
    assert_int_equal(transport_listeners(rig->t), 2);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, transport_rig_setup, transport_rig_teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_via),
        TEST(test_udp_echo),
        TEST(test_udp_answers_from_its_address),
        TEST(test_udp_oversize),
        TEST(test_udp_free_sends_rest),
        TEST(test_tcp_to_itself),
        TEST(test_pipelined),
        TEST(test_single_bytes),
        TEST(test_keepalive),
        TEST(test_silent_is_closed),
        TEST(test_half_message_is_closed),
        TEST(test_idle_is_closed),
        TEST(test_limits),
        TEST(test_bad_streams),
        TEST(test_free_inside_callback),
        TEST(test_listener_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
