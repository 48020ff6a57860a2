/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor with small shell children on a real loop; the clock is moved, nothing sleeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "clock.h"
#include "loop_wheel.h"
#include "supervisor.h"
#include "supervisor_fsm.h"
#include "wheel.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { LIMIT_MS = 20000 };

struct run {
    uv_loop_t loop;
    struct loop_wheel lw;
    struct supervisor *supervisor;
    struct buf seen; /* "name: line\n" ... */
    unsigned asked[SUPERVISOR_CHILDREN];
    bool stop_when_ready, is_never_ready;
    char const *stop_at; /* a line after which the supervisor is stopped */
    int code;
    uint64_t hurry_ms; /* the clock is moved by this at each line */
};

static bool is_ready(void *ctx, size_t i)
{
    struct run *run = ctx;

    /* Ready at the second question, so that the order of starting can be seen. */
    return ++run->asked[i] > 1 && !run->is_never_ready;
}

static void on_ready(void *ctx)
{
    struct run *run = ctx;

    buf_puts(&run->seen, "ready\n");
    if (run->stop_when_ready)
        supervisor_stop(run->supervisor);
}

static void on_line(void *ctx, char const *name, char const *line)
{
    struct run *run = ctx;

    buf_printf(&run->seen, "%s: %s\n", name, line);
    if (run->hurry_ms)
        clock_advance_ms(run->hurry_ms);
    if (run->stop_at && strcmp(line, run->stop_at) == 0)
        supervisor_stop(run->supervisor);
}

static void on_end(void *ctx, int code)
{
    struct run *run = ctx;

    run->code = code;
    loop_wheel_close(&run->lw);
}

static struct supervisor_owner const owner = { is_ready, on_ready, on_line, on_end };

static void play(struct run *run, struct supervisor_child const *children, size_t n)
{
    run->code = -1;
    buf_init(&run->seen, 100000);
    assert_int_equal(uv_loop_init(&run->loop), 0);
    assert_int_equal(loop_wheel_init(&run->lw, &run->loop), 0);
    run->supervisor = supervisor_new(&run->loop, run->lw.wheel, children, n, &owner, run);
    assert_non_null(run->supervisor);
    alarm(LIMIT_MS / 1000);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    alarm(0);
    supervisor_free(&run->supervisor);
    wheel_free(&run->lw.wheel);
    assert_int_equal(uv_loop_close(&run->loop), 0);
}

static void assert_order(struct run const *run, char const *first, char const *second)
{
    char const *at = strstr(buf_text(&run->seen), first);

    if (!at || !strstr(at, second))
        fail_msg("wanted '%s', then '%s' in:\n%s", first, second, buf_text(&run->seen));
}

#define SH(text) ((char const *const[]){ "/bin/sh", "-c", text, NULL })
#define SERVE    "trap 'echo stopped; exit 0' TERM; echo here; while :; do sleep 0.02; done"

static void test_starts_in_order_and_stops_in_reverse(void **state)
{
    struct supervisor_child const children[] = { { "a", SH(SERVE) }, { "b", SH(SERVE) } };
    struct run run = { .stop_when_ready = true };
    (void)state;

    play(&run, children, 2);
    assert_int_equal(run.code, 0);
    assert_order(&run, "ready", "b: stopped");
    assert_order(&run, "b: stopped", "a: stopped");
    buf_fini(&run.seen);
}

static void test_restarts_one_that_dies(void **state)
{
    struct supervisor_child const children[] = { { "a", SH("echo life; kill -9 $$") } };
    struct run run = { .hurry_ms = 10000, .is_never_ready = true };
    (void)state;

    run.stop_at = "killed by signal 9; starting it again in 2000 ms";
    play(&run, children, 1);
    assert_int_equal(run.code, 0);
    assert_string_equal(buf_text(&run.seen), "a: life\n"
                                             "a: killed by signal 9; starting it again in 0 ms\n"
                                             "a: life\n"
                                             "a: killed by signal 9; starting it again in 1000 ms\n"
                                             "a: life\n"
                                             "a: killed by signal 9; starting it again in 2000 "
                                             "ms\n");
    buf_fini(&run.seen);
}

static void test_a_wrong_configuration_ends_the_run(void **state)
{
    struct supervisor_child const children[] = { { "a", SH(SERVE) },
                                                 { "b", SH("echo 'x:1: fault' >&2; exit 78") } };
    struct run run = { 0 };
    (void)state;

    play(&run, children, 2);
    assert_int_equal(run.code, EX_CONFIG);
    assert_order(&run, "b: x:1: fault", "b: ended with code 78");
    assert_order(&run, "b: ended with code 78", "a: stopped");
    buf_fini(&run.seen);
}

static void test_a_missing_program_ends_the_run(void **state)
{
    char const *const argv[] = { "/nowhere/crosspoint-none", NULL };
    struct supervisor_child const children[] = { { "a", argv } };
    struct run run = { 0 };
    (void)state;

    play(&run, children, 1);
    assert_int_equal(run.code, EX_UNAVAILABLE);
    assert_order(&run, "a: /nowhere/crosspoint-none", "no such file");
    buf_fini(&run.seen);
}

static void test_kills_one_that_does_not_stop(void **state)
{
    struct supervisor_child const children[] = {
        { "a", SH("trap 'echo no' TERM; echo here; while :; do sleep 0.02; done") }
    };
    struct run run = { .stop_at = "here", .hurry_ms = SUPERVISOR_PATIENCE_MS + 100 };
    (void)state;

    play(&run, children, 1);
    assert_int_equal(run.code, 0);
    assert_order(&run, "a: no", "a: does not stop; killing it");
    buf_fini(&run.seen);
}

static void test_output_held_open_by_an_orphan_does_not_matter(void **state)
{
    struct supervisor_child const children[] = { { "a", SH("sleep 30 & echo $!; exit 78") } };
    struct run run = { 0 };
    (void)state;

    play(&run, children, 1);
    assert_int_equal(run.code, EX_CONFIG);
    assert_order(&run, "a: ", "a: ended with code 78");
    kill((pid_t)strtol(buf_text(&run.seen) + strlen("a: "), NULL, 10), SIGKILL);
    buf_fini(&run.seen);
}

static void test_table_is_sound(void **state)
{
    char fault[200] = "";
    (void)state;

    assert_int_equal(fsm_lint(&supervisor_fsm, fault, sizeof fault), 0);
    assert_string_equal(fault, "");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_table_is_sound),
        cmocka_unit_test(test_starts_in_order_and_stops_in_reverse),
        cmocka_unit_test(test_restarts_one_that_dies),
        cmocka_unit_test(test_a_wrong_configuration_ends_the_run),
        cmocka_unit_test(test_a_missing_program_ends_the_run),
        cmocka_unit_test(test_kills_one_that_does_not_stop),
        cmocka_unit_test(test_output_held_open_by_an_orphan_does_not_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
