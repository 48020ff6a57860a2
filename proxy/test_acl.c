/* SPDX-License-Identifier: Apache-2.0 */
/* Access list: patterns taken and refused, innermost block, many entries, one log line per minute.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acl.h"
#include "acl_log.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct net_addr addr_of(char const *text)
{
    struct net_addr addr;
    assert_int_equal(net_addr_parse(&addr, text, 5060), 0);
    return addr;
}

static void test_patterns(void **state)
{
    static struct {
        char const *pattern;
        int result;
    } const rows[] = {
        { "192.0.2.0/24", 0 },
        { "192.0.2.1", 0 },
        { "192.0.2.0/25", 0 },
        { "2001:db8::/32", 0 },
        { "::1", 0 },
        { "192.0.2.1", -EEXIST },
        { "192.0.2.1/32", -EEXIST },
        { "192.0.2.0/24", -EEXIST },
        { "192.0.2.1/24", -EINVAL },
        { "192.0.2.0/33", -EINVAL },
        { "192.0.2.0/", -EINVAL },
        { "192.0.2", -EINVAL },
        { "2001:db8::/129", -EINVAL },
        { "pbx.example.test", -EINVAL },
        { "192.0.2.1:5060", -EINVAL },
        { "", -EINVAL },
    };
    (void)state;
    struct acl *acl = acl_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (acl_add(acl, rows[i].pattern, "") != rows[i].result)
            fail_msg("%s", rows[i].pattern);
    assert_int_equal(acl_count(acl), 5);
    acl_free(&acl);
    assert_null(acl);
    acl_free(&acl);
}

static void test_innermost_block_counts(void **state)
{
    static char const *const patterns[] = {
        "10.1.2.3",    "10.0.0.0/8",      "10.1.2.0/24",    "10.1.0.0/16",
        "10.1.2.0/30", "10.255.255.255",  "192.0.2.128/25", "0.0.0.0/32",
        "::/0",        "2001:db8:1::/48", "2001:db8::/32",  "255.255.255.255",
    };
    static struct {
        char const *source;
        char const *pattern; /* NULL: refused */
    } const rows[] = {
        { "10.0.0.0", "10.0.0.0/8" },
        { "10.1.2.3", "10.1.2.3" },
        { "10.1.2.2", "10.1.2.0/30" },
        { "10.1.2.4", "10.1.2.0/24" },
        { "10.1.3.0", "10.1.0.0/16" },
        { "10.2.0.0", "10.0.0.0/8" },
        { "10.255.255.254", "10.0.0.0/8" },
        { "10.255.255.255", "10.255.255.255" },
        { "11.0.0.0", NULL },
        { "9.255.255.255", NULL },
        { "0.0.0.0", "0.0.0.0/32" },
        { "0.0.0.1", NULL },
        { "255.255.255.255", "255.255.255.255" },
        { "192.0.2.127", NULL },
        { "192.0.2.128", "192.0.2.128/25" },
        { "192.0.2.255", "192.0.2.128/25" },
        { "192.0.3.0", NULL },
        { "::ffff:10.1.2.3", "10.1.2.3" },
        { "[2001:db8:1::1]", "2001:db8:1::/48" },
        { "[2001:db8:2::1]", "2001:db8::/32" },
        { "[2001:db9::1]", "::/0" },
        { "[::1]", "::/0" },
    };
    (void)state;
    struct acl *acl = acl_new();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert_int_equal(acl_add(acl, patterns[i], ""), 0);
    acl_seal(acl);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_addr source = addr_of(rows[i].source);
        struct acl_entry const *entry = acl_find(acl, &source);
        if (!entry != !rows[i].pattern)
            fail_msg("%s: %s", rows[i].source, entry ? entry->pattern : "refused");
        if (entry)
            assert_string_equal(entry->pattern, rows[i].pattern);
    }
    assert_string_equal(acl_at(acl, 3)->pattern, "10.1.0.0/16");
    assert_null(acl_at(acl, sizeof patterns / sizeof *patterns));
    acl_free(&acl);
}

static void test_empty_list_admits_nobody(void **state)
{
    struct net_addr source = addr_of("127.0.0.1");
    (void)state;
    struct acl *acl = acl_new();
    acl_seal(acl);
    assert_null(acl_find(acl, &source));
    acl_free(&acl);
}

static void test_hits(void **state)
{
    struct net_addr source = addr_of("192.0.2.7"), other = addr_of("192.0.3.7");
    (void)state;
    struct acl *acl = acl_new();
    assert_int_equal(acl_add(acl, "192.0.2.0/24", "pool"), 0);
    acl_seal(acl);
    assert_non_null(acl_admit(acl, &source));
    assert_non_null(acl_admit(acl, &source));
    assert_null(acl_admit(acl, &other));
    assert_non_null(acl_find(acl, &source));
    assert_int_equal(acl_at(acl, 0)->hits, 2);
    acl_free(&acl);
}

/* Against the plain definition: the longest of all blocks that contain the address. */
static void test_many_against_linear_search(void **state)
{
    enum { ENTRIES = 1000, PROBES = 4000 };
    static char patterns[ENTRIES][32];
    struct acl *acl = acl_new();
    unsigned random = 1;
    size_t n = 0;
    (void)state;
    while (n < ENTRIES) {
        random = random * 1103515245u + 12345u;
        unsigned bits = 8 + (random >> 8) % 25, addr = (random ^ random << 13) & 0x0fffffffu;
        addr &= ~0u << (32 - bits);
        (void)snprintf(patterns[n], sizeof patterns[n], "%u.%u.%u.%u/%u", addr >> 24,
                       addr >> 16 & 255, addr >> 8 & 255, addr & 255, bits);
        n += acl_add(acl, patterns[n], "") == 0;
    }
    acl_seal(acl);
    for (int probe = 0; probe < PROBES; probe++) {
        random = random * 1103515245u + 12345u;
        struct net_addr source = { .in = { .sin_family = AF_INET } };
        source.in.sin_addr.s_addr = htonl((random ^ random << 13) & 0x0fffffffu);
        struct acl_entry const *best = NULL;
        for (size_t i = 0; i < n; i++) {
            struct acl_entry const *entry = acl_at(acl, i);
            if (net_cidr_contains(&entry->block, &source) &&
                (!best || entry->block.bits > best->block.bits))
                best = entry;
        }
        assert_ptr_equal(acl_find(acl, &source), best);
    }
    acl_free(&acl);
}

static void test_one_line_per_minute(void **state)
{
    struct net_addr a = addr_of("192.0.2.1:1000"), again = addr_of("192.0.2.1:2000"),
                    b = addr_of("[2001:db8::1]:1000");
    uint64_t suppressed;
    (void)state;
    struct acl_log *log = acl_log_new();
    assert_true(acl_log_due(log, &a, 1000, &suppressed));
    assert_int_equal(suppressed, 0);
    assert_false(acl_log_due(log, &again, 1001, &suppressed));
    assert_false(acl_log_due(log, &a, 60999, &suppressed));
    assert_true(acl_log_due(log, &b, 30000, &suppressed));
    assert_true(acl_log_due(log, &a, 61000, &suppressed));
    assert_int_equal(suppressed, 2);
    assert_false(acl_log_due(log, &a, 61001, &suppressed));
    assert_true(acl_log_due(log, &a, 121000, &suppressed));
    assert_int_equal(suppressed, 1);
    acl_log_free(&log);
}

static void test_many_sources_are_bounded(void **state)
{
    struct net_addr source = { .in = { .sin_family = AF_INET } };
    uint64_t suppressed;
    size_t lines = 0;
    (void)state;
    struct acl_log *log = acl_log_new();
    for (unsigned i = 0; i < 5 * ACL_LOG_SOURCES; i++) {
        source.in.sin_addr.s_addr = htonl(0x0a000000u + i);
        lines += acl_log_due(log, &source, 1000 + i / 1000, &suppressed);
    }
    assert_int_equal(lines, ACL_LOG_SOURCES);
    source.in.sin_addr.s_addr = htonl(0x0b000000u);
    assert_false(acl_log_due(log, &source, 2000, &suppressed));
    assert_true(acl_log_due(log, &source, 2000 + ACL_LOG_QUIET_MS, &suppressed));
    acl_log_free(&log);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_innermost_block_counts),
        cmocka_unit_test(test_empty_list_admits_nobody),
        cmocka_unit_test(test_hits),
        cmocka_unit_test(test_many_against_linear_search),
        cmocka_unit_test(test_one_line_per_minute),
        cmocka_unit_test(test_many_sources_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
