/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a trace: which dialog, which state, what goes, what waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace_match.h"
#include "trace_rig.h"
#include "trace_state.h"
#include "trace_store.h"
#include <stdio.h>

#define REQUEST TRACE_RIG_REQUEST
#define ANSWER  TRACE_RIG_ANSWER

static void add(struct trace_store *store, unsigned time_ms, char const *text)
{
    struct trace_rig_row const row = { .time_ms = time_ms, .text = text };
    struct capture_message const message = trace_rig_message(&row);

    assert_int_equal(trace_store_add(store, &message), 0);
}

static void test_lint(void **state)
{
    char fault[256] = "";

    (void)state;
    assert_int_equal(fsm_lint(&trace_state_fsm, fault, sizeof fault), 0);
    assert_string_equal(fault, "");
    /* An observer cannot say that something must not come. */
    for (unsigned s = 0; s < TRACE_STATES; s++)
        for (int event = 0; event < TRACE_STATE_EVENTS; event++) {
            uint8_t at = (uint8_t)s;
            assert_int_equal(fsm_step(&trace_state_fsm, &at, NULL, event, NULL, "x"), 0);
        }
}

struct states {
    char const *what, *messages[6], *state;
    unsigned status;
};

static struct states const states[] = {
    { "no SIP", { "<MakeCall/>" }, "", 0 },
    { "asked", { REQUEST("INVITE", "a") }, "trying", 0 },
    { "100", { REQUEST("INVITE", "a"), ANSWER("100", "INVITE", "a") }, "trying", 0 },
    { "180", { REQUEST("INVITE", "a"), ANSWER("180", "INVITE", "a") }, "ringing", 0 },
    { "200",
      { REQUEST("INVITE", "a"), ANSWER("180", "INVITE", "a"), ANSWER("200", "INVITE", "a") },
      "answered",
      0 },
    { "BYE",
      { REQUEST("INVITE", "a"), ANSWER("200", "INVITE", "a"), REQUEST("BYE", "a"),
        ANSWER("200", "BYE", "a") },
      "ended",
      0 },
    { "486", { REQUEST("INVITE", "a"), ANSWER("486", "INVITE", "a") }, "failed", 486 },
    { "an INFO that fails does not end the call",
      { REQUEST("INVITE", "a"), ANSWER("200", "INVITE", "a"), REQUEST("INFO", "a"),
        ANSWER("500", "INFO", "a") },
      "answered",
      0 },
    { "a change that is refused",
      { REQUEST("INVITE", "a"), ANSWER("200", "INVITE", "a"), REQUEST("INVITE", "a"),
        ANSWER("488", "INVITE", "a") },
      "answered",
      0 },
    { "credentials",
      { REQUEST("INVITE", "a"), ANSWER("401", "INVITE", "a"), REQUEST("INVITE", "a") },
      "trying",
      0 },
    { "last refusal",
      { REQUEST("INVITE", "a"), ANSWER("401", "INVITE", "a"), ANSWER("403", "INVITE", "a") },
      "failed",
      403 },
    { "a late answer of one branch",
      { REQUEST("INVITE", "a"), ANSWER("200", "INVITE", "a"), REQUEST("BYE", "a"),
        ANSWER("200", "INVITE", "a") },
      "ended",
      0 },
    { "refreshed and refused",
      { REQUEST("REGISTER", "a"), ANSWER("200", "REGISTER", "a"), REQUEST("REGISTER", "a"),
        ANSWER("403", "REGISTER", "a") },
      "failed",
      403 },
};

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct trace_store store;
        struct trace_dialog *dialog;

        trace_store_init(&store, 100, 1 << 20);
        for (unsigned m = 0; m < 6 && states[i].messages[m]; m++)
            add(&store, m, states[i].messages[m]);
        dialog = TAILQ_FIRST(&store.dialogs);
        assert_int_equal(store.n_dialogs, 1);
        if (strcmp(trace_state_str(dialog->state), states[i].state) != 0 ||
            dialog->status != states[i].status)
            fail_msg("%s: %s %u", states[i].what, trace_state_str(dialog->state), dialog->status);
        trace_store_fini(&store);
    }
}

/* By correlation id, by Call-ID, else by connection in either direction. */
static void test_dialogs(void **state)
{
    static struct trace_rig_row const rows[] = {
        { .time_ms = 5, .text = REQUEST("INVITE", "a") },
        { .time_ms = 6, .text = REQUEST("INVITE", "b") },
        { .time_ms = 4, .text = ANSWER("100", "INVITE", "a") },
        { .time_ms = 7, .id = "a", .text = "<MakeCall/>" },
        { .time_ms = 8, .text = "<MakeCall/>" },
    };
    struct trace_store store;
    struct trace_dialog *dialog;
    struct capture_message message;

    (void)state;
    trace_store_init(&store, 100, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        message = trace_rig_message(&rows[i]);
        assert_int_equal(trace_store_add(&store, &message), 0);
    }
    message = trace_rig_message(&rows[4]);
    message.source = message.destination;
    (void)net_addr_parse(&message.destination, "192.0.2.9:5060", 0);
    assert_int_equal(trace_store_add(&store, &message), 0);
    assert_int_equal(store.n_dialogs, 3);
    dialog = TAILQ_FIRST(&store.dialogs);
    assert_string_equal(dialog->id, "a");
    assert_string_equal(dialog->method, "INVITE");
    assert_string_equal(dialog->from, "alice@example.test");
    assert_string_equal(dialog->to, "2001@example.test");
    assert_int_equal(dialog->n, 3);
    assert_int_equal(dialog->first_us, 4000);
    assert_int_equal(dialog->last_us, 7000);
    dialog = TAILQ_LAST(&store.dialogs, trace_dialogs);
    assert_string_equal(dialog->id, "CSTA 192.0.2.1:5062 192.0.2.9:5060");
    assert_string_equal(dialog->method, "MakeCall");
    assert_int_equal(dialog->n, 2);
    assert_ptr_equal(trace_store_dialog(&store, dialog->serial), dialog);
    assert_null(trace_store_dialog(&store, 99));
    trace_store_fini(&store);
}

static void add_number(struct trace_store *store, unsigned number)
{
    char text[512];

    snprintf(text, sizeof text, "MESSAGE sip:b SIP/2.0\r\nCall-ID: call-%u\r\n\r\n", number);
    add(store, number, text);
}

static void test_count(void **state)
{
    struct trace_store store;

    (void)state;
    trace_store_init(&store, 10, 1 << 20);
    for (unsigned i = 1; i <= 25; i++)
        add_number(&store, i);
    assert_int_equal(store.n, 10);
    assert_int_equal(store.n_dialogs, 10);
    assert_int_equal(store.gone, 15);
    assert_string_equal(TAILQ_FIRST(&store.dialogs)->id, "call-16");
    assert_null(trace_store_message(&store, 15));
    assert_non_null(trace_store_message(&store, 16));
    trace_store_clear(&store);
    assert_int_equal(store.n + store.n_dialogs + store.bytes + store.gone, 0);
    trace_store_fini(&store);
}

static void test_bytes(void **state)
{
    struct trace_store store;

    (void)state;
    trace_store_init(&store, 1000000, 65536);
    for (unsigned i = 1; i <= 5000; i++) {
        add_number(&store, i);
        assert_true(store.bytes <= 65536);
    }
    assert_in_range(store.n, 50, 200);
    assert_int_equal(store.n, store.n_dialogs);
    trace_store_fini(&store);
}

/* One that is larger than all is shown all the same, alone. */
static void test_large(void **state)
{
    struct trace_store store;

    (void)state;
    trace_store_init(&store, 10, 100);
    add_number(&store, 1);
    add_number(&store, 2);
    assert_int_equal(store.n, 1);
    trace_store_fini(&store);
}

static void test_hold(void **state)
{
    struct trace_store store;
    uint64_t changes;

    (void)state;
    trace_store_init(&store, 10, 1 << 20);
    for (unsigned i = 1; i <= 4; i++)
        add_number(&store, i);
    trace_store_hold(&store, true);
    changes = store.changes;
    for (unsigned i = 5; i <= 12; i++)
        add_number(&store, i);
    assert_int_equal(store.changes, changes);
    assert_int_equal(store.n, 4);
    assert_int_equal(store.n_held, 6);
    assert_int_equal(store.dropped, 2);
    trace_store_hold(&store, false);
    assert_int_equal(store.n, 10);
    assert_int_equal(store.n_held, 0);
    assert_int_equal(store.gone, 0);
    assert_string_equal(TAILQ_LAST(&store.dialogs, trace_dialogs)->id, "call-10");
    trace_store_hold(&store, true);
    add_number(&store, 13);
    trace_store_fini(&store);
    assert_int_equal(store.bytes, 0);
}

static bool match(struct trace_match const *match, struct trace_store *store)
{
    return trace_match_dialog(match, TAILQ_FIRST(&store->dialogs));
}

static void test_match(void **state)
{
    struct trace_match wish = { 0 };
    struct trace_store store;

    (void)state;
    trace_store_init(&store, 100, 1 << 20);
    add(&store, 1, REQUEST("INVITE", "a"));
    assert_true(match(&wish, &store));
    trace_match_set(&wish, "ALICE@");
    assert_true(match(&wish, &store));
    trace_match_set(&wish, "ringing");
    assert_false(match(&wish, &store));
    add(&store, 2, ANSWER("180", "INVITE", "a"));
    assert_true(match(&wish, &store));
    trace_match_set(&wish, "UPDATE");
    assert_false(match(&wish, &store));
    assert_false(match(&wish, &store));
    add(&store, 3, REQUEST("UPDATE", "a"));
    assert_true(match(&wish, &store));
    /* A new wish is asked of old messages, too. */
    trace_match_set(&wish, "nobody");
    assert_false(match(&wish, &store));
    trace_match_set(&wish, "1 INVITE");
    assert_true(match(&wish, &store));
    trace_match_set(&wish, "");
    assert_true(match(&wish, &store));
    trace_store_fini(&store);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_lint),  cmocka_unit_test(test_states), cmocka_unit_test(test_dialogs),
        cmocka_unit_test(test_count), cmocka_unit_test(test_bytes),  cmocka_unit_test(test_large),
        cmocka_unit_test(test_hold),  cmocka_unit_test(test_match),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
