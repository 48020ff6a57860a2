/* SPDX-License-Identifier: Apache-2.0 */
/* Calls as scripts (call_rig.h): made, answered, held, ended; and every wrong state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call_rig.h"
#include "events.h"

#define WAITING_2                                                                                  \
    {                                                                                              \
        "make 2003 2001", CALL_OK,                                                                 \
            "2003 Originated 2 2003 connected newCall\n"                                           \
            "2003 Delivered 2 2001 connected newCall\n"                                            \
            "2001 Delivered 2 2001 alerting newCall\n"                                             \
    }

/* Aligned columns would pad scripts that have nothing in common. */
/* clang-format off */
static struct call_rig_script const scripts[] = {
    { .name = "make, answer, hold, retrieve, caller clears",
      .steps = { CALL_RIG_RINGING,
                 CALL_RIG_ANSWERED,
                 { "hold 2001 1", CALL_OK,
                   "2001 Held 1 2001 hold normal\n"
                   "2002 Held 1 2001 connected normal\n" },
                 { "retrieve 2001 1", CALL_OK,
                   "2001 Retrieved 1 2001 connected normal\n"
                   "2002 Retrieved 1 2001 connected normal\n" },
                 { "clear 2001 1", CALL_OK,
                   "2001 ConnectionCleared 1 2001 null normalClearing\n"
                   "2002 ConnectionCleared 1 2001 connected normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null normalClearing\n" } } },
    { .name = "the called line clears",
      .steps = { CALL_RIG_RINGING,
                 CALL_RIG_ANSWERED,
                 { "clear 2002 1", CALL_OK,
                   "2001 ConnectionCleared 1 2002 connected normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null normalClearing\n"
                   "2001 ConnectionCleared 1 2001 null normalClearing\n" } } },
    { .name = "the caller gives up while it rings",
      .steps = { CALL_RIG_RINGING,
                 { "clear 2001 1", CALL_OK,
                   "2001 ConnectionCleared 1 2001 null normalClearing\n"
                   "2002 ConnectionCleared 1 2001 alerting normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null callCancelled\n" } } },
    { .name = "the called line rejects",
      .steps = { CALL_RIG_RINGING,
                 { "clear 2002 1", CALL_OK,
                   "2001 ConnectionCleared 1 2002 connected normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null normalClearing\n"
                   "2001 ConnectionCleared 1 2001 null normalClearing\n" } } },
    { .name = "nobody answers for 30 s",
      .steps = { CALL_RIG_RINGING,
                 { "wait 29000", CALL_OK, NULL },
                 { "wait 1000", CALL_OK,
                   "2001 ConnectionCleared 1 2002 connected callNotAnswered\n"
                   "2002 ConnectionCleared 1 2002 null callNotAnswered\n"
                   "2001 ConnectionCleared 1 2001 null callNotAnswered\n" } }},
    { .name = "an answered call has no ring timer",
      .steps = { CALL_RIG_RINGING, CALL_RIG_ANSWERED, { "wait 60000", CALL_OK, NULL } } },
    { .name = "prompt: the line waits for its human",
      .steps = { { "prompt 2001 2002", CALL_OK,
                   "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
                 { "lift 2001 1", CALL_OK,
                   "2001 Originated 1 2001 connected newCall\n"
                   "2001 Delivered 1 2002 connected newCall\n"
                   "2002 Delivered 1 2002 alerting newCall\n" },
                 { "lift 2001 1", CALL_FAULT_STATE, NULL } } },
    { .name = "prompt: nobody lifts",
      .steps = { { "prompt 2001 2002", CALL_OK,
                   "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
                 { "wait 30000", CALL_OK,
                   "2001 ConnectionCleared 1 2001 null callNotAnswered\n" } }},
    { .name = "prompt: the ring timer starts anew when the far end rings",
      .steps = { { "prompt 2001 2002", CALL_OK,
                   "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
                 { "wait 29000", CALL_OK, NULL },
                 { "lift 2001 1", CALL_OK,
                   "2001 Originated 1 2001 connected newCall\n"
                   "2001 Delivered 1 2002 connected newCall\n"
                   "2002 Delivered 1 2002 alerting newCall\n" },
                 { "wait 29000", CALL_OK, NULL } } },
    { .name = "dialled by hand, answered and held by hand",
      .steps = { { "dial 2001 2002", CALL_OK,
                   "2001 ServiceInitiated 1 2001 initiated keyOperation\n"
                   "2001 Originated 1 2001 connected newCall\n"
                   "2001 Delivered 1 2002 connected newCall\n"
                   "2002 Delivered 1 2002 alerting newCall\n" },
                 { "hand-answer 2002 1", CALL_OK,
                   "2001 Established 1 2002 connected keyOperation\n"
                   "2002 Established 1 2002 connected keyOperation\n" },
                 { "hand-hold 2002 1", CALL_OK,
                   "2001 Held 1 2002 connected keyOperation\n"
                   "2002 Held 1 2002 hold keyOperation\n" },
                 { "hand-retrieve 2002 1", CALL_OK,
                   "2001 Retrieved 1 2002 connected keyOperation\n"
                   "2002 Retrieved 1 2002 connected keyOperation\n" } } },
    { .name = "far end busy",
      .steps = { { "busy 2002", CALL_OK, NULL },
                 { "make 2001 2002", CALL_OK,
                   "2001 Originated 1 2001 connected newCall\n"
                   "2001 Failed 1 2002 fail busy\n" },
                 { "hold 2001 1", CALL_FAULT_STATE, NULL },
                 { "make 2001 2003", CALL_FAULT_CALLING_STATE, NULL },
                 { "wait 60000", CALL_OK, NULL },
                 { "clear 2001 1", CALL_OK, "2001 ConnectionCleared 1 2001 null normalClearing\n" },
                 { "free 2002", CALL_OK, NULL },
                 CALL_RIG_RINGING_2 } },
    { .name = "unknown number, own number, no number",
      .steps = { { "make 2001 tel:390298765", CALL_OK,
                   "2001 Originated 1 2001 connected newCall\n"
                   "2001 Failed 1 390298765 fail destNotObtainable\n" },
                 { "clear 2001 1", CALL_OK, "2001 ConnectionCleared 1 2001 null normalClearing\n" },
                 { "make 2001 2001", CALL_OK,
                   "2001 Originated 2 2001 connected newCall\n"
                   "2001 Failed 2 2001 fail busy\n" },
                 { "make 2003 alice", CALL_FAULT_NUMBER, NULL } } },
    { .name = "a busy phone makes no calls",
      .steps = { { "busy 2001", CALL_OK, NULL },
                 { "make 2001 2002", CALL_FAULT_CALLING_STATE, NULL } } },
    { .name = "every wrong state while it rings",
      .steps = { CALL_RIG_RINGING,
                 { "answer 2001 1", CALL_FAULT_STATE, NULL },
                 { "hold 2002 1", CALL_FAULT_STATE, NULL },
                 { "retrieve 2001 1", CALL_FAULT_STATE, NULL },
                 { "retrieve 2002 1", CALL_FAULT_STATE, NULL },
                 { "lift 2002 1", CALL_FAULT_STATE, NULL },
                 { "make 2001 2003", CALL_FAULT_CALLING_STATE, NULL } } },
    { .name = "every wrong state while they talk or hold",
      .steps = { CALL_RIG_RINGING,
                 CALL_RIG_ANSWERED,
                 { "answer 2002 1", CALL_FAULT_STATE, NULL },
                 { "retrieve 2001 1", CALL_FAULT_STATE, NULL },
                 { "hold 2001 1", CALL_OK,
                   "2001 Held 1 2001 hold normal\n"
                   "2002 Held 1 2001 connected normal\n" },
                 { "hold 2001 1", CALL_FAULT_STATE, NULL },
                 { "answer 2001 1", CALL_FAULT_STATE, NULL },
                 { "hold 2002 1", CALL_OK,
                   "2001 Held 1 2002 hold normal\n"
                   "2002 Held 1 2002 hold normal\n" },
                 { "clear 2002 1", CALL_OK,
                   "2001 ConnectionCleared 1 2002 hold normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null normalClearing\n"
                   "2001 ConnectionCleared 1 2001 null normalClearing\n" } } },
    { .name = "every wrong state before the handset is lifted",
      .steps = { { "prompt 2001 2002", CALL_OK,
                   "2001 ServiceInitiated 1 2001 initiated makeCall\n" },
                 { "answer 2001 1", CALL_FAULT_STATE, NULL },
                 { "hold 2001 1", CALL_FAULT_STATE, NULL },
                 { "retrieve 2001 1", CALL_FAULT_STATE, NULL },
                 { "make 2001 2002", CALL_FAULT_CALLING_STATE, NULL },
                 { "clear 2001 1", CALL_OK,
                   "2001 ConnectionCleared 1 2001 null normalClearing\n" } } },
    { .name = "call waiting: answering holds the first call, a third caller hears busy",
      .steps = { CALL_RIG_RINGING,
                 CALL_RIG_ANSWERED,
                 WAITING_2,
                 { "make 2003 2001", CALL_FAULT_CALLING_STATE, NULL },
                 { "answer 2001 2", CALL_OK,
                   "2001 Held 1 2001 hold normal\n"
                   "2002 Held 1 2001 connected normal\n"
                   "2003 Established 2 2001 connected normal\n"
                   "2001 Established 2 2001 connected normal\n" },
                 { "retrieve 2001 1", CALL_OK,
                   "2003 Held 2 2001 connected normal\n"
                   "2001 Held 2 2001 hold normal\n"
                   "2001 Retrieved 1 2001 connected normal\n"
                   "2002 Retrieved 1 2001 connected normal\n" },
                 { "hold 2003 2", CALL_OK,
                   "2003 Held 2 2003 hold normal\n"
                   "2001 Held 2 2003 hold normal\n" },
                 { "make 2003 2001", CALL_OK,
                   "2003 Originated 3 2003 connected newCall\n"
                   "2003 Failed 3 2001 fail busy\n" },
                 { "retrieve 2003 2", CALL_OK,
                   "2003 ConnectionCleared 3 2003 null normalClearing\n"
                   "2003 Retrieved 2 2003 connected normal\n"
                   "2001 Retrieved 2 2003 hold normal\n" } } },
    { .name = "a held line may call, but has two appearances",
      .steps = { CALL_RIG_RINGING,
                 CALL_RIG_ANSWERED,
                 { "hold 2001 1", CALL_OK,
                   "2001 Held 1 2001 hold normal\n"
                   "2002 Held 1 2001 connected normal\n" },
                 { "make 2001 2003", CALL_OK,
                   "2001 Originated 2 2001 connected newCall\n"
                   "2001 Delivered 2 2003 connected newCall\n"
                   "2003 Delivered 2 2003 alerting newCall\n" },
                 { "hold 2001 2", CALL_OK,
                   "2001 Held 2 2001 hold normal\n"
                   "2003 Held 2 2001 alerting normal\n" },
                 { "make 2001 2003", CALL_FAULT_RESOURCES, NULL } } },
    { .name = "without call waiting a line in use is busy",
      .no_call_waiting = true,
      .steps = { CALL_RIG_RINGING,
                 { "make 2003 2002", CALL_OK,
                   "2003 Originated 2 2003 connected newCall\n"
                   "2003 Failed 2 2002 fail busy\n" } } },
    { .name = "no call record left",
      .steps = { CALL_RIG_RINGING,
                 WAITING_2,
                 { "hold 2003 2", CALL_OK,
                   "2003 Held 2 2003 hold normal\n"
                   "2001 Held 2 2003 alerting normal\n" },
                 { "make 2003 9", CALL_OK,
                   "2003 Originated 3 2003 connected newCall\n"
                   "2003 Failed 3 9 fail destNotObtainable\n" },
                 { "make 2005 9", CALL_OK,
                   "2005 Originated 4 2005 connected newCall\n"
                   "2005 Failed 4 9 fail destNotObtainable\n" },
                 CALL_RIG_ANSWERED,
                 { "hold 2002 1", CALL_OK,
                   "2001 Held 1 2002 connected normal\n"
                   "2002 Held 1 2002 hold normal\n" },
                 { "make 2002 9", CALL_FAULT_RESOURCES, NULL } } },
};
/* clang-format on */

/* What a monitor of D1 learns about who calls whom. */
static void test_event_members(void **state)
{
    struct call_rig rig = { .list.tqh_first = NULL };
    struct csta_connection_item items[CALL_MEMBERS_MAX];
    struct line_ref d1, same;
    struct call *call;
    struct csta_msg m;
    (void)state;
    call_rig_init(&rig, &scripts[0]);
    assert_true(line_resolve(&rig.lines, "SEP1", &d1));
    assert_true(line_resolve(&rig.lines, "tel:2001;phone-context=dialstring;device=SEP1", &same));
    assert_ptr_equal(d1.line, same.line);
    assert_ptr_equal(d1.station, same.station);
    assert_false(line_resolve(&rig.lines, "tel:2001;device=SEP9", &same));
    assert_int_equal(call_make(&rig.calls, d1, "tel:20-02", CALL_DIRECT, NULL, &call), CALL_OK);
    assert_ptr_equal(call_find(&rig.calls, call->id), call);
    assert_null(call_find(&rig.calls, "x-000001"));

    struct call_event event = { .type = CSTA_DeliveredEvent, .call = call, .device = "2002" };
    events_fill(&event, call_conn_of(call, d1.line), items, &m);
    assert_string_equal(m.conn.call_id, call->id);
    assert_string_equal(m.subject.id, "2002");
    assert_string_equal(m.calling.id, "2001");
    assert_string_equal(m.called.id, "2002");
    assert_int_equal(m.redirected.kind, CSTA_DEVICE_NOT_REQUIRED);
    assert_string_equal(call_endpoint(TAILQ_FIRST(&call->conns)), "2002");
    assert_string_equal(call_endpoint(TAILQ_LAST(&call->conns, call_conns)), "2001");
    assert_int_equal(call_parties(call), 2);
    call_rig_fini(&rig);
}

static void test_scripts(void **state)
{
    (void)state;
    call_rig_play(scripts, sizeof scripts / sizeof *scripts);
}

/* A second run gives out other ids for its calls. */
static void test_ids_differ_between_boots(void **state)
{
    struct call_id_maker a, b;
    char first[CALL_ID_TEXT], second[CALL_ID_TEXT], other[CALL_ID_TEXT];
    (void)state;
    call_id_init(&a);
    call_id_init(&b);
    call_id_next(&a, first);
    call_id_next(&a, second);
    call_id_next(&b, other);
    assert_string_not_equal(first, second);
    assert_string_not_equal(first, other);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_event_members),
        cmocka_unit_test(test_ids_differ_between_boots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
