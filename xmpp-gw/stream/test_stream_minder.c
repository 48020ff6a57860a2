/* SPDX-License-Identifier: Apache-2.0 */
/* Silent streams: they get blanks, and a peer that says nothing is asked where it can answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_metrics.h"
#include "talker.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct secure_rig_cert const certs[] = {
    { .name = "ca", .cn = "CA", .is_ca = true },
    { .name = "a", .san = "DNS:a.test", .issuer = "ca" },
    { .name = "b", .san = "DNS:b.test", .issuer = "ca" },
};

static int set_up(void **state)
{
    (void)signal(SIGPIPE, SIG_IGN); /* as svc_main() does */
    return secure_rig_begin(state, certs, sizeof certs / sizeof *certs) ? 0 : -1;
}

static int64_t count(enum stream_metric row)
{
    return met_get(&stream_metrics, row);
}

static void wait_s(struct stream_rig *rig, int s)
{
    for (int i = 0; i < s; i++)
        stream_rig_advance(rig, 1000);
}

static size_t heard(struct talker *talker)
{
    (void)talker_heard(talker, "");
    return talker->n;
}

static size_t times_heard(struct talker *talker, char const *wanted)
{
    size_t n = 0;

    (void)heard(talker);
    for (char const *p = talker->text; (p = strstr(p, wanted)); p++)
        n++;
    return n;
}

static void test_blanks(void **state)
{
    struct stream_rig rig;
    int listener = talker_begin(&rig, *state);
    struct talker talker = talker_enter(&rig, listener);
    size_t said = talker.n;

    wait_s(&rig, 58);
    assert_int_equal(heard(&talker), said);
    wait_s(&rig, 33);
    assert_int_equal(heard(&talker), said + 1);
    assert_string_equal(talker.text + said, " ");
    wait_s(&rig, 90);
    assert_int_equal(heard(&talker), said + 2);
    /* Not behind what is said anyway. */
    talker_say(&talker, "<db:verify from='b.test' to='a.test' id='1'>k</db:verify>");
    talker_until(&talker, "type='invalid'");
    said = talker.n;
    wait_s(&rig, 58);
    assert_int_equal(heard(&talker), said);
    talker_close(&talker);
    close(listener);
    stream_rig_fini(&rig);
}

static void test_no_blanks(void **state)
{
    struct stream_rig rig;
    int listener = talker_begin(&rig, *state);

    rig.a.settings.limits.keepalive_s = 0;
    struct talker talker = talker_enter(&rig, listener);
    size_t said = talker.n;
    wait_s(&rig, 600);
    assert_false(talker_is_closed(&talker));
    assert_int_equal(talker.n, said);
    talker_close(&talker);
    close(listener);
    stream_rig_fini(&rig);
}

/* --- silent peers, by the kind of their stream ------------------------------------------------ */

static struct talker begin_component(struct stream_rig *rig, void **state, int *ret_listener)
{
    static struct net_addr server;
    char host[64];

    stream_rig_init(rig, *state, "b");
    secure_context_unref(&rig->a.own.context);
    *ret_listener = talker_listen(host);
    assert_int_equal(net_addr_parse(&server, host, 0), 0);
    rig->a.own.servers = &server;
    rig->a.own.n_servers = 1;
    rig->a.own.secret = "s";
    stream_rig_open(&rig->a);
    struct talker talker = talker_accept(rig, *ret_listener);
    talker_say(&talker, "<stream:stream xmlns='jabber:component:accept' from='a.test' id='1' "
                        "xmlns:stream='http://etherx.jabber.org/streams'>");
    talker_until(&talker, "</handshake>");
    talker_say(&talker, "<handshake/>");
    return talker;
}

static struct talker begin_plain(struct stream_rig *rig, void **state, int *ret_listener)
{
    *ret_listener = talker_begin(rig, *state);
    return talker_enter(rig, *ret_listener);
}

static struct talker begin_managed(struct stream_rig *rig, void **state, int *ret_listener)
{
    struct talker talker = begin_plain(rig, state, ret_listener);

    talker_say(&talker, "<enable xmlns='urn:xmpp:sm:3'/>");
    talker_until(&talker, "<enabled ");
    return talker;
}

/* XEP-0288: a may send by the stream that b has opened. */
static struct talker begin_bidi(struct stream_rig *rig, void **state, int *ret_listener)
{
    *ret_listener = talker_begin(rig, *state);
    rig->a.peer.bidi = true;
    struct talker talker = talker_connect(rig);
    talker_say(&talker, "<bidi xmlns='urn:xmpp:bidi'/>" TALKER_RESULT ">key</db:result>");
    struct talker server = talker_accept(rig, *ret_listener);
    talker_say(&server, TALKER_FEATURES);
    talker_judge(&server, "valid");
    talker_until(&talker, "type='valid'");
    talker_close(&server);
    return talker;
}

/* a may send by it, and hears by another one. */
static struct talker begin_out(struct stream_rig *rig, void **state, int *ret_listener)
{
    *ret_listener = talker_begin(rig, *state);
    assert_int_equal(stream_rig_say(&rig->a, 'x', NULL), 0);
    struct talker talker = talker_accept(rig, *ret_listener);
    talker_say(&talker, TALKER_FEATURES);
    talker_until(&talker, "<db:result ");
    talker_say(&talker, TALKER_RESULT " type='valid'/>");
    talker_until(&talker, "<body>x</body>");
    return talker;
}

static struct {
    struct talker (*begin)(struct stream_rig *rig, void **state, int *ret_listener);
    char const *question;
} const asked[] = { { begin_component, "<ping xmlns='urn:xmpp:ping'/>" },
                    { begin_managed, "<r xmlns='urn:xmpp:sm:3'/>" },
                    { begin_bidi, "<ping xmlns='urn:xmpp:ping'/>" } };

static void test_asked(void **state)
{
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct stream_rig rig;
        int listener;
        struct talker talker = asked[i].begin(&rig, state, &listener);
        int64_t late = count(M_stream_late);
        wait_s(&rig, 298);
        assert_int_equal(times_heard(&talker, asked[i].question), 0);
        wait_s(&rig, 33);
        assert_int_equal(times_heard(&talker, asked[i].question), 1);
        /* Whatever comes is a sign of life, for as long again. */
        talker_say(&talker, " ");
        wait_s(&rig, 290);
        assert_int_equal(times_heard(&talker, asked[i].question), 1);
        wait_s(&rig, 41);
        assert_int_equal(times_heard(&talker, asked[i].question), 2);
        assert_false(talker_is_closed(&talker));
        assert_int_equal(count(M_stream_late), late);
        close(listener);
        wait_s(&rig, 61);
        assert_true(talker_is_closed(&talker));
        assert_int_equal(times_heard(&talker, asked[i].question), 2);
        assert_int_equal(count(M_stream_late) - late, 1);
        talker_close(&talker);
        stream_rig_fini(&rig);
    }
}

/* Its answer would come by another stream; or nobody wants to know. */
static struct {
    struct talker (*begin)(struct stream_rig *rig, void **state, int *ret_listener);
    int64_t ping_s;
} const unasked[] = {
    { begin_plain, 300 }, { begin_out, 300 }, { begin_component, 0 }, { begin_managed, 0 }
};

static void test_not_asked(void **state)
{
    for (size_t i = 0; i < sizeof unasked / sizeof *unasked; i++) {
        struct stream_rig rig;
        int listener;
        struct talker talker = unasked[i].begin(&rig, state, &listener);
        rig.a.settings.limits.ping_s = unasked[i].ping_s;
        wait_s(&rig, 700);
        assert_false(talker_is_closed(&talker));
        assert_int_equal(times_heard(&talker, "<ping ") + times_heard(&talker, "<r "), 0);
        talker_close(&talker);
        close(listener);
        stream_rig_fini(&rig);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_blanks),
        cmocka_unit_test(test_no_blanks),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_not_asked),
    };

    return cmocka_run_group_tests(tests, set_up, secure_rig_end);
}
