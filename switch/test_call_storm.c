/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of operations in no sensible order: whatever they do to each other, nothing is left
 * over when all calls are cleared, and no step is asked of a state that does not know it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call_rig.h"
#include "log.h"
#include "station.h"
#include "switch_metrics.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 40, STEPS = 400, LINES = 6 };

/* The same storm on every machine (xorshift32). */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % below;
}

static char const *const whos[] = { "2001",  "2002", "2003",   "2004",
                                    "SEP4A", "2005", "+39021", "SEP4B" };
static char const *const numbers[] = {
    "2001", "2002", "2003", "2004", "2005", "+39021", "+39", "99"
};
static char const *const on_calls[] = { "answer",     "hand-answer", "hold",       "retrieve",
                                        "lift",       "clear",       "clear-call", "digits",
                                        "consult",    "alternate",   "reconnect",  "transfer",
                                        "conference", "send-to",     "take-in",    "listen-in",
                                        "deflect",    "pick-up",     "watch" };
static char const *const on_lines[] = { "make", "make", "make", "prompt", "dial",   "busy",
                                        "free", "dnd",  "fail", "repair", "forward" };
static char const *const forwardings[] = { "forwardImmediate", "forwardBusy", "forwardNoAns",
                                           "forwardDND", "forwardImmExt" };

#define PICK(seed, list) ((list)[draw((seed), sizeof(list) / sizeof *(list))])

/* A connection and its call, drawn from those that exist; NULL: there is none. */
static struct call_conn *draw_conn(struct call_rig *rig, uint32_t *seed)
{
    struct call_conn *conn, *found = NULL;
    struct call *call;
    uint32_t n = 0;
    TAILQ_FOREACH(call, &rig->calls.all, link)
    {
        TAILQ_FOREACH(conn, &call->conns, on_call)
        {
            if (draw(seed, ++n) == 0)
                found = conn;
        }
    }
    return found;
}

static unsigned number_of(struct call const *call)
{
    return (unsigned)strtoul(strchr(call->id, '-') + 1, NULL, 10);
}

/* Two calls of the line where it has two: what transfer and its like want. */
static void write_pair(char *op, size_t size, char const *verb, struct call_conn const *conn)
{
    struct call_conn const *first = TAILQ_FIRST(&conn->line->conns);
    struct call_conn const *last = TAILQ_LAST(&conn->line->conns, line_conns);
    snprintf(op, size, "%s %s %u %u", verb, conn->line->number, number_of(first->call),
             number_of(last->call));
}

static bool wants_pair(char const *verb)
{
    return strcmp(verb, "alternate") == 0 || strcmp(verb, "reconnect") == 0 ||
           strcmp(verb, "transfer") == 0 || strcmp(verb, "conference") == 0;
}

/* What one connection does; some verbs name a line, the others a number. */
static void write_on_call(uint32_t *seed, char *op, size_t size, struct call_conn const *conn)
{
    char const *verb = PICK(seed, on_calls);
    bool wants_line = strcmp(verb, "take-in") == 0 || strcmp(verb, "listen-in") == 0 ||
                      strcmp(verb, "pick-up") == 0;
    if (wants_pair(verb))
        write_pair(op, size, verb, conn);
    else
        snprintf(op, size, "%s %s %u %s", verb, conn->line->number, number_of(conn->call),
                 wants_line ? whos[draw(seed, LINES)] : PICK(seed, numbers));
}

static void write_on_line(uint32_t *seed, char *op, size_t size)
{
    char const *verb = PICK(seed, on_lines), *who = PICK(seed, whos);
    if (strcmp(verb, "forward") == 0)
        snprintf(op, size, "forward 200%u %s %s", 1 + draw(seed, 5), PICK(seed, forwardings),
                 draw(seed, 2) ? PICK(seed, numbers) : "");
    else if (strcmp(verb, "fail") == 0 || strcmp(verb, "repair") == 0)
        snprintf(op, size, "%s %s", verb, draw(seed, 2) ? "SEP1" : "SEP4A");
    else if (strcmp(verb, "dnd") == 0)
        snprintf(op, size, "dnd 2002 %s", draw(seed, 2) ? "on" : "off");
    else
        snprintf(op, size, "%s %s %s", verb, who, draw(seed, 6) ? PICK(seed, numbers) : "");
}

static void write_op(struct call_rig *rig, uint32_t *seed, char *op, size_t size)
{
    struct call_conn const *conn = draw_conn(rig, seed);
    if (draw(seed, 8) == 0)
        snprintf(op, size, "wait %u", draw(seed, 20000));
    else if (!conn || draw(seed, 3) == 0)
        write_on_line(seed, op, size);
    else
        write_on_call(seed, op, size, conn);
}

static void check_end(struct call_rig *rig)
{
    struct station *station;
    struct line *line;
    while (!TAILQ_EMPTY(&rig->calls.all))
        call_clear_all(TAILQ_FIRST(&rig->calls.all));
    assert_int_equal(rig->calls.n, 0);
    TAILQ_FOREACH(line, &rig->lines.all, link)
    {
        assert_int_equal(line->n_conns, 0);
    }
    TAILQ_FOREACH(station, &rig->lines.stations, link)
    {
        assert_true(TAILQ_EMPTY(&station->conns));
        assert_false(station->off_hook);
    }
}

static void test_storm(void **state)
{
    (void)state;
    log_set_level(LOG_SUBSYSTEMS, LOG_ERROR);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        struct call_rig_script script = {
            .no_call_waiting = round & 1,
            .offered = round & 2,
            .hookswitch = round & 4,
        };
        struct call_rig rig = { .list.tqh_first = NULL };
        uint32_t seed = round * 2654435761u;
        char op[128];
        call_rig_init(&rig, &script);
        for (size_t i = 0; i < STEPS; i++) {
            buf_reset(&rig.seen);
            write_op(&rig, &seed, op, sizeof op);
            call_rig_run(&rig, op);
            assert_int_equal(fsm_unlisted(), 0);
        }
        check_end(&rig);
        call_rig_fini(&rig);
    }
}

/* A storm in which nothing happens shows nothing. */
static void test_reached_everything(void **state)
{
    static enum switch_metric const metrics[] = { M_calls_started,     M_calls_failed,
                                                  M_calls_unanswered,  M_calls_diverted,
                                                  M_calls_transferred, M_conferences };
    (void)state;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        print_message("# %s %d\n", switch_metrics.rows[metrics[i]].name,
                      (int)met_get(&switch_metrics, metrics[i]));
        assert_true(met_get(&switch_metrics, metrics[i]) > 10);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_storm),
        cmocka_unit_test(test_reached_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
