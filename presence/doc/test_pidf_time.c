/* SPDX-License-Identifier: Apache-2.0 */
/* Times of RFC 3339, read and printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pidf_time.h"
#include <errno.h>

static struct {
    char const *text;
    int64_t ms;
    char const *printed; /* NULL: as it was */
} const good[] = {
    { "1970-01-01T00:00:00Z", 0, NULL },
    { "2001-10-27T16:49:29Z", 1004201369000, NULL },
    { "2003-08-15T16:46:32.120Z", 1060965992120, NULL },
    { "1985-04-12T23:20:50.52Z", 482196050520, "1985-04-12T23:20:50.520Z" },
    { "1996-12-19T16:39:57-08:00", 851042397000, "1996-12-20T00:39:57Z" },
    { "1937-01-01T12:00:27.87+00:20", -1041337172130, "1937-01-01T11:40:27.870Z" },
    { "1990-12-31T23:59:60Z", 662688000000, "1991-01-01T00:00:00Z" },
    { "2004-02-29t00:00:00z", 1078012800000, "2004-02-29T00:00:00Z" },
    { "2026-11-21T18:00:00.123456789Z", 1795284000123, "2026-11-21T18:00:00.123Z" },
    { "0000-01-01T00:00:00Z", INT64_C(-62167219200000), NULL },
    { "9999-12-31T23:59:59Z", INT64_C(253402300799000), NULL },
};

static char const *const bad[] = {
    "",
    "2001-10-27",
    "2001-10-27 16:49:29Z",
    "2001-10-27T16:49:29",
    "2001-10-27T16:49Z",
    "2001-13-27T16:49:29Z",
    "2001-02-29T16:49:29Z",
    "1900-02-29T16:49:29Z",
    "2001-10-32T16:49:29Z",
    "2001-10-00T16:49:29Z",
    "2001-10-27T24:49:29Z",
    "2001-10-27T16:60:29Z",
    "2001-10-27T16:49:61Z",
    "2001-10-27T16:49:29.Z",
    "2001-10-27T16:49:29+0100",
    "2001-10-27T16:49:29+24:00",
    "2001-10-27T16:49:29Z ",
    "-001-10-27T16:49:29Z",
    "20011-10-27T16:49:29Z",
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char text[PIDF_TIME_TEXT];
        int64_t ms = 1;
        assert_int_equal(pidf_time_parse(good[i].text, &ms), 0);
        assert_int_equal(ms, good[i].ms);
        assert_string_equal(pidf_time_print(ms, text),
                            good[i].printed ? good[i].printed : good[i].text);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t ms;
        assert_int_equal(pidf_time_parse(bad[i], &ms), -EINVAL);
    }
}

static void test_far(void **state)
{
    char text[PIDF_TIME_TEXT];

    (void)state;
    assert_string_equal(pidf_time_print(INT64_MIN, text), "0000-01-01T00:00:00Z");
    assert_string_equal(pidf_time_print(INT64_MAX, text), "9999-12-31T23:59:59.999Z");
    assert_string_equal(pidf_time_print(-1, text), "1969-12-31T23:59:59.999Z");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
