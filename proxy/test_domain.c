/* SPDX-License-Identifier: Apache-2.0 */
/* Which URIs mean this node. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain.h"
#include <stdlib.h>

static void add_listener(struct domain *domain, uint16_t listener, char const *text)
{
    struct net_addr addr;
    assert_int_equal(net_addr_parse(&addr, text, 0), 0);
    assert_int_equal(domain_add_listener(domain, listener, &addr, NULL), 0);
}

static struct domain *make_domain(void)
{
    struct domain *domain = domain_new();
    assert_int_equal(domain_add_host(domain, "example.test"), 0);
    assert_int_equal(domain_add_host(domain, "192.0.2.100"), 0);
    add_listener(domain, 0, "127.0.0.1:5060");
    add_listener(domain, 1, "127.0.0.1:5049");
    add_listener(domain, 2, "[2001:db8::5]:5070");
    return domain;
}

static void test_uris(void **state)
{
    static struct {
        char const *uri;
        bool own;
        int listener;
    } const rows[] = {
        { "sip:example.test", true, -1 },
        { "sip:alice@EXAMPLE.test", true, -1 },
        { "sip:alice@example.test.", true, -1 },
        { "sip:alice@example.test:5049", true, -1 },
        { "sip:alice@example.test:40112", false, -1 },
        { "sips:alice@example.test", true, -1 },
        { "sip:example.test.evil", false, -1 },
        { "sip:ple.test", false, -1 },
        { "sip:sub.example.test", false, -1 },
        { "sip:127.0.0.1", true, 0 },
        { "sip:127.0.0.1:5060;transport=tcp;lr", true, 0 },
        { "sip:127.0.0.1:5049", true, 1 },
        { "sip:cti@127.0.0.1:5082", false, -1 },
        { "sip:127.0.0.2:5060", false, -1 },
        { "sip:localhost:5060", true, -1 },
        { "sip:localhost", true, -1 },
        { "sip:localhost:5082", false, -1 },
        { "sip:192.0.2.100", true, -1 },
        { "sip:192.0.2.100:5049", true, -1 },
        { "sip:192.0.2.100:5099", false, -1 },
        { "sip:[2001:db8::5]:5070", true, 2 },
        { "sip:[2001:DB8:0::5]:5070", true, 2 },
        { "sip:[2001:0db8:0000:0:0::0005]:5070", true, 2 },
        { "sip:[2001:db8::6]:5070", false, -1 },
        { "sip:[::ffff:127.0.0.1]", true, 0 },
        { "sip:[::ffff:c000:264]:5060", true, -1 },
        { "sip:[2001:db8::5]", false, -1 },
        { "sip:127.0.0.1:99999", false, -1 },
        { "tel:2001", false, -1 },
        { "mailto:alice@example.test", false, -1 },
    };
    (void)state;
    struct domain *domain = make_domain();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int listener = 77;
        su_home_t home[1] = { SU_HOME_INIT(home) };
        url_t *url = url_make(home, rows[i].uri);
        assert_non_null(url);
        if (domain_owns(domain, url, &listener) != rows[i].own || listener != rows[i].listener)
            fail_msg("%s: listener %d", rows[i].uri, listener);
        su_home_deinit(home);
    }
    domain_free(&domain);
    domain_free(&domain);
}

static void test_unspecified_listener_means_every_address(void **state)
{
    (void)state;
    struct domain *domain = domain_new();
    add_listener(domain, 0, "0.0.0.0:5060");
    int listener = 77;
    assert_true(domain_owns_host(domain, "127.0.0.1", 5060, &listener));
    assert_int_equal(listener, 0);
    assert_false(domain_owns_host(domain, "127.0.0.1", 5061, NULL));
    assert_false(domain_owns_host(domain, "192.0.2.99", 5060, NULL));
    domain_free(&domain);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_uris),
        cmocka_unit_test(test_unspecified_listener_means_every_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
