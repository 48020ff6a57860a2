/* SPDX-License-Identifier: Apache-2.0 */
/* Large requests by TCP, and by UDP after all (RFC 3261 18.1.1). T1 is that of the rig. */
#include "message.h"
#include "transaction_rig.h"
#include <setjmp.h>
#include <sofia-sip/msg.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* clang-format off */
static struct rig_script const scripts[] = {
    { "an INVITE by TCP is not repeated, its ACK goes the same way", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "INVITE", ">INVITE/TCP", 0 },
        { RIG_AT, NULL, "", RIG_T(10) },
        { RIG_RECEIVE, "486", ">ACK/TCP 486", 0 },
        { RIG_AT, NULL, "gone", RIG_T(10.1) }, /* Timer D of a stream */
    } },
    { "CANCEL goes the same way", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "INVITE", ">INVITE/TCP", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, ">CANCEL/TCP", 0 },
        { RIG_RECEIVE, "200 CANCEL", "", 0 },
        { RIG_RECEIVE, "487", ">ACK/TCP 487", 0 },
        { RIG_AT, NULL, "gone", RIG_T(1) },
    } },
    { "no TCP there: INVITE by UDP, with all its timers", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "INVITE", ">INVITE/TCP", 0 },
        { RIG_AT, NULL, "", RIG_T(5) }, /* so long it took to connect */
        { RIG_CLOSED, NULL, ">INVITE", 0 },
        { RIG_AT, NULL, ">INVITE", RIG_T(6.1) },
        { RIG_AT, NULL, ">INVITE", RIG_T(8.1) },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, ">CANCEL", 0 },
        { RIG_RECEIVE, "200 CANCEL", "", 0 },
        { RIG_RECEIVE, "487", ">ACK 487", 0 },
        { RIG_RECEIVE, "487", ">ACK", 0 },
        { RIG_AT, NULL, "gone", RIG_T(80) },
    } },
    { "no TCP there, and nobody at all", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "INVITE", ">INVITE/TCP", 0 },
        { RIG_CLOSED, NULL, ">INVITE", 0 },
        { RIG_AT, NULL, ">INVITE >INVITE >INVITE >INVITE >INVITE >INVITE", RIG_T(63.9) },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "no TCP there: another request by UDP", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "MESSAGE", ">MESSAGE/TCP", 0 },
        { RIG_CLOSED, NULL, ">MESSAGE", 0 },
        { RIG_AT, NULL, ">MESSAGE", RIG_T(1.1) },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(12) }, /* Timer K of UDP */
        /* the next one does not try again */
        { RIG_SEND, "MESSAGE", ">MESSAGE", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(30) },
    } },
    { "a connection that was open may have taken the request", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "MESSAGE", ">MESSAGE/TCP", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
    { "one that was there is closed, and no other is taken: by UDP", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "MESSAGE", ">MESSAGE/TCP", 0 },
        { RIG_REUSE, "no", "", 0 },
        { RIG_DIE, NULL, ">MESSAGE/TCP", 0 },
        { RIG_CLOSED, NULL, ">MESSAGE", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(12) },
    } },
    { "UDP is broken, too", TRANSPORT_UDP, NULL, {
        { RIG_LARGE, NULL, "", 0 },
        { RIG_SEND, "MESSAGE", ">MESSAGE/TCP", 0 },
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_CLOSED, NULL, "", 0 },
        { RIG_AT, NULL, "transport gone", RIG_T(0.1) },
    } },
};
/* clang-format on */

static void test_scripts(void **state)
{
    (void)state;
    rig_play_all(scripts, sizeof scripts / sizeof *scripts);
}

static void send_request(struct rig *rig, enum transport_kind kind, bool no_switch,
                         char const *method)
{
    static struct client_handlers const none;
    struct destination to = { .kind = kind, .no_switch = no_switch };
    char text[512];

    snprintf(text, sizeof text,
             "%s sip:bob@example.test SIP/2.0\r\nMax-Forwards: 70\r\nVia: SIP/2.0/UDP a.test\r\n"
             "From: <sip:alice@example.test>;tag=a1\r\nTo: <sip:bob@example.test>\r\n"
             "Call-ID: call-1\r\nCSeq: 5 %s\r\nX-Odd:  kept \r\nContent-Length: 2\r\n\r\nhi",
             method, method);
    msg_t *msg = message_parse(text, strlen(text));
    assert_int_equal(net_addr_parse(&to.addr, "192.0.2.7:5062", 0), 0);
    if (strcmp(method, "ACK") == 0)
        assert_int_equal(transaction_send_ack(rig_layer(rig), msg, &to, NULL), 0);
    else
        client_transaction_detach(
            client_transaction_new(rig_layer(rig), msg, &to, NULL, &none, NULL));
}

/* One Via of ours, of the transport that is used, and the branch the same after a fall back. */
static void test_via(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, NULL);
    char branch[100], text[NET_ADDR_TEXT];
    struct rig_step const closed = { RIG_CLOSED, NULL, NULL, 0 };

    (void)state;
    rig_let_switch(rig);
    send_request(rig, TRANSPORT_UDP, false, "MESSAGE");
    assert_string_equal(rig_take_trace(rig), ">MESSAGE/TCP");
    assert_string_equal(net_addr_print(&rig_last_to(rig)->addr, text), "192.0.2.7:5062");
    assert_int_equal(rig_last_to(rig)->listener, 1);
    char const *via = strstr(rig_last_sent(rig), "Via: SIP/2.0/TCP node.example.test:5070;branch=");
    assert_non_null(via);
    assert_non_null(strstr(via, "\r\nVia: SIP/2.0/UDP a.test\r\n"));
    assert_null(strstr(rig_last_sent(rig), "rport"));
    assert_non_null(strstr(rig_last_sent(rig), "\r\nX-Odd:  kept \r\n"));
    snprintf(branch, sizeof branch, "%.*s", (int)strcspn(strstr(via, "branch="), "\r"),
             strstr(via, "branch="));
    rig_do(rig, &closed);
    assert_string_equal(rig_take_trace(rig), ">MESSAGE");
    assert_non_null(strstr(rig_last_sent(rig), "Via: SIP/2.0/UDP node.example.test:5070;rport;"));
    assert_non_null(strstr(rig_last_sent(rig), branch));
    assert_null(strstr(rig_last_sent(rig), "TCP"));
    assert_non_null(strstr(rig_last_sent(rig), "\r\nX-Odd:  kept \r\n"));
    assert_non_null(strstr(rig_last_sent(rig), "\r\n\r\nhi"));
    rig_free(&rig);
}

static void test_what_switches(void **state)
{
    static struct {
        char const *method;
        bool no_switch, no_tcp;
        int64_t limit;
        char const *sent;
    } const rows[] = {
        { "MESSAGE", false, false, 200, ">MESSAGE/TCP" },
        { "MESSAGE", false, false, 1300, ">MESSAGE" },
        { "MESSAGE", true, false, 200, ">MESSAGE" },
        { "MESSAGE", false, true, 200, ">MESSAGE" },
        { "ACK", false, false, 200, ">ACK/TCP" },
        { "ACK", true, false, 200, ">ACK" },
        { "ACK", false, false, 1300, ">ACK" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *rig = rig_new(TRANSPORT_UDP, NULL);
        if (!rows[i].no_tcp)
            rig_let_switch(rig);
        rig_limits(rig)->udp_switch_bytes = rows[i].limit;
        send_request(rig, TRANSPORT_UDP, rows[i].no_switch, rows[i].method);
        assert_string_equal(rig_take_trace(rig), rows[i].sent);
        rig_free(&rig);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_via),
        cmocka_unit_test(test_what_switches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
