/* SPDX-License-Identifier: Apache-2.0 */
/* The ring keeps the newest records within both bounds, and serials show what was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap.h"
#include <string.h>

static struct tap_record const like = { .direction = TAP_SENT, .transport = "udp" };

static void test_bounds(void **state)
{
    struct tap *tap = tap_new(3, 100);
    (void)state;

    assert_null(tap_next(tap, 0));
    for (int i = 0; i < 5; i++)
        tap_add(tap, &like, "message", 7);
    struct tap_record const *r = tap_next(tap, 0);
    assert_int_equal(r->serial, 3);
    assert_string_equal(r->bytes, "message");
    assert_string_equal(r->transport, "udp");
    assert_int_equal(tap_next(tap, 4)->serial, 5);
    assert_null(tap_next(tap, 5));

    char big[90];
    memset(big, 'x', sizeof big);
    tap_add(tap, &like, big, sizeof big);
    assert_int_equal(tap_next(tap, 0)->serial, 5); /* 7 + 90 bytes fit, one more record would not */
    tap_add(tap, &like, big, 101);
    assert_null(tap_next(tap, 6));
    tap_free(&tap);
    assert_null(tap);
    tap_free(&tap);
    tap_add(NULL, &like, "x", 1);
}

/* A slot holds what came last, whether that is larger or smaller than what was in it before. */
static void test_slots_are_used_again(void **state)
{
    static size_t const lens[] = { 10, 5000, 7, 0, 2000, 1, 4999, 2500, 2499, 3 };
    static char text[5001];
    struct tap *tap = tap_new(2, 100000);
    (void)state;

    memset(text, 'x', sizeof text);
    for (uint64_t round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
            text[0] = (char)('a' + i);
            tap_add(tap, &like, text, lens[i]);
            struct tap_record const *r = tap_next(tap, round * 10 + i);
            assert_int_equal(r->serial, round * 10 + i + 1);
            assert_int_equal(r->len, lens[i]);
            assert_int_equal(strlen(r->bytes), lens[i]);
            assert_memory_equal(r->bytes, text, lens[i]);
        }
    tap_free(&tap);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_slots_are_used_again),
    };
    return cmocka_run_group_tests_name("tap", tests, NULL, NULL);
}
