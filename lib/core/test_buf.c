/* SPDX-License-Identifier: Apache-2.0 */
/* Growth, the maximum, and that a failure sticks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include <string.h>

static void test_grows_and_terminates(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 1000);
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 100; i++)
        buf_printf(&buf, "%03d,", i);
    assert_true(buf_ok(&buf));
    assert_int_equal(buf.len, 400);
    assert_int_equal(strlen(buf_text(&buf)), 400);
    buf_consume(&buf, 396);
    assert_string_equal(buf_text(&buf), "099,");
    buf_consume(&buf, 99);
    assert_int_equal(buf.len, 0);
    buf_fini(&buf);
}

static void test_maximum_is_exact_and_failure_sticks(void **state)
{
    struct buf buf;
    (void)state;

    buf_init(&buf, 8);
    buf_puts(&buf, "12345678");
    assert_true(buf_ok(&buf));
    buf_puts(&buf, "9");
    assert_false(buf_ok(&buf));
    assert_string_equal(buf_text(&buf), "12345678");
    buf_puts(&buf, "");
    assert_false(buf_ok(&buf));
    buf_reset(&buf);
    buf_puts(&buf, "ok");
    assert_true(buf_ok(&buf));
    assert_string_equal(buf_text(&buf), "ok");
    buf_fini(&buf);
}

static void test_reserve_is_exact(void **state)
{
    struct buf buf;
    (void)state;

    /* What malloc gives next holds something. */
    buf_init(&buf, 1000);
    buf_reserve(&buf, 300);
    for (int i = 0; i < 300; i++)
        buf_puts(&buf, "x");
    buf_fini(&buf);
    buf_init(&buf, 1000);
    buf_reserve(&buf, 300);
    assert_int_equal(buf.size, 301);
    assert_string_equal(buf_text(&buf), ""); /* nothing was written yet */
    buf_puts(&buf, "12");
    buf_reserve(&buf, 298);
    assert_int_equal(buf.size, 301);
    buf_reserve(&buf, 999);
    assert_false(buf_ok(&buf));
    assert_string_equal(buf_text(&buf), "12");
    buf_fini(&buf);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_grows_and_terminates),
        cmocka_unit_test(test_maximum_is_exact_and_failure_sticks),
        cmocka_unit_test(test_reserve_is_exact),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
