/* SPDX-License-Identifier: Apache-2.0 */
/* Collectors that are there, slow, gone, and back. Real sockets on the loopback; the clock is moved
 * only once what is waited for has happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alarm.h"
#include "capture_alarms.h"
#include "clock.h"
#include "hep_peer.h"
#include "wheel.h"
#include <string.h>
#include <unistd.h>

struct rig {
    uv_loop_t loop;
    struct alarm_board *alarms;
    struct hep_peer_options options;
    int listener;
};

static int open_socket(struct rig *rig, int type)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof in;
    int fd = socket(AF_INET, type, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&in, size), 0);
    getsockname(fd, (struct sockaddr *)&in, &size);
    net_addr_from(&rig->options.to, (struct sockaddr *)&in);
    return fd;
}

static void setup(struct rig *rig, bool tcp)
{
    *rig = (struct rig){ .options = { .name = "collector", .tcp = tcp, .max_queue = 65536 } };
    uv_loop_init(&rig->loop);
    rig->alarms = alarm_board_new(&capture_alarms);
    rig->options.loop = &rig->loop;
    rig->options.wheel = wheel_new(clock_now_ms());
    rig->options.alarms = rig->alarms;
    rig->listener = open_socket(rig, tcp ? SOCK_STREAM : SOCK_DGRAM);
    if (tcp)
        assert_int_equal(listen(rig->listener, 1), 0);
}

static void teardown(struct rig *rig, struct hep_peer **peer)
{
    hep_peer_free(peer);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
    wheel_free(&rig->options.wheel);
    alarm_board_free(&rig->alarms);
    close(rig->listener);
}

static void run_until(struct rig *rig, struct hep_peer *peer, char const *state)
{
    for (int i = 0; i < 100000 && strcmp(hep_peer_state(peer), state) != 0; i++)
        uv_run(&rig->loop, UV_RUN_NOWAIT);
    assert_string_equal(hep_peer_state(peer), state);
}

static void test_udp(void **state)
{
    struct rig rig;
    char bytes[16];
    (void)state;

    setup(&rig, false);
    struct hep_peer *peer = hep_peer_new(&rig.options);
    hep_peer_send(peer, "HEP3xy", 6);
    assert_int_equal(recv(rig.listener, bytes, sizeof bytes, 0), 6);
    assert_memory_equal(bytes, "HEP3xy", 6);
    assert_int_equal(hep_peer_counts(peer).sent, 1);
    hep_peer_drop(peer);
    assert_int_equal(hep_peer_counts(peer).dropped, 1);
    teardown(&rig, &peer);
}

static void test_tcp(void **state)
{
    struct rig rig;
    char bytes[16];
    (void)state;

    setup(&rig, true);
    struct hep_peer *peer = hep_peer_new(&rig.options);
    hep_peer_send(peer, "one", 3); /* waits for the connection */
    run_until(&rig, peer, "connected");
    int fd = accept(rig.listener, NULL, NULL);
    hep_peer_send(peer, "two", 3);
    for (int i = 0; i < 100000 && hep_peer_counts(peer).sent < 2; i++)
        uv_run(&rig.loop, UV_RUN_NOWAIT);
    assert_int_equal(recv(fd, bytes, 6, MSG_WAITALL), 6);
    assert_memory_equal(bytes, "onetwo", 6);
    assert_int_equal(hep_peer_counts(peer).waiting, 0);
    assert_int_equal(hep_peer_counts(peer).dropped, 0);
    close(fd);
    teardown(&rig, &peer);
}

/* A collector that does not read costs what max_queue says, and no more. */
static void test_slow_collector(void **state)
{
    static char packet[10000];
    struct rig rig;
    (void)state;

    setup(&rig, true);
    struct hep_peer *peer = hep_peer_new(&rig.options);
    run_until(&rig, peer, "connected");
    for (int i = 0; i < 10000 && hep_peer_counts(peer).dropped < 100; i++) {
        hep_peer_send(peer, packet, sizeof packet);
        uv_run(&rig.loop, UV_RUN_NOWAIT);
        assert_true(hep_peer_counts(peer).waiting <= 2 * rig.options.max_queue);
    }
    assert_int_equal(hep_peer_counts(peer).dropped, 100);
    teardown(&rig, &peer);
}

static void test_dead_collector_comes_back(void **state)
{
    struct rig rig;
    (void)state;

    setup(&rig, true);
    close(rig.listener);
    struct net_addr to = rig.options.to;
    struct hep_peer *peer = hep_peer_new(&rig.options);
    run_until(&rig, peer, "waiting");
    assert_int_equal(alarm_count(rig.alarms), 1);
    hep_peer_send(peer, "kept", 4);
    /* 1 s, then 2 s */
    clock_advance_ms(1000);
    wheel_run(rig.options.wheel, clock_now_ms() + WHEEL_TICK_MS);
    assert_string_equal(hep_peer_state(peer), "connecting");
    run_until(&rig, peer, "waiting");
    clock_advance_ms(1500);
    wheel_run(rig.options.wheel, clock_now_ms());
    assert_string_equal(hep_peer_state(peer), "waiting");
    rig.listener = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;
    setsockopt(rig.listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    assert_int_equal(bind(rig.listener, &to.sa, net_addr_len(&to)), 0);
    assert_int_equal(listen(rig.listener, 1), 0);
    clock_advance_ms(600);
    wheel_run(rig.options.wheel, clock_now_ms());
    run_until(&rig, peer, "connected");
    assert_int_equal(alarm_count(rig.alarms), 0);
    int fd = accept(rig.listener, NULL, NULL);
    for (int i = 0; i < 100000 && hep_peer_counts(peer).sent < 1; i++)
        uv_run(&rig.loop, UV_RUN_NOWAIT);
    assert_int_equal(hep_peer_counts(peer).sent, 1);
    /* and goes again */
    close(fd);
    run_until(&rig, peer, "waiting");
    assert_int_equal(alarm_count(rig.alarms), 1);
    teardown(&rig, &peer);
}

/* Freed in every state, with something on its way. */
static void test_free_while_busy(void **state)
{
    static char packet[60000];
    (void)state;

    for (int steps = 0; steps < 6; steps++) {
        struct rig rig;

        setup(&rig, true);
        struct hep_peer *peer = hep_peer_new(&rig.options);
        hep_peer_send(peer, packet, sizeof packet);
        for (int i = 0; i < steps; i++)
            uv_run(&rig.loop, UV_RUN_NOWAIT);
        teardown(&rig, &peer);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_slow_collector),
        cmocka_unit_test(test_dead_collector_comes_back),
        cmocka_unit_test(test_free_while_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
