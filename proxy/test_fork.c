/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts of one user: parallel and serial forking, best response, CANCEL of forks, Max-Breadth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"
#include "proxy_metrics.h"
#include "proxy_rig.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Opens the rig; callee i is in the group that groups[i] says ('0' first). */
static void open_callees(char const *groups)
{
    rig_open(true, true);
    for (char const *group = groups; *group; group++)
        (void)rig_add_callee((unsigned)(*group - '0'), true, (group - groups) & 1);
}

/* The request reaches the callee with its own Request-URI. */
static void reaches(unsigned i, char const *method)
{
    char line[RIG_URI + 40];
    (void)snprintf(line, sizeof line, "%s %s SIP/2.0\r\n", method, rig.callees[i].uri);
    rig_callee_expect(&rig.callees[i], line);
}

static void answers(unsigned i, char const *status)
{
    rig_callee_answers(&rig.callees[i], status, "");
}

static void client_hears(char const *status)
{
    char line[60];
    (void)snprintf(line, sizeof line, "SIP/2.0 %s", status);
    rig_expect(&rig.client, line);
}

static void close_callees(void)
{
    rig_expect_silence(&rig.client);
    rig_expect_rest();
    rig_close();
}

static void test_first_200_cancels_the_others(void **state)
{
    (void)state;
    open_callees("000");
    int64_t forks = met_get(&proxy_metrics, M_forks);
    rig_call("INVITE");
    for (unsigned i = 0; i < 3; i++)
        reaches(i, "INVITE");
    assert_int_equal(met_get(&proxy_metrics, M_forks), forks + 2);
    answers(0, "180 Ringing");
    client_hears("180 ");
    rig_expect_text(";tag=c1\r\n");
    answers(2, "183 Session Progress");
    client_hears("183 ");
    rig_expect_text(";tag=c3\r\n");
    answers(0, "200 OK");
    client_hears("200 ");
    rig_expect_text(";tag=c1\r\n");
    rig_callee_is_cancelled(&rig.callees[2]);
    /* RFC 3261 §9.1: the silent one is cancelled when it says something */
    rig_expect_silence(&rig.callees[1].peer);
    answers(1, "180 Ringing");
    rig_callee_is_cancelled(&rig.callees[1]);
    close_callees();
}

/* RFC 3261 §16.7 step 5, RFC 6026: every 2xx to INVITE goes back, repeated ones too. */
static void test_two_forks_answer(void **state)
{
    (void)state;
    open_callees("00");
    rig_call("INVITE");
    reaches(0, "INVITE");
    reaches(1, "INVITE");
    answers(0, "180 Ringing");
    client_hears("180 ");
    answers(1, "200 OK");
    client_hears("200 ");
    rig_expect_text(";tag=c2\r\n");
    rig_expect(&rig.callees[0].peer, "CANCEL ");
    answers(0, "200 OK"); /* it crossed the CANCEL */
    client_hears("200 ");
    rig_expect_text(";tag=c1\r\n");
    answers(0, "200 OK");
    client_hears("200 ");
    rig_expect_text(";tag=c1\r\n");
    rig_advance(20 * (uint64_t)RIG_T1_MS); /* well before 64*T1 */
    answers(1, "200 OK");
    client_hears("200 ");
    rig_expect_text(";tag=c2\r\n");
    close_callees();
}

/* RFC 3261 §16.7 step 6. Both have ended before the client hears anything. */
static void test_best_response(void **state)
{
    static struct {
        char const *first, *second, *best;
    } const rows[] = {
        { "404 Not Found", "302 Moved Temporarily", "302 " },
        { "503 Service Unavailable", "486 Busy Here", "486 " },
        { "500 Server Internal Error", "404 Not Found", "404 " },
        { "404 Not Found", "401 Unauthorized", "401 " },
        { "486 Busy Here", "484 Address Incomplete", "484 " },
        { "486 Busy Here", "404 Not Found", "486 " },
        { "487 Request Terminated", "480 Temporarily Unavailable", "480 " },
        { "408 Request Timeout", "486 Busy Here", "486 " },
        { "503 Service Unavailable", "501 Not Implemented", "501 " },
        { "503 Service Unavailable", "503 Service Unavailable", "500 " },
        { "404 Not Found", "603 Decline", "603 " },
        { "404 Not Found", NULL, "404 " }, /* the connection dies */
        { "503 Service Unavailable", NULL, "500 " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_callees("00");
        rig_call("INVITE");
        reaches(0, "INVITE");
        reaches(1, "INVITE");
        answers(0, rows[i].first);
        rig_expect(&rig.callees[0].peer, "ACK ");
        rig_expect_silence(&rig.client);
        if (rows[i].second)
            answers(1, rows[i].second);
        else
            wire_peer_close(&rig.callees[1].peer);
        client_hears(rows[i].best);
        close_callees();
    }
}

/* RFC 3261 §16.7 step 5: after a 6xx nobody else is called, and who rings is cancelled; but a 2xx
 * that crosses it goes back. */
static void test_6xx_ends_all(void **state)
{
    (void)state;
    for (int crossed = 0; crossed < 2; crossed++) {
        open_callees("001");
        rig_call("INVITE");
        reaches(0, "INVITE");
        reaches(1, "INVITE");
        answers(0, "180 Ringing");
        client_hears("180 ");
        answers(1, "603 Decline");
        if (crossed) {
            rig_expect(&rig.callees[1].peer, "ACK ");
            rig_expect(&rig.callees[0].peer, "CANCEL ");
            answers(0, "200 OK");
            client_hears("200 ");
        } else {
            rig_callee_is_cancelled(&rig.callees[0]);
            client_hears("603 ");
        }
        rig_expect_silence(&rig.callees[2].peer);
        close_callees();
    }
}

/* Contacts of a lower q: after any final response but 2xx and 6xx. */
static void test_serial(void **state)
{
    static struct {
        char const *answer; /* "": silence, NULL: the connection dies */
        bool next_is_called;
        char const *result;
    } const rows[] = {
        { "486 Busy Here", true, "404 " },
        { "302 Moved Temporarily", true, "302 " },
        { "401 Unauthorized", true, "401 " },
        { "500 Server Internal Error", true, "404 " },
        { "503 Service Unavailable", true, "404 " },
        { "", true, "404 " },
        { NULL, true, "404 " },
        { "603 Decline", false, "603 " },
        { "200 OK", false, "200 " },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool busy = rows[i].answer && strncmp(rows[i].answer, "486", 3) == 0;
        open_callees("011");
        rig_call("INVITE");
        reaches(0, "INVITE");
        rig_expect_silence(&rig.callees[1].peer);
        if (!rows[i].answer)
            wire_peer_close(&rig.callees[0].peer);
        else if (*rows[i].answer)
            answers(0, rows[i].answer);
        if (!rows[i].answer || !*rows[i].answer)
            rig_advance(RIG_TIMED_OUT_MS);
        for (unsigned n = 1; n < 3 && rows[i].next_is_called; n++)
            reaches(n, "INVITE");
        for (unsigned n = 1; n < 3 && rows[i].next_is_called; n++)
            answers(n, "404 Not Found");
        client_hears(busy ? "486 " : rows[i].result);
        if (!rows[i].next_is_called)
            rig_expect_silence(&rig.callees[2].peer);
        close_callees();
    }
}

/* RFC 3261 §16.7 step 7 */
static void test_challenges_are_collected(void **state)
{
    (void)state;
    open_callees("001");
    rig_call("INVITE");
    reaches(0, "INVITE");
    reaches(1, "INVITE");
    rig_callee_answers(&rig.callees[0], "407 Proxy Authentication Required",
                       "Proxy-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n");
    rig_callee_answers(&rig.callees[1], "401 Unauthorized",
                       "WWW-Authenticate: Digest realm=\"b\", nonce=\"2\"\r\n"
                       "WWW-Authenticate: Digest realm=\"c\", nonce=\"3\"\r\n");
    reaches(2, "INVITE");
    rig_callee_answers(&rig.callees[2], "404 Not Found",
                       "WWW-Authenticate: Digest realm=\"d\", nonce=\"4\"\r\n");
    client_hears("407 ");
    rig_expect_text("realm=\"a\"");
    rig_expect_text("realm=\"b\"");
    rig_expect_text("realm=\"c\"");
    assert_null(strstr(rig.text, "realm=\"d\""));
    close_callees();
}

static void test_client_cancels_forks(void **state)
{
    (void)state;
    open_callees("0001");
    rig_call("INVITE");
    for (unsigned i = 0; i < 3; i++)
        reaches(i, "INVITE");
    answers(0, "180 Ringing");
    client_hears("180 ");
    answers(1, "404 Not Found");
    rig_expect(&rig.callees[1].peer, "ACK ");
    rig_client_cancels();
    rig_callee_is_cancelled(&rig.callees[0]);
    rig_expect_silence(&rig.callees[2].peer);
    answers(2, "100 Trying");
    rig_callee_is_cancelled(&rig.callees[2]);
    client_hears("404 "); /* lower than 487 in no respect, and it came first */
    rig_expect_silence(&rig.callees[3].peer);
    close_callees();
}

/* One contact rings for ever, the other again and again: each has its own timer C. */
static void test_timer_c_of_one_branch(void **state)
{
    (void)state;
    open_callees("00");
    rig_call("INVITE");
    reaches(0, "INVITE");
    reaches(1, "INVITE");
    for (unsigned i = 0; i < 2; i++) {
        answers(i, "180 Ringing");
        client_hears("180 ");
    }
    rig_advance(RIG_TIMER_C_MS / 3 * 2);
    answers(1, "180 Ringing");
    client_hears("180 ");
    rig_advance(RIG_TIMER_C_MS / 3 * 2);
    rig_callee_is_cancelled(&rig.callees[0]);
    rig_expect_silence(&rig.callees[1].peer);
    answers(1, "200 OK");
    client_hears("200 ");
    close_callees();
}

/* Nothing but INVITE can be cancelled: the first 2xx wins, the others are not heard. */
static void test_message_to_several(void **state)
{
    (void)state;
    open_callees("000");
    rig_call("MESSAGE");
    for (unsigned i = 0; i < 3; i++)
        reaches(i, "MESSAGE");
    answers(0, "603 Decline");
    rig_expect_silence(&rig.client);
    answers(1, "202 Accepted");
    client_hears("202 ");
    answers(2, "200 OK");
    rig_expect_silence(&rig.callees[2].peer);
    close_callees();
}

/* --- Max-Breadth and the set of targets --------------------------------------------------------
 */

static void calls_with(char const *header)
{
    char top[100];
    (void)snprintf(top, sizeof top, "Max-Forwards: 70\r\n%s", header);
    rig_client_sends("INVITE", 1, RIG_CALLED, "", top);
    client_hears("100 ");
}

static unsigned breadth_of(unsigned i)
{
    assert_string_equal(wire_peer_header(rig.callees[i].kept, "Max-Breadth", 1), "");
    return (unsigned)strtoul(wire_peer_header(rig.callees[i].kept, "Max-Breadth", 0), NULL, 10);
}

/* RFC 5393 §5.3: divided among parallel branches, given whole to serial ones. */
static void test_breadth_is_divided(void **state)
{
    static struct {
        char const *header;
        unsigned shares[4];
    } const rows[] = { { "", { 20, 20, 20, 60 } },
                       { "Max-Breadth: 5\r\n", { 1, 2, 2, 5 } },
                       { "Max-Breadth: 1000\r\n", { 20, 20, 20, 60 } } };
    (void)state;
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        open_callees("0001");
        calls_with(rows[row].header);
        for (unsigned i = 0; i < 4; i++) {
            if (i == 3)
                for (unsigned n = 0; n < 3; n++)
                    answers(n, "486 Busy Here");
            reaches(i, "INVITE");
            assert_int_equal(breadth_of(i), rows[row].shares[i]);
        }
        answers(3, "486 Busy Here");
        client_hears("486 ");
        close_callees();
    }
}

static void test_short_breadth_makes_it_serial(void **state)
{
    (void)state;
    open_callees("000");
    calls_with("Max-Breadth: 2\r\n");
    reaches(0, "INVITE");
    reaches(1, "INVITE");
    rig_expect_silence(&rig.callees[2].peer);
    answers(1, "486 Busy Here");
    reaches(2, "INVITE");
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(breadth_of(i), 1);
    answers(0, "180 Ringing");
    client_hears("180 ");
    answers(2, "200 OK");
    client_hears("200 ");
    rig_callee_is_cancelled(&rig.callees[0]);
    close_callees();
}

static void test_no_breadth_left(void **state)
{
    (void)state;
    open_callees("0");
    int64_t refused = met_get(&proxy_metrics, M_refused_breadth);
    calls_with("Max-Breadth: 0\r\n");
    client_hears("440 Max-Breadth Exceeded");
    assert_int_equal(met_get(&proxy_metrics, M_refused_breadth), refused + 1);
    rig_expect_silence(&rig.callees[0].peer);
    close_callees();
}

static void test_targets_are_a_set(void **state)
{
    (void)state;
    open_callees("0012");
    rig.callees[2].hop.request_uri = url_hdup(rig.home, rig.callees[0].hop.request_uri);
    rig_call("INVITE");
    reaches(0, "INVITE");
    reaches(1, "INVITE");
    answers(0, "404 Not Found");
    answers(1, "404 Not Found");
    rig_expect(&rig.callees[0].peer, "ACK ");
    reaches(3, "INVITE");
    answers(3, "486 Busy Here");
    client_hears("404 ");
    rig_expect_silence(&rig.callees[0].peer);
    close_callees();
}

static void two_branches(void)
{
    rig.conf.max_branches = 2;
}

static void test_too_many_targets(void **state)
{
    (void)state;
    rig_open_with(true, true, two_branches);
    for (unsigned i = 0; i < 3; i++)
        (void)rig_add_callee(0, true, false);
    int64_t cut = met_get(&proxy_metrics, M_branches_cut);
    rig_call("INVITE");
    reaches(0, "INVITE");
    reaches(1, "INVITE");
    rig_expect_silence(&rig.callees[2].peer);
    assert_int_equal(met_get(&proxy_metrics, M_branches_cut), cut + 1);
    answers(0, "486 Busy Here");
    answers(1, "486 Busy Here");
    client_hears("486 ");
    rig_expect_silence(&rig.callees[2].peer);
    close_callees();
}

/* --- the request of a contact ------------------------------------------------------------------
 */

/* RFC 3327 §5.3: through the proxy that registered the contact. */
static void test_path(void **state)
{
    char route[RIG_URI + 20];
    (void)state;
    for (unsigned n = 1; n <= 2; n++) {
        open_callees(n == 1 ? "0" : "00");
        struct wire_peer edge;
        wire_peer_open(&edge, false);
        (void)snprintf(route, sizeof route, "<sip:127.0.0.1:%u;lr>", edge.port);
        rig.callees[0].hop.route_set = sip_route_make(rig.home, route);
        rig.callees[0].hop.request_uri = url_make(rig.home, "sip:c1@behind.test");
        rig_call("INVITE");
        rig_expect(&edge, "INVITE sip:c1@behind.test SIP/2.0\r\n");
        assert_string_equal(wire_peer_header(rig.text, "Route", 0), route);
        if (n == 2) {
            reaches(1, "INVITE");
            assert_string_equal(wire_peer_header(rig.text, "Route", 0), "");
        }
        wire_peer_close(&edge);
        rig_close();
    }
}

static struct wire_peer silent_dns;

static void ask_silent_dns(void)
{
    static char server[40];
    (void)snprintf(server, sizeof server, "127.0.0.1:%u", silent_dns.port);
    rig.conf.dns_servers = server;
}

/* A contact whose address is still being asked for has nothing that could be cancelled. */
static void test_cancel_while_resolving(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 2; n++) {
        wire_peer_open(&silent_dns, false);
        rig_open_with(true, true, ask_silent_dns);
        for (unsigned i = 0; i < n; i++)
            (void)rig_add_callee(0, true, false);
        rig.callees[0].hop.request_uri = url_make(rig.home, "sip:c1@slow.test:5060");
        rig_call("INVITE");
        if (n == 2) {
            reaches(1, "INVITE");
            answers(1, "200 OK");
            client_hears("200 ");
        } else {
            rig_client_cancels();
            client_hears("487 ");
        }
        close_callees();
        wire_peer_close(&silent_dns);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_first_200_cancels_the_others),
        cmocka_unit_test(test_two_forks_answer),
        cmocka_unit_test(test_best_response),
        cmocka_unit_test(test_6xx_ends_all),
        cmocka_unit_test(test_serial),
        cmocka_unit_test(test_challenges_are_collected),
        cmocka_unit_test(test_client_cancels_forks),
        cmocka_unit_test(test_timer_c_of_one_branch),
        cmocka_unit_test(test_message_to_several),
        cmocka_unit_test(test_breadth_is_divided),
        cmocka_unit_test(test_short_breadth_makes_it_serial),
        cmocka_unit_test(test_no_breadth_left),
        cmocka_unit_test(test_targets_are_a_set),
        cmocka_unit_test(test_too_many_targets),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_cancel_while_resolving),
    };
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
