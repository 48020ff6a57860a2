/* SPDX-License-Identifier: Apache-2.0 */
/* The call model as scripts: an operation, what it answers, and what the monitors of lines 2001,
 * 2002 and 2003 see of it.
 *
 * An operation is "verb LINE CALL" (calls are numbered from 1 in each script) or "verb LINE
 * NUMBER" for make, prompt and dial. An event is "MONITORED-LINE Type call device
 * localConnectionInfo cause". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "call.h"
#include "clock.h"
#include "events.h"
#include "line.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const *const type_names[] = { "",
#define NAME(name, kind) #name,
                                          CSTA_TYPE_LIST(NAME)
#undef NAME
};
static char const *const state_names[] = { "",
#define NAME(name) #name,
                                           CSTA_CONNECTION_STATE_LIST(NAME)
#undef NAME
};
static char const *const cause_names[] = { "",
#define NAME(name) #name,
                                           CSTA_CAUSE_LIST(NAME)
#undef NAME
};

struct step {
    char const *op;
    enum call_fault fault;
    char const *events; /* NULL: none */
};

enum { MAX_STEPS = 12 };

struct script {
    char const *name;
    struct step steps[MAX_STEPS];
    bool no_call_waiting;
};

#define RINGING_1                                                                                  \
    {                                                                                              \
        "make 2001 2002", CALL_OK,                                                                 \
            "2001 Originated 1 2001 connected newCall\n"                                           \
            "2001 Delivered 1 2002 connected newCall\n"                                            \
            "2002 Delivered 1 2002 alerting newCall\n"                                             \
    }
#define ANSWERED_1                                                                                 \
    {                                                                                              \
        "answer 2002 1", CALL_OK,                                                                  \
            "2001 Established 1 2002 connected normal\n"                                           \
            "2002 Established 1 2002 connected normal\n"                                           \
    }
#define WAITING_2                                                                                  \
    {                                                                                              \
        "make 2003 2001", CALL_OK,                                                                 \
            "2003 Originated 2 2003 connected newCall\n"                                           \
            "2003 Delivered 2 2001 connected newCall\n"                                            \
            "2001 Delivered 2 2001 alerting newCall\n"                                             \
    }

/* Aligned columns would pad scripts that have nothing in common. */
/* clang-format off */
static struct script const scripts[] = {
    { .name = "make, answer, hold, retrieve, caller clears",
      .steps = { RINGING_1,
                 ANSWERED_1,
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
      .steps = { RINGING_1,
                 ANSWERED_1,
                 { "clear 2002 1", CALL_OK,
                   "2001 ConnectionCleared 1 2002 connected normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null normalClearing\n"
                   "2001 ConnectionCleared 1 2001 null normalClearing\n" } } },
    { .name = "the caller gives up while it rings",
      .steps = { RINGING_1,
                 { "clear 2001 1", CALL_OK,
                   "2001 ConnectionCleared 1 2001 null normalClearing\n"
                   "2002 ConnectionCleared 1 2001 alerting normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null callCancelled\n" } } },
    { .name = "the called line rejects",
      .steps = { RINGING_1,
                 { "clear 2002 1", CALL_OK,
                   "2001 ConnectionCleared 1 2002 connected normalClearing\n"
                   "2002 ConnectionCleared 1 2002 null normalClearing\n"
                   "2001 ConnectionCleared 1 2001 null normalClearing\n" } } },
    { .name = "nobody answers for 30 s",
      .steps = { RINGING_1,
                 { "wait 29000", CALL_OK, NULL },
                 { "wait 1000", CALL_OK,
                   "2001 ConnectionCleared 1 2002 connected callNotAnswered\n"
                   "2002 ConnectionCleared 1 2002 null callNotAnswered\n"
                   "2001 ConnectionCleared 1 2001 null callNotAnswered\n" } }},
    { .name = "an answered call has no ring timer",
      .steps = { RINGING_1, ANSWERED_1, { "wait 60000", CALL_OK, NULL } } },
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
                 { "make 2001 2002", CALL_OK,
                   "2001 Originated 2 2001 connected newCall\n"
                   "2001 Delivered 2 2002 connected newCall\n"
                   "2002 Delivered 2 2002 alerting newCall\n" } } },
    { .name = "unknown number, own number, no number",
      .steps = { { "make 2001 tel:+390298765", CALL_OK,
                   "2001 Originated 1 2001 connected newCall\n"
                   "2001 Failed 1 +390298765 fail destNotObtainable\n" },
                 { "clear 2001 1", CALL_OK, "2001 ConnectionCleared 1 2001 null normalClearing\n" },
                 { "make 2001 2001", CALL_OK,
                   "2001 Originated 2 2001 connected newCall\n"
                   "2001 Failed 2 2001 fail busy\n" },
                 { "make 2003 alice", CALL_FAULT_NUMBER, NULL } } },
    { .name = "a busy phone makes no calls",
      .steps = { { "busy 2001", CALL_OK, NULL },
                 { "make 2001 2002", CALL_FAULT_CALLING_STATE, NULL } } },
    { .name = "every wrong state while it rings",
      .steps = { RINGING_1,
                 { "answer 2001 1", CALL_FAULT_STATE, NULL },
                 { "hold 2002 1", CALL_FAULT_STATE, NULL },
                 { "retrieve 2001 1", CALL_FAULT_STATE, NULL },
                 { "retrieve 2002 1", CALL_FAULT_STATE, NULL },
                 { "lift 2002 1", CALL_FAULT_STATE, NULL },
                 { "make 2001 2003", CALL_FAULT_CALLING_STATE, NULL } } },
    { .name = "every wrong state while they talk or hold",
      .steps = { RINGING_1,
                 ANSWERED_1,
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
      .steps = { RINGING_1,
                 ANSWERED_1,
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
      .steps = { RINGING_1,
                 ANSWERED_1,
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
      .steps = { RINGING_1,
                 { "make 2003 2002", CALL_OK,
                   "2003 Originated 2 2003 connected newCall\n"
                   "2003 Failed 2 2002 fail busy\n" } } },
    { .name = "no call record left",
      .steps = { RINGING_1,
                 WAITING_2,
                 { "hold 2003 2", CALL_OK,
                   "2003 Held 2 2003 hold normal\n"
                   "2001 Held 2 2003 alerting normal\n" },
                 { "make 2003 9", CALL_OK,
                   "2003 Originated 3 2003 connected newCall\n"
                   "2003 Failed 3 9 fail destNotObtainable\n" },
                 { "answer 2002 1", CALL_OK,
                   "2001 Established 1 2002 connected normal\n"
                   "2002 Established 1 2002 connected normal\n" },
                 { "hold 2002 1", CALL_OK,
                   "2001 Held 1 2002 connected normal\n"
                   "2002 Held 1 2002 hold normal\n" },
                 { "make 2002 9", CALL_FAULT_RESOURCES, NULL } } },
};
/* clang-format on */

struct fixture {
    struct line_table lines;
    struct call_table calls;
    struct wheel *wheel;
    struct buf seen;
};

static unsigned call_number(char const *id)
{
    return (unsigned)strtoul(strchr(id, '-') + 1, NULL, 10);
}

static void on_event(void *ctx, struct call_event const *event)
{
    struct fixture *f = ctx;
    struct call_conn const *conn;
    TAILQ_FOREACH(conn, &event->call->conns, on_call)
    {
        struct csta_msg m;
        events_fill(event, conn->line, &m);
        char const *name = type_names[m.type];
        buf_printf(&f->seen, "%s %.*s %u %s %s %s\n", conn->line->number,
                   (int)(strlen(name) - strlen("Event")), name, call_number(m.conn.call_id),
                   m.conn.device_id, state_names[m.local_state], cause_names[m.cause]);
    }
}

static void fixture_init(struct fixture *f, bool call_waiting)
{
    static char const *const devices[] = { "SEP001122334455" };
    line_table_init(&f->lines);
    line_add(&f->lines, "2001", devices, 1);
    line_add(&f->lines, "2002", NULL, 0);
    line_add(&f->lines, "2003", NULL, 0);
    f->wheel = wheel_new(clock_now_ms());
    buf_init(&f->seen, 65536);
    struct call_options options = {
        .lines = &f->lines,
        .wheel = f->wheel,
        .no_answer_ms = 30000,
        .max_calls = 3,
        .max_calls_per_line = 2,
        .call_waiting = call_waiting,
        .on_event = on_event,
        .ctx = f,
    };
    call_table_init(&f->calls, &options);
}

static void fixture_fini(struct fixture *f)
{
    call_table_fini(&f->calls);
    line_table_fini(&f->lines);
    wheel_free(&f->wheel);
    buf_fini(&f->seen);
}

static struct call_conn *find_conn(struct fixture *f, struct line *line, char const *number)
{
    struct call *call;
    TAILQ_FOREACH(call, &f->calls.all, link)
    {
        if (call_number(call->id) == strtoul(number, NULL, 10))
            return call_conn_of(call, line);
    }
    return NULL;
}

static enum call_fault run_on_conn(char const *verb, struct call_conn *conn)
{
    assert_non_null(conn);
    enum call_actor actor = CALL_BY_SERVICE;
    if (strncmp(verb, "hand-", 5) == 0) {
        actor = CALL_BY_HAND;
        verb += 5;
    }
    if (strcmp(verb, "answer") == 0)
        return call_answer(conn, actor);
    if (strcmp(verb, "hold") == 0)
        return call_hold(conn, actor);
    if (strcmp(verb, "retrieve") == 0)
        return call_retrieve(conn, actor);
    if (strcmp(verb, "lift") == 0)
        return call_lift(conn);
    assert_string_equal(verb, "clear");
    call_clear(conn);
    return CALL_OK;
}

static enum call_fault run_op(struct fixture *f, char const *op)
{
    char words[3][40] = { "", "", "" };
    size_t n = 0;
    for (char const *p = op; *p && n < 3; n++) {
        size_t len = strcspn(p, " ");
        snprintf(words[n], sizeof words[n], "%.*s", (int)len, p);
        p += len + (p[len] == ' ');
    }
    if (strcmp(words[0], "wait") == 0) {
        clock_advance_ms(strtoul(words[1], NULL, 10));
        wheel_run(f->wheel, clock_now_ms() + WHEEL_TICK_MS);
        return CALL_OK;
    }
    struct line *line = line_find(&f->lines, words[1]);
    assert_non_null(line);
    if (strcmp(words[0], "busy") == 0 || strcmp(words[0], "free") == 0) {
        line->busy = *words[0] == 'b';
        return CALL_OK;
    }
    struct call *call;
    if (strcmp(words[0], "make") == 0)
        return call_make(&f->calls, line, words[2], CALL_DIRECT, &call);
    if (strcmp(words[0], "prompt") == 0)
        return call_make(&f->calls, line, words[2], CALL_PROMPT, &call);
    if (strcmp(words[0], "dial") == 0)
        return call_make(&f->calls, line, words[2], CALL_MANUAL, &call);
    return run_on_conn(words[0], find_conn(f, line, words[2]));
}

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct fixture f;
        fixture_init(&f, !scripts[i].no_call_waiting);
        for (struct step const *s = scripts[i].steps; s < scripts[i].steps + MAX_STEPS && s->op;
             s++) {
            print_message("# %s: %s\n", scripts[i].name, s->op);
            buf_reset(&f.seen);
            assert_int_equal(run_op(&f, s->op), s->fault);
            assert_string_equal(buf_text(&f.seen), s->events ? s->events : "");
        }
        fixture_fini(&f);
    }
}

/* What a monitor of D1 learns about who calls whom. */
static void test_event_members(void **state)
{
    struct fixture f;
    struct call *call;
    struct csta_msg m;
    (void)state;
    fixture_init(&f, true);
    struct line *d1 = line_find(&f.lines, "SEP001122334455");
    assert_ptr_equal(d1, line_find(&f.lines, "tel:2001;phone-context=dialstring"));
    assert_int_equal(call_make(&f.calls, d1, "tel:20-02", CALL_DIRECT, &call), CALL_OK);
    assert_ptr_equal(call_find(&f.calls, call->id), call);
    assert_null(call_find(&f.calls, "x-000001"));

    struct call_event event = { CSTA_DeliveredEvent, call, "2002", CSTA_CAUSE_newCall };
    events_fill(&event, d1, &m);
    assert_string_equal(m.conn.call_id, call->id);
    assert_string_equal(m.subject.id, "2002");
    assert_string_equal(m.calling.id, "2001");
    assert_string_equal(m.called.id, "2002");
    assert_int_equal(m.redirected.kind, CSTA_DEVICE_NOT_REQUIRED);
    assert_string_equal(call_endpoint(TAILQ_FIRST(&call->conns)), "2002");
    assert_string_equal(call_endpoint(TAILQ_LAST(&call->conns, call_conns)), "2001");
    assert_int_equal(call_parties(call), 2);
    fixture_fini(&f);
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
