/* SPDX-License-Identifier: Apache-2.0 */
/* Which keys of the configuration make a host our own, and their faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfg.h"
#include "conf_rig.h"
#include "domain.h"
#include "domain_conf.h"
#include "proxy_conf.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const *own_hosts[] = { "sip.example.test", "192.0.2.5" };
static char const *virtual_address[] = { "192.0.2.100", "2001:db8::100" };
static char const *hosted[] = { "branch.test", "Example.test", "im.other.test" };

static struct cfg_node const node = { .domain = "example.test", .name = "node1.example.test" };

static struct proxy_conf make_conf(void)
{
    return (struct proxy_conf){
        .own_hosts = { own_hosts, 2, { "c.conf", 1 } },
        .virtual_address = { virtual_address, 2, { "c.conf", 2 } },
        .srv_cluster_name = "cluster.example.test",
        .hosted_domains = { hosted, 3, { "c.conf", 4 } },
    };
}

static struct domain *make_domain(struct proxy_conf const *conf)
{
    struct net_addr addr;
    struct cfg_faults *faults = cfg_faults_new();
    struct domain *domain = domain_conf_new(conf, &node, faults);
    assert_non_null(domain);
    assert_int_equal(cfg_faults_count(faults), 0);
    cfg_faults_free(&faults);
    assert_int_equal(net_addr_parse(&addr, "127.0.0.1:5060", 0), 0);
    assert_int_equal(domain_add_listener(domain, 0, &addr, NULL), 0);
    return domain;
}

static void test_own_hosts(void **state)
{
    static struct {
        char const *host;
        uint16_t port;
        bool own;
    } const rows[] = {
        { "example.test", 0, true },
        { "node1.example.test", 5060, true },
        { "node1.example.test", 5070, false },
        { "SIP.example.test", 0, true },
        { "192.0.2.5", 0, true },
        { "192.0.2.100", 0, true },
        { "192.0.2.100", 5060, true },
        { "192.0.2.100", 5070, false },
        { "[2001:db8::100]", 0, true },
        { "[2001:DB8:0:0::0100]", 5060, true },
        { "[2001:db8::101]", 0, false },
        { "Cluster.Example.Test", 0, true },
        { "cluster.example.test", 5060, true },
        { "branch.test", 0, true },
        { "BRANCH.TEST.", 0, true },
        { "im.other.test", 0, true },
        { "other.test", 0, false },
        { "sub.branch.test", 0, false },
    };
    (void)state;
    struct proxy_conf conf = make_conf();
    struct domain *domain = make_domain(&conf);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (domain_owns_host(domain, rows[i].host, rows[i].port, NULL) != rows[i].own)
            fail_msg("%s:%u", rows[i].host, rows[i].port);
    domain_free(&domain);
}

static void test_every_name_is_listed_once(void **state)
{
    static char const *const names[] = {
        "branch.test",          "example.test",     "im.other.test", "node1.example.test",
        "cluster.example.test", "sip.example.test", "localhost"
    };
    size_t const n = sizeof names / sizeof *names;
    (void)state;
    struct proxy_conf conf = make_conf();
    struct domain *domain = make_domain(&conf);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(domain_host_at(domain, i), names[i]);
    assert_null(domain_host_at(domain, n));
    domain_free(&domain);
}

static void test_many_names(void **state)
{
    enum { MANY = 5000 };
    char host[32];
    (void)state;
    struct domain *domain = domain_new();
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(host, sizeof host, "d%u.test", i);
        assert_int_equal(domain_add_host(domain, host), 0);
    }
    for (unsigned i = 0; i < 2 * MANY; i++) {
        (void)snprintf(host, sizeof host, "D%u.Test", i);
        assert_int_equal(domain_owns_host(domain, host, 0, NULL), i < MANY);
    }
    domain_free(&domain);
}

static void test_a_hosted_domain_stands_once(void **state)
{
    char const *twice[] = { "branch.test", "other.test", "BRANCH.test" };
    struct proxy_conf conf = { .hosted_domains = { twice, 3, { "c.conf", 4 } } };
    (void)state;
    struct cfg_faults *faults = cfg_faults_new();
    struct domain *domain = domain_conf_new(&conf, &node, faults);
    char *text = conf_rig_said(&faults);
    assert_string_equal(text, "c.conf:4: hosted_domains: \"BRANCH.test\" stands twice\n");
    free(text);
    domain_free(&domain);
}

static void test_addresses(void **state)
{
    static struct {
        char const *text;
        bool good;
    } const rows[] = {
        { "192.0.2.1", true }, { "2001:db8::1", true },     { "[2001:db8::1]", true },
        { "::1", true },       { "192.0.2.1:5060", false }, { "[2001:db8::1]:5060", false },
        { "", false },         { "virtual.test", false },   { "192.0.2.0/24", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!domain_conf_check_address(rows[i].text) != rows[i].good)
            fail_msg("%s", rows[i].text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_own_hosts),  cmocka_unit_test(test_every_name_is_listed_once),
        cmocka_unit_test(test_many_names), cmocka_unit_test(test_a_hosted_domain_stands_once),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
