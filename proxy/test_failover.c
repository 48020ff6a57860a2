/* SPDX-License-Identifier: Apache-2.0 */
/* Next hops that fail: the next address of the hop, the next hop, or the answer to the client. */
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

static void test_503(void **state)
{
    char uri[64];
    (void)state;
    rig_open(false, true);
    rig_invite_reaches_server();
    rig_server_answers("503 Service Unavailable", "Retry-After: 7\r\n");
    rig_expect(&rig.server, "ACK ");
    rig_expect(&rig.client, "SIP/2.0 503 "); /* a configured target: stays 503 */
    rig_expect_text("Retry-After: 7\r\n");
    rig_close();
    rig_open(false, true);
    (void)snprintf(uri, sizeof uri, "sip:bob@127.0.0.1:%u;transport=tcp", rig.server.port);
    rig_client_sends("OPTIONS", 1, uri, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.server, "OPTIONS ");
    rig_keep();
    rig_server_answers("503 Service Unavailable", "Retry-After: 7\r\n");
    rig_expect(&rig.client, "SIP/2.0 500 ");
    assert_null(strstr(rig.text, "Retry-After"));
    rig_close();
}

static void lead_to_many(void)
{
    rig.target.uri = "sip:many.test";
}

/* RFC 3263 §4.3: 503, a dead connection and silence lead to the next address; what a callee
 * answers, and a callee who rings, does not. */
static void test_next_address(void **state)
{
    static struct {
        char const *provisional, *answer; /* "": silence, NULL: the connection dies */
        bool stream, next_is_tried;
        char const *result;
    } const rows[] = {
        { "", "503 Service Unavailable", false, true, "SIP/2.0 200 " },
        { "180 Ringing", "503 Service Unavailable", false, true, "SIP/2.0 200 " },
        { "", NULL, true, true, "SIP/2.0 200 " },
        { "100 Trying", NULL, true, true, "SIP/2.0 200 " },
        { "180 Ringing", NULL, true, false, "SIP/2.0 503 " },
        { "", "", false, true, "SIP/2.0 200 " },
        { "", "486 Busy Here", false, false, "SIP/2.0 486 " },
        { "", "408 Request Timeout", false, false, "SIP/2.0 408 " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_peer spare;
        rig_open_with(true, rows[i].stream, lead_to_many);
        wire_peer_open(&spare, rows[i].stream);
        rig_add_address(&rig.server);
        rig_add_address(&spare);
        int64_t failovers = met_get(&proxy_metrics, M_hop_failovers);
        rig_invite_reaches_server();
        if (*rows[i].provisional)
            rig_server_answers(rows[i].provisional, "");
        if (strncmp(rows[i].provisional, "180", 3) == 0)
            rig_expect(&rig.client, "SIP/2.0 180 ");
        rig_expect_silence(&rig.client);
        if (!rows[i].answer)
            wire_peer_close(&rig.server);
        else if (*rows[i].answer)
            rig_server_answers(rows[i].answer, "");
        else
            rig_advance(RIG_TIMED_OUT_MS);
        if (rows[i].next_is_tried) {
            rig_expect(&spare, "INVITE " RIG_CALLED " SIP/2.0\r\n");
            assert_string_equal(wire_peer_header(rig.text, "Via", 2), "");
            assert_string_equal(wire_peer_header(rig.text, "Max-Breadth", 0), "60");
            assert_string_equal(wire_peer_header(rig.text, "Max-Breadth", 1), "");
            rig_keep();
            wire_peer_answer(rig.answer, rig.kept, "200 OK", "s2", "");
            wire_peer_send(&spare, rig.udp, rig.answer);
        }
        rig_expect(&rig.client, rows[i].result);
        assert_int_equal(met_get(&proxy_metrics, M_hop_failovers) - failovers,
                         rows[i].next_is_tried);
        wire_peer_close(&spare);
        rig_expect_rest();
        rig_close();
    }
}

/* Several configured next hops are several ways to one callee: only a failure leads to the next. */
static void test_next_hop(void **state)
{
    static struct {
        char const *method, *provisional, *answer; /* as above */
        bool next_is_tried;
        char const *result;
    } const rows[] = {
        { "INVITE", "", "503 Service Unavailable", true, "SIP/2.0 200 " },
        { "INVITE", "180 Ringing", "503 Service Unavailable", true, "SIP/2.0 200 " },
        { "INVITE", "", NULL, true, "SIP/2.0 200 " },
        { "INVITE", "", "", true, "SIP/2.0 200 " },
        { "INVITE", "", "408 Request Timeout", true, "SIP/2.0 200 " },
        { "INVITE", "180 Ringing", "408 Request Timeout", false, "SIP/2.0 408 " },
        { "INVITE", "180 Ringing", NULL, false, "SIP/2.0 503 " },
        { "INVITE", "", "486 Busy Here", false, "SIP/2.0 486 " },
        { "INVITE", "", "302 Moved Temporarily", false, "SIP/2.0 302 " },
        { "INVITE", "", "500 Server Internal Error", false, "SIP/2.0 500 " },
        { "INVITE", "", "603 Decline", false, "SIP/2.0 603 " },
        { "MESSAGE", "", "503 Service Unavailable", true, "SIP/2.0 200 " },
        { "MESSAGE", "", NULL, true, "SIP/2.0 200 " },
        { "MESSAGE", "", "404 Not Found", false, "SIP/2.0 404 " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rig_open(false, false);
        struct rig_callee *first = rig_add_callee(0, false, !rows[i].answer);
        struct rig_callee *second = rig_add_callee(1, false, false);
        int64_t failovers = met_get(&proxy_metrics, M_group_failovers);
        rig_call(rows[i].method);
        rig_callee_expect(first, rows[i].method);
        rig_expect_text(" " RIG_CALLED " SIP/2.0\r\n");
        if (*rows[i].provisional) {
            rig_callee_answers(first, rows[i].provisional, "");
            rig_expect(&rig.client, "SIP/2.0 180 ");
        }
        rig_expect_silence(&second->peer);
        if (!rows[i].answer)
            wire_peer_close(&first->peer);
        else if (*rows[i].answer)
            rig_callee_answers(first, rows[i].answer, "");
        else
            rig_advance(RIG_TIMED_OUT_MS);
        if (rows[i].next_is_tried) {
            rig_callee_expect(second, rows[i].method);
            rig_callee_answers(second, "200 OK", "");
        }
        rig_expect(&rig.client, rows[i].result);
        assert_int_equal(met_get(&proxy_metrics, M_group_failovers) - failovers,
                         rows[i].next_is_tried);
        rig_expect_silence(&second->peer);
        rig_expect_rest();
        rig_close();
    }
}

/* A request other than INVITE that nobody answers has no second try: its client has given up. */
static void test_silence_ends_a_message(void **state)
{
    (void)state;
    rig_open(true, true);
    struct rig_callee *first = rig_add_callee(0, false, false);
    struct rig_callee *second = rig_add_callee(1, false, false);
    int64_t unanswered = met_get(&proxy_metrics, M_unanswered);
    rig_call("MESSAGE");
    rig_callee_expect(first, "MESSAGE ");
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 100 "); /* RFC 4320 §4.1 */
    rig_expect_silence(&rig.client);
    rig_expect_silence(&second->peer);
    assert_int_equal(met_get(&proxy_metrics, M_unanswered), unanswered + 1);
    rig_expect_rest();
    rig_close();
}

/* No hop is left: the client hears the best that there was. */
static void test_all_hops_fail(void **state)
{
    (void)state;
    rig_open(true, true);
    struct rig_callee *first = rig_add_callee(0, false, true);
    struct rig_callee *second = rig_add_callee(1, false, false);
    struct rig_callee *third = rig_add_callee(2, false, false);
    wire_peer_close(&first->peer);
    third->hop.uri = url_make(rig.home, "sip:many.test"); /* has no address */
    rig_call("INVITE");
    rig_callee_expect(second, "INVITE ");
    rig_callee_answers(second, "503 Service Unavailable", "Retry-After: 9\r\n");
    rig_expect(&second->peer, "ACK ");
    rig_expect(&rig.client, "SIP/2.0 503 Service Unavailable");
    rig_expect_text("Retry-After: 9\r\n");
    rig_close();
}

static void test_no_hop_after_cancel(void **state)
{
    (void)state;
    rig_open(true, true);
    struct rig_callee *first = rig_add_callee(0, false, false);
    struct rig_callee *second = rig_add_callee(1, false, false);
    rig_call("INVITE");
    rig_callee_expect(first, "INVITE ");
    rig_client_cancels();
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 487 ");
    rig_expect_silence(&second->peer);
    rig_expect_rest();
    rig_close();
}

static void test_next_hop_is_down(void **state)
{
    (void)state;
    rig_open(true, true);
    wire_peer_close(&rig.server);
    rig_client_sends("INVITE", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 100 ");
    rig_expect(&rig.client, "SIP/2.0 503 ");
    rig_client_sends("MESSAGE", 2, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 503 ");
    rig_close();
}

static void test_connection_dies_before_the_answer(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    wire_peer_close(&rig.server);
    rig_expect(&rig.client, "SIP/2.0 503 ");
    rig_close();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_503),
        cmocka_unit_test(test_next_address),
        cmocka_unit_test(test_next_hop),
        cmocka_unit_test(test_silence_ends_a_message),
        cmocka_unit_test(test_all_hops_fail),
        cmocka_unit_test(test_no_hop_after_cancel),
        cmocka_unit_test(test_next_hop_is_down),
        cmocka_unit_test(test_connection_dies_before_the_answer),
    };
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
