/* SPDX-License-Identifier: Apache-2.0 */
/* Two servers of ours talk with each other: what is sent arrives in order, is acknowledged when it
 * is handled and not before, survives the loss of streams, or fails in time; and limits hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_metrics.h"
#include "stream_rig.h"
#include "xml_tree.h"
#include <errno.h>
#include <signal.h>
#include <string.h>

static struct secure_rig_cert const certs[] = {
    { .name = "ca", .cn = "CA", .is_ca = true },
    { .name = "a", .san = "DNS:a.test", .issuer = "ca" },
    { .name = "b", .san = "DNS:b.test", .issuer = "ca" },
    { .name = "other", .san = "DNS:other.test", .issuer = "ca" },
    { .name = "expired", .san = "DNS:b.test", .issuer = "ca", .from_s = -200, .to_s = -100 },
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

static void open_both(struct stream_rig *rig, void **state)
{
    stream_rig_init(rig, *state, "b");
    stream_rig_open(&rig->a);
    stream_rig_open(&rig->b);
}

static bool b_has_1(struct stream_rig *rig)
{
    return rig->b.n_came >= 1;
}

static bool b_has_3(struct stream_rig *rig)
{
    return rig->b.n_came == 3;
}

static void assert_came(struct stream_rig_side const *side, char const *wanted)
{
    char came[STREAM_RIG_STANZAS + 1];

    assert_string_equal(stream_rig_came(side, came), wanted);
}

static void test_acknowledged_when_handled(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    open_both(&rig, state);
    rig.b.holds = true;
    for (char c = 'x'; c <= 'z'; c++)
        assert_int_equal(stream_rig_say(&rig.a, c, &fate), 0);
    stream_rig_until(&rig, b_has_3);
    assert_came(&rig.b, "xyz");
    stream_rig_settle(&rig);
    assert_string_equal(fate.text, "");
    /* Out of order: the first one holds the others up. */
    streams_handled(rig.b.in[1]);
    stream_rig_settle(&rig);
    assert_string_equal(fate.text, "");
    streams_handled(rig.b.in[0]);
    streams_handled(rig.b.in[2]);
    stream_rig_settle(&rig);
    assert_string_equal(fate.text, "xyz");
    assert_int_equal(rig.a.n_up, 1);
    stream_rig_fini(&rig);
    assert_int_equal(rig.a.n_down, 1);
}

static void test_sent_again(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    open_both(&rig, state);
    rig.b.holds = true;
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_until(&rig, b_has_1);
    int64_t again = count(M_stanzas_again);
    stream_rig_close(&rig.b);
    assert_int_equal(rig.a.n_down, 1);
    assert_int_equal(count(M_stanzas_again) - again, 1);
    assert_int_equal(stream_rig_say(&rig.a, 'y', &fate), 0);
    streams_handled(rig.b.in[0]);
    rig.b.holds = false;
    rig.b.n_came = 0;
    stream_rig_open(&rig.b);
    stream_rig_advance(&rig, 2000);
    stream_rig_until(&rig, b_has_1);
    stream_rig_settle(&rig);
    assert_came(&rig.b, "xy");
    assert_string_equal(fate.text, "xy");
    stream_rig_fini(&rig);
}

static void test_fails_in_time(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    open_both(&rig, state);
    stream_rig_close(&rig.b);
    int64_t failed = count(M_stanzas_failed);
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_advance(&rig, 29000);
    assert_int_equal(stream_rig_say(&rig.a, 'y', &fate), 0);
    assert_string_equal(fate.text, "");
    stream_rig_advance(&rig, 1100);
    assert_string_equal(fate.text, "!x");
    assert_string_equal(fate.condition, "remote-server-timeout");
    assert_int_equal(count(M_stanzas_failed) - failed, 1);
    stream_rig_fini(&rig);
    assert_string_equal(fate.text, "!x!y");
}

/* It takes stanzas and never handles them: that stream is of no use. */
static void test_deaf_peer(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    open_both(&rig, state);
    rig.b.holds = true;
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_until(&rig, b_has_1);
    stream_rig_advance(&rig, 31000);
    assert_string_equal(fate.text, "!x");
    assert_int_equal(stream_rig_ready(&rig.a), 0);
    streams_handled(rig.b.in[0]);
    stream_rig_fini(&rig);
}

static void test_limits_of_a_queue(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    rig.a.settings.limits.max_queued = 2;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    stream_rig_close(&rig.b);
    int64_t refused = count(M_stanzas_refused);
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    assert_int_equal(stream_rig_say(&rig.a, 'y', NULL), 0);
    assert_int_equal(stream_rig_say(&rig.a, 'z', &fate), -ENOBUFS);
    rig.a.settings.limits.max_queued = 9;
    rig.a.settings.limits.queue_bytes = 10;
    assert_int_equal(stream_rig_say(&rig.a, 'z', &fate), -ENOBUFS);
    assert_int_equal(count(M_stanzas_refused) - refused, 2);
    stream_rig_fini(&rig);
}

static struct xml_tree *stanza(char const *from, char const *to)
{
    struct xml_tree *tree = xml_tree_new(4096);
    struct xml_element *message = xml_tree_add(tree, NULL, "message", STREAMS_NS);

    xml_tree_attribute(tree, message, "from", from);
    xml_tree_attribute(tree, message, "to", to);
    return tree;
}

static void test_not_sent(void **state)
{
    /* clang-format off */
    static struct { char const *from, *to; int err; } const vectors[] = {
        { "x@a.test", "y@b.test", 0 }, { "x@a.test/r", "B.TEST/r@x/y", 0 },
        { "x@a.test", "y@c.test", -EACCES }, { "x@c.test", "y@b.test", -EACCES },
        { "x@a.test", "y@x.b.test", -EACCES }, { "x@a.test", NULL, -EINVAL },
        { NULL, "y@b.test", -EINVAL },
        { "x@a.test", "@b.test", -EINVAL }, { "x@a.test", "", -EINVAL },
        { "x@a.test", "y@", -EINVAL },
        { "x@a.test", "/r", -EINVAL }, { "x@a.test", "y@z@b.test", -EINVAL },
    };
    /* clang-format on */
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        assert_int_equal(
            streams_send(rig.a.streams, stanza(vectors[i].from, vectors[i].to), "", NULL, NULL),
            vectors[i].err);
    rig.a.settings.limits.max_stanza_bytes = 20;
    assert_int_equal(streams_send(rig.a.streams, stanza("a.test", "b.test"), "", NULL, NULL),
                     -EMSGSIZE);
    stream_rig_fini(&rig);
}

/* A server is asked for its certificate, too. */
static void test_bad_certificates(void **state)
{
    static char const *const names[] = { "other", "expired" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct stream_rig_fate fate = { .text = "" };
        struct stream_rig rig;
        stream_rig_init(&rig, *state, names[i]);
        stream_rig_open(&rig.a);
        stream_rig_open(&rig.b);
        int64_t sent = count(M_stream_errors_sent), received = count(M_stream_errors_received);
        assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
        stream_rig_settle(&rig);
        stream_rig_settle(&rig);
        assert_int_equal(count(M_stream_errors_sent) - sent, 1);
        assert_int_equal(count(M_stream_errors_received) - received, 1);
        assert_int_equal(rig.b.n_came + (size_t)rig.a.n_up, 0);
        stream_rig_fini(&rig);
        assert_string_equal(fate.text, "!x");
    }
}

static bool both_have_1(struct stream_rig *rig)
{
    return rig->a.n_came == 1 && rig->b.n_came == 1;
}

static void test_both_ways(void **state)
{
    for (int is_bidi = 0; is_bidi <= 1; is_bidi++) {
        struct stream_rig_fate fate = { .text = "" };
        struct stream_rig rig;
        stream_rig_init(&rig, *state, "b");
        rig.a.peer.bidi = rig.b.peer.bidi = is_bidi;
        stream_rig_open(&rig.a);
        stream_rig_open(&rig.b);
        assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
        stream_rig_until(&rig, b_has_1);
        stream_rig_settle(&rig);
        assert_int_equal(stream_rig_say(&rig.b, 'y', &fate), 0);
        stream_rig_until(&rig, both_have_1);
        stream_rig_settle(&rig);
        assert_string_equal(fate.text, "xy");
        assert_int_equal(stream_rig_ready(&rig.a), is_bidi ? 1 : 2);
        stream_rig_fini(&rig);
    }
}

/* Both open at once, and each stream would do for both: the peer may be about to use the one that
 * came too late, so it stays until it is silent. */
static void test_two_that_go_both_ways(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    rig.a.peer.bidi = rig.b.peer.bidi = true;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    int64_t lost = count(M_streams_lost);
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    assert_int_equal(stream_rig_say(&rig.b, 'y', &fate), 0);
    stream_rig_until(&rig, both_have_1);
    stream_rig_settle(&rig);
    assert_int_equal(strlen(fate.text), 2);
    assert_int_equal(stream_rig_ready(&rig.a), 2);
    assert_int_equal(stream_rig_ready(&rig.b), 2);
    assert_int_equal(count(M_streams_lost) - lost, 0);
    stream_rig_fini(&rig);
}

/* What is not handled is not read on, and nothing is lost by that. */
static void test_unhandled(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    rig.b.settings.limits.max_unhandled = 2;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    rig.b.holds = true;
    int64_t paused = count(M_stream_paused);
    assert_int_equal(stream_rig_say(&rig.a, '1', &fate), 0);
    stream_rig_until(&rig, b_has_1);
    assert_int_equal(count(M_stream_paused) - paused, 0);
    assert_int_equal(stream_rig_say(&rig.a, '2', &fate), 0);
    stream_rig_settle(&rig);
    assert_int_equal(count(M_stream_paused) - paused, 1);
    assert_int_equal(stream_rig_say(&rig.a, '3', &fate), 0);
    stream_rig_settle(&rig);
    assert_came(&rig.b, "12");
    streams_handled(rig.b.in[0]);
    stream_rig_until(&rig, b_has_3);
    streams_handled(rig.b.in[1]);
    streams_handled(rig.b.in[2]);
    stream_rig_settle(&rig);
    assert_string_equal(fate.text, "123");
    stream_rig_fini(&rig);
}

/* More than a second's worth is made up for later, and nothing is lost. */
static void test_rate(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    rig.b.settings.limits.stanza_rate = 4;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    for (char c = 'a'; c < 'm'; c++) /* three seconds' worth, in one piece */
        assert_int_equal(stream_rig_say(&rig.a, c, &fate), 0);
    stream_rig_until(&rig, b_has_1);
    stream_rig_settle(&rig);
    size_t before = rig.b.n_came;
    assert_int_equal(stream_rig_say(&rig.a, 'z', &fate), 0);
    stream_rig_advance(&rig, 1500);
    assert_int_equal(rig.b.n_came, before);
    stream_rig_advance(&rig, 1000);
    stream_rig_advance(&rig, 1000);
    stream_rig_advance(&rig, 1000);
    assert_came(&rig.b, "abcdefghijklz");
    assert_string_equal(fate.text, "abcdefghijklz");
    stream_rig_fini(&rig);
}

static void test_idle(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    rig.a.settings.limits.idle_s = 600;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_until(&rig, b_has_1);
    stream_rig_settle(&rig);
    for (int i = 0; i < 18; i++)
        stream_rig_advance(&rig, 30000);
    assert_int_equal(stream_rig_ready(&rig.a), 1);
    for (int i = 0; i < 4; i++)
        stream_rig_advance(&rig, 30000);
    assert_int_equal(stream_rig_ready(&rig.a), 0);
    assert_int_equal(stream_rig_say(&rig.a, 'y', &fate), 0);
    stream_rig_settle(&rig);
    stream_rig_settle(&rig);
    assert_came(&rig.b, "xy");
    assert_string_equal(fate.text, "xy");
    stream_rig_fini(&rig);
}

/* Tries get rarer, and the count of them is what the limits say. */
static void test_tries_again(void **state)
{
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    rig.a.settings.limits.queue_ms = 3600000;
    rig.a.settings.limits.retry_max_ms = 4000;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    stream_rig_close(&rig.b);
    int64_t failed = count(M_streams_failed);
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_settle(&rig);
    assert_int_equal(count(M_streams_failed) - failed, 1);
    for (int i = 0; i < 1000; i++)
        stream_rig_advance(&rig, 100);
    assert_in_range(count(M_streams_failed) - failed, 24, 36);
    stream_rig_fini(&rig);
    assert_string_equal(fate.text, "!x");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_acknowledged_when_handled),
        cmocka_unit_test(test_sent_again),
        cmocka_unit_test(test_fails_in_time),
        cmocka_unit_test(test_deaf_peer),
        cmocka_unit_test(test_limits_of_a_queue),
        cmocka_unit_test(test_not_sent),
        cmocka_unit_test(test_bad_certificates),
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_two_that_go_both_ways),
        cmocka_unit_test(test_unhandled),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_tries_again),
    };

    return cmocka_run_group_tests(tests, set_up, secure_rig_end);
}
