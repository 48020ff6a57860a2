/* SPDX-License-Identifier: Apache-2.0 */
/* When a peer that asks for an acknowledgement gets it (XEP-0198 4). The stream has no socket: what
 * it says stays where it waits to be sent. */
#include "clock.h"
#include "stream.h"
#include "stream_fsm.h"
#include "stream_manage.h"
#include "streams_internal.h"
#include "xml_tree.h"
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct rig {
    struct streams *set;
    struct stream *stream;
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    rig->set = calloc(1, sizeof *rig->set);
    rig->stream = calloc(1, sizeof *rig->stream);
    LIST_INIT(&rig->set->wires.marked);
    rig->set->wires.wheel = wheel_new(clock_now_ms());
    rig->stream->set = rig->set;
    rig->stream->wire.all = &rig->set->wires;
    rig->stream->role = STREAM_IN;
    rig->stream->state = STREAM_READY;
    rig->stream->managed = STREAM_MANAGED;
    buf_init(&rig->stream->wire.out, 4096);
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;

    wheel_free(&rig->set->wires.wheel);
    buf_fini(&rig->stream->wire.out);
    free(rig->stream);
    free(rig->set);
    free(rig);
    return 0;
}

static void hear(struct rig *rig, char const *name)
{
    struct xml_tree *tree = xml_tree_new(4096);

    assert_true(stream_manage_take(rig->stream, xml_tree_add(tree, NULL, name, STREAM_ACK_NS)));
    xml_tree_free(&tree);
}

static void ask(struct rig *rig)
{
    hear(rig, "r");
}

static void handle(struct rig *rig, unsigned n)
{
    while (n--) {
        rig->stream->n_incoming--;
        stream_manage_handled(rig->stream);
    }
}

/* What the stream has said since the last time. */
static void check_said(struct rig *rig, char const *wanted)
{
    struct buf *out = &rig->stream->wire.out;

    assert_string_equal(buf_text(out), wanted);
    buf_reset(out);
}

#define ACK(h) "<a xmlns='" STREAM_ACK_NS "' h='" h "'/>"

static void test_at_once_if_all_is_handled(void **state)
{
    ask(*state);
    check_said(*state, ACK("0"));
}

static void test_once_when_what_had_come_is_handled(void **state)
{
    struct rig *rig = *state;

    rig->stream->n_incoming = 3;
    ask(rig);
    rig->stream->n_incoming = 5; /* two that came behind it do not hold it up */
    handle(rig, 2);
    check_said(rig, "");
    handle(rig, 1);
    check_said(rig, ACK("3"));
    handle(rig, 2);
    check_said(rig, "");
}

static void test_who_asks_again_hears_again(void **state)
{
    struct rig *rig = *state;

    rig->stream->n_incoming = 1;
    ask(rig);
    rig->stream->n_incoming = 3;
    ask(rig);
    handle(rig, 1);
    check_said(rig, ACK("1"));
    handle(rig, 1);
    check_said(rig, "");
    handle(rig, 1);
    check_said(rig, ACK("3"));
}

static void test_who_waits_long_hears_what_there_is(void **state)
{
    struct rig *rig = *state;

    rig->stream->n_incoming = 2;
    ask(rig);
    handle(rig, 1);
    clock_advance_ms(1100);
    wheel_run(rig->set->wires.wheel, clock_now_ms());
    check_said(rig, ACK("1"));
    handle(rig, 1);
    check_said(rig, ACK("2"));
    clock_advance_ms(1100);
    wheel_run(rig->set->wires.wheel, clock_now_ms());
    check_said(rig, "");
}

/* XEP-0198 4: the count begins with <enable/>. */
static void test_what_came_before_is_not_counted(void **state)
{
    struct rig *rig = *state;

    rig->stream->managed = STREAM_UNMANAGED;
    rig->stream->n_incoming = 3;
    handle(rig, 1);
    hear(rig, "enable");
    check_said(rig, "<enabled xmlns='" STREAM_ACK_NS "'/>");
    ask(rig);
    check_said(rig, ACK("0"));
    rig->stream->n_incoming++;
    ask(rig);
    handle(rig, 2);
    check_said(rig, "");
    handle(rig, 1);
    check_said(rig, ACK("1"));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_at_once_if_all_is_handled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_once_when_what_had_come_is_handled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_asks_again_hears_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_who_waits_long_hears_what_there_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_came_before_is_not_counted, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
