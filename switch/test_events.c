/* SPDX-License-Identifier: Apache-2.0 */
/* servicesPermitted: what each state of a connection is ready for, and that it stands in events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call_rig.h"
#include "events.h"
#include <string.h>

enum { OPS = 6 };

#define TALK                                                                                       \
    "ClearConnection HoldCall ConsultationCall SingleStepTransferCall "                            \
    "SingleStepConferenceCall GenerateDigits"
#define PAIR "AlternateCall ReconnectCall TransferCall ConferenceCall"

/* clang-format off */
static struct {
    uint64_t accept_ms; /* calls are offered first */
    char const *ops[OPS];
    char const *line;
    unsigned nth; /* call of the line, from 0 */
    char const *permitted;
} const rows[] = {
    { 0, { "prompt 2001 2002" }, "2001", 0, "ClearConnection DialDigits" },
    { 0, { "make 2001 2002" }, "2002", 0, "AnswerCall ClearConnection DeflectCall" },
    { 0, { "make 2001 2002" }, "2001", 0, TALK },
    { 0, { "make 2001 2002", "answer 2002 1" }, "2002", 0, TALK },
    { 0, { "make 2001 2002", "answer 2002 1", "hold 2001 1" }, "2001", 0,
      "ClearConnection RetrieveCall" },
    { 0, { "make 2001 2002", "answer 2002 1", "hold 2001 1" }, "2002", 0, TALK },
    { 0, { "busy 2005", "make 2001 2005" }, "2005", 0,
      "ClearConnection DeflectCall" },
    { 0, { "make 2001 999" }, "2001", 0, "ClearConnection" },
    { 0, { "make 2001 2002", "answer 2002 1", "consult 2001 1 2003" }, "2001", 1, TALK " " PAIR },
    { 0, { "make 2001 2002", "answer 2002 1", "consult 2001 1 2003" }, "2001", 0,
      "ClearConnection RetrieveCall" },
    { 0, { "make 2001 2002", "answer 2002 1", "consult-to-talk 2001 1 2003" }, "2001", 1,
      TALK " AlternateCall ReconnectCall" },
    { 1000, { "make 2001 2002" }, "2002", 0, "AcceptCall AnswerCall ClearConnection DeflectCall" },
    { 1000, { "make 2001 2002", "accept 2002 1" }, "2002", 0,
      "AnswerCall ClearConnection DeflectCall" },
    { 1000, { "make 2001 2002", "answer 2002 1" }, "2002", 0, TALK },
    /* another phone of the line has the other call */
    { 0, { "make 2003 2004", "answer SEP4A 1", "hold SEP4A 1", "make SEP4B 2002" }, "2004", 1,
      TALK },
};
/* clang-format on */

static bool holds(char const *names, char const *name)
{
    size_t len = strlen(name);

    for (char const *at = names; (at = strstr(at, name)); at++)
        if ((at == names || at[-1] == ' ') && (!at[len] || at[len] == ' '))
            return true;
    return false;
}

static struct csta_set set_of(char const *names)
{
    static char const *const types[] = { "-",
#define NAME(name, kind) #name,
                                         CSTA_TYPE_LIST(NAME)
#undef NAME
    };
    struct csta_set set = { 0 };
    unsigned found = 0, words = 1;

    for (char const *at = names; (at = strchr(at, ' ')); at++)
        words++;
    for (unsigned type = 1; type < CSTA_TYPES; type++) {
        if (holds(names, types[type])) {
            csta_set_add(&set, (enum csta_type)type);
            found++;
        }
    }
    assert_int_equal(found, words);
    return set;
}

static struct call_conn *nth_conn(struct call_rig *rig, char const *number, unsigned nth)
{
    struct call_conn *conn = TAILQ_FIRST(&line_find(&rig->lines, number)->conns);

    while (conn && nth--)
        conn = TAILQ_NEXT(conn, on_line);
    assert_non_null(conn);
    return conn;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct call_rig_script const script = { .offered = rows[i].accept_ms > 0,
                                                .accept_ms = rows[i].accept_ms };
        struct csta_set const wanted = set_of(rows[i].permitted);
        struct csta_set permitted = { 0 };
        struct call_rig rig;

        print_message("# row %zu: %s\n", i, rows[i].permitted);
        call_rig_init(&rig, &script);
        for (size_t op = 0; op < OPS && rows[i].ops[op]; op++)
            assert_int_equal(call_rig_run(&rig, rows[i].ops[op]), CALL_OK);
        events_permit(nth_conn(&rig, rows[i].line, rows[i].nth), &permitted);
        assert_memory_equal(&permitted, &wanted, sizeof wanted);
        call_rig_fini(&rig);
    }
}

/* The monitors of a line see what the line may do; those of the call, and of phones that the call
 * has gone from, nothing. */
static void test_events(void **state)
{
    struct call_rig_script const script = { .name = "" };
    struct csta_connection_item items[CALL_MEMBERS_MAX];
    struct csta_set const ringing = set_of("AnswerCall ClearConnection DeflectCall"), none = { 0 };
    struct call_rig rig;
    struct csta_msg msg;
    (void)state;

    call_rig_init(&rig, &script);
    assert_int_equal(call_rig_run(&rig, "make 2001 2002"), CALL_OK);
    struct call_conn *conn = nth_conn(&rig, "2002", 0);
    struct call_event event = {
        .type = CSTA_DeliveredEvent, .call = conn->call, .device = "2002", .line = conn->line
    };
    events_fill(&event, conn, items, &msg);
    assert_memory_equal(&msg.permitted, &ringing, sizeof ringing);
    events_fill(&event, NULL, items, &msg);
    assert_memory_equal(&msg.permitted, &none, sizeof none);
    event.elsewhere = true;
    events_fill(&event, conn, items, &msg);
    assert_memory_equal(&msg.permitted, &none, sizeof none);
    call_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows),
                                        cmocka_unit_test(test_events) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
