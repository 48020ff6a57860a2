/* SPDX-License-Identifier: Apache-2.0 */
/* Dialback that nobody answers, by peers that are sockets of the test: whoever waits is told in
 * time, and goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_metrics.h"
#include "streams_view.h"
#include "talker.h"
#include <signal.h>
#include <unistd.h>

static struct secure_rig_cert const certs[] = {
    { .name = "ca", .cn = "CA", .is_ca = true },
    { .name = "a", .san = "DNS:a.test", .issuer = "ca" },
    { .name = "b", .san = "DNS:b.test", .issuer = "ca" },
};

#define TIMEOUT "type='error'><error type='wait'><remote-server-timeout "

static int set_up(void **state)
{
    (void)signal(SIGPIPE, SIG_IGN); /* as svc_main() does */
    return secure_rig_begin(state, certs, sizeof certs / sizeof *certs) ? 0 : -1;
}

static int64_t count(enum stream_metric row)
{
    return met_get(&stream_metrics, row);
}

static void count_one(void *ctx, struct streams_view_stream const *stream)
{
    (void)stream;
    ++*(size_t *)ctx;
}

static size_t n_streams(struct stream_rig *rig)
{
    size_t n = 0;

    stream_rig_settle(rig);
    streams_view_streams(rig->a.streams, count_one, &n);
    return n;
}

/* --- somebody says to be b.test, whose server does not answer --------------------------------- */

/* How far that server comes. */
static struct {
    char const *says, *until;
} const silences[] = { { "", "<stream:stream " },
                       { TALKER_HEADER, "<stream:stream " },
                       { TALKER_FEATURES, "<db:verify " } };

static struct talker ask(struct talker *asker, int listener, char const *says, char const *until)
{
    talker_say(asker, TALKER_RESULT ">key</db:result>");
    struct talker server = talker_accept(asker->rig, listener);
    talker_say(&server, says);
    talker_until(&server, until);
    return server;
}

static void test_question_unanswered(void **state)
{
    for (size_t i = 0; i < sizeof silences / sizeof *silences; i++) {
        struct stream_rig rig;
        int listener = talker_begin(&rig, *state);
        int64_t unanswered = count(M_dialback_unanswered), refused = count(M_dialback_refused);
        struct talker asker = talker_connect(&rig);
        struct talker server = ask(&asker, listener, silences[i].says, silences[i].until);
        stream_rig_advance(&rig, 14900);
        assert_false(talker_heard(&asker, "<db:result"));
        stream_rig_advance(&rig, 200);
        talker_until(&asker, "<db:result from='a.test' to='b.test' " TIMEOUT);
        talker_until(&server, "</stream:stream>");
        assert_int_equal(count(M_dialback_unanswered) - unanswered, 1);
        assert_int_equal(count(M_dialback_refused), refused);
        /* The asker is still there, and may ask again. */
        assert_false(talker_heard(&asker, "</stream:stream>"));
        talker_close(&server);
        assert_int_equal(n_streams(&rig), 1);
        server = ask(&asker, listener, TALKER_FEATURES, "<db:verify ");
        assert_int_equal(stream_rig_ready(&rig.a), 0);
        talker_judge(&server, "valid");
        talker_until(&asker, "type='valid'");
        assert_int_equal(stream_rig_ready(&rig.a), 1);
        stream_rig_advance(&rig, 15100);
        assert_int_equal(count(M_dialback_unanswered) - unanswered, 1);
        talker_close(&asker);
        talker_close(&server);
        close(listener);
        stream_rig_fini(&rig);
    }
}

/* Who asked has gone: nothing is told, and the question ends with it. */
static void test_asker_gone(void **state)
{
    struct stream_rig rig;
    int listener = talker_begin(&rig, *state);
    int64_t unanswered = count(M_dialback_unanswered);
    struct talker asker = talker_connect(&rig);
    struct talker server = ask(&asker, listener, TALKER_FEATURES, "<db:verify ");

    talker_close(&asker);
    talker_until(&server, "</stream:stream>");
    talker_close(&server);
    assert_int_equal(n_streams(&rig), 0);
    stream_rig_advance(&rig, 16000);
    assert_int_equal(count(M_dialback_unanswered), unanswered);
    close(listener);
    stream_rig_fini(&rig);
}

/* --- our key ---------------------------------------------------------------------------------- */

/* With the time that a stream has to become ready, in all, and when that of the answer is over. */
static struct {
    int64_t negotiate_ms;
    uint64_t over_ms;
} const times[] = { { 30000, 20000 }, { 10000, 10000 } };

static void test_key_unanswered(void **state)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct stream_rig_fate fate = { .text = "" };
        struct stream_rig rig;
        int listener = talker_begin(&rig, *state);
        int64_t unanswered = count(M_dialback_unanswered), late = count(M_stream_late);
        rig.a.settings.limits.negotiate_ms = times[i].negotiate_ms;
        assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
        assert_int_equal(stream_rig_say(&rig.a, 'y', NULL), 0);
        struct talker server = talker_accept(&rig, listener);
        talker_say(&server, TALKER_FEATURES);
        talker_until(&server, "<db:result ");
        stream_rig_advance(&rig, times[i].over_ms - 100);
        assert_string_equal(fate.text, "");
        stream_rig_advance(&rig, 200);
        assert_string_equal(fate.text, "!x");
        assert_string_equal(fate.condition, "remote-server-timeout");
        talker_until(&server, "<connection-timeout ");
        talker_until(&server, "</stream:stream>");
        assert_int_equal(count(M_dialback_unanswered) - unanswered, 1);
        assert_int_equal(count(M_stream_late), late);
        talker_close(&server);
        assert_int_equal(n_streams(&rig), 0);
        close(listener);
        stream_rig_fini(&rig);
    }
}

/* Another server of that domain is asked before anybody is told. */
static void test_next_server(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;
    int listener = talker_begin(&rig, *state);
    char host[64];
    int second = talker_listen(host);
    char const *hosts[] = { rig.a.host, host };

    rig.a.peer.hosts = hosts;
    rig.a.peer.n_hosts = 2;
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    struct talker server = talker_accept(&rig, listener);
    talker_say(&server, TALKER_FEATURES);
    talker_until(&server, "<db:result ");
    stream_rig_advance(&rig, 20100);
    assert_string_equal(fate.text, "");
    talker_close(&server);
    server = talker_accept(&rig, second);
    talker_say(&server, TALKER_FEATURES);
    talker_until(&server, "<db:result ");
    talker_say(&server, TALKER_RESULT " type='valid'/>");
    talker_until(&server, "<body>x</body>");
    assert_int_equal(stream_rig_ready(&rig.a), 1);
    talker_close(&server);
    close(listener);
    close(second);
    stream_rig_fini(&rig);
}

static char const *const refusals[] = {
    TALKER_RESULT " type='invalid'/>",
    TALKER_RESULT " type='error'><error type='wait'><remote-server-timeout "
                  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></db:result>",
};

/* A stream that is of no use ends at once; what waits has its time. */
static void test_key_refused(void **state)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct stream_rig_fate fate = { .text = "" };
        struct stream_rig rig;
        int listener = talker_begin(&rig, *state);
        int64_t unanswered = count(M_dialback_unanswered);
        assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
        struct talker server = talker_accept(&rig, listener);
        talker_say(&server, TALKER_FEATURES);
        talker_until(&server, "<db:result ");
        talker_say(&server, refusals[i]);
        talker_until(&server, "</stream:stream>");
        talker_close(&server);
        assert_int_equal(n_streams(&rig), 0);
        stream_rig_advance(&rig, 1300);
        server = talker_accept(&rig, listener);
        assert_string_equal(fate.text, "");
        assert_int_equal(count(M_dialback_unanswered), unanswered);
        talker_close(&server);
        close(listener);
        stream_rig_fini(&rig);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_question_unanswered), cmocka_unit_test(test_asker_gone),
        cmocka_unit_test(test_key_unanswered),      cmocka_unit_test(test_next_server),
        cmocka_unit_test(test_key_refused),
    };

    return cmocka_run_group_tests(tests, set_up, secure_rig_end);
}
