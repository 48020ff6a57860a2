/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a message that cannot be sent: who waits for it hears so, once, from the loop. */
#include "clock.h"
#include "sip_metrics.h"
#include "transport_rig.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNTIL TRANSPORT_RIG_UNTIL
#define OPTIONS                                                                                    \
    TRANSPORT_RIG_REQUEST("SIP/2.0/tcp a.test;rport;branch=z9hG4bK1", TRANSPORT_RIG_LENGTH_0)

/* A server of its own, which @p to names. */
static int make_server(struct transport_rig *rig, bool listens, struct destination *to)
{
    *to = (struct destination){ .kind = TRANSPORT_TCP, .listener = TRANSPORT_AUTO_LISTENER };
    int fd = transport_rig_server(listens, &to->addr);

    transport_rig_keep(rig, fd);
    return fd;
}

static void send_to(struct transport_rig *rig, struct destination *to)
{
    assert_int_equal(transport_rig_send(rig, to, OPTIONS), 0);
    assert_int_equal(rig->waiter_error, 0);
}

/* A port that cannot be: the socket refuses it, and the waiter hears it from the loop. */
static void test_udp_failure_tells_waiter(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = { .kind = TRANSPORT_UDP, .listener = TRANSPORT_RIG_UDP };

    net_addr_parse(&to.addr, "127.0.0.1", 0);
    send_to(rig, &to);
    UNTIL(rig, rig->waiter_error == -EINVAL);
    assert_false(rig->waiter.linked);
}

static void test_refused_connection_tells_waiter(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;

    (void)make_server(rig, false, &to);
    send_to(rig, &to);
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
    struct transport_rig *rig = *state;
    struct destination to;
    int server = make_server(rig, false, &to);

    send_to(rig, &to);
    UNTIL(rig, rig->waiter_error == -ECONNREFUSED);
    assert_int_equal(listen(server, 5), 0);
    to.connection = 0;
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), 0);
    assert_true(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
    UNTIL(rig, !transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
}

static void test_reset_tells_waiter(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;
    struct linger hard = { 1, 0 };
    char byte;
    int server = make_server(rig, true, &to), fd = -1;

    send_to(rig, &to);
    UNTIL(rig, (fd = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0);
    UNTIL(rig, recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
    UNTIL(rig, rig->waiter_error == -ECONNRESET);
    assert_true(rig->waiter_opened);
    assert_false(transport_is_refused(rig->t, TRANSPORT_TCP, &to.addr));
    /* the address is left out: nothing may be opened instead */
    to.addr = (struct net_addr){ 0 };
    assert_int_equal(transport_send(rig->t, &to, OPTIONS, strlen(OPTIONS), NULL), -ENOTCONN);
}

/* Only what goes to a connection of ours that is open already. */
static void test_reused(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to = { .kind = TRANSPORT_TCP,
                              .listener = TRANSPORT_AUTO_LISTENER,
                              .addr = *transport_listener_addr(rig->t, TRANSPORT_RIG_TCP) };

    rig->echoes = false;
    send_to(rig, &to);
    assert_false(rig->waiter.reused);
    send_to(rig, &to);
    assert_false(rig->waiter.reused); /* is still being opened */
    UNTIL(rig, rig->messages == 2);
    send_to(rig, &to);
    assert_true(rig->waiter.reused);
    UNTIL(rig, rig->messages == 3);
    to.connection = rig->from.connection;
    send_to(rig, &to);
    assert_false(rig->waiter.reused); /* the peer has opened it */
    to = (struct destination){ .kind = TRANSPORT_UDP,
                               .addr = *transport_listener_addr(rig->t, TRANSPORT_RIG_UDP) };
    send_to(rig, &to);
    assert_false(rig->waiter.reused);
}

static void test_forgotten_waiter_hears_nothing(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;

    (void)make_server(rig, false, &to);
    send_to(rig, &to);
    transport_forget(&rig->waiter);
    UNTIL(rig, transport_connections(rig->t) == 0);
    transport_rig_turn(rig);
    assert_int_equal(rig->waiter_error, 0);
}

static void test_connect_limit(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;
    int server = make_server(rig, true, &to);

    /* A backlog of 0 is full with one connection: the next SYN is not answered. */
    listen(server, 0);
    transport_rig_client(rig, SOCK_STREAM, &to.addr);
    send_to(rig, &to);
    for (int i = 0; i < 20; i++)
        transport_rig_turn(rig);
    assert_int_equal(rig->waiter_error, 0);
    clock_advance_ms((uint64_t)rig->limits.connect_ms + 100);
    UNTIL(rig, rig->waiter_error == -ETIMEDOUT);
}

static void test_write_queue_overflow(void **state)
{
    struct transport_rig *rig = *state;
    int64_t before = met_get(&sip_metrics, M_write_queue_overflows);
    struct destination to;
    int error = 0;
    size_t const big = 60000;
    char *text = malloc(big);

    rig->limits.shared_queue_bytes = 65536;
    (void)make_server(rig, true, &to);
    send_to(rig, &to);
    memset(text, 'x', big);
    /* nobody reads: the kernel takes some, the queue the rest, then the connection goes */
    for (int i = 0; i < 1000 && !error; i++) {
        error = transport_send(rig->t, &to, text, big, NULL);
        transport_rig_turn(rig);
    }
    assert_int_equal(error, -ENOBUFS);
    UNTIL(rig, rig->waiter_error == -ENOBUFS);
    assert_int_equal(met_get(&sip_metrics, M_write_queue_overflows), before + 1);
    assert_int_equal(transport_connections(rig->t), 0);
    free(text);
}

/* One turn of the loop brings more than the queue may hold; the socket takes it all the same. */
static void test_burst_is_offered_early(void **state)
{
    struct transport_rig *rig = *state;
    int64_t before = met_get(&sip_metrics, M_write_queue_overflows);
    struct destination to;
    size_t const big = 60000;
    char *text = calloc(1, big), byte;
    int server = make_server(rig, true, &to), fd = -1;

    rig->limits.shared_queue_bytes = 65536;
    send_to(rig, &to);
    UNTIL(rig, (fd = accept4(server, NULL, NULL, SOCK_NONBLOCK)) >= 0);
    UNTIL(rig, recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(transport_send(rig->t, &to, text, big, NULL), 0);
    transport_rig_turn(rig);
    assert_int_equal(met_get(&sip_metrics, M_write_queue_overflows), before);
    assert_int_equal(rig->waiter_error, 0);
    close(fd);
    free(text);
}

/* Bytes that go out before the connection is closed for them; nobody reads. */
static size_t fill(struct transport_rig *rig, struct destination *to, size_t most)
{
    size_t const big = 60000;
    char *text = calloc(1, big);
    size_t sent = 0;

    while (sent < most && transport_send(rig->t, to, text, big, NULL) == 0)
        sent += big;
    free(text);
    return sent;
}

/* While it is opened a connection of ours holds what many clients send. */
static void test_queue_of_next_hop(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;

    rig->limits.shared_queue_bytes = 1000000;
    (void)make_server(rig, true, &to);
    send_to(rig, &to);
    assert_int_equal(fill(rig, &to, SIZE_MAX), 960000);
}

/* A connection that a peer opened holds what one client is good for, unless it came to a listener
 * that is for many. The kernel takes its part of either. */
static void test_queue_of_listener(void **state)
{
    struct transport_rig *rig = *state;
    size_t const most = (size_t)1 << 28;

    rig->limits.shared_queue_bytes = (int64_t)most;
    for (int many = 0; many < 2; many++) {
        int fd = transport_rig_client(rig, SOCK_STREAM,
                                      transport_listener_addr(rig->t, TRANSPORT_RIG_TCP));
        assert_int_equal(send(fd, OPTIONS, strlen(OPTIONS), MSG_NOSIGNAL), strlen(OPTIONS));
        UNTIL(rig, rig->messages == (size_t)many + 1);
        struct destination to = { .kind = TRANSPORT_TCP, .connection = rig->from.connection };
        assert_int_equal(fill(rig, &to, most / 2) >= most / 2, many);
        transport_carries_many(rig->t, TRANSPORT_RIG_TCP);
    }
}

static void test_waiter_is_not_told_inside_send(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;
    size_t const big = 60000;
    char *text = calloc(1, big);

    rig->limits.shared_queue_bytes = 65536;
    (void)make_server(rig, true, &to);
    send_to(rig, &to);
    assert_int_equal(transport_send(rig->t, &to, text, big, NULL), 0);
    assert_int_equal(transport_send(rig->t, &to, text, big, NULL), -ENOBUFS);
    assert_int_equal(rig->waiter_error, 0);
    UNTIL(rig, rig->waiter_error == -ENOBUFS);
    free(text);
}

static void test_free_tells_waiters(void **state)
{
    struct transport_rig *rig = *state;
    struct destination to;

    (void)make_server(rig, true, &to);
    send_to(rig, &to);
    transport_free(&rig->t);
    assert_int_equal(rig->waiter_error, -ECANCELED);
}

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, transport_rig_setup, transport_rig_teardown)

int main(void)
{
    static struct CMUnitTest const tests[] = {
        TEST(test_udp_failure_tells_waiter),
        TEST(test_refused_connection_tells_waiter),
        TEST(test_refusal_is_forgotten),
        TEST(test_reset_tells_waiter),
        TEST(test_reused),
        TEST(test_forgotten_waiter_hears_nothing),
        TEST(test_connect_limit),
        TEST(test_write_queue_overflow),
        TEST(test_burst_is_offered_early),
        TEST(test_queue_of_next_hop),
        TEST(test_queue_of_listener),
        TEST(test_waiter_is_not_told_inside_send),
        TEST(test_free_tells_waiters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
