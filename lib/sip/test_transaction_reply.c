/* SPDX-License-Identifier: Apache-2.0 */
/* Responses whose connection is gone (RFC 3261 18.2.2). That the DNS is asked for the Via's host is
 * shown by tests/torture. */
#include "message.h"
#include "sip_metrics.h"
#include "transaction_rig.h"
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COOKIE "z9hG4bKreply"

/* clang-format off */
static struct rig_script const scripts[] = {
    { "a new connection, and no word about it", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_HANG_UP, NULL, "", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
        { RIG_DIE, NULL, "", 0 }, /* it was open: the response has arrived */
        { RIG_AT, NULL, "", RIG_T(65) },
    } },
    { "nobody listens there, and there is nobody to ask", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_HANG_UP, NULL, "", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_CLOSED, NULL, "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "an INVITE waits for its ACK all the same", TRANSPORT_TCP, COOKIE, {
        { RIG_RECEIVE, "INVITE 5", "request", 0 },
        { RIG_HANG_UP, NULL, "", 0 },
        { RIG_RESPOND, "180", ">180", 0 }, /* once, on whatever connection there is */
        { RIG_RESPOND, "486", ">486", 0 },
        { RIG_CLOSED, NULL, "", 0 },
        { RIG_RECEIVE, "ACK 5 b1", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "over UDP there is no connection to miss", TRANSPORT_UDP, COOKIE, {
        { RIG_RECEIVE, "MESSAGE 5", "request", 0 },
        { RIG_HANG_UP, NULL, "", 0 },
        { RIG_RESPOND, "200", ">200", 0 },
        { RIG_RECEIVE, "MESSAGE 5", ">200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
};
/* clang-format on */

static void test_scripts(void **state)
{
    (void)state;
    rig_play_all(scripts, sizeof scripts / sizeof *scripts);
}

/* Answers a request with this Via after its connection is gone. */
static void answer_late(struct rig *rig, unsigned call)
{
    static struct rig_step const hang_up = { RIG_HANG_UP, NULL, NULL, 0 };
    static struct rig_step const respond = { RIG_RESPOND, "200", NULL, 0 };
    char text[500];

    (void)snprintf(
        text, sizeof text,
        "MESSAGE sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/TCP pc.example.test:5071;branch="
        "z9hG4bK%u\r\nFrom: <sip:a@a.test>;tag=1\r\nTo: <sip:b@b.test>\r\nCall-ID: %u\r\n"
        "CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n",
        call, call);
    rig_receive_text(rig, text);
    rig_do(rig, &hang_up);
    rig_do(rig, &respond);
}

static void test_where_it_goes(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_TCP, NULL);
    char text[NET_ADDR_TEXT];

    (void)state;
    answer_late(rig, 1);
    assert_string_equal(rig_take_trace(rig), "request >200");
    /* the source of the request, at the port of its Via */
    assert_string_equal(net_addr_print(&rig_last_to(rig)->addr, text), "192.0.2.1:5071");
    assert_int_equal(rig_last_to(rig)->connection, 0);
    assert_int_equal(rig_last_to(rig)->kind, TRANSPORT_TCP);
    rig_free(&rig);
}

static void test_limit(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_TCP, NULL);
    struct rig_step const after = { RIG_AT, NULL, NULL, RIG_T(64.2) };
    uint64_t late = met_get(&sip_metrics, M_transaction_replies_late);

    (void)state;
    rig_limits(rig)->max_late_replies = 2;
    for (unsigned i = 0; i < 3; i++)
        answer_late(rig, i);
    assert_string_equal(rig_take_trace(rig), "request >200 request >200 request");
    assert_int_equal(met_get(&sip_metrics, M_transaction_replies_late) - late, 2);
    rig_do(rig, &after);
    rig_take_trace(rig);
    answer_late(rig, 4);
    assert_string_equal(rig_take_trace(rig), "request >200");
    rig_limits(rig)->max_late_replies = 0;
    answer_late(rig, 5);
    assert_string_equal(rig_take_trace(rig), "request");
    rig_free(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_where_it_goes),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
