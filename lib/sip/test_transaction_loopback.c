/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions over real sockets: two nodes on one loop, UDP and TCP on loopback. */
#include "clock.h"
#include "message.h"
#include "transaction.h"
#include "wheel.h"
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000 };

/* One node. The callee answers with `answer`; the caller counts what it hears. */
struct node {
    struct transport *transport;
    struct transaction_layer *layer;
    struct net_addr addr[TRANSPORT_KINDS];
    int ring, answer; /* callee: 0 = not */
    int requests, acks, cancels, ended;
    int last_status, finals, failures;
    enum transaction_failure why;
    struct server_transaction *st;
    msg_t *final;
};

struct bench {
    uv_loop_t loop;
    uv_timer_t tick;
    struct wheel *wheel;
    struct stack_limits limits;
    struct node a, b;
};

/* --- callbacks ----------------------------------------------------------------------------------
 */

static void on_message(void *ctx, struct origin const *from, msg_t *msg)
{
    struct node *node = ctx;

    transaction_receive(node->layer, from, msg);
}

static void server_gone(void *owner, struct server_transaction *st)
{
    struct node *node = owner;

    if (node->st == st)
        node->st = NULL;
    node->ended++;
}

static void on_request(void *ctx, struct server_transaction *st)
{
    struct node *node = ctx;

    node->requests++;
    node->st = st;
    server_transaction_own(st, node, server_gone);
    if (node->ring)
        assert_int_equal(server_transaction_refuse(st, node->ring, NULL, NULL), 0);
    if (node->answer)
        assert_int_equal(server_transaction_refuse(st, node->answer, NULL, NULL), 0);
}

static void on_ack(void *ctx, struct origin const *from, msg_t *msg)
{
    struct node *node = ctx;

    (void)from, (void)msg;
    node->acks++;
}

static void on_cancel(void *ctx, struct server_transaction *st)
{
    struct node *node = ctx;

    node->cancels++;
    assert_int_equal(server_transaction_refuse(st, 487, NULL, NULL), 0);
}

static struct transaction_handlers const handlers = { .on_request = on_request,
                                                      .on_ack = on_ack,
                                                      .on_cancel = on_cancel };

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct node *node = ctx;

    (void)ct;
    node->last_status = sip_object(response)->sip_status->st_status;
    if (node->last_status < 200)
        return;
    node->finals++;
    msg_destroy(node->final);
    node->final = msg_ref_create(response);
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct node *node = ctx;

    (void)ct;
    node->failures++;
    node->why = why;
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct node *node = ctx;

    (void)ct;
    node->ended++;
}

static struct client_handlers const client_handlers = { on_response, on_failure, on_gone };

/* --- bench --------------------------------------------------------------------------------------
 */

static void on_tick(uv_timer_t *timer)
{
    struct bench *bench = timer->data;

    wheel_run(bench->wheel, clock_now_ms());
}

static void node_open(struct bench *bench, struct node *node)
{
    static struct transport_handlers const up = { .on_message = on_message };
    struct net_addr any_port;

    assert_int_equal(net_addr_parse(&any_port, "127.0.0.1:0", 0), 0);
    node->transport = transport_new(&bench->loop, bench->wheel, NULL, &bench->limits, &up, node);
    assert_non_null(node->transport);
    for (enum transport_kind kind = TRANSPORT_UDP; kind <= TRANSPORT_TCP; kind++) {
        int listener = transport_listen(node->transport, kind, &any_port, NULL);
        assert_true(listener >= 0);
        node->addr[kind] = *transport_listener_addr(node->transport, (uint16_t)listener);
    }
    node->layer =
        transaction_layer_new(node->transport, bench->wheel, &bench->limits, &handlers, node);
    assert_non_null(node->layer);
}

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    assert_non_null(bench);
    stack_limits_default(&bench->limits);
    bench->limits.max_transactions_per_call = 1000;
    assert_int_equal(uv_loop_init(&bench->loop), 0);
    bench->wheel = wheel_new(clock_now_ms());
    uv_timer_init(&bench->loop, &bench->tick);
    bench->tick.data = bench;
    uv_timer_start(&bench->tick, on_tick, 0, 5);
    node_open(bench, &bench->a);
    node_open(bench, &bench->b);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;

    msg_destroy(bench->a.final);
    msg_destroy(bench->b.final);
    transaction_layer_free(&bench->a.layer);
    transaction_layer_free(&bench->b.layer);
    transport_free(&bench->a.transport);
    transport_free(&bench->b.transport);
    uv_close((uv_handle_t *)&bench->tick, NULL);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&bench->loop), 0);
    wheel_free(&bench->wheel);
    free(bench);
    return 0;
}

/* Runs the loop until @p counter has grown to @p goal. */
static void run_until(struct bench *bench, int const *counter, int goal)
{
    uint64_t end = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;

    while (*counter < goal && uv_hrtime() < end)
        uv_run(&bench->loop, UV_RUN_ONCE);
    assert_int_equal(*counter, goal);
}

static struct client_transaction *call(struct bench *bench, char const *method,
                                       enum transport_kind kind, struct net_addr const *addr)
{
    struct destination to = { .kind = kind, .listener = TRANSPORT_AUTO_LISTENER, .addr = *addr };
    char text[512];

    snprintf(text, sizeof text,
             "%s sip:b@127.0.0.1 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: <sip:a@a.test>;tag=a1\r\n"
             "To: <sip:b@b.test>\r\nCall-ID: 1\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
             method, method);
    struct client_transaction *ct = client_transaction_new(
        bench->a.layer, message_parse(text, strlen(text)), &to, NULL, &client_handlers, &bench->a);
    assert_non_null(ct);
    return ct;
}

/* --- tests --------------------------------------------------------------------------------------
 */

static void test_requests(void **state)
{
    struct bench *bench = *state;

    bench->b.answer = 202;
    call(bench, "MESSAGE", TRANSPORT_UDP, &bench->b.addr[TRANSPORT_UDP]);
    run_until(bench, &bench->a.finals, 1);
    assert_int_equal(bench->a.last_status, 202);
    call(bench, "MESSAGE", TRANSPORT_TCP, &bench->b.addr[TRANSPORT_TCP]);
    run_until(bench, &bench->a.finals, 2);
    assert_int_equal(bench->b.requests, 2);
    /* On the stream Timers J and K are 0. */
    run_until(bench, &bench->a.ended, 1);
    run_until(bench, &bench->b.ended, 1);
}

static void test_call(void **state)
{
    static char const ack[] = "ACK sip:b@127.0.0.1 SIP/2.0\r\nFrom: <sip:a@a.test>;tag=a1\r\n"
                              "To: <sip:b@b.test>;tag=x\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\n\r\n";
    struct bench *bench = *state;

    bench->b.ring = 180;
    bench->b.answer = 200;
    for (enum transport_kind kind = TRANSPORT_UDP; kind <= TRANSPORT_TCP; kind++) {
        struct destination to = { .kind = kind,
                                  .listener = TRANSPORT_AUTO_LISTENER,
                                  .addr = bench->b.addr[kind] };
        call(bench, "INVITE", kind, &to.addr);
        run_until(bench, &bench->a.finals, 1 + (int)kind);
        assert_int_equal(bench->a.last_status, 200);
        assert_int_equal(
            transaction_send_ack(bench->a.layer, message_parse(ack, sizeof ack - 1), &to, NULL), 0);
        run_until(bench, &bench->b.acks, 1 + (int)kind);
    }
}

/* The CANCEL of spec sip-proxy 1.3: over a stream the 487 must come back and be acknowledged. */
static void test_cancel(void **state)
{
    struct bench *bench = *state;

    bench->b.ring = 180;
    for (enum transport_kind kind = TRANSPORT_UDP; kind <= TRANSPORT_TCP; kind++) {
        int n = 1 + (int)kind;
        bench->a.last_status = 0;
        struct client_transaction *ct = call(bench, "INVITE", kind, &bench->b.addr[kind]);
        run_until(bench, &bench->b.requests, n);
        client_transaction_cancel(ct); /* before or after the 180: either must do */
        run_until(bench, &bench->b.cancels, n);
        run_until(bench, &bench->a.finals, n);
        assert_int_equal(bench->a.last_status, 487);
    }
    /* On the stream the ACK ends the INVITE at once. */
    run_until(bench, &bench->b.ended, 1);
    assert_int_equal(bench->b.acks, 0);
    assert_int_equal(bench->a.failures, 0);
}

static void test_nobody_listens(void **state)
{
    struct bench *bench = *state;
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof in;
    struct net_addr addr;
    int fd = socket(AF_INET, SOCK_STREAM, 0); /* bound, so nobody else takes it; not listening */

    assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
    assert_int_equal(net_addr_from(&addr, (struct sockaddr *)&in), 0);
    call(bench, "INVITE", TRANSPORT_TCP, &addr);
    run_until(bench, &bench->a.failures, 1);
    assert_int_equal(bench->a.why, TRANSACTION_TRANSPORT);
    run_until(bench, &bench->a.ended, 1);
    assert_int_equal(transaction_count(bench->a.layer), 0);
    close(fd);
}

/* The peer takes the connection and closes it without an answer. */
static void test_peer_hangs_up(void **state)
{
    struct bench *bench = *state;
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof in;
    struct net_addr addr;
    int fd = socket(AF_INET, SOCK_STREAM, 0), peer;

    assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
    assert_int_equal(net_addr_from(&addr, (struct sockaddr *)&in), 0);
    call(bench, "INVITE", TRANSPORT_TCP, &addr);
    peer = accept(fd, NULL, NULL);
    assert_true(peer >= 0);
    for (int i = 0; i < 10; i++)
        uv_run(&bench->loop, UV_RUN_NOWAIT);
    assert_int_equal(bench->a.failures, 0);
    close(peer);
    run_until(bench, &bench->a.failures, 1);
    assert_int_equal(bench->a.why, TRANSACTION_TRANSPORT);
    close(fd);
}

/* The client is gone when its answer is ready: nothing but that transaction ends. */
static void test_client_hangs_up(void **state)
{
    static char const options[] =
        "OPTIONS sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK1\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: 1\r\n"
        "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
    struct bench *bench = *state;
    struct net_addr const *addr = &bench->b.addr[TRANSPORT_TCP];
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(connect(fd, &addr->sa, net_addr_len(addr)), 0);
    assert_int_equal(send(fd, options, sizeof options - 1, 0), sizeof options - 1);
    run_until(bench, &bench->b.requests, 1);
    close(fd);
    for (int i = 0; i < 10; i++)
        uv_run(&bench->loop, UV_RUN_NOWAIT);
    (void)server_transaction_refuse(bench->b.st, 200, NULL, NULL);
    run_until(bench, &bench->b.ended, 1);
    assert_int_equal(transaction_count(bench->b.layer), 0);
}

/* Sends @p text and reads @p answers answers 200. The loop runs in between: what does not fit the
 * sockets would otherwise wait for it for ever. */
static void exchange(struct bench *bench, int fd, char const *text, int answers)
{
    size_t len = strlen(text), sent = 0, size = (size_t)answers * 512, used = 0;
    uint64_t end = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
    char *got = calloc(1, size);
    int seen = 0;

    assert_non_null(got);
    while (seen < answers && uv_hrtime() < end) {
        ssize_t out = sent < len ? send(fd, text + sent, len - sent, MSG_DONTWAIT) : 0;
        ssize_t in = recv(fd, got + used, size - used - 1, MSG_DONTWAIT);
        sent += out > 0 ? (size_t)out : 0;
        used += in > 0 ? (size_t)in : 0;
        uv_run(&bench->loop, UV_RUN_NOWAIT);
        seen = 0;
        for (char *p = got; (p = strstr(p, "SIP/2.0 200 OK\r\n")); p++)
            seen++;
    }
    free(got);
    assert_int_equal(seen, answers);
}

/* Many requests in few writes; each gets its answer, in any order. */
static void test_pipelined(void **state)
{
    enum { REQUESTS = 400 };
    struct bench *bench = *state;
    struct net_addr const *addr = &bench->b.addr[TRANSPORT_TCP];
    int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
    size_t size = REQUESTS * 512, len = 0;
    char *text = malloc(size);

    assert_non_null(text);
    for (int i = 0; i < REQUESTS; i++)
        len += (size_t)snprintf(text + len, size - len,
                                "INFO sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:1\r\n"
                                "Max-Forwards: 70\r\nFrom: <sip:a@a.test>;tag=1\r\n"
                                "To: <sip:b@b.test>;tag=2\r\nCall-ID: 1\r\nCSeq: %d INFO\r\n"
                                "Content-Length: 0\r\n\r\n",
                                i + 1);
    bench->b.answer = 200;
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    assert_int_equal(connect(fd, &addr->sa, net_addr_len(addr)), 0);
    exchange(bench, fd, text, REQUESTS);
    run_until(bench, &bench->b.ended, REQUESTS);
    assert_int_equal(bench->b.requests, REQUESTS);
    close(fd);
    free(text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_requests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_call, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nobody_listens, setup, teardown),
        cmocka_unit_test_setup_teardown(test_peer_hangs_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_client_hangs_up, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pipelined, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
