/* SPDX-License-Identifier: Apache-2.0 */
/* One address of a probed peer, played by a raw socket: each way that an attempt may take. TLS is
 * played by real peers (tests/interop/probe). */
#include "probe_attempt.h"
#include "proxy_rig.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ANSWER_MS = 5000 };

struct played {
    struct probe_plan plan;
    struct probe_attempt *attempt;
    unsigned done;
    char uri[RIG_URI];
};

static void on_done(void *ctx)
{
    struct played *played = ctx;
    played->done++;
}

static void edit(void)
{
    rig.conf.probe_answer_ms = ANSWER_MS;
    rig.conf.limits.connect_ms = ANSWER_MS;
}

/* The rig with a server of this kind, and an attempt at its address. */
static void begin(struct played *played, bool stream)
{
    struct destination to = { .kind = stream ? TRANSPORT_TCP : TRANSPORT_UDP,
                              .listener = TRANSPORT_AUTO_LISTENER };
    char text[NET_ADDR_TEXT];
    rig_open_with(false, stream, edit);
    memset(played, 0, sizeof *played);
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", rig.server.port);
    (void)snprintf(played->uri, sizeof played->uri, "sip:%s", text);
    assert_int_equal(net_addr_parse(&to.addr, text, 0), 0);
    played->plan = (struct probe_plan){
        .worker = &rig.proxy->worker,
        .generation = rig.proxy->generation,
        .uri = url_make(rig.home, played->uri),
        .name = played->uri,
        .server_name = "",
        .hint = { .out_listener = -1, .named = -1, .preferred = -1 },
        .done = on_done,
        .ctx = played,
    };
    played->attempt = probe_attempt_new(&played->plan, &to, 1);
    assert_non_null(played->attempt);
}

static void start(struct played *played)
{
    probe_attempt_start(played->attempt);
    rig_turn();
}

static void finish(struct played *played)
{
    probe_attempt_free(&played->attempt);
    rig_close();
}

static void expect_end(struct played *played, enum probe_step_id id, enum probe_verdict verdict,
                       char const *finding)
{
    for (int i = 0; i < 1000 && !played->done; i++) {
        rig_turn();
        poll(NULL, 0, 1);
    }
    struct probe_step const *step = &played->attempt->steps[id];
    assert_int_equal(played->done, 1);
    assert_int_equal(played->attempt->state, PROBE_ATTEMPT_DONE);
    assert_int_equal(step->verdict, verdict);
    assert_int_equal(probe_attempt_verdict(played->attempt), verdict);
    if (finding)
        assert_string_equal(step->finding.id, finding);
    else
        assert_null(step->finding.id);
}

static void test_table(void **state)
{
    char fault[200];
    (void)state;
    if (fsm_lint(&probe_attempt_fsm, fault, sizeof fault) < 0)
        fail_msg("%s", fault);
}

static struct {
    bool stream;
    char const *status;
    enum probe_verdict verdict;
    char const *finding;
} const answers[] = {
    { false, "200 OK", PROBE_OK, NULL },
    { true, "200 OK", PROBE_OK, NULL },
    { true, "405 Method Not Allowed", PROBE_WARNING, "other_status" },
    { false, "503 Service Unavailable", PROBE_FAILED, "unavailable" },
    { true, "408 Request Timeout", PROBE_FAILED, "timed_out" },
};

static void test_answers(void **state)
{
    struct played played;
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        begin(&played, answers[i].stream);
        start(&played);
        rig_expect(&rig.server, "OPTIONS sip:127.0.0.1:");
        rig_keep();
        rig_server_answers("100 Trying", "");
        rig_server_answers(answers[i].status, "Server: rig\r\n");
        expect_end(&played, PROBE_OPTIONS, answers[i].verdict, answers[i].finding);
        assert_string_equal(played.attempt->answer.server, "rig");
        assert_int_equal(played.attempt->steps[PROBE_CONNECT].verdict,
                         answers[i].stream ? PROBE_OK : PROBE_SKIPPED);
        finish(&played);
    }
}

/* The answer with @p from written in place of @p to. */
static void answer_changed(char const *from, char const *to)
{
    char *at = strstr(rig.text, from);
    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
    rig_keep();
    rig_server_answers("200 OK", "");
}

static void test_wrong_via(void **state)
{
    struct played played;
    (void)state;
    begin(&played, true);
    start(&played);
    rig_expect(&rig.server, "OPTIONS ");
    answer_changed("branch=z9hG4bK", "branch=z9hG4bX");
    expect_end(&played, PROBE_OPTIONS, PROBE_FAILED, "wrong_via");
    finish(&played);
}

static void test_wrong_question(void **state)
{
    struct played played;
    (void)state;
    begin(&played, true);
    start(&played);
    rig_expect(&rig.server, "OPTIONS ");
    answer_changed("CSeq: 1 OPTIONS", "CSeq: 1 MESSAGE");
    expect_end(&played, PROBE_OPTIONS, PROBE_FAILED, "wrong_answer");
    finish(&played);
}

static void test_not_sip(void **state)
{
    struct played played;
    (void)state;
    begin(&played, true);
    start(&played);
    rig_expect(&rig.server, "OPTIONS ");
    wire_peer_send(&rig.server, 0, "220 mail.example.test ESMTP\r\n\r\n");
    expect_end(&played, PROBE_OPTIONS, PROBE_FAILED, "not_sip");
    finish(&played);
}

static void test_closed(void **state)
{
    struct played played;
    (void)state;
    begin(&played, true);
    start(&played);
    rig_expect(&rig.server, "OPTIONS ");
    close(rig.server.fd);
    rig.server.fd = -1;
    expect_end(&played, PROBE_OPTIONS, PROBE_FAILED, "no_answer_closed");
    finish(&played);
}

static void test_refused(void **state)
{
    struct played played;
    (void)state;
    begin(&played, true);
    close(rig.server.listen_fd);
    rig.server.listen_fd = -1;
    start(&played);
    expect_end(&played, PROBE_CONNECT, PROBE_FAILED, "refused");
    assert_int_equal(played.attempt->steps[PROBE_OPTIONS].verdict, PROBE_SKIPPED);
    finish(&played);
}

static void test_silence(void **state)
{
    static char const *const findings[] = { "no_answer_udp", "no_answer" };
    struct played played;
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        begin(&played, stream);
        start(&played);
        rig_expect(&rig.server, "OPTIONS ");
        rig_advance(ANSWER_MS - 100);
        assert_int_equal(played.done, 0);
        rig_advance(200);
        expect_end(&played, PROBE_OPTIONS, PROBE_FAILED, findings[stream]);
        finish(&played);
    }
}

/* There is no listener of TLS in the rig. */
static void test_no_listener(void **state)
{
    struct played played;
    (void)state;
    begin(&played, true);
    played.attempt->to.kind = TRANSPORT_TLS;
    start(&played);
    expect_end(&played, PROBE_CONNECT, PROBE_FAILED, "no_listener");
    finish(&played);
}

/* It may end at any time, and nobody is told. */
static void test_abandoned(void **state)
{
    struct played played;
    (void)state;
    for (int stream = 0; stream < 2; stream++) {
        begin(&played, stream);
        start(&played);
        probe_attempt_free(&played.attempt);
        finish(&played);
        begin(&played, stream);
        start(&played);
        rig_expect(&rig.server, "OPTIONS ");
        probe_attempt_free(&played.attempt);
        rig_advance(ANSWER_MS);
        assert_int_equal(played.done, 0);
        finish(&played);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_table),       cmocka_unit_test(test_answers),
        cmocka_unit_test(test_wrong_via),   cmocka_unit_test(test_wrong_question),
        cmocka_unit_test(test_not_sip),     cmocka_unit_test(test_closed),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_silence),
        cmocka_unit_test(test_no_listener), cmocka_unit_test(test_abandoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
