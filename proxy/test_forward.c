/* SPDX-License-Identifier: Apache-2.0 */
/* Requests through a whole proxy: calls, habits of clients, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"
#include "proxy_metrics.h"
#include "proxy_rig.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Route headers for the client, made of the Record-Route values of the 200 it has just received. */
static char const *client_route_set(void)
{
    static char routes[2000];
    char copy[2][400];
    (void)snprintf(copy[0], sizeof copy[0], "%s", wire_peer_header(rig.text, "Record-Route", 0));
    (void)snprintf(copy[1], sizeof copy[1], "%s", wire_peer_header(rig.text, "Record-Route", 1));
    assert_true(*copy[0]);
    if (*copy[1])
        (void)snprintf(routes, sizeof routes, "Route: %s\r\nRoute: %s\r\n", copy[1], copy[0]);
    else
        (void)snprintf(routes, sizeof routes, "Route: %s\r\n", copy[0]);
    return routes;
}

static void whole_call(void)
{
    char contact[100], routes[2000], uri[64];
    rig_invite_reaches_server();
    rig_expect_text("Max-Forwards: 69\r\n");
    rig_expect_text("CSeq: 1 INVITE\r\n");
    rig_server_answers("180 Ringing", "");
    rig_expect(&rig.client, "SIP/2.0 180 ");
    assert_string_equal(wire_peer_header(rig.text, "Via", 1), "");
    (void)snprintf(uri, sizeof uri, "sip:cti@127.0.0.1:%u;transport=%s", rig.server.port,
                   rig.server.stream ? "tcp" : "udp");
    (void)snprintf(contact, sizeof contact, "Contact: <%s>\r\n", uri);
    rig_server_answers("200 OK", contact);
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_expect_text(contact);
    assert_string_equal(wire_peer_header(rig.text, "Via", 1), "");
    (void)snprintf(routes, sizeof routes, "%s", client_route_set());
    /* the 200 again, as a callee sends it until the ACK comes (RFC 6026) */
    wire_peer_send(&rig.server, rig.udp, rig.answer);
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_client_sends("ACK", 1, uri, "s1", routes);
    rig_expect(&rig.server, "ACK ");
    assert_string_equal(wire_peer_header(rig.text, "Route", 0), "");
    assert_string_equal(wire_peer_header(rig.text, "Record-Route", 0), "");
    rig_client_sends("INFO", 2, uri, "s1", routes);
    rig_expect(&rig.server, "INFO ");
    assert_string_equal(wire_peer_header(rig.text, "Record-Route", 0), "");
    rig_keep();
    rig_server_answers("200 OK", "");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_client_sends("BYE", 3, uri, "s1", routes);
    rig_expect(&rig.server, "BYE ");
    rig_keep();
    rig_server_answers("200 OK", "");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_expect_text("CSeq: 3 BYE\r\n");
}

static void test_call_udp(void **state)
{
    (void)state;
    rig_open(false, false);
    whole_call();
    rig_close();
}

static void test_call_tcp(void **state)
{
    (void)state;
    rig_open(true, true);
    whole_call();
    rig_close();
}

static void test_call_udp_to_tcp(void **state)
{
    (void)state;
    rig_open(false, true);
    whole_call();
    rig_close();
}

static void test_call_tcp_to_udp(void **state)
{
    (void)state;
    rig_open(true, false);
    whole_call();
    rig_close();
}

/* The side that was called sends a request: Route is the Record-Route order. */
static void test_server_side_request(void **state)
{
    char text[2000], first[200], second[200];
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    (void)snprintf(first, sizeof first, "%s", wire_peer_header(rig.text, "Record-Route", 0));
    (void)snprintf(second, sizeof second, "%s", wire_peer_header(rig.text, "Record-Route", 1));
    (void)snprintf(text, sizeof text, "<sip:127.0.0.1:%u;transport=tcp;lr>", rig.internal);
    assert_string_equal(first, text);
    (void)snprintf(text, sizeof text, "<sip:127.0.0.1:%u;transport=tcp;lr>", rig.tcp);
    assert_string_equal(second, text);
    rig_server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    (void)snprintf(text, sizeof text,
                   "INFO sip:alice@example.test:%u;maddr=127.0.0.1;transport=tcp SIP/2.0\r\n"
                   "Via: SIP/2.0/TCP 127.0.0.1:%u;branch=z9hG4bKs1\r\nRoute: %s\r\nRoute: %s\r\n"
                   "From: <sip:2001@example.test>;tag=s1\r\nTo: <sip:alice@example.test>;tag=c1\r\n"
                   "Call-ID: call-1\r\nCSeq: 1 INFO\r\nMax-Forwards: 70\r\n"
                   "Content-Length: 0\r\n\r\n",
                   rig.client.port, rig.server.port, first, second);
    wire_peer_send(&rig.server, rig.udp, text);
    rig_expect(&rig.client, "INFO sip:alice@example.test");
    (void)snprintf(text, sizeof text, "Via: SIP/2.0/TCP 127.0.0.1:%u;", rig.tcp);
    rig_expect_text(text);
    /* The client never answers: RFC 4320 lets the server know that somebody waits, but 32 s later
     * all is forgotten and no 408 is sent. */
    int64_t unanswered = met_get(&proxy_metrics, M_unanswered);
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.server, "SIP/2.0 100 ");
    rig_expect_silence(&rig.server);
    assert_int_equal(met_get(&proxy_metrics, M_unanswered), unanswered + 1);
    rig_close();
}

static void test_rejection_is_acknowledged_hop_by_hop(void **state)
{
    (void)state;
    rig_open(false, true);
    rig_invite_reaches_server();
    rig_server_answers("486 Busy Here", "");
    rig_expect(&rig.server, "ACK ");
    rig_expect(&rig.client, "SIP/2.0 486 ");
    rig_client_sends("ACK", 1, RIG_CALLED, "x", "Max-Forwards: 70\r\n");
    rig_expect_silence(&rig.server);
    rig_close();
}

/* A next hop that took the client's Via away: its answer cannot go back, but the client hears one,
 * and nothing of the request stays. */
static void test_answer_without_via(void **state)
{
    static char const *const answers[] = { "200 OK", "404 Not Found" };
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        rig_open(true, false);
        rig_client_sends(i < 2 ? "INVITE" : "MESSAGE", 1, RIG_CALLED, "", "");
        if (i < 2)
            rig_expect(&rig.client, "SIP/2.0 100 ");
        rig_expect(&rig.server, i < 2 ? "INVITE " : "MESSAGE ");
        char *via = strstr(strstr(rig.text, "\r\nVia: ") + 2, "\r\nVia: ");
        assert_non_null(via);
        memcpy(via, "\r\nX-V", 5);
        rig_keep();
        rig_server_answers("180 Ringing", "");
        rig_expect_silence(&rig.client);
        rig_server_answers(answers[i % 2], "");
        rig_expect(&rig.client, "SIP/2.0 502 ");
        rig_advance(RIG_TIMED_OUT_MS);
        rig_advance(RIG_TIMED_OUT_MS);
        assert_int_equal(transaction_count(stack_transactions(rig.proxy->worker.stack)), 0);
        rig_close();
    }
}

static void test_client_without_branch(void **state)
{
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        rig_open(stream, true);
        rig_client_sends("INVITE", 1, RIG_CALLED, "", "X-No-Branch: 1\r\n");
        rig_expect(&rig.client, "SIP/2.0 100 ");
        rig_expect(&rig.server, "INVITE ");
        rig_expect_text("Max-Forwards: 70\r\n");
        rig_keep();
        if (!stream) {
            rig_client_sends("INVITE", 1, RIG_CALLED, "", "X-No-Branch: 1\r\n");
            rig_expect(&rig.client, "SIP/2.0 100 "); /* a retransmission, not a second call */
            rig_expect_silence(&rig.server);
        }
        rig_server_answers("404 Not Found", "");
        rig_expect(&rig.server, "ACK ");
        rig_expect(&rig.client, "SIP/2.0 404 ");
        rig_close();
    }
}

/* csta-rcc 1.6: no branch, CSeq begins again after each final response to INVITE, INFO in a row
 * without waiting, and the ACK of a re-INVITE with a CSeq of its own. */
static void test_habits_of_the_real_client(void **state)
{
    char top[2000], uri[64];
    (void)state;
    rig_open(true, true);
    (void)snprintf(uri, sizeof uri, "sip:cti@127.0.0.1:%u;transport=tcp", rig.server.port);
    rig_client_sends("INVITE", 1, RIG_CALLED, "", "X-No-Branch: 1\r\n");
    rig_expect(&rig.client, "SIP/2.0 100 ");
    for (unsigned round = 0; round < 2; round++) {
        rig_expect(&rig.server, "INVITE ");
        rig_keep();
        rig_server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
        rig_expect(&rig.client, "SIP/2.0 200 ");
        if (round == 0)
            (void)snprintf(top, sizeof top, "X-No-Branch: 1\r\n%s", client_route_set());
        rig_client_sends("ACK", 1, uri, "s1", top);
        rig_client_sends("INFO", 2, uri, "s1", top);
        rig_client_sends("INFO", 3, uri, "s1", top);
        rig_expect(&rig.server, "ACK ");
        for (unsigned info = 2; info <= 3; info++) {
            rig_expect(&rig.server, "INFO ");
            rig_expect_text(info == 2 ? "CSeq: 2 INFO\r\n" : "CSeq: 3 INFO\r\n");
            rig_keep();
            rig_server_answers("200 OK", "");
            rig_expect(&rig.client, "SIP/2.0 200 ");
        }
        if (round == 0) {
            rig_client_sends("INVITE", 4, uri, "s1", top);
            rig_expect(&rig.client, "SIP/2.0 100 ");
        }
    }
    rig_close();
}

/* A second client is served while requests towards the first one are never answered. */
static void test_silent_client_harms_nobody(void **state)
{
    enum { REQUESTS = 99 };
    (void)state;
    rig_open(true, true);
    /* The INVITE is the 100th: a request that passes through counts once. */
    rig.proxy->limits.max_transactions_per_call = REQUESTS + 1;
    for (unsigned i = 1; i <= REQUESTS; i++) {
        rig_client_sends("MESSAGE", i, RIG_CALLED, "", "Max-Forwards: 70\r\n");
        rig_expect(&rig.server, "MESSAGE ");
    }
    assert_int_equal(met_get(&proxy_metrics, M_contexts), REQUESTS);
    rig_invite_reaches_server();
    rig_server_answers("486 Busy Here", "");
    rig_expect(&rig.server, "ACK ");
    rig_expect(&rig.client, "SIP/2.0 486 ");
    rig_advance(RIG_TIMED_OUT_MS);
    for (unsigned i = 1; i <= REQUESTS; i++)
        rig_expect(&rig.client, "SIP/2.0 100 ");
    rig_expect_silence(&rig.client);
    assert_int_equal(met_get(&proxy_metrics, M_contexts), 0);
    assert_int_equal(transaction_count(stack_transactions(rig.proxy->worker.stack)), 0);
    rig_close();
}

static void test_refusals(void **state)
{
    /* clang-format off */
    static struct {
        char const *method, *uri, *top, *answer;
    } const rows[] = {
        { "OPTIONS", "sip:example.test", "Max-Forwards: 0\r\n", "SIP/2.0 200 " },
        { "OPTIONS", "sip:bob@b.test", "Max-Forwards: 0\r\n", "SIP/2.0 483 " },
        { "MESSAGE", RIG_CALLED, "Max-Forwards: 0\r\n", "SIP/2.0 483 " },
        { "INFO", RIG_CALLED, "", "SIP/2.0 404 No route" },
        { "MESSAGE", "tel:2001", "", "SIP/2.0 416 " },
        { "MESSAGE", RIG_CALLED, "Proxy-Require: foo\r\n", "SIP/2.0 420 " },
    };
    /* clang-format on */
    (void)state;
    rig_open(true, true);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        rig_client_sends(rows[i].method, i + 1, rows[i].uri, "", rows[i].top);
        rig_expect(&rig.client, rows[i].answer);
    }
    rig_expect_text("Unsupported: foo\r\n");
    rig_expect_silence(&rig.server);
    rig_close();
}

static void test_loop_is_found(void **state)
{
    static char uri[64];
    (void)state;
    rig_open(false, false);
    (void)snprintf(uri, sizeof uri, "sip:127.0.0.1:%u", rig.udp); /* the proxy itself */
    struct route_target loop = { .name = "loop",
                                 .uri = url_make(rig.proxy->generation->table->home, uri) };
    rig.proxy->generation->table->rules[0].to = &loop;
    rig_client_sends("MESSAGE", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 482 ");
    rig_close();
}

static void admit_others(void)
{
    rig.acl.pattern = "192.0.2.0/24";
}

static void test_access_list(void **state)
{
    char to[200];
    (void)state;
    rig_open_with(false, true, admit_others);
    int64_t refused = met_get(&proxy_metrics, M_refused_acl);
    rig_client_sends("INVITE", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 403 ");
    (void)snprintf(to, sizeof to, "%s", wire_peer_header(rig.text, "To", 0));
    assert_non_null(strstr(to, ";tag="));
    /* No transaction is kept for a stranger; the same request gets the same answer. */
    assert_int_equal(transaction_count(stack_transactions(rig.proxy->worker.stack)), 0);
    rig_client_sends("INVITE", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 403 ");
    assert_string_equal(wire_peer_header(rig.text, "To", 0), to);
    rig_client_sends("ACK", 1, RIG_CALLED, "x", "Max-Forwards: 70\r\n");
    rig_client_sends("ACK", 1, RIG_CALLED, "s1", "Max-Forwards: 70\r\n");
    rig_expect_silence(&rig.server);
    rig.conf.acl_refusal = PROXY_CONF_REFUSE_SILENCE;
    rig_client_sends("INVITE", 2, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_client_sends("MESSAGE", 3, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect_silence(&rig.client);
    rig_advance(1000);
    rig_expect_silence(&rig.client);
    assert_int_equal(met_get(&proxy_metrics, M_refused_acl), refused + 4);
    rig_close();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_call_udp),
        cmocka_unit_test(test_call_tcp),
        cmocka_unit_test(test_call_udp_to_tcp),
        cmocka_unit_test(test_call_tcp_to_udp),
        cmocka_unit_test(test_server_side_request),
        cmocka_unit_test(test_rejection_is_acknowledged_hop_by_hop),
        cmocka_unit_test(test_answer_without_via),
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
