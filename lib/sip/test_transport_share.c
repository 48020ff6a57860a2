/* SPDX-License-Identifier: Apache-2.0 */
/* Two workers on one port: whoever reads a datagram, its owner gets it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "message.h"
#include "steer.h"
#include "steer_owner.h"
#include "transport.h"
#include "wheel.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { WORKERS = 2, CALLS = 60, TURNS = 2000 };

struct worker {
    unsigned number;
    uv_loop_t loop;
    struct wheel *wheel;
    struct transport *transport;
    unsigned n, foreign;
};

static struct rig {
    struct stack_limits limits;
    struct steer *steer;
    struct worker workers[WORKERS];
    struct net_addr addr;
} rig;

static void on_message(void *ctx, struct origin const *from, msg_t *msg)
{
    struct worker *worker = ctx;
    sip_t const *sip = sip_object(msg);
    char text[100];
    /* What the owner would be told again. */
    int len =
        snprintf(text, sizeof text, "OPTIONS x SIP/2.0\r\ni: %s\r\n\r\n", sip->sip_call_id->i_id);
    if (sip->sip_request)
        worker->foreign += steer_owner(text, (size_t)len, WORKERS) != worker->number;
    else
        worker->foreign += sip->sip_status->st_status != 200 + (int)worker->number;
    worker->n++;
    assert_true(net_addr_equal(&from->local, &rig.addr));
    msg_destroy(msg);
}

static struct transport_handlers const handlers = { .on_message = on_message };

static int open_worker(struct worker *worker, enum transport_kind kind)
{
    assert_int_equal(uv_loop_init(&worker->loop), 0);
    worker->wheel = wheel_new(clock_now_ms());
    worker->transport =
        transport_new(&worker->loop, worker->wheel, NULL, &rig.limits, &handlers, worker);
    assert_int_equal(transport_share(worker->transport, rig.steer, worker->number), 0);
    int listener = transport_listen(worker->transport, kind, &rig.addr, NULL);
    if (listener == 0)
        rig.addr = *transport_listener_addr(worker->transport, 0);
    return listener;
}

static void close_worker(struct worker *worker)
{
    transport_free(&worker->transport);
    while (uv_run(&worker->loop, UV_RUN_NOWAIT))
        ;
    assert_int_equal(uv_loop_close(&worker->loop), 0);
    wheel_free(&worker->wheel);
}

static void open_rig(void)
{
    memset(&rig, 0, sizeof rig);
    stack_limits_default(&rig.limits);
    rig.steer = steer_new(WORKERS, 1 << 20);
    assert_int_equal(net_addr_parse(&rig.addr, "127.0.0.1:0", 0), 0);
    for (unsigned i = 0; i < WORKERS; i++)
        rig.workers[i].number = i;
}

/* All from one address, as from a single next hop. */
static void send_all(int fd)
{
    for (int i = 0; i < CALLS; i++) {
        char text[400];
        int len = snprintf(text, sizeof text,
                           "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKc%d\r\n"
                           "Call-ID: %d\r\n\r\n",
                           i, i);
        assert_int_equal(send(fd, text, (size_t)len, 0), len);
        len = snprintf(text, sizeof text,
                       "SIP/2.0 %d OK\r\nVia: SIP/2.0/UDP c;branch=z9hG4bK%d.h.t\r\n"
                       "Call-ID: r%d\r\n\r\n",
                       200 + i % WORKERS, i % WORKERS, i);
        assert_int_equal(send(fd, text, (size_t)len, 0), len);
    }
}

static void test_datagrams_find_their_worker(void **state)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    (void)state;
    open_rig();
    for (unsigned i = 0; i < WORKERS; i++)
        assert_int_equal(open_worker(&rig.workers[i], TRANSPORT_UDP), 0);
    assert_int_equal(connect(fd, &rig.addr.sa, net_addr_len(&rig.addr)), 0);
    send_all(fd);
    for (int turn = 0; turn < TURNS && rig.workers[0].n + rig.workers[1].n < 2 * CALLS; turn++) {
        for (unsigned i = 0; i < WORKERS; i++)
            uv_run(&rig.workers[i].loop, UV_RUN_NOWAIT);
        usleep(100);
    }
    assert_int_equal(rig.workers[0].n + rig.workers[1].n, 2 * CALLS);
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(rig.workers[i].foreign, 0);
        assert_true(rig.workers[i].n > CALLS / 2); /* its half of the responses, and requests */
        close_worker(&rig.workers[i]);
    }
    steer_free(&rig.steer);
    close(fd);
}

static void turn(void)
{
    for (unsigned i = 0; i < WORKERS; i++)
        uv_run(&rig.workers[i].loop, UV_RUN_NOWAIT);
    usleep(100);
}

static unsigned failures;

static void on_failed(struct transport_waiter *waiter, int error)
{
    (void)waiter;
    assert_true(error < 0);
    failures++;
}

/* A client that nobody can connect to hears both workers on its one connection, and both hear that
 * it is gone. */
static void test_connection_of_the_other(void **state)
{
    static char const text[] = "OPTIONS sip:a@b SIP/2.0\r\n\r\n";
    struct transport_waiter waiters[WORKERS] = { { .on_failed = on_failed },
                                                 { .on_failed = on_failed } };
    char heard[WORKERS * sizeof text] = "";
    struct net_addr client;
    socklen_t len = sizeof client;
    ssize_t n = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    (void)state;
    open_rig();
    for (unsigned i = 0; i < WORKERS; i++)
        assert_int_equal(open_worker(&rig.workers[i], TRANSPORT_TCP), 0);
    assert_int_equal(connect(fd, &rig.addr.sa, net_addr_len(&rig.addr)), 0);
    assert_int_equal(getsockname(fd, &client.sa, &len), 0);
    for (int i = 0; i < TURNS && transport_connections(rig.workers[0].transport) +
                                         transport_connections(rig.workers[1].transport) ==
                                     0;
         i++)
        turn();
    for (unsigned i = 0; i < WORKERS; i++) {
        struct destination to = { .kind = TRANSPORT_TCP, .addr = client };
        assert_int_equal(
            transport_send(rig.workers[i].transport, &to, text, sizeof text - 1, &waiters[i]), 0);
    }
    while (n < (ssize_t)(WORKERS * (sizeof text - 1))) {
        turn();
        ssize_t got = recv(fd, heard + n, sizeof heard - (size_t)n, MSG_DONTWAIT);
        assert_int_not_equal(got, 0);
        n += got > 0 ? got : 0;
    }
    assert_int_equal(strncmp(heard, text, sizeof text - 1), 0);
    close(fd);
    for (unsigned i = 0; i < WORKERS; i++) {
        for (int k = 0; k < TURNS && waiters[i].linked; k++)
            turn();
        assert_false(waiters[i].linked);
        assert_true(waiters[i].opened); /* what was sent may have arrived */
    }
    assert_int_equal(failures, WORKERS);
    for (unsigned i = 0; i < WORKERS; i++)
        close_worker(&rig.workers[i]);
    steer_free(&rig.steer);
}

/* A second node on the same port must not share it silently. */
static void test_port_of_another_node(void **state)
{
    static enum transport_kind const kinds[] = { TRANSPORT_UDP, TRANSPORT_TCP };
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct worker other = { .number = 0 };
        open_rig();
        assert_int_equal(open_worker(&rig.workers[0], kinds[k]), 0);
        assert_int_equal(open_worker(&rig.workers[1], kinds[k]), 0);
        struct steer *steer = rig.steer;
        rig.steer = steer_new(WORKERS, 1 << 20);
        assert_int_equal(open_worker(&other, kinds[k]), -EADDRINUSE);
        close_worker(&other);
        steer_free(&rig.steer);
        rig.steer = steer;
        for (unsigned i = 0; i < WORKERS; i++)
            close_worker(&rig.workers[i]);
        steer_free(&rig.steer);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_datagrams_find_their_worker),
        cmocka_unit_test(test_connection_of_the_other),
        cmocka_unit_test(test_port_of_another_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
