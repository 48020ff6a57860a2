/* SPDX-License-Identifier: Apache-2.0 */
/* Which address of record a URI means, with the node's names and with hosted domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain.h"
#include "registrar_policy.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct {
    char const *uri, *aor; /* aor NULL: -ENOENT */
    char const *realm;
} const cases[] = {
    { "sip:alice@example.test", "alice@example.test", "example.test" },
    { "sips:alice@EXAMPLE.test.", "alice@example.test", "example.test" },
    { "sip:alice@node1.example.test:5060", "alice@example.test", "example.test" },
    { "sip:alice@192.0.2.1:5060", "alice@example.test", "example.test" },
    { "sip:alice@Hosted-B.test", "alice@hosted-b.test", "hosted-b.test" },
    { "sip:alice@hosted-a.test", "alice@hosted-a.test", "hosted-a.test" },
    { "sip:alice@other.test", NULL, NULL },
    { "sip:alice@192.0.2.2", NULL, NULL },
    { "sip:example.test", NULL, NULL },
    { "tel:+4930123", NULL, NULL },
};

static struct registrar_conf conf = { .realm = "" };

static struct registrar_policy *make(struct domain **ret_own)
{
    static char const *hosted[] = { "Hosted-B.test", "hosted-a.test" };
    struct cfg_strings const list = { .v = hosted, .n = 2 };
    struct net_addr addr;
    char const *const names[] = { "example.test", "node1.example.test", hosted[0], hosted[1] };
    *ret_own = domain_new();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(domain_add_host(*ret_own, names[i]), 0);
    assert_int_equal(net_addr_parse(&addr, "192.0.2.1:5060", 0), 0);
    assert_int_equal(domain_add_listener(*ret_own, 0, &addr, "192.0.2.1"), 0);
    struct registrar_policy *policy = registrar_policy_new(&conf, "Example.test", &list, *ret_own);
    assert_non_null(policy);
    return policy;
}

static void test_addresses_of_record(void **state)
{
    struct domain *own;
    struct registrar_policy *policy = make(&own);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128], aor[CONTACT_URI_AOR];
        char const *domain;
        url_t url;
        (void)snprintf(text, sizeof text, "%s", cases[i].uri);
        assert_int_equal(url_d(&url, text), 0);
        int error = registrar_policy_aor(policy, &url, aor, &domain);
        if (error != (cases[i].aor ? 0 : -ENOENT))
            fail_msg("%s: %d", cases[i].uri, error);
        if (error < 0)
            continue;
        assert_string_equal(aor, cases[i].aor);
        assert_string_equal(registrar_policy_realm(policy, domain), cases[i].realm);
    }
    conf.realm = "one for all";
    assert_string_equal(registrar_policy_realm(policy, "hosted-a.test"), "one for all");
    conf.realm = "";
    registrar_policy_free(&policy);
    domain_free(&own);
}

static void test_domains_of_users(void **state)
{
    struct domain *own;
    struct registrar_policy *policy = make(&own);
    (void)state;
    assert_string_equal(registrar_policy_serves(policy, "EXAMPLE.TEST"), "example.test");
    assert_string_equal(registrar_policy_serves(policy, "hosted-b.test"), "hosted-b.test");
    assert_null(registrar_policy_serves(policy, "node1.example.test"));
    assert_null(registrar_policy_serves(policy, ""));
    registrar_policy_free(&policy);
    domain_free(&own);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_addresses_of_record),
        cmocka_unit_test(test_domains_of_users),
    };
    return cmocka_run_group_tests_name("registrar_policy", tests, NULL, NULL);
}
