/* SPDX-License-Identifier: Apache-2.0 */
/* Next hops that rest, in a whole proxy: passed over, asked with OPTIONS, up again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "generation.h"
#include "log.h"
#include "peer_watch.h"
#include "proxy_metrics.h"
#include "proxy_rig.h"
#include <stdio.h>
#include <string.h>

static struct wire_peer spare;

static void many_and_probe(void)
{
    rig.target.uri = "sip:many.test";
    rig.conf.peer_rules.probe = PEER_PROBE_RESTING;
}

static void probe(void)
{
    rig.conf.peer_rules.probe = PEER_PROBE_RESTING;
}

static void probe_all(void)
{
    rig.conf.peer_rules.probe = PEER_PROBE_ALL;
}

/* The state of the n-th address of the only next hop. */
static struct peer_health health(unsigned n)
{
    struct peer_view views[8];
    struct peer_watch_entry const *entry = peer_watch_next(rig.proxy->generation->watch, NULL);
    assert_true(n < peers_view(entry->peer, views, 8));
    return views[n].health;
}

static void open_many(void)
{
    rig_open_with(false, false, many_and_probe);
    wire_peer_open(&spare, false);
    rig_add_address(&rig.server);
    rig_add_address(&spare);
}

static void close_many(void)
{
    wire_peer_close(&spare);
    rig_close();
}

static void answer(struct wire_peer *peer, char const *status, char const *headers)
{
    wire_peer_answer(rig.answer, rig.text, status, "p1", headers);
    wire_peer_send(peer, rig.udp, rig.answer);
}

/* Message @p cseq goes to @p peer, which answers it so. */
static void message(unsigned cseq, struct wire_peer *peer, char const *status, char const *headers)
{
    rig_client_sends("MESSAGE", cseq, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(peer, "MESSAGE ");
    answer(peer, status, headers);
}

static void test_resting_address_is_passed_over(void **state)
{
    (void)state;
    open_many();
    message(1, &rig.server, "503 Service Unavailable", "");
    rig_expect(&spare, "MESSAGE ");
    answer(&spare, "200 OK", "");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    assert_int_equal(health(0).state, PEER_RESTING);
    assert_string_equal(health(0).why, "503 from 127.0.0.1");
    assert_int_equal(health(1).state, PEER_UP);
    message(2, &spare, "404 Not Found", "");
    rig_expect(&rig.client, "SIP/2.0 404 ");
    rig_expect_silence(&rig.server);
    close_many();
}

/* Nobody else is left: it is tried all the same, and an answer ends its rest. */
static void test_all_rest(void **state)
{
    (void)state;
    open_many();
    message(1, &rig.server, "503 Service Unavailable", "");
    rig_expect(&spare, "MESSAGE ");
    answer(&spare, "503 Service Unavailable", "");
    rig_expect(&rig.client, "SIP/2.0 503 ");
    assert_int_equal(health(1).state, PEER_RESTING);
    clock_advance_ms(10);
    message(2, &rig.server, "200 OK", "");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    assert_int_equal(health(0).state, PEER_UP);
    close_many();
}

/* Which answers to an OPTIONS of ours say that somebody is there. */
static void test_answers_to_probes(void **state)
{
    static struct {
        char const *status;
        bool up;
    } const rows[] = {
        { "200 OK", true },
        { "404 Not Found", true },
        { "405 Method Not Allowed", true },
        { "483 Too Many Hops", true },
        { "500 Server Internal Error", true },
        { "603 Decline", true },
        { "408 Request Timeout", false },
        { "503 Service Unavailable", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t recoveries = met_get(&proxy_metrics, M_peer_recoveries);
        rig_open_with(false, false, probe);
        message(1, &rig.server, "503 Service Unavailable", "");
        rig_expect(&rig.client, "SIP/2.0 503 ");
        rig_expect_silence(&rig.server);
        rig_advance(1500);
        rig_expect(&rig.server, "OPTIONS sip:127.0.0.1:");
        rig_expect_text("Max-Forwards: 70\r\n");
        rig_expect_text("From: <sip:example.test>;tag=");
        rig_expect_text("To: <sip:127.0.0.1>\r\n");
        assert_int_equal(met_get(&proxy_metrics, M_peers_resting), 1);
        answer(&rig.server, rows[i].status, "");
        rig_expect_silence(&rig.server);
        assert_int_equal(health(0).state, rows[i].up ? PEER_UP : PEER_RESTING);
        assert_int_equal(health(0).failures, rows[i].up ? 0 : 2);
        assert_int_equal(met_get(&proxy_metrics, M_peers_resting), !rows[i].up);
        assert_int_equal(met_get(&proxy_metrics, M_peer_recoveries) - recoveries, rows[i].up);
        rig_close();
    }
}

static void test_pauses_grow(void **state)
{
    (void)state;
    rig_open_with(false, false, probe);
    message(1, &rig.server, "503 Service Unavailable", "Retry-After: 3\r\n");
    rig_expect(&rig.client, "SIP/2.0 503 ");
    rig_advance(2500);
    rig_expect_silence(&rig.server);
    for (uint64_t pause = 1000; pause <= 60000; pause = pause < 32000 ? 2 * pause : pause + 28000) {
        rig_advance(pause);
        rig_expect(&rig.server, "OPTIONS ");
        answer(&rig.server, "503 Service Unavailable", "");
        rig_expect_silence(&rig.server);
    }
    assert_int_equal(health(0).pause_ms, 60000);
    rig_close();
}

static void test_silence(void **state)
{
    (void)state;
    rig_open_with(false, false, probe);
    rig_client_sends("MESSAGE", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.server, "MESSAGE ");
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 100 ");
    assert_int_equal(health(0).state, PEER_RESTING);
    assert_string_equal(health(0).why, "no answer");
    rig_advance(1500);
    do
        rig_expect(&rig.server, ""); /* the MESSAGE again, and again */
    while (strncmp(rig.text, "OPTIONS ", 8) != 0);
    rig_advance(RIG_TIMED_OUT_MS);
    rig_turn();
    assert_int_equal(health(0).failures, 2);
    rig_close();
}

/* A next hop that has said 100 is there, whatever becomes of the request (RFC 4320). */
static void test_silence_after_100(void **state)
{
    (void)state;
    rig_open_with(false, false, probe);
    message(1, &rig.server, "100 Trying", "");
    rig_expect_silence(&rig.client);
    rig_advance(RIG_TIMED_OUT_MS);
    rig_expect(&rig.client, "SIP/2.0 100 ");
    rig_expect_silence(&rig.client);
    assert_int_equal(health(0).state, PEER_UNKNOWN);
    rig_close();
}

static void test_refused_connection(void **state)
{
    (void)state;
    rig_open_with(false, true, probe);
    wire_peer_close(&rig.server);
    rig_client_sends("MESSAGE", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 503 ");
    assert_int_equal(health(0).state, PEER_RESTING);
    assert_string_equal(health(0).why, "Connection refused");
    int64_t failed = met_get(&proxy_metrics, M_probes_failed);
    rig_advance(1500);
    for (int i = 0; i < 100 && met_get(&proxy_metrics, M_probes_failed) == failed; i++)
        rig_expect_silence(&rig.client);
    assert_int_equal(met_get(&proxy_metrics, M_probes_failed), failed + 1);
    assert_int_equal(health(0).failures, 2);
    rig_close();
}

/* Those that are up are asked, too, if the configuration wants it: also before the first request.
 */
static void test_probe_all(void **state)
{
    (void)state;
    rig_open_with(false, false, probe_all);
    rig_advance(500);
    rig_expect(&rig.server, "OPTIONS ");
    answer(&rig.server, "200 OK", "");
    rig_expect_silence(&rig.server);
    assert_int_equal(health(0).state, PEER_UP);
    rig_advance(29000);
    rig_expect_silence(&rig.server);
    rig_advance(1500);
    rig_expect(&rig.server, "OPTIONS ");
    answer(&rig.server, "503 Service Unavailable", "");
    rig_expect_silence(&rig.server);
    assert_int_equal(health(0).state, PEER_RESTING);
    rig_close();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_resting_address_is_passed_over),
        cmocka_unit_test(test_all_rest),
        cmocka_unit_test(test_answers_to_probes),
        cmocka_unit_test(test_pauses_grow),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_silence_after_100),
        cmocka_unit_test(test_refused_connection),
        cmocka_unit_test(test_probe_all),
    };
    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
