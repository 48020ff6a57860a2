/* SPDX-License-Identifier: Apache-2.0 */
/* The timer wheel against a plain list of due times, over short and long distances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "wheel.h"
#include <stdlib.h>

struct probe {
    struct wheel_timer timer;
    uint64_t fired_ms;
};

static uint64_t running_at;

static void on_fire(struct wheel_timer *timer)
{
    ((struct probe *)timer)->fired_ms = running_at;
}

/* Runs the wheel tick by tick up to @p until and stamps what fires. */
static void run_until(struct wheel *wheel, uint64_t from, uint64_t until)
{
    for (running_at = from; running_at <= until; running_at += WHEEL_TICK_MS)
        wheel_run(wheel, running_at);
}

static void test_fires_once_at_its_tick(void **state)
{
    static uint64_t const delays[] = { 0,    1,    9,    10,    11,     500,    2549,   2550,
                                       2560, 2561, 5000, 32000, 655349, 655360, 655361, 700000 };
    enum { N = sizeof delays / sizeof delays[0] };
    struct probe probes[N] = { 0 };
    (void)state;

    for (int phase = 0; phase < 300; phase += 37) {
        clock_advance_ms(WHEEL_TICK_MS);
        uint64_t now = clock_now_ms();
        struct wheel *wheel = wheel_new(now);
        for (size_t i = 0; i < N; i++) {
            probes[i].fired_ms = 0;
            wheel_arm(wheel, &probes[i].timer, delays[i], on_fire);
        }
        run_until(wheel, now, now + 700000 + 50);
        for (size_t i = 0; i < N; i++) {
            uint64_t due = probes[i].timer.due_ms;
            assert_false(probes[i].timer.armed);
            assert_in_range(probes[i].fired_ms, due, due + 2 * WHEEL_TICK_MS);
        }
        wheel_free(&wheel);
        assert_null(wheel);
    }
}

static void test_far_timer_survives_the_horizon(void **state)
{
    uint64_t now = clock_now_ms(), day = 86400000;
    struct wheel *wheel = wheel_new(now);
    struct probe probe = { 0 };
    (void)state;

    wheel_arm(wheel, &probe.timer, 3 * day, on_fire);
    running_at = now + 3 * day - 1000;
    assert_int_equal(wheel_run(wheel, running_at), 0);
    running_at = now + 3 * day + 1000;
    assert_int_equal(wheel_run(wheel, running_at), 1);
    assert_int_equal(probe.fired_ms, running_at);
    wheel_free(&wheel);
}

static void test_disarm_and_rearm(void **state)
{
    uint64_t now = clock_now_ms();
    struct wheel *wheel = wheel_new(now);
    struct probe a = { 0 }, b = { 0 };
    (void)state;

    assert_true(wheel_next_ms(wheel, now) == UINT64_MAX);
    wheel_arm(wheel, &a.timer, 100, on_fire);
    wheel_arm(wheel, &b.timer, 100, on_fire);
    wheel_disarm(&a.timer);
    wheel_disarm(&a.timer);
    wheel_arm(wheel, &b.timer, 5000, on_fire);
    assert_in_range(wheel_next_ms(wheel, now), 1, 5020);
    assert_int_equal(wheel_run(wheel, now + 4900), 0);
    assert_int_equal(wheel_run(wheel, now + 5100), 1);
    assert_int_equal(a.fired_ms, 0);
    wheel_free(&wheel);
}

static void test_next_is_never_late(void **state)
{
    uint64_t now = clock_now_ms();
    struct wheel *wheel = wheel_new(now);
    struct probe probe = { 0 };
    (void)state;

    for (uint64_t delay = 1; delay < 40000000; delay = delay * 3 + 1) {
        wheel_arm(wheel, &probe.timer, delay, on_fire);
        uint64_t next = wheel_next_ms(wheel, now);
        assert_true(next <= delay + 2 * WHEEL_TICK_MS);
    }
    wheel_free(&wheel);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_fires_once_at_its_tick),
        cmocka_unit_test(test_far_timer_survives_the_horizon),
        cmocka_unit_test(test_disarm_and_rearm),
        cmocka_unit_test(test_next_is_never_late),
    };
    return cmocka_run_group_tests_name("wheel", tests, NULL, NULL);
}
