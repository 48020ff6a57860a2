/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of RFC 6121, appendix A, row by row: what each stanza does in each state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roster_state.h"
#include <string.h>

/* A cell: "D" it is passed on, "a" it is answered without asking, then the state that follows; "."
 * nothing at all. */
static struct {
    char const *state;
    char const *cells[ROSTER_EVENTS];
} const table[] = {
    /* clang-format off */
    /* in: subscribe, subscribed, unsubscribe, unsubscribed; out: the same */
    { "none",        { "D none-in", ".", ".", ".",
                       "D none-out", ".", "D none", "." } },
    { "none-out",    { "D none-out-in", "D to", ".", "D none",
                       "D none-out", ".", "D none", "." } },
    { "none-in",     { ".", ".", "Da none", ".",
                       "D none-out-in", "D from", "D none-in", "D none" } },
    { "none-out-in", { ".", "D to-in", "Da none-out", "D none-in",
                       "D none-out-in", "D from-out", "D none-in", "D none-out" } },
    { "to",          { "D to-in", ".", ".", "D none",
                       "D to", ".", "D none", "." } },
    { "to-in",       { ".", ".", "Da to", "D none-in",
                       "D to-in", "D both", "D none-in", "D to" } },
    { "from",        { "A from", ".", "Da none", ".",
                       "D from-out", ".", "D from", "D none" } },
    { "from-out",    { "A from-out", "D both", "Da none-out", "D from",
                       "D from-out", ".", "D from", "D none-out" } },
    { "both",        { "A both", ".", "Da to", "D from",
                       "D both", ".", "D from", "D to" } },
    /* clang-format on */
};

static void test_rows(void **state)
{
    (void)state;
    assert_int_equal(sizeof table / sizeof *table, ROSTER_STATES);
    for (int s = 0; s < ROSTER_STATES; s++)
        for (int e = 0; e < ROSTER_EVENTS; e++) {
            char const *cell = table[s].cells[e], *to = strchr(cell, ' ');
            struct roster_step step =
                roster_state_step(roster_state_find(table[s].state), (enum roster_event)e);
            enum roster_reply reply = cell[0] == 'A'   ? ROSTER_REPLY_SUBSCRIBED
                                      : cell[1] == 'a' ? ROSTER_REPLY_UNSUBSCRIBED
                                                       : ROSTER_SILENT;
            print_message("# %s event %d: %s\n", table[s].state, e, cell);
            assert_int_equal(step.from, s);
            assert_string_equal(roster_state_name(step.to), to ? to + 1 : table[s].state);
            assert_int_equal(step.passes, cell[0] == 'D');
            assert_int_equal(step.reply, reply);
        }
    assert_int_equal(fsm_unlisted(), 0);
}

static void test_parts(void **state)
{
    (void)state;
    for (int s = 0; s < ROSTER_STATES; s++) {
        char const *name = roster_state_name((enum roster_state)s);
        assert_int_equal(roster_state_is_to((enum roster_state)s),
                         strncmp(name, "to", 2) == 0 || strcmp(name, "both") == 0);
        assert_int_equal(roster_state_is_from((enum roster_state)s),
                         strncmp(name, "from", 4) == 0 || strcmp(name, "both") == 0);
        assert_int_equal(roster_state_is_out((enum roster_state)s), strstr(name, "-out") != NULL);
        assert_int_equal(roster_state_is_in((enum roster_state)s), strstr(name, "-in") != NULL);
    }
    assert_int_equal(roster_state_find("either"), ROSTER_STATES);
}

static void test_lint(void **state)
{
    char fault[200];

    (void)state;
    if (fsm_lint(roster_state_fsm(), fault, sizeof fault) < 0)
        fail_msg("%s", fault);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows), cmocka_unit_test(test_parts),
                                        cmocka_unit_test(test_lint) };
    return cmocka_run_group_tests_name("roster_state", tests, NULL, NULL);
}
