/* SPDX-License-Identifier: Apache-2.0 */
/* A whole proxy on loopback sockets between a client and a server that speak plain text. The clock
 * is moved, nothing waits for a SIP timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "forward.h"
#include "log.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "wheel.h"
#include "wire_peer.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* T1 is ten times the usual one, so that on a busy machine nothing is sent again while a test waits
 * in real time. TIMED_OUT_MS is a little more than 64*T1. */
enum { WAIT_MS = 3000, SILENCE_MS = 40, LISTENERS = 3, T1_MS = 5000, TIMED_OUT_MS = 65 * T1_MS };
enum { TIMER_C_MS = 1810000 };

static struct bench {
    uv_loop_t loop;
    struct wheel *wheel;
    struct proxy_conf conf;
    struct proxy *proxy;
    struct wire_peer client, server;
    uint16_t udp, tcp, internal; /* ports of the proxy */
    char text[WIRE_PEER_MAX];    /* message received last */
    char kept[WIRE_PEER_MAX];    /* the request that the server answers */
    char answer[WIRE_PEER_MAX];
} bench;

static struct proxy_conf_target target = { .name = "cti" };
static struct proxy_conf_route route = {
    .name = "rcc",
    .pred = { [ROUTE_PRED_method] = "INVITE,MESSAGE", [ROUTE_PRED_event] = "" },
    .to = "cti",
};
static struct proxy_conf_acl acl = { .pattern = "127.0.0.1", .description = "here" };
static struct cfg_node const node = { .domain = "example.test", .name = "node1" };

static void turn(void)
{
    uv_run(&bench.loop, UV_RUN_NOWAIT);
    wheel_run(bench.wheel, clock_now_ms());
}

static void advance(uint64_t ms)
{
    turn();
    clock_advance_ms(ms);
    turn();
}

/* --- set-up ------------------------------------------------------------------------------------
 */

static void bench_open(bool client_stream, bool server_stream)
{
    static char uri[64];
    static char const *listen[] = { "udp:127.0.0.1:0", "tcp:127.0.0.1:0" };
    static char const *internal[] = { "tcp:127.0.0.1:0" };
    memset(&bench, 0, sizeof bench);
    assert_int_equal(uv_loop_init(&bench.loop), 0);
    bench.wheel = wheel_new(clock_now_ms());
    wire_peer_open(&bench.server, server_stream);
    (void)snprintf(uri, sizeof uri, "sip:127.0.0.1:%u;transport=%s", bench.server.port,
                   server_stream ? "tcp" : "udp");
    target.uri = uri;
    bench.conf = (struct proxy_conf){
        .listen = { .v = listen, .n = 2 },
        .internal = { .v = internal, .n = 1 },
        .advertised_host = "",
        .dns_servers = "",
        .targets = { .v = &target, .n = 1 },
        .acl = { .v = &acl, .n = 1 },
        .method_routes = { .v = &route, .n = 1 },
        .method_routing = true,
        .relay_foreign = true,
    };
    stack_limits_default(&bench.conf.limits);
    bench.conf.limits.t1_ms = T1_MS;
    bench.conf.limits.t2_ms = 8 * T1_MS;
    bench.conf.limits.t4_ms = 10 * T1_MS;
    bench.conf.limits.timer_c_ms = TIMER_C_MS;
    bench.conf.limits.idle_ms = 10 * (int64_t)TIMER_C_MS;
    struct generation *generation = generation_new(&bench.conf, &node, NULL);
    assert_non_null(generation);
    assert_int_equal(proxy_open(&bench.proxy, &bench.loop, bench.wheel, NULL, generation), 0);
    generation_unref(&generation);
    struct transport *transport = stack_transport(bench.proxy->worker.stack);
    uint16_t *ports[LISTENERS] = { &bench.udp, &bench.tcp, &bench.internal };
    for (uint16_t i = 0; i < LISTENERS; i++)
        *ports[i] = net_addr_port(transport_listener_addr(transport, i));
    if (client_stream)
        wire_peer_connect(&bench.client, bench.tcp);
    else
        wire_peer_open(&bench.client, false);
    turn();
}

static void bench_close(void)
{
    proxy_close(&bench.proxy);
    wire_peer_close(&bench.client);
    wire_peer_close(&bench.server);
    while (uv_run(&bench.loop, UV_RUN_NOWAIT))
        ;
    assert_int_equal(uv_loop_close(&bench.loop), 0);
    wheel_free(&bench.wheel);
    assert_int_equal(met_get(&proxy_metrics, M_contexts), 0);
}

/* --- sending and expecting ---------------------------------------------------------------------
 */

static bool take(struct wire_peer *peer, int wait_ms)
{
    for (int i = 0; i < wait_ms; i++) {
        turn();
        if (wire_peer_take(peer, bench.text))
            return true;
        poll(NULL, 0, 1);
    }
    return false;
}

/* The next message of @p peer begins so. */
static void expect(struct wire_peer *peer, char const *begin)
{
    if (!take(peer, WAIT_MS))
        fail_msg("%s: nothing came", begin);
    if (strncmp(bench.text, begin, strlen(begin)) != 0)
        fail_msg("%s expected, not\n%s", begin, bench.text);
}

static void expect_silence(struct wire_peer *peer)
{
    if (take(peer, SILENCE_MS))
        fail_msg("silence expected, not\n%s", bench.text);
}

static void expect_text(char const *part)
{
    if (!strstr(bench.text, part))
        fail_msg("%s expected in\n%s", part, bench.text);
}

static uint16_t client_entry(void)
{
    return bench.client.stream ? bench.tcp : bench.udp;
}

/* A request of the client; @p top: header lines that stand above the others. */
static void client_sends(char const *method, unsigned cseq, char const *uri, char const *to_tag,
                         char const *top)
{
    char text[WIRE_PEER_MAX];
    bool has_branch = !strstr(top, "X-No-Branch");
    (void)snprintf(text, sizeof text,
                   "%s %s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%u%s%s%u\r\n%s"
                   "From: <sip:alice@example.test>;tag=c1\r\nTo: <sip:2001@example.test>%s%s\r\n"
                   "Call-ID: call-1\r\nCSeq: %u %s\r\nContact: <sip:alice@127.0.0.1:%u%s>\r\n"
                   "Content-Length: 0\r\n\r\n",
                   method, uri, bench.client.stream ? "TCP" : "UDP", bench.client.port,
                   has_branch ? ";branch=z9hG4bK" : "",
                   !has_branch                                               ? ";x="
                   : strcmp(method, "ACK") == 0 && strcmp(to_tag, "s1") == 0 ? "ack"
                                                                             : "c",
                   cseq, top, *to_tag ? ";tag=" : "", to_tag, cseq, method, bench.client.port,
                   bench.client.stream ? ";transport=tcp" : "");
    wire_peer_send(&bench.client, client_entry(), text);
}

static void keep(void)
{
    memcpy(bench.kept, bench.text, sizeof bench.kept);
}

static void server_answers(char const *status, char const *headers)
{
    bool has_tag = strstr(wire_peer_header(bench.kept, "To", 0), ";tag=") != NULL;
    bool trying = strncmp(status, "100", 3) == 0;
    wire_peer_answer(bench.answer, bench.kept, status, has_tag || trying ? "" : "s1", headers);
    wire_peer_send(&bench.server, bench.udp, bench.answer);
}

/* Route headers for the client, made of the Record-Route values of the 200 it has just received. */
static char const *client_route_set(void)
{
    static char routes[2000];
    char copy[2][400];
    (void)snprintf(copy[0], sizeof copy[0], "%s", wire_peer_header(bench.text, "Record-Route", 0));
    (void)snprintf(copy[1], sizeof copy[1], "%s", wire_peer_header(bench.text, "Record-Route", 1));
    assert_true(*copy[0]);
    if (*copy[1])
        (void)snprintf(routes, sizeof routes, "Route: %s\r\nRoute: %s\r\n", copy[1], copy[0]);
    else
        (void)snprintf(routes, sizeof routes, "Route: %s\r\n", copy[0]);
    return routes;
}

static void invite_reaches_server(void)
{
    client_sends("INVITE", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 100 ");
    expect(&bench.server, "INVITE sip:2001@example.test SIP/2.0\r\n");
    keep();
}

/* --- tests -------------------------------------------------------------------------------------
 */

static void whole_call(void)
{
    char contact[100], routes[2000], uri[64];
    invite_reaches_server();
    expect_text("Max-Forwards: 69\r\n");
    expect_text("CSeq: 1 INVITE\r\n");
    server_answers("180 Ringing", "");
    expect(&bench.client, "SIP/2.0 180 ");
    assert_string_equal(wire_peer_header(bench.text, "Via", 1), "");
    (void)snprintf(uri, sizeof uri, "sip:cti@127.0.0.1:%u;transport=%s", bench.server.port,
                   bench.server.stream ? "tcp" : "udp");
    (void)snprintf(contact, sizeof contact, "Contact: <%s>\r\n", uri);
    server_answers("200 OK", contact);
    expect(&bench.client, "SIP/2.0 200 ");
    expect_text(contact);
    assert_string_equal(wire_peer_header(bench.text, "Via", 1), "");
    (void)snprintf(routes, sizeof routes, "%s", client_route_set());
    /* the 200 again, as a callee sends it until the ACK comes (RFC 6026) */
    wire_peer_send(&bench.server, bench.udp, bench.answer);
    expect(&bench.client, "SIP/2.0 200 ");
    client_sends("ACK", 1, uri, "s1", routes);
    expect(&bench.server, "ACK ");
    assert_string_equal(wire_peer_header(bench.text, "Route", 0), "");
    assert_string_equal(wire_peer_header(bench.text, "Record-Route", 0), "");
    client_sends("INFO", 2, uri, "s1", routes);
    expect(&bench.server, "INFO ");
    assert_string_equal(wire_peer_header(bench.text, "Record-Route", 0), "");
    keep();
    server_answers("200 OK", "");
    expect(&bench.client, "SIP/2.0 200 ");
    client_sends("BYE", 3, uri, "s1", routes);
    expect(&bench.server, "BYE ");
    keep();
    server_answers("200 OK", "");
    expect(&bench.client, "SIP/2.0 200 ");
    expect_text("CSeq: 3 BYE\r\n");
}

static void test_call_udp(void **state)
{
    (void)state;
    bench_open(false, false);
    whole_call();
    bench_close();
}

static void test_call_tcp(void **state)
{
    (void)state;
    bench_open(true, true);
    whole_call();
    bench_close();
}

static void test_call_udp_to_tcp(void **state)
{
    (void)state;
    bench_open(false, true);
    whole_call();
    bench_close();
}

static void test_call_tcp_to_udp(void **state)
{
    (void)state;
    bench_open(true, false);
    whole_call();
    bench_close();
}

/* The side that was called sends a request: Route is the Record-Route order. */
static void test_server_side_request(void **state)
{
    char text[2000], first[200], second[200];
    (void)state;
    bench_open(true, true);
    invite_reaches_server();
    (void)snprintf(first, sizeof first, "%s", wire_peer_header(bench.text, "Record-Route", 0));
    (void)snprintf(second, sizeof second, "%s", wire_peer_header(bench.text, "Record-Route", 1));
    (void)snprintf(text, sizeof text, "<sip:127.0.0.1:%u;transport=tcp;lr>", bench.internal);
    assert_string_equal(first, text);
    (void)snprintf(text, sizeof text, "<sip:127.0.0.1:%u;transport=tcp;lr>", bench.tcp);
    assert_string_equal(second, text);
    server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
    expect(&bench.client, "SIP/2.0 200 ");
    (void)snprintf(text, sizeof text,
                   "INFO sip:alice@example.test:%u;maddr=127.0.0.1;transport=tcp SIP/2.0\r\n"
                   "Via: SIP/2.0/TCP 127.0.0.1:%u;branch=z9hG4bKs1\r\nRoute: %s\r\nRoute: %s\r\n"
                   "From: <sip:2001@example.test>;tag=s1\r\nTo: <sip:alice@example.test>;tag=c1\r\n"
                   "Call-ID: call-1\r\nCSeq: 1 INFO\r\nMax-Forwards: 70\r\n"
                   "Content-Length: 0\r\n\r\n",
                   bench.client.port, bench.server.port, first, second);
    wire_peer_send(&bench.server, bench.udp, text);
    expect(&bench.client, "INFO sip:alice@example.test");
    (void)snprintf(text, sizeof text, "Via: SIP/2.0/TCP 127.0.0.1:%u;", bench.tcp);
    expect_text(text);
    /* The client never answers: RFC 4320 lets the server know that somebody waits, but 32 s later
     * all is forgotten and no 408 is sent. */
    int64_t unanswered = met_get(&proxy_metrics, M_unanswered);
    advance(TIMED_OUT_MS);
    expect(&bench.server, "SIP/2.0 100 ");
    expect_silence(&bench.server);
    assert_int_equal(met_get(&proxy_metrics, M_unanswered), unanswered + 1);
    bench_close();
}

static void cancelled_call(bool ringing)
{
    invite_reaches_server();
    if (ringing) {
        server_answers("180 Ringing", "");
        expect(&bench.client, "SIP/2.0 180 ");
    }
    client_sends("CANCEL", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 200 ");
    expect_text("CSeq: 1 CANCEL\r\n");
    if (!ringing) {
        expect_silence(&bench.server); /* RFC 3261 §9.1: not before a provisional response */
        server_answers("100 Trying", "");
    }
    char via[300], invite[WIRE_PEER_MAX];
    (void)snprintf(via, sizeof via, "Via: %s\r\n", wire_peer_header(bench.kept, "Via", 0));
    memcpy(invite, bench.kept, sizeof invite);
    expect(&bench.server, "CANCEL sip:2001@example.test SIP/2.0\r\n");
    expect_text(via);
    keep();
    server_answers("200 OK", "");
    memcpy(bench.kept, invite, sizeof invite);
    server_answers("487 Request Terminated", "");
    expect(&bench.server, "ACK sip:2001@example.test SIP/2.0\r\n");
    expect_text(via);
    expect(&bench.client, "SIP/2.0 487 ");
    client_sends("ACK", 1, "sip:2001@example.test", "x", "Max-Forwards: 70\r\n");
    expect_silence(&bench.server);
    expect_silence(&bench.client);
}

static void test_cancel(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        bench_open(i & 1, i & 2);
        cancelled_call(i & 4);
        bench_close();
    }
}

static void test_cancel_without_effect(void **state)
{
    (void)state;
    bench_open(true, true);
    invite_reaches_server();
    server_answers("180 Ringing", "");
    expect(&bench.client, "SIP/2.0 180 ");
    client_sends("CANCEL", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 200 ");
    expect(&bench.server, "CANCEL ");
    expect_silence(&bench.client);
    advance(TIMED_OUT_MS);
    expect(&bench.client, "SIP/2.0 487 ");
    bench_close();
}

static void test_cancel_after_answer_is_harmless(void **state)
{
    (void)state;
    bench_open(true, true);
    invite_reaches_server();
    server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
    expect(&bench.client, "SIP/2.0 200 ");
    client_sends("CANCEL", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 200 ");
    expect_text("CANCEL");
    expect_silence(&bench.server);
    bench_close();
}

static void test_timer_c(void **state)
{
    (void)state;
    bench_open(true, true);
    invite_reaches_server();
    server_answers("180 Ringing", "");
    expect(&bench.client, "SIP/2.0 180 ");
    advance(TIMER_C_MS / 3 * 2);
    server_answers("180 Ringing", "");
    expect(&bench.client, "SIP/2.0 180 ");
    advance(TIMER_C_MS / 3 * 2);
    expect_silence(&bench.server); /* the second 180 started it again */
    advance(TIMER_C_MS / 3 + 1000);
    expect(&bench.server, "CANCEL ");
    expect_silence(&bench.client);
    advance(TIMED_OUT_MS);
    expect(&bench.client, "SIP/2.0 408 ");
    bench_close();
}

static void test_silent_callee(void **state)
{
    (void)state;
    bench_open(true, true);
    invite_reaches_server();
    advance(TIMED_OUT_MS);
    expect(&bench.client, "SIP/2.0 408 ");
    bench_close();
}

static void test_rejection_is_acknowledged_hop_by_hop(void **state)
{
    (void)state;
    bench_open(false, true);
    invite_reaches_server();
    server_answers("486 Busy Here", "");
    expect(&bench.server, "ACK ");
    expect(&bench.client, "SIP/2.0 486 ");
    client_sends("ACK", 1, "sip:2001@example.test", "x", "Max-Forwards: 70\r\n");
    expect_silence(&bench.server);
    bench_close();
}

static void test_503(void **state)
{
    char uri[64];
    (void)state;
    bench_open(false, true);
    invite_reaches_server();
    server_answers("503 Service Unavailable", "Retry-After: 7\r\n");
    expect(&bench.server, "ACK ");
    expect(&bench.client, "SIP/2.0 503 "); /* a configured target: stays 503 */
    expect_text("Retry-After: 7\r\n");
    bench_close();
    bench_open(false, true);
    (void)snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u;transport=tcp", bench.server.port);
    client_sends("OPTIONS", 1, uri, "", "Max-Forwards: 70\r\n");
    expect(&bench.server, "OPTIONS ");
    keep();
    server_answers("503 Service Unavailable", "Retry-After: 7\r\n");
    expect(&bench.client, "SIP/2.0 500 ");
    assert_null(strstr(bench.text, "Retry-After"));
    bench_close();
}

/* The only address of the next hop gets a sibling, as if DNS had named two. */
static void add_hop(struct wire_peer const *peer)
{
    char text[NET_ADDR_TEXT];
    struct forward *forward = LIST_FIRST(&bench.proxy->worker.forwards);
    forward->hops = realloc(forward->hops, 2 * sizeof *forward->hops);
    assert_non_null(forward->hops);
    forward->hops[1] = forward->hops[0];
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", peer->port);
    assert_int_equal(net_addr_parse(&forward->hops[1].addr, text, 0), 0);
    forward->n_hops = 2;
}

/* RFC 3263 §4.3: 503, a dead connection and silence lead to the next address; a ringing callee does
 * not. */
static void test_next_address(void **state)
{
    static struct {
        char const *answer; /* "": silence, NULL: the connection dies */
        bool stream, next_is_tried;
        char const *result;
    } const rows[] = {
        { "503 Service Unavailable", false, true, "SIP/2.0 200 " },
        { NULL, true, true, "SIP/2.0 200 " },
        { "", false, true, "SIP/2.0 200 " },
        { "486 Busy Here", false, false, "SIP/2.0 486 " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_peer spare;
        bench_open(true, rows[i].stream);
        wire_peer_open(&spare, rows[i].stream);
        int64_t failovers = met_get(&proxy_metrics, M_hop_failovers);
        invite_reaches_server();
        add_hop(&spare);
        if (!rows[i].answer)
            wire_peer_close(&bench.server);
        else if (*rows[i].answer)
            server_answers(rows[i].answer, "");
        else
            advance(TIMED_OUT_MS);
        if (rows[i].next_is_tried) {
            expect(&spare, "INVITE sip:2001@example.test SIP/2.0\r\n");
            keep();
            wire_peer_answer(bench.answer, bench.kept, "200 OK", "s2", "");
            wire_peer_send(&spare, bench.udp, bench.answer);
        }
        expect(&bench.client, rows[i].result);
        assert_int_equal(met_get(&proxy_metrics, M_hop_failovers) - failovers,
                         rows[i].next_is_tried);
        wire_peer_close(&spare);
        bench_close();
    }
}

/* A next hop that took the client's Via away: its answer cannot go back, but the client hears one,
 * and nothing of the request stays. */
static void test_answer_without_via(void **state)
{
    static char const *const answers[] = { "200 OK", "404 Not Found" };
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        bench_open(true, false);
        client_sends(i < 2 ? "INVITE" : "MESSAGE", 1, "sip:2001@example.test", "", "");
        if (i < 2)
            expect(&bench.client, "SIP/2.0 100 ");
        expect(&bench.server, i < 2 ? "INVITE " : "MESSAGE ");
        char *via = strstr(strstr(bench.text, "\r\nVia: ") + 2, "\r\nVia: ");
        assert_non_null(via);
        memcpy(via, "\r\nX-V", 5);
        keep();
        server_answers("180 Ringing", "");
        expect_silence(&bench.client);
        server_answers(answers[i % 2], "");
        expect(&bench.client, "SIP/2.0 502 ");
        advance(TIMED_OUT_MS);
        advance(TIMED_OUT_MS);
        assert_int_equal(transaction_count(stack_transactions(bench.proxy->worker.stack)), 0);
        bench_close();
    }
}

static void test_next_hop_is_down(void **state)
{
    (void)state;
    bench_open(true, true);
    wire_peer_close(&bench.server);
    client_sends("INVITE", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 100 ");
    expect(&bench.client, "SIP/2.0 503 ");
    client_sends("MESSAGE", 2, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 503 ");
    bench_close();
}

static void test_connection_dies_before_the_answer(void **state)
{
    (void)state;
    bench_open(true, true);
    invite_reaches_server();
    wire_peer_close(&bench.server);
    expect(&bench.client, "SIP/2.0 503 ");
    bench_close();
}

static void test_client_without_branch(void **state)
{
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        bench_open(stream, true);
        client_sends("INVITE", 1, "sip:2001@example.test", "", "X-No-Branch: 1\r\n");
        expect(&bench.client, "SIP/2.0 100 ");
        expect(&bench.server, "INVITE ");
        expect_text("Max-Forwards: 70\r\n");
        keep();
        if (!stream) {
            client_sends("INVITE", 1, "sip:2001@example.test", "", "X-No-Branch: 1\r\n");
            expect(&bench.client, "SIP/2.0 100 "); /* a retransmission, not a second call */
            expect_silence(&bench.server);
        }
        server_answers("404 Not Found", "");
        expect(&bench.server, "ACK ");
        expect(&bench.client, "SIP/2.0 404 ");
        bench_close();
    }
}

/* csta-rcc 1.6: no branch, CSeq begins again after each final response to INVITE, INFO in a row
 * without waiting, and the ACK of a re-INVITE with a CSeq of its own. */
static void test_habits_of_the_real_client(void **state)
{
    char top[2000], uri[64];
    (void)state;
    bench_open(true, true);
    (void)snprintf(uri, sizeof uri, "sip:cti@127.0.0.1:%u;transport=tcp", bench.server.port);
    client_sends("INVITE", 1, "sip:2001@example.test", "", "X-No-Branch: 1\r\n");
    expect(&bench.client, "SIP/2.0 100 ");
    for (unsigned round = 0; round < 2; round++) {
        expect(&bench.server, "INVITE ");
        keep();
        server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
        expect(&bench.client, "SIP/2.0 200 ");
        if (round == 0)
            (void)snprintf(top, sizeof top, "X-No-Branch: 1\r\n%s", client_route_set());
        client_sends("ACK", 1, uri, "s1", top);
        client_sends("INFO", 2, uri, "s1", top);
        client_sends("INFO", 3, uri, "s1", top);
        expect(&bench.server, "ACK ");
        for (unsigned info = 2; info <= 3; info++) {
            expect(&bench.server, "INFO ");
            expect_text(info == 2 ? "CSeq: 2 INFO\r\n" : "CSeq: 3 INFO\r\n");
            keep();
            server_answers("200 OK", "");
            expect(&bench.client, "SIP/2.0 200 ");
        }
        if (round == 0) {
            client_sends("INVITE", 4, uri, "s1", top);
            expect(&bench.client, "SIP/2.0 100 ");
        }
    }
    bench_close();
}

/* A second client is served while requests towards the first one are never answered. */
static void test_silent_client_harms_nobody(void **state)
{
    enum { REQUESTS = 99 };
    (void)state;
    bench_open(true, true);
    /* The INVITE is the 100th: a request that passes through counts once. */
    assert_int_equal(bench.conf.limits.max_transactions_per_call, REQUESTS + 1);
    for (unsigned i = 1; i <= REQUESTS; i++) {
        client_sends("MESSAGE", i, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
        expect(&bench.server, "MESSAGE ");
    }
    assert_int_equal(met_get(&proxy_metrics, M_contexts), REQUESTS);
    invite_reaches_server();
    server_answers("486 Busy Here", "");
    expect(&bench.server, "ACK ");
    expect(&bench.client, "SIP/2.0 486 ");
    advance(TIMED_OUT_MS);
    for (unsigned i = 1; i <= REQUESTS; i++)
        expect(&bench.client, "SIP/2.0 100 ");
    expect_silence(&bench.client);
    assert_int_equal(met_get(&proxy_metrics, M_contexts), 0);
    assert_int_equal(transaction_count(stack_transactions(bench.proxy->worker.stack)), 0);
    bench_close();
}

static void test_refusals(void **state)
{
    /* clang-format off */
    static struct {
        char const *method, *uri, *top, *answer;
    } const rows[] = {
        { "OPTIONS", "sip:example.test", "Max-Forwards: 0\r\n", "SIP/2.0 200 " },
        { "OPTIONS", "sip:bob@b.test", "Max-Forwards: 0\r\n", "SIP/2.0 483 " },
        { "MESSAGE", "sip:2001@example.test", "Max-Forwards: 0\r\n", "SIP/2.0 483 " },
        { "INFO", "sip:2001@example.test", "", "SIP/2.0 404 No method route" },
        { "MESSAGE", "tel:2001", "", "SIP/2.0 416 " },
        { "MESSAGE", "sip:2001@example.test", "Proxy-Require: foo\r\n", "SIP/2.0 420 " },
    };
    /* clang-format on */
    (void)state;
    bench_open(true, true);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        client_sends(rows[i].method, i + 1, rows[i].uri, "", rows[i].top);
        expect(&bench.client, rows[i].answer);
    }
    expect_text("Unsupported: foo\r\n");
    expect_silence(&bench.server);
    bench_close();
}

static void test_loop_is_found(void **state)
{
    static char uri[64];
    (void)state;
    bench_open(false, false);
    (void)snprintf(uri, sizeof uri, "sip:127.0.0.1:%u", bench.udp); /* the proxy itself */
    struct route_target loop = { .name = "loop",
                                 .uri = url_make(bench.proxy->generation->table->home, uri) };
    bench.proxy->generation->table->rules[0].to = &loop;
    client_sends("MESSAGE", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 482 ");
    bench_close();
}

static void test_access_list(void **state)
{
    struct proxy_conf_acl other = { .pattern = "192.0.2.0/24", .description = "" };
    char to[200];
    (void)state;
    acl.pattern = other.pattern;
    bench_open(false, true);
    int64_t refused = met_get(&proxy_metrics, M_refused_acl);
    client_sends("INVITE", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 403 ");
    (void)snprintf(to, sizeof to, "%s", wire_peer_header(bench.text, "To", 0));
    assert_non_null(strstr(to, ";tag="));
    /* No transaction is kept for a stranger; the same request gets the same answer. */
    assert_int_equal(transaction_count(stack_transactions(bench.proxy->worker.stack)), 0);
    client_sends("INVITE", 1, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect(&bench.client, "SIP/2.0 403 ");
    assert_string_equal(wire_peer_header(bench.text, "To", 0), to);
    client_sends("ACK", 1, "sip:2001@example.test", "x", "Max-Forwards: 70\r\n");
    client_sends("ACK", 1, "sip:2001@example.test", "s1", "Max-Forwards: 70\r\n");
    expect_silence(&bench.server);
    bench.conf.acl_refusal = PROXY_CONF_REFUSE_SILENCE;
    client_sends("INVITE", 2, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    client_sends("MESSAGE", 3, "sip:2001@example.test", "", "Max-Forwards: 70\r\n");
    expect_silence(&bench.client);
    advance(1000);
    expect_silence(&bench.client);
    assert_int_equal(met_get(&proxy_metrics, M_refused_acl), refused + 4);
    bench_close();
    acl.pattern = "127.0.0.1";
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_call_udp),
        cmocka_unit_test(test_call_tcp),
        cmocka_unit_test(test_call_udp_to_tcp),
        cmocka_unit_test(test_call_tcp_to_udp),
        cmocka_unit_test(test_server_side_request),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_without_effect),
        cmocka_unit_test(test_cancel_after_answer_is_harmless),
        cmocka_unit_test(test_timer_c),
        cmocka_unit_test(test_silent_callee),
        cmocka_unit_test(test_rejection_is_acknowledged_hop_by_hop),
        cmocka_unit_test(test_503),
        cmocka_unit_test(test_next_address),
        cmocka_unit_test(test_answer_without_via),
        cmocka_unit_test(test_next_hop_is_down),
        cmocka_unit_test(test_connection_dies_before_the_answer),
        cmocka_unit_test(test_client_without_branch),
        cmocka_unit_test(test_habits_of_the_real_client),
        cmocka_unit_test(test_silent_client_harms_nobody),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_loop_is_found),
        cmocka_unit_test(test_access_list),
    };
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
