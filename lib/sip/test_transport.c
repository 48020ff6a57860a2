/* SPDX-License-Identifier: Apache-2.0 */
/* Transports on real loopback sockets: exchange, limits, timers, death of connections. */
#include "buf.h"
#include "clock.h"
#include "message.h"
#include "sip_metrics.h"
#include "tap.h"
#include "transport.h"
#include "wheel.h"
#include <errno.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 5000, FDS = 8 };

/* One transport under test and what it heard. */
struct rig {
    uv_loop_t loop;
    struct wheel *wheel;
    struct tap *tap;
    struct stack_limits limits;
    struct transport *t;
    int udp, tcp;
    size_t messages;
    struct origin from;
    msg_t *last;
    bool echoes, frees;
    bool is_quiet; /* keep-alives get no answer */
    struct transport_waiter waiter;
    int waiter_error;
    bool waiter_opened;
    int fds[FDS];
    size_t n_fds;
};

static void on_message(void *ctx, struct origin const *from, msg_t *msg)
{
    struct rig *rig = ctx;

    rig->messages++;
    rig->from = *from;
    msg_destroy(rig->last);
    rig->last = msg;
    if (rig->echoes) {
        struct destination to = { .kind = from->kind,
                                  .listener = from->listener,
                                  .connection = from->connection,
                                  .addr = from->peer,
                                  .source = from->local };
        struct buf out;
        buf_init(&out, 1 << 20);
        msg_t *response = message_response(msg, 200, NULL, "echo");
        assert_int_equal(message_print(response, &out), 0);
        transport_send(rig->t, &to, out.data, out.len, NULL);
        msg_destroy(response);
        buf_fini(&out);
    }
    if (rig->frees)
        transport_free(&rig->t);
}

static bool may_answer(void *ctx, struct origin const *from)
{
    struct rig *rig = ctx;

    return !rig->is_quiet && from->kind == TRANSPORT_TCP;
}

static struct transport_handlers const handlers = { .on_message = on_message,
                                                    .may_answer = may_answer };

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct net_addr addr;

    uv_loop_init(&rig->loop);
    rig->wheel = wheel_new(clock_now_ms());
    rig->tap = tap_new(100, 1 << 20);
    stack_limits_default(&rig->limits);
    rig->t = transport_new(&rig->loop, rig->wheel, rig->tap, &rig->limits, &handlers, rig);
    net_addr_parse(&addr, "127.0.0.1", 0);
    rig->udp = transport_listen(rig->t, TRANSPORT_UDP, &addr, NULL);
    rig->tcp = transport_listen(rig->t, TRANSPORT_TCP, &addr, "sip.example.test");
    assert_int_equal(rig->udp, 0);
    assert_int_equal(rig->tcp, 1);
    rig->echoes = true;
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    for (size_t i = 0; i < rig->n_fds; i++)
        close(rig->fds[i]);
    transport_forget(&rig->waiter);
    transport_free(&rig->t);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    assert_int_equal(met_get(&sip_metrics, M_connections), 0);
    wheel_free(&rig->wheel);
    tap_free(&rig->tap);
    msg_destroy(rig->last);
    free(rig);
    return 0;
}

static void turn(struct rig *rig)
{
    uv_run(&rig->loop, UV_RUN_NOWAIT);
    wheel_run(rig->wheel, clock_now_ms());
}

/* Runs the loop until the condition holds; the patience is for a slow machine only. */
#define UNTIL(rig, condition)                                                                      \
    do {                                                                                           \
        bool is_true_ = false;                                                                     \
        for (int ms_ = 0; ms_ < PATIENCE_MS && !is_true_; ms_++) {                                 \
            turn(rig);                                                                             \
            if (!(is_true_ = (condition)))                                                         \
                usleep(1000);                                                                      \
        }                                                                                          \
        if (!is_true_)                                                                             \
            fail_msg("never: %s", #condition);                                                     \
    } while (0)

static int plain_socket(struct rig *rig, int type, struct net_addr const *to)
{
    int fd = socket(AF_INET, type, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, &to->sa, net_addr_len(to)), 0);
    assert_true(rig->n_fds < FDS);
    rig->fds[rig->n_fds++] = fd;
    return fd;
}

static int tcp_client(struct rig *rig)
{
    return plain_socket(rig, SOCK_STREAM, transport_listener_addr(rig->t, (uint16_t)rig->tcp));
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

static void get(struct rig *rig, int fd, char *text, size_t size)
{
    ssize_t n = -1;

    UNTIL(rig, (n = recv(fd, text, size - 1, MSG_DONTWAIT)) >= 0);
    text[n] = '\0';
}

#define REQUEST(via, length)                                                                       \
    "OPTIONS sip:b@b.test SIP/2.0\r\n"                                                             \
    "Via: " via "\r\n"                                                                             \
    "From: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n" length \
    "\r\n"
#define LENGTH_0 "Content-Length: 0\r\n"
#define OPTIONS  REQUEST("SIP/2.0/tcp a.test;rport;branch=z9hG4bK1", LENGTH_0)

static char const *last_via(struct rig *rig, char *text, size_t size)
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
    struct rig *rig = *state;
    int fd = plain_socket(rig, SOCK_DGRAM, transport_listener_addr(rig->t, (uint16_t)rig->udp));
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
    struct rig *rig = *state;
    int fd = plain_socket(rig, SOCK_DGRAM, transport_listener_addr(rig->t, (uint16_t)rig->udp));
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
    assert_int_equal(in->direction, TAP_RECEIVED);
    assert_int_equal(in->len, strlen(OPTIONS));
    struct tap_record const *out = tap_next(rig->tap, in->serial);
    assert_int_equal(out->direction, TAP_SENT);
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
    struct rig *rig = *state;

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
        int fd = socket(addr.sa.sa_family, SOCK_DGRAM, 0);
        assert_int_equal(connect(fd, &addr.sa, net_addr_len(&addr)), 0);
        rig->fds[rig->n_fds++] = fd;
        put(fd, OPTIONS, strlen(OPTIONS));
        get(rig, fd, text, sizeof text);
        assert_non_null(strstr(text, "SIP/2.0 200 OK\r\n"));
        assert_string_equal(net_addr_print_host(&rig->from.local, host), rows[i].to);
        assert_int_equal(net_addr_port(&rig->from.local), port);
    }
}

static void test_udp_oversize(void **state)
{
    struct rig *rig = *state;
    int fd = plain_socket(rig, SOCK_DGRAM, transport_listener_addr(rig->t, (uint16_t)rig->udp));
    int64_t before = met_get(&sip_metrics, M_messages_oversize);
    struct destination to = { .kind = TRANSPORT_UDP, .addr = *transport_listener_addr(rig->t, 0) };

    rig->limits.max_message_bytes = (int64_t)strlen(OPTIONS) - 1;
    put(fd, OPTIONS, strlen(OPTIONS));
    UNTIL(rig, met_get(&sip_metrics, M_messages_oversize) == before + 1);
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), -EMSGSIZE);
    assert_int_equal(rig->messages, 0);
}

static void on_failed(struct transport_waiter *waiter, int error)
{
    struct rig *rig = (struct rig *)((char *)waiter - offsetof(struct rig, waiter));

    assert_false(waiter->linked);
    rig->waiter_error = error;
    rig->waiter_opened = waiter->opened;
}

/* A port that cannot be: the socket refuses it, and the waiter hears it from the loop. */
static void test_udp_failure_tells_waiter(void **state)
{
    struct rig *rig = *state;
    struct destination to = { .kind = TRANSPORT_UDP, .listener = (uint16_t)rig->udp };

    net_addr_parse(&to.addr, "127.0.0.1", 0);
    rig->waiter = (struct transport_waiter){ .on_failed = on_failed };
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), &rig->waiter), 0);
    assert_int_equal(rig->waiter_error, 0);
    UNTIL(rig, rig->waiter_error == -EINVAL);
    assert_false(rig->waiter.linked);
}

/* What was sent before the end of the transport is not lost with it. */
static void test_udp_free_sends_rest(void **state)
{
    struct rig *rig = *state;
    struct net_addr const *udp = transport_listener_addr(rig->t, (uint16_t)rig->udp);
    struct destination to = { .kind = TRANSPORT_UDP, .listener = (uint16_t)rig->udp };
    char text[64];
    int fd = plain_socket(rig, SOCK_DGRAM, udp);
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
    struct rig *rig = *state;
    struct destination to = { .kind = TRANSPORT_TCP,
                              .listener = TRANSPORT_AUTO_LISTENER,
                              .addr = *transport_listener_addr(rig->t, (uint16_t)rig->tcp) };

    assert_string_equal(transport_listener_host(rig->t, (uint16_t)rig->tcp), "sip.example.test");
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), &rig->waiter), 0);
    assert_int_not_equal(to.connection, 0);
    UNTIL(rig, rig->messages == 1);
    rig->echoes = false;
    UNTIL(rig, rig->messages == 2);
    assert_non_null(sip_object(rig->last)->sip_status);
    assert_int_equal(rig->from.connection, to.connection);
    assert_int_equal(transport_connections(rig->t), 2);
    uint64_t first = to.connection;
    to.connection = 0;
    to.server_name = "sip.example.test"; /* is for TLS alone */
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), 0);
    assert_int_equal(to.connection, first);
    assert_true(rig->waiter.linked);
}

static void test_pipelined(void **state)
{
    struct rig *rig = *state;
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
    struct rig *rig = *state;
    int fd = tcp_client(rig);

    for (size_t i = 0; i < strlen(OPTIONS); i++) {
        put(fd, &OPTIONS[i], 1);
        turn(rig);
    }
    UNTIL(rig, rig->messages == 1);
    assert_null(message_fault(rig->last));
}

static void test_keepalive(void **state)
{
    struct rig *rig = *state;
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
    turn(rig);
    assert_int_equal(peek(fd), -1);
}

static void test_silent_is_closed(void **state)
{
    struct rig *rig = *state;
    int fd = tcp_client(rig);

    UNTIL(rig, transport_connections(rig->t) == 1);
    clock_advance_ms((uint64_t)rig->limits.silent_ms - 1000);
    turn(rig);
    assert_int_equal(peek(fd), -1);
    clock_advance_ms(1100);
    UNTIL(rig, peek(fd) == 0);
    assert_int_equal(transport_connections(rig->t), 0);
}

static void test_half_message_is_closed(void **state)
{
    struct rig *rig = *state;
    int fd = tcp_client(rig);

    put(fd, OPTIONS, strlen(OPTIONS));
    UNTIL(rig, rig->messages == 1);
    put(fd, OPTIONS, 20);
    turn(rig);
    /* further bytes do not buy further time */
    clock_advance_ms((uint64_t)rig->limits.half_message_ms - 1000);
    put(fd, &OPTIONS[20], 1);
    usleep(10000);
    turn(rig);
    assert_int_equal(transport_connections(rig->t), 1);
    clock_advance_ms(1100);
    UNTIL(rig, transport_connections(rig->t) == 0);
}

static void test_idle_is_closed(void **state)
{
    struct rig *rig = *state;
    int fd = tcp_client(rig);

    rig->echoes = false;
    for (size_t i = 0; i < 3; i++) {
        put(fd, OPTIONS, strlen(OPTIONS));
        UNTIL(rig, rig->messages == i + 1);
        clock_advance_ms((uint64_t)rig->limits.idle_ms - 1000);
        turn(rig);
        assert_int_equal(transport_connections(rig->t), 1);
    }
    clock_advance_ms(1100);
    UNTIL(rig, transport_connections(rig->t) == 0);
}

static void test_limits(void **state)
{
    struct rig *rig = *state;
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
        STREAM(REQUEST(VIA_TCP, "l: 99999999\r\n"), "Content-Length larger than the body"),
    };
    struct rig *rig = *state;
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

static void send_to_plain_server(struct rig *rig, int server, struct destination *to)
{
    struct sockaddr_in bound;
    socklen_t len = sizeof bound;

    rig->waiter.on_failed = on_failed;
    assert_int_equal(getsockname(server, (struct sockaddr *)&bound, &len), 0);
    *to = (struct destination){ .kind = TRANSPORT_TCP, .listener = TRANSPORT_AUTO_LISTENER };
    net_addr_from(&to->addr, (struct sockaddr *)&bound);
    assert_int_equal(transport_send(rig->t, to, OPTIONS, strlen(OPTIONS), &rig->waiter), 0);
    assert_int_equal(rig->waiter_error, 0);
}

static int plain_server(struct rig *rig, bool listens)
{
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    if (listens)
        assert_int_equal(listen(fd, 5), 0);
    rig->fds[rig->n_fds++] = fd;
    return fd;
}

static void test_refused_connection_tells_waiter(void **state)
{
    struct rig *rig = *state;
    struct destination to;

    send_to_plain_server(rig, plain_server(rig, false), &to);
    assert_false(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
    assert_true(transport_has_connection(rig->t, to.connection));
    UNTIL(rig, rig->waiter_error == -ECONNREFUSED);
    assert_false(rig->waiter_opened);
    assert_int_equal(transport_connections(rig->t), 0);
    assert_false(transport_has_connection(rig->t, to.connection));
    assert_false(transport_has_connection(rig->t, 0));
    assert_true(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
    assert_false(transport_is_refused(rig->t, TRANSPORT_TLS, &to.addr));
    clock_advance_ms((uint64_t)rig->limits.udp_only_ms);
    assert_false(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
}

/* Who was not there and is now, is remembered no more. */
static void test_refusal_is_forgotten(void **state)
{
    struct rig *rig = *state;
    struct destination to;
    int server = plain_server(rig, false);

    send_to_plain_server(rig, server, &to);
    UNTIL(rig, rig->waiter_error == -ECONNREFUSED);
    assert_int_equal(listen(server, 5), 0);
    to.connection = 0;
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), 0);
    assert_true(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
    UNTIL(rig, !transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
}

static void test_reset_tells_waiter(void **state)
{
    struct rig *rig = *state;
    struct destination to;
    struct linger hard = { 1, 0 };
    int server = plain_server(rig, true), fd = -1;

    send_to_plain_server(rig, server, &to);
    UNTIL(rig, (fd = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0);
    UNTIL(rig, peek(fd) > 0);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
    UNTIL(rig, rig->waiter_error == -ECONNRESET);
    assert_true(rig->waiter_opened);
    assert_false(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
    /* the address is left out: nothing may be opened instead */
    to.addr = (struct net_addr){ 0 };
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), -ENOTCONN);
}

static void test_forgotten_waiter_hears_nothing(void **state)
{
    struct rig *rig = *state;
    struct destination to;

    send_to_plain_server(rig, plain_server(rig, false), &to);
    transport_forget(&rig->waiter);
    UNTIL(rig, transport_connections(rig->t) == 0);
    turn(rig);
    assert_int_equal(rig->waiter_error, 0);
}

static void test_connect_limit(void **state)
{
    struct rig *rig = *state;
    int server = plain_server(rig, true);
    struct sockaddr_in bound;
    socklen_t len = sizeof bound;
    struct destination to;
    struct net_addr addr;

    /* A backlog of 0 is full with one connection: the next SYN is not answered. */
    listen(server, 0);
    assert_int_equal(getsockname(server, (struct sockaddr *)&bound, &len), 0);
    net_addr_from(&addr, (struct sockaddr *)&bound);
    plain_socket(rig, SOCK_STREAM, &addr);
    send_to_plain_server(rig, server, &to);
    for (int i = 0; i < 20; i++)
        turn(rig);
    assert_int_equal(rig->waiter_error, 0);
    clock_advance_ms((uint64_t)rig->limits.connect_ms + 100);
    UNTIL(rig, rig->waiter_error == -ETIMEDOUT);
}

static void test_write_queue_overflow(void **state)
{
    struct rig *rig = *state;
    int64_t before = met_get(&sip_metrics, M_write_queue_overflows);
    int server = plain_server(rig, true), error = 0;
    struct destination to;
    size_t const big = 60000;
    char *text = malloc(big);

    rig->limits.write_queue_bytes = 65536;
    send_to_plain_server(rig, server, &to);
    memset(text, 'x', big);
    /* nobody reads: the kernel takes some, the queue the rest, then the connection goes */
    for (int i = 0; i < 1000 && !error; i++) {
        error = transport_send(rig->t, &to, text, big, NULL);
        turn(rig);
    }
    assert_int_equal(error, -ENOBUFS);
    UNTIL(rig, rig->waiter_error == -ENOBUFS);
    assert_int_equal(met_get(&sip_metrics, M_write_queue_overflows), before + 1);
    assert_int_equal(transport_connections(rig->t), 0);
    free(text);
}

static void test_waiter_is_not_told_inside_send(void **state)
{
    struct rig *rig = *state;
    int server = plain_server(rig, true);
    struct destination to;
    size_t const big = 60000;
    char *text = calloc(1, big);

    rig->limits.write_queue_bytes = 65536;
    send_to_plain_server(rig, server, &to);
    assert_int_equal(transport_send(rig->t, &to, text, big, NULL), 0);
    assert_int_equal(transport_send(rig->t, &to, text, big, NULL), -ENOBUFS);
    assert_int_equal(rig->waiter_error, 0);
    UNTIL(rig, rig->waiter_error == -ENOBUFS);
    free(text);
}

static void test_free_inside_callback(void **state)
{
    struct rig *rig = *state;
    int fd = tcp_client(rig);

    rig->echoes = false;
    rig->frees = true;
    put(fd, OPTIONS OPTIONS, 2 * strlen(OPTIONS));
    UNTIL(rig, peek(fd) == 0);
    assert_int_equal(rig->messages, 1);
    assert_null(rig->t);
}

static void test_free_tells_waiters(void **state)
{
    struct rig *rig = *state;
    struct destination to;

    send_to_plain_server(rig, plain_server(rig, true), &to);
    transport_free(&rig->t);
    assert_int_equal(rig->waiter_error, -ECANCELED);
}

static void test_listener_errors(void **state)
{
    struct rig *rig = *state;
    struct net_addr taken = *transport_listener_addr(rig->t, (uint16_t)rig->tcp), v6;
    struct destination to = { .kind = TRANSPORT_TLS, .listener = TRANSPORT_AUTO_LISTENER };

    assert_int_equal(transport_listen(rig->t, TRANSPORT_TCP, &taken, NULL), -EADDRINUSE);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_TLS, &taken, NULL), -ENOENT);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_KINDS, &taken, NULL), -EPROTONOSUPPORT);
    taken = *transport_listener_addr(rig->t, (uint16_t)rig->udp);
    assert_int_equal(transport_listen(rig->t, TRANSPORT_UDP, &taken, NULL), -EADDRINUSE);
    net_addr_parse(&v6, "[::1]:5060", 0);
    assert_int_equal(transport_pick_listener(rig->t, TRANSPORT_TCP, &v6, 0), -EADDRNOTAVAIL);
    assert_int_equal(transport_pick_listener(rig->t, TRANSPORT_TCP, &taken, 0), rig->tcp);
    assert_int_equal(transport_send(rig->t, &to, "x", 1, NULL), -ENOKEY);
    to.kind = TRANSPORT_KINDS;
    assert_int_equal(transport_send(rig->t, &to, "x", 1, NULL), -EPROTONOSUPPORT);
    assert_int_equal(transport_listeners(rig->t), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_via),
        TEST(test_udp_echo),
        TEST(test_udp_answers_from_its_address),
        TEST(test_udp_oversize),
        TEST(test_udp_failure_tells_waiter),
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
        TEST(test_refused_connection_tells_waiter),
        TEST(test_refusal_is_forgotten),
        TEST(test_reset_tells_waiter),
        TEST(test_forgotten_waiter_hears_nothing),
        TEST(test_connect_limit),
        TEST(test_write_queue_overflow),
        TEST(test_waiter_is_not_told_inside_send),
        TEST(test_free_inside_callback),
        TEST(test_free_tells_waiters),
        TEST(test_listener_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
