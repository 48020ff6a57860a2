/* SPDX-License-Identifier: Apache-2.0 */
/* Lines per source and minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log_sources.h"

static struct net_addr addr_of(char const *text)
{
    struct net_addr addr;

    assert_int_equal(net_addr_parse(&addr, text, 0), 0);
    return addr;
}

static void test_one_line_per_minute(void **state)
{
    struct net_addr a = addr_of("192.0.2.1:1000"), again = addr_of("192.0.2.1:2000"),
                    b = addr_of("[2001:db8::1]:1000");
    uint64_t suppressed;
    (void)state;
    struct log_sources *log = log_sources_new(1);
    assert_true(log_sources_due(log, &a, 1000, &suppressed));
    assert_int_equal(suppressed, 0);
    assert_false(log_sources_due(log, &again, 1001, &suppressed));
    assert_false(log_sources_due(log, &a, 60999, &suppressed));
    assert_true(log_sources_due(log, &b, 30000, &suppressed));
    assert_true(log_sources_due(log, &a, 61000, &suppressed));
    assert_int_equal(suppressed, 2);
    assert_false(log_sources_due(log, &a, 61001, &suppressed));
    assert_true(log_sources_due(log, &a, 121000, &suppressed));
    assert_int_equal(suppressed, 1);
    log_sources_free(&log);
}

static void test_many_sources_are_bounded(void **state)
{
    struct net_addr source = { .in = { .sin_family = AF_INET } };
    uint64_t suppressed;
    size_t lines = 0;
    (void)state;
    struct log_sources *log = log_sources_new(1);
    for (unsigned i = 0; i < 5 * LOG_SOURCES_MAX; i++) {
        source.in.sin_addr.s_addr = htonl(0x0a000000u + i);
        lines += log_sources_due(log, &source, 1000 + i / 1000, &suppressed);
    }
    assert_int_equal(lines, LOG_SOURCES_MAX);
    source.in.sin_addr.s_addr = htonl(0x0b000000u);
    assert_false(log_sources_due(log, &source, 2000, &suppressed));
    assert_true(log_sources_due(log, &source, 2000 + LOG_SOURCES_MINUTE_MS, &suppressed));
    log_sources_free(&log);
}

static void test_lines_per_minute(void **state)
{
    struct net_addr a = addr_of("192.0.2.1:1000");
    struct log_sources *log = log_sources_new(3);
    uint64_t suppressed;

    (void)state;
    for (int minute = 0; minute < 3; minute++)
        for (int i = 0; i < 5; i++) {
            uint64_t now_ms = 1000 + (uint64_t)minute * LOG_SOURCES_MINUTE_MS + (uint64_t)i;
            assert_int_equal(log_sources_due(log, &a, now_ms, &suppressed), i < 3);
            assert_int_equal(suppressed, minute > 0 && i == 0 ? 2 : 0);
        }
    log_sources_free(&log);
    log_sources_free(&log);
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_one_line_per_minute),
        cmocka_unit_test(test_many_sources_are_bounded),
        cmocka_unit_test(test_lines_per_minute),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
