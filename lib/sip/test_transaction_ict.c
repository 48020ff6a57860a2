/* SPDX-License-Identifier: Apache-2.0 */
/* The INVITE client transaction, played by scripts. */
#include "transaction_machine.h"
#include "transaction_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* clang-format off */
static struct rig_script const scripts[] = {
    { "nobody answers over UDP: Timers A and B", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_AT, NULL, "", RIG_T(0.9) },
        { RIG_AT, NULL, ">INVITE", RIG_T(1.1) },
        { RIG_AT, NULL, ">INVITE", RIG_T(3.1) },
        { RIG_AT, NULL, ">INVITE", RIG_T(7.1) },
        { RIG_AT, NULL, ">INVITE", RIG_T(15.1) },
        { RIG_AT, NULL, "", RIG_T(30.9) },
        { RIG_AT, NULL, ">INVITE", RIG_T(31.1) }, /* Timer A passes T2 */
        { RIG_AT, NULL, ">INVITE", RIG_T(63.5) },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "nobody answers over TCP", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_AT, NULL, "timeout gone", RIG_T(64.1) },
    } },
    { "an answered call: Timer M, every 2xx is heard", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "100", "100", 0 },
        { RIG_AT, NULL, "", RIG_T(5) }, /* no retransmission, no Timer B */
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_AT, NULL, "", RIG_T(100) },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_RECEIVE, "486", "", 0 },
        { RIG_RECEIVE, "180", "", 0 },
        { RIG_AT, NULL, "", RIG_T(140) },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "", RIG_T(163.9) },
        { RIG_AT, NULL, "gone", RIG_T(164.1) },
        { RIG_RECEIVE, "200", "", 0 }, /* a stray */
    } },
    { "2xx again on TCP", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "", RIG_T(40) },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "a rejected call over UDP: ACK, Timer D", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "486", ">ACK 486", 0 },
        { RIG_RECEIVE, "486", ">ACK", 0 },
        { RIG_RECEIVE, "200", "", 0 },
        { RIG_RECEIVE, "180", "", 0 },
        { RIG_CANCEL, NULL, "", 0 },
        { RIG_AT, NULL, "", RIG_T(63.9) },
        { RIG_RECEIVE, "486", ">ACK", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "a rejected call over TCP: Timer D is 0", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "503", ">ACK 503", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.1) },
    } },
    { "CANCEL after 180, over TCP: the 487 is acknowledged", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, ">CANCEL", 0 },
        { RIG_CANCEL, NULL, "", 0 },
        { RIG_RECEIVE, "200 CANCEL", "", 0 },
        { RIG_AT, NULL, "", RIG_T(0.1) },
        { RIG_RECEIVE, "487", ">ACK 487", 0 },
        { RIG_AT, NULL, "gone", RIG_T(0.2) },
    } },
    { "CANCEL after 180, over UDP", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, ">CANCEL", 0 },
        { RIG_AT, NULL, ">CANCEL", RIG_T(1.1) },
        { RIG_RECEIVE, "200 CANCEL", "", 0 },
        { RIG_AT, NULL, "", RIG_T(8) },
        { RIG_RECEIVE, "487", ">ACK 487", 0 },
        { RIG_AT, NULL, "gone", RIG_T(72.1) },
    } },
    { "CANCEL before any answer waits for one", TRANSPORT_UDP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_CANCEL, NULL, "", 0 },
        { RIG_AT, NULL, ">INVITE", RIG_T(1.1) },
        { RIG_RECEIVE, "100", ">CANCEL 100", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, "", 0 },
        { RIG_RECEIVE, "200 CANCEL", "", 0 },
        { RIG_RECEIVE, "487", ">ACK 487", 0 },
    } },
    { "CANCEL before a final answer is not sent at all", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_CANCEL, NULL, "", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_CANCEL, NULL, "", 0 },
    } },
    { "CANCEL crosses 200", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, ">CANCEL", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_RECEIVE, "481 CANCEL", "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "nobody heeds the CANCEL: over after 64 T1", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_AT, NULL, "", RIG_T(10) },
        { RIG_CANCEL, NULL, ">CANCEL", 0 },
        { RIG_AT, NULL, "", RIG_T(73.9) },
        { RIG_AT, NULL, "timeout gone", RIG_T(74.1) },
    } },
    { "the connection dies before an answer", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
    { "the connection dies while it rings", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
        { RIG_RECEIVE, "200", "", 0 },
    } },
    { "the connection dies after the answer", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "200", "200", 0 },
        { RIG_DIE, NULL, "", 0 },
        { RIG_AT, NULL, "gone", RIG_T(64.1) },
    } },
    { "a failed send is told later, never inside the call", TRANSPORT_TCP, NULL, {
        { RIG_BROKEN, NULL, "", 0 },
        { RIG_SEND, "INVITE", "", 0 },
        { RIG_AT, NULL, "transport gone", RIG_T(0.1) },
    } },
    { "detached: silence, and an end", TRANSPORT_TCP, NULL, {
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_DETACH, NULL, "", 0 },
        { RIG_RECEIVE, "180", "", 0 },
        { RIG_RECEIVE, "486", ">ACK", 0 },
        { RIG_AT, NULL, "", RIG_T(0.1) },
    } },
    { "a connection that was open dies: once more over another", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_DIE, NULL, ">INVITE", 0 },
        { RIG_RECEIVE, "180", "180", 0 },
        { RIG_CANCEL, NULL, ">CANCEL", 0 },
        { RIG_RECEIVE, "200 CANCEL", "", 0 },
        { RIG_RECEIVE, "487", ">ACK 487", 0 },
        { RIG_AT, NULL, "gone", RIG_T(1) },
    } },
    { "a peer that has said 100 has seen it", TRANSPORT_TCP, NULL, {
        { RIG_REUSE, NULL, "", 0 },
        { RIG_SEND, "INVITE", ">INVITE", 0 },
        { RIG_RECEIVE, "100", "100", 0 },
        { RIG_DIE, NULL, "transport gone", 0 },
    } },
};
/* clang-format on */

static void test_scripts(void **state)
{
    (void)state;
    rig_play_all(scripts, sizeof scripts / sizeof *scripts);
}

/* An INVITE that rings and has no owner is bounded by Timer C. */
static void test_detached_ends(void **state)
{
    struct rig_step const steps[] = {
        { RIG_SEND, "INVITE", NULL, 0 },
        { RIG_RECEIVE, "180", NULL, 0 },
        { RIG_DETACH, NULL, NULL, 0 },
        { RIG_AT, NULL, NULL, RIG_T(199) },
    };
    struct rig *rig = rig_new(TRANSPORT_UDP, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        rig_do(rig, &steps[i]);
    assert_int_equal(transaction_count(rig_layer(rig)), 1);
    rig_do(rig, &(struct rig_step){ RIG_AT, NULL, NULL, RIG_T(201) });
    assert_int_equal(transaction_count(rig_layer(rig)), 0);
    rig_free(&rig);
}

static void has(char const *text, char const *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

/* RFC 3261 17.1.1.3 and 9.1: the fields of ACK and CANCEL. */
static void test_hop_requests(void **state)
{
    struct rig *rig = rig_new(TRANSPORT_UDP, NULL);
    char branch[64];

    (void)state;
    rig_do(rig, &(struct rig_step){ RIG_SEND, "INVITE", NULL, 0 });
    has(rig_last_sent(rig), "Via: SIP/2.0/UDP node.example.test:5070;rport;branch=z9hG4bK0.loop.");
    char const *at = strstr(rig_last_sent(rig), "branch=");
    snprintf(branch, sizeof branch, "%.*s", (int)strcspn(at, "\r\n"), at);
    rig_do(rig, &(struct rig_step){ RIG_RECEIVE, "180", NULL, 0 });
    rig_do(rig, &(struct rig_step){ RIG_CANCEL, NULL, NULL, 0 });

    char const *text = rig_last_sent(rig);
    has(text, "CANCEL sip:bob@example.test SIP/2.0\r\n");
    has(text, branch);
    has(text, "\r\nRoute: <sip:192.0.2.7;lr>\r\n");
    has(text, "\r\nTo: <sip:bob@example.test>\r\n");
    has(text, "\r\nCSeq: 5 CANCEL\r\n");
    has(text, "\r\nContent-Length: 0\r\n");

    rig_do(rig, &(struct rig_step){ RIG_RECEIVE, "487", NULL, 0 });
    text = rig_last_sent(rig);
    has(text, "ACK sip:bob@example.test SIP/2.0\r\n");
    has(text, branch);
    has(text, "\r\nRoute: <sip:192.0.2.7;lr>\r\n");
    has(text, "\r\nFrom: <sip:alice@example.test>;tag=a1\r\n");
    has(text, "\r\nTo: <sip:bob@example.test>;tag=b1\r\n");
    has(text, "\r\nCall-ID: call-1\r\n");
    has(text, "\r\nCSeq: 5 ACK\r\n");
    assert_int_equal(net_addr_port(&rig_last_to(rig)->addr), 5060);
    rig_free(&rig);
}

/* RFC 6026 8.4: T1 of the other side is its own, so ours does not shorten Timer D. */
static void test_timer_d_has_a_floor(void **state)
{
    static struct {
        struct rig_step step;
        char const *expect;
    } const steps[] = {
        { { RIG_SEND, "INVITE", NULL, 0 }, ">INVITE" },
        { { RIG_RECEIVE, "486", NULL, 0 }, ">ACK 486" },
        { { RIG_AT, NULL, NULL, 31900 }, "" },
        { { RIG_RECEIVE, "486", NULL, 0 }, ">ACK" },
        { { RIG_AT, NULL, NULL, 32200 }, "gone" },
    };
    struct rig *rig = rig_new(TRANSPORT_UDP, NULL);

    (void)state;
    rig_limits(rig)->t1_ms = 100;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        rig_do(rig, &steps[i].step);
        assert_string_equal(rig_take_trace(rig), steps[i].expect);
    }
    rig_free(&rig);
}

static void test_table_is_sound(void **state)
{
    (void)state;
    rig_expect_sound(&transaction_ict);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_timer_d_has_a_floor),
        cmocka_unit_test(test_table_is_sound),
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_detached_ends),
        cmocka_unit_test(test_hop_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
