/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that end together: each has its turn once, in order, a batch at a time. This program's
 * session_turn() stands for the session. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "farewell.h"
#include "session.h"

enum { SESSIONS = 25, BATCH = 10 };

static struct world {
    struct wheel *wheel;
    struct farewell farewell;
    struct session sessions[SESSIONS];
    unsigned told, last;
} world;

void session_turn(struct session *session)
{
    farewell_remove(&world.farewell, session);
    world.last = (unsigned)(session - world.sessions);
    world.told++;
}

static int set_up(void **state)
{
    (void)state;
    world = (struct world){ .wheel = wheel_new(clock_now_ms()) };
    assert_non_null(world.wheel);
    farewell_init(&world.farewell, world.wheel, BATCH);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    farewell_fini(&world.farewell);
    wheel_free(&world.wheel);
    return 0;
}

static void add_all(void)
{
    for (unsigned i = 0; i < SESSIONS; i++)
        farewell_add(&world.farewell, &world.sessions[i]);
}

static void pass(uint64_t ms)
{
    for (uint64_t passed = 0; passed < ms; passed += WHEEL_TICK_MS) {
        clock_advance_ms(WHEEL_TICK_MS);
        wheel_run(world.wheel, clock_now_ms());
    }
}

static void test_turns(void **state)
{
    (void)state;
    add_all();
    assert_int_equal(world.told, 0);
    unsigned before = 0, turns = 0;
    for (int i = 0; i < 20; i++, before = world.told) {
        pass(WHEEL_TICK_MS);
        assert_in_range(world.told - before, 0, BATCH);
        turns += world.told != before;
    }
    assert_int_equal(world.told, SESSIONS);
    assert_int_equal(world.last, SESSIONS - 1);
    assert_int_equal(turns, 3);
}

/* Who has left by himself is not told, and does no harm. */
static void test_removed(void **state)
{
    (void)state;
    add_all();
    farewell_remove(&world.farewell, &world.sessions[0]);
    farewell_remove(&world.farewell, &world.sessions[0]);
    farewell_remove(&world.farewell, &world.sessions[SESSIONS - 1]);
    pass(300);
    assert_int_equal(world.told, SESSIONS - 2);
    assert_int_equal(world.last, SESSIONS - 2);
}

/* One more loss, after all have been told. */
static void test_again(void **state)
{
    (void)state;
    add_all();
    pass(300);
    add_all();
    pass(300);
    assert_int_equal(world.told, 2 * SESSIONS);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_turns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
