/* SPDX-License-Identifier: Apache-2.0 */
/* INVITEs that are given up: CANCEL, timer C, silence. */
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

static void cancelled_call(bool ringing)
{
    rig_invite_reaches_server();
    if (ringing) {
        rig_server_answers("180 Ringing", "");
        rig_expect(&rig.client, "SIP/2.0 180 ");
    }
    rig_client_sends("CANCEL", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_expect_text("CSeq: 1 CANCEL\r\n");
    if (!ringing) {
        rig_expect_silence(&rig.server); /* RFC 3261 §9.1: not before a provisional response */
        rig_server_answers("100 Trying", "");
    }
    char via[300], invite[WIRE_PEER_MAX];
    (void)snprintf(via, sizeof via, "Via: %s\r\n", wire_peer_header(rig.kept, "Via", 0));
    memcpy(invite, rig.kept, sizeof invite);
    rig_expect(&rig.server, "CANCEL sip:2001@example.test SIP/2.0\r\n");
    rig_expect_text(via);
    rig_keep();
    rig_server_answers("200 OK", "");
    memcpy(rig.kept, invite, sizeof invite);
    rig_server_answers("487 Request Terminated", "");
    rig_expect(&rig.server, "ACK sip:2001@example.test SIP/2.0\r\n");
    rig_expect_text(via);
    rig_expect(&rig.client, "SIP/2.0 487 ");
    rig_client_sends("ACK", 1, RIG_CALLED, "x", "Max-Forwards: 70\r\n");
    rig_expect_silence(&rig.server);
    rig_expect_silence(&rig.client);
}

static void test_cancel(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        rig_open(i & 1, i & 2);
        cancelled_call(i & 4);
        rig_close();
    }
}

static void test_cancel_without_effect(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    rig_server_answers("180 Ringing", "");
    rig_expect(&rig.client, "SIP/2.0 180 ");
    rig_client_sends("CANCEL", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_expect(&rig.server, "CANCEL ");
    rig_expect_silence(&rig.client);
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 487 ");
    rig_close();
}

static void test_cancel_after_answer_is_harmless(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    rig_server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_client_sends("CANCEL", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_expect_text("CANCEL");
    rig_expect_silence(&rig.server);
    rig_close();
}

static void test_timer_c(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    rig_server_answers("180 Ringing", "");
    rig_expect(&rig.client, "SIP/2.0 180 ");
    rig_advance(RIG_TIMER_C_MS / 3 * 2);
    rig_server_answers("180 Ringing", "");
    rig_expect(&rig.client, "SIP/2.0 180 ");
    rig_advance(RIG_TIMER_C_MS / 3 * 2);
    rig_expect_silence(&rig.server); /* the second 180 started it again */
    rig_advance(RIG_TIMER_C_MS / 3 + 1000);
    rig_expect(&rig.server, "CANCEL ");
    rig_expect_silence(&rig.client);
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 408 ");
    rig_close();
}

/* Timer C with a callee that answers the CANCEL: its 487 ends the call. */
static void test_timer_c_is_heard(void **state)
{
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        rig_open(stream, stream);
        rig_invite_reaches_server();
        rig_server_answers("180 Ringing", "");
        rig_expect(&rig.client, "SIP/2.0 180 ");
        rig_advance(RIG_TIMER_C_MS + 1000);
        char invite[WIRE_PEER_MAX];
        memcpy(invite, rig.kept, sizeof invite);
        rig_expect(&rig.server, "CANCEL ");
        rig_keep();
        rig_server_answers("200 OK", "");
        memcpy(rig.kept, invite, sizeof invite);
        rig_server_answers("487 Request Terminated", "");
        rig_expect(&rig.server, "ACK ");
        rig_expect(&rig.client, "SIP/2.0 487 ");
        rig_close();
    }
}

/* A callee that says 100 and then nothing: timer C bounds it, too, for timer B no longer does. */
static void test_timer_c_after_100(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    rig_server_answers("100 Trying", "");
    rig_expect_silence(&rig.client);
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect_silence(&rig.client);
    rig_advance(RIG_TIMER_C_MS - RIG_TIMED_OUT_MS + 1000);
    rig_expect(&rig.server, "CANCEL ");
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 408 ");
    rig_expect_rest();
    rig_close();
}

/* The client's CANCEL and the callee's 200 cross: the 200 wins, and the CANCEL is answered. */
static void test_cancel_crosses_200(void **state)
{
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        rig_open(stream, stream);
        rig_invite_reaches_server();
        rig_server_answers("180 Ringing", "");
        rig_expect(&rig.client, "SIP/2.0 180 ");
        rig_client_cancels();
        rig_client_cancels(); /* again: the same answer, and no second CANCEL goes on */
        rig_server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
        rig_expect(&rig.client, "SIP/2.0 200 ");
        rig_expect_text("CSeq: 1 INVITE\r\n");
        rig_expect(&rig.server, "CANCEL ");
        rig_expect_silence(&rig.server);
        rig_expect_rest();
        rig_close();
    }
}

/* RFC 6026: a 2xx that comes again belongs to its INVITE for 64*T1, on TCP as on UDP; after that it
 * is a stray and goes nowhere. */
static void test_late_2xx(void **state)
{
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        rig_open(stream, stream);
        rig_invite_reaches_server();
        rig_server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
        rig_expect(&rig.client, "SIP/2.0 200 ");
        rig_advance(40 * (uint64_t)RIG_T1_MS); /* 20 s with the usual T1 */
        wire_peer_send(&rig.server, rig.udp, rig.answer);
        rig_expect(&rig.client, "SIP/2.0 200 ");
        rig_advance(25 * (uint64_t)RIG_T1_MS);
        wire_peer_send(&rig.server, rig.udp, rig.answer);
        rig_expect_silence(&rig.client);
        rig_expect_rest();
        rig_close();
    }
}

/* The client's connection dies while the callee rings: what it answers cannot be delivered, and
 * nothing of the call stays. */
static void test_client_is_gone(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    rig_server_answers("180 Ringing", "");
    rig_expect(&rig.client, "SIP/2.0 180 ");
    wire_peer_close(&rig.client);
    rig_expect_silence(&rig.server);
    rig_server_answers("200 OK", "Contact: <sip:cti@127.0.0.1>\r\n");
    rig_expect_silence(&rig.server);
    rig_expect_rest();
    rig_close();
}

static void test_silent_callee(void **state)
{
    (void)state;
    rig_open(true, true);
    rig_invite_reaches_server();
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 408 ");
    rig_close();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_cancel_without_effect),
        cmocka_unit_test(test_cancel_after_answer_is_harmless),
        cmocka_unit_test(test_timer_c),
        cmocka_unit_test(test_timer_c_is_heard),
        cmocka_unit_test(test_timer_c_after_100),
        cmocka_unit_test(test_cancel_crosses_200),
        cmocka_unit_test(test_late_2xx),
        cmocka_unit_test(test_client_is_gone),
        cmocka_unit_test(test_silent_callee),
    };
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
