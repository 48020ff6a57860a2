/* SPDX-License-Identifier: Apache-2.0 */
/* How many streams, strangers, routes and pairs there may be: one more harms none of the others,
 * and gets in when there is room again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stream_metrics.h"
#include "streams_view.h"
#include "talker.h"
#include "xml_tree.h"
#include <errno.h>
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

static bool b_has_1(struct stream_rig *rig)
{
    return rig->b.n_came >= 1;
}

/* --- streams to us ---------------------------------------------------------------------------- */

static int knock(struct stream_rig *rig, char const *from)
{
    struct net_addr source;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(net_addr_parse(&source, from, 0), 0);
    assert_int_equal(bind(fd, &source.sa, net_addr_len(&source)), 0);
    assert_int_equal(connect(fd, &rig->b.addr.sa, net_addr_len(&rig->b.addr)), 0);
    stream_rig_settle(rig);
    return fd;
}

static bool is_closed(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK);

    return n == 0 || (n < 0 && errno == ECONNRESET);
}

/* One address has its places taken: nobody else is kept out, and they come free again. */
static void test_strangers_of_an_address(void **state)
{
    enum { PLACES = 3 };
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;
    int silent[PLACES], again[PLACES], more;

    stream_rig_init(&rig, *state, "b");
    rig.b.settings.limits.max_strangers_per_address = PLACES;
    rig.b.settings.limits.max_strangers = PLACES + 1;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    int64_t refused = count(M_streams_refused);
    for (size_t i = 0; i < PLACES; i++)
        silent[i] = knock(&rig, "127.0.0.2");
    assert_int_equal(count(M_streams_refused) - refused, 0);
    for (int i = 1; i <= 2; i++) {
        more = knock(&rig, "127.0.0.2");
        assert_true(is_closed(more));
        assert_int_equal(count(M_streams_refused) - refused, i);
        close(more);
    }
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_until(&rig, b_has_1);
    /* Who is known is no stranger any more, and its address has all its places. */
    for (size_t i = 0; i < PLACES; i++) {
        close(silent[i]);
        stream_rig_settle(&rig);
        silent[i] = knock(&rig, "127.0.0.1");
        assert_false(is_closed(silent[i]));
    }
    /* Those who stay silent are let go, with the time that they have to end their side. */
    stream_rig_advance(&rig, 30100);
    stream_rig_advance(&rig, 2100);
    for (size_t i = 0; i < PLACES; i++) {
        again[i] = knock(&rig, "127.0.0.1");
        assert_false(is_closed(again[i]));
    }
    assert_int_equal(count(M_streams_refused) - refused, 2);
    for (size_t i = 0; i < PLACES; i++) {
        close(silent[i]);
        close(again[i]);
    }
    stream_rig_fini(&rig);
    assert_string_equal(fate.text, "x");
}

static void test_streams_to_us(void **state)
{
    enum { PLACES = 2 };
    struct stream_rig rig;
    int places[PLACES];

    stream_rig_init(&rig, *state, "b");
    rig.b.settings.limits.max_streams = PLACES;
    stream_rig_open(&rig.b);
    int64_t refused = count(M_streams_refused);
    for (size_t i = 0; i < PLACES; i++)
        places[i] = knock(&rig, "127.0.0.1");
    int more = knock(&rig, "127.0.0.2");
    assert_true(is_closed(more));
    close(more);
    assert_int_equal(count(M_streams_refused) - refused, 1);
    close(places[0]);
    stream_rig_settle(&rig);
    places[0] = knock(&rig, "127.0.0.2");
    for (size_t i = 0; i < PLACES; i++) {
        assert_false(is_closed(places[i]));
        close(places[i]);
    }
    assert_int_equal(count(M_streams_refused) - refused, 1);
    stream_rig_fini(&rig);
}

/* --- streams of ours -------------------------------------------------------------------------- */

static void see_route(void *ctx, struct streams_view_route const *route)
{
    *(struct streams_view_route *)ctx = *route;
}

/* What is to be sent waits for a place. */
static void test_streams_of_ours(void **state)
{
    struct streams_view_route route;
    struct stream_rig_fate fate = { .text = "" };
    struct stream_rig rig;
    int listener = talker_begin(&rig, *state);

    rig.a.settings.limits.max_streams = 1;
    struct talker other = talker_connect(&rig);
    assert_int_equal(stream_rig_say(&rig.a, 'x', &fate), 0);
    stream_rig_settle(&rig);
    streams_view_routes(rig.a.streams, see_route, &route);
    assert_string_equal(route.why_not, "no room for a stream");
    assert_string_equal(route.state, "waits");
    assert_int_equal(accept(listener, NULL, NULL), -1);
    talker_close(&other);
    stream_rig_advance(&rig, 1300);
    struct talker server = talker_accept(&rig, listener);
    talker_say(&server, TALKER_FEATURES);
    talker_until(&server, "<db:result ");
    talker_say(&server, TALKER_RESULT " type='valid'/>");
    talker_until(&server, "<body>x</body>");
    assert_string_equal(fate.text, "");
    talker_close(&server);
    close(listener);
    stream_rig_fini(&rig);
}

static void test_streams_of_questions(void **state)
{
    struct stream_rig rig;
    int listener = talker_begin(&rig, *state);
    int64_t refused = count(M_dialback_refused);

    rig.a.settings.limits.max_streams = 1;
    struct talker asker = talker_connect(&rig);
    talker_say(&asker, TALKER_RESULT ">key</db:result>");
    talker_until(&asker, "type='error'><error type='wait'><resource-constraint ");
    assert_int_equal(count(M_dialback_refused) - refused, 1);
    assert_false(talker_is_closed(&asker));
    assert_int_equal(accept(listener, NULL, NULL), -1);
    talker_close(&asker);
    close(listener);
    stream_rig_fini(&rig);
}

/* --- pairs ------------------------------------------------------------------------------------ */

static int say_to(struct stream_rig *rig, char const *to)
{
    struct xml_tree *tree = xml_tree_new(4096);
    struct xml_element *message = xml_tree_add(tree, NULL, "message", STREAMS_NS);

    xml_tree_attribute(tree, message, "from", "a.test");
    xml_tree_attribute(tree, message, "to", to);
    (void)xml_tree_add_text(tree, message, "body", NULL, "x");
    return streams_send(rig->a.streams, tree, "", NULL, NULL);
}

static void test_routes(void **state)
{
    struct streams_peer peers[2];
    struct stream_rig rig;

    stream_rig_init(&rig, *state, "b");
    peers[0] = peers[1] = rig.a.peer;
    peers[1].name = peers[1].ascii = "c.test";
    rig.a.settings.peers = peers;
    rig.a.settings.n_peers = 2;
    rig.a.settings.limits.max_routes = 1;
    stream_rig_open(&rig.a);
    stream_rig_open(&rig.b);
    int64_t refused = count(M_stanzas_refused);
    assert_int_equal(say_to(&rig, "b.test"), 0);
    assert_int_equal(say_to(&rig, "c.test"), -ENOBUFS);
    assert_int_equal(count(M_stanzas_refused) - refused, 1);
    assert_int_equal(say_to(&rig, "b.test"), 0);
    stream_rig_until(&rig, b_has_1);
    rig.a.settings.limits.max_routes = 2;
    assert_int_equal(say_to(&rig, "c.test"), 0);
    assert_int_equal(count(M_stanzas_refused) - refused, 1);
    stream_rig_fini(&rig);
}

#define ASK(ours) "<db:result from='b.test' to='" ours "'>key</db:result>"
#define TOO_MANY(ours)                                                                             \
    "<db:result from='" ours "' to='b.test' type='error'>"                                         \
    "<error type='wait'><resource-constraint "

static struct streams_own const three[] = { { .name = "a.test" },
                                            { .name = "a2.test" },
                                            { .name = "a3.test" } };

static void begin_three(struct stream_rig *rig, void **state, int *ret_listener)
{
    *ret_listener = talker_begin(rig, *state);
    rig->a.settings.own = three;
    rig->a.settings.n_own = sizeof three / sizeof *three;
}

/* Those that are proven stay so, and one of them may be asked for again. */
static void test_pairs_of_a_stream(void **state)
{
    struct stream_rig rig;
    int listener;

    begin_three(&rig, state, &listener);
    rig.a.settings.limits.max_pairs_per_stream = 1;
    struct talker talker = talker_enter(&rig, listener);
    int64_t refused = count(M_dialback_refused);
    talker_say(&talker, ASK("a2.test"));
    talker_until(&talker, TOO_MANY("a2.test"));
    assert_int_equal(count(M_dialback_refused) - refused, 1);
    assert_int_equal(accept(listener, NULL, NULL), -1);
    talker_say(&talker, "<message from='b.test' to='a.test'><body>x</body></message>");
    stream_rig_settle(&rig);
    assert_int_equal(rig.a.n_came, 1);
    talker_say(&talker, ASK("a.test"));
    struct talker server = talker_accept(&rig, listener);
    talker_close(&server);
    assert_int_equal(stream_rig_ready(&rig.a), 1);
    talker_close(&talker);
    close(listener);
    stream_rig_fini(&rig);
}

/* Questions that are not answered yet count, and do no more when they are. */
static void test_questions_of_a_stream(void **state)
{
    struct stream_rig rig;
    int listener;

    begin_three(&rig, state, &listener);
    rig.a.settings.limits.max_pairs_per_stream = 2;
    struct talker asker = talker_connect(&rig);
    talker_say(&asker, ASK("a.test") ASK("a2.test") ASK("a3.test") ASK("a.test"));
    talker_until(&asker, TOO_MANY("a3.test"));
    assert_false(talker_heard(&asker, TOO_MANY("a.test"))); /* it is asked about */
    struct talker one = talker_accept(&rig, listener), two = talker_accept(&rig, listener);
    assert_int_equal(accept(listener, NULL, NULL), -1);
    talker_say(&one, TALKER_FEATURES);
    talker_judge(&one, "invalid");
    talker_until(&asker, "type='invalid'");
    talker_say(&asker, ASK("a3.test"));
    struct talker three_of = talker_accept(&rig, listener);
    talker_close(&one);
    talker_close(&two);
    talker_close(&three_of);
    talker_close(&asker);
    close(listener);
    stream_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_strangers_of_an_address),
        cmocka_unit_test(test_streams_to_us),
        cmocka_unit_test(test_streams_of_ours),
        cmocka_unit_test(test_streams_of_questions),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_pairs_of_a_stream),
        cmocka_unit_test(test_questions_of_a_stream),
    };

    return cmocka_run_group_tests(tests, set_up, secure_rig_end);
}
