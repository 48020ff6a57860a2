/* SPDX-License-Identifier: Apache-2.0 */
/* When a loop waits for messages to gather, and when it does not. */
#include "transport_gather.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { WAIT_US = 1000, START_US = 5000000 };

/* Lets 20 ms pass with a message each @p gap_us, looking at the sockets after each. */
static uint64_t play(struct transport_load *load, uint64_t gap_us)
{
    uint64_t now_us = START_US, wait_us = 0;

    *load = (struct transport_load){ .wait_us = WAIT_US, .since_us = now_us, .woken_us = now_us };
    for (; now_us < START_US + 20000; now_us += gap_us) {
        load->woken_us = now_us;
        load->messages++;
        wait_us = transport_load_wait(load, now_us + 10);
    }
    return wait_us;
}

static void test_load(void **state)
{
    static struct {
        uint64_t gap_us, wait_us;
    } const rows[] = {
        { 100, WAIT_US - 10 }, /* ten gather */
        { 490, WAIT_US - 10 }, /* two gather */
        { 600, 0 },            /* fewer */
        { 20000, 0 },
    };
    struct transport_load load;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(play(&load, rows[i].gap_us), rows[i].wait_us);
}

/* Work is time in which messages gather, too; and when the load ends, so does the waiting. */
static void test_work_and_end(void **state)
{
    struct transport_load load;

    (void)state;
    assert_true(play(&load, 100) > 0);
    load.woken_us = START_US + 21000;
    assert_int_equal(transport_load_wait(&load, load.woken_us + 400), 600);
    assert_int_equal(transport_load_wait(&load, load.woken_us + 1000), 0);
    assert_int_equal(transport_load_wait(&load, load.woken_us + 5000), 0);
    load.woken_us = START_US + 1000000;
    assert_int_equal(transport_load_wait(&load, load.woken_us), 0);
}

static void test_switched_off(void **state)
{
    struct transport_load load;

    (void)state;
    (void)play(&load, 100);
    load.wait_us = 0;
    assert_int_equal(transport_load_wait(&load, START_US + 40000), 0);
    assert_int_equal(transport_load_wait(&load, START_US + 60000), 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_work_and_end),
        cmocka_unit_test(test_switched_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
