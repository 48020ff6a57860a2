/* SPDX-License-Identifier: Apache-2.0 */
/* Text forms of addresses and CIDR blocks, good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net_addr.h"
#include <string.h>

static struct {
    char const *text, *printed; /* printed NULL: refused */
} const addresses[] = {
    { "192.0.2.1", "192.0.2.1:5060" },
    { "192.0.2.1:5070", "192.0.2.1:5070" },
    { "0.0.0.0:0", "0.0.0.0:0" },
    { "2001:db8::1", "[2001:db8::1]:5060" },
    { "[2001:db8::1]", "[2001:db8::1]:5060" },
    { "[2001:db8::1]:65535", "[2001:db8::1]:65535" },
    { "::ffff:192.0.2.9", "192.0.2.9:5060" },
    { "", NULL },
    { "example.test", NULL },
    { "192.0.2.1:", NULL },
    { "192.0.2.1:65536", NULL },
    { "192.0.2.1:-1", NULL },
    { "192.0.2.1:50a", NULL },
    { "192.0.2.256", NULL },
    { "[2001:db8::1", NULL },
    { "[2001:db8::1]5060", NULL },
    { "2001:db8:::1", NULL },
    /* RFC 5118 4.10 */
    { "2001:db8:::192.0.2.1", "[2001:db8::c000:201]:5060" },
    { "[2001:db8:::192.0.2.1]:5070", "[2001:db8::c000:201]:5070" },
    { ":::192.0.2.1", "[::192.0.2.1]:5060" },
    { "2001:db8::::192.0.2.1", NULL },
    { "2001:::1:192.0.2.1", NULL },
    { "1111111111111111111111111111111111111111111111111111111", NULL },
};

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct net_addr addr;
        char text[NET_ADDR_TEXT];
        int err = net_addr_parse(&addr, addresses[i].text, 5060);
        if (!addresses[i].printed) {
            assert_int_not_equal(err, 0);
            continue;
        }
        assert_int_equal(err, 0);
        assert_string_equal(net_addr_print(&addr, text), addresses[i].printed);
    }
}

static struct {
    char const *block, *addr;
    int contains; /* -1: the block is refused */
} const blocks[] = {
    { "192.0.2.0/24", "192.0.2.255", 1 },
    { "192.0.2.0/24", "192.0.3.0", 0 },
    { "192.0.2.128/25", "192.0.2.127", 0 },
    { "192.0.2.128/25", "192.0.2.129", 1 },
    { "192.0.2.7", "192.0.2.7", 1 },
    { "192.0.2.7", "192.0.2.8", 0 },
    { "0.0.0.0/0", "203.0.113.9", 1 },
    { "0.0.0.0/0", "2001:db8::1", 0 },
    { "2001:db8::/33", "2001:db8:7fff::1", 1 },
    { "2001:db8::/33", "2001:db8:8000::1", 0 },
    { "::1", "::1", 1 },
    { "192.0.2.0/24", "::ffff:192.0.2.1", 1 },
    { "192.0.2.1/24", "192.0.2.1", -1 },
    { "192.0.2.0/33", "192.0.2.1", -1 },
    { "192.0.2.0/", "192.0.2.1", -1 },
    { "192.0.2/24", "192.0.2.1", -1 },
    { "host.example", "192.0.2.1", -1 },
    { "", "192.0.2.1", -1 },
};

static void test_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        struct net_cidr block;
        struct net_addr addr;
        assert_int_equal(net_addr_parse(&addr, blocks[i].addr, 0), 0);
        assert_int_equal(net_cidr_parse(&block, blocks[i].block) < 0, blocks[i].contains < 0);
        if (blocks[i].contains >= 0)
            assert_int_equal(net_cidr_contains(&block, &addr), blocks[i].contains);
    }
}

static void test_ports_and_hosts(void **state)
{
    struct net_addr a, b;
    (void)state;

    net_addr_parse(&a, "192.0.2.1:1", 0);
    net_addr_parse(&b, "192.0.2.1:2", 0);
    assert_true(net_addr_same_host(&a, &b));
    assert_false(net_addr_equal(&a, &b));
    net_addr_set_port(&b, 1);
    assert_true(net_addr_equal(&a, &b));
    assert_false(net_addr_is_any(&a));
    net_addr_parse(&a, "[::]:5060", 0);
    assert_true(net_addr_is_any(&a));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_ports_and_hosts),
    };
    return cmocka_run_group_tests_name("net_addr", tests, NULL, NULL);
}
