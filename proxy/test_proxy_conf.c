/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the group "proxy" that only its own checks can refuse. */
#include "proxy_conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct vector {
    char const *keys;
    size_t faults;
} const vectors[] = {
    { "", 0 },
    { "dns_servers = \"\";", 0 },
    { "expiry_warning_days = 60; expiry_minor_days = 60; expiry_critical_days = 0;", 0 },
    { "expiry_warning_days = 10;", 1 }, /* minor is 14 days */
    { "expiry_major_days = 15; expiry_critical_days = 20;", 2 },
    { "expiry_warning_days = -1;", 1 },
    { "dns_servers = \"127.0.0.1\";", 0 },
    { "dns_servers = \"127.0.0.1:5353,192.0.2.1\";", 0 },
    { "dns_servers = \"[::1]:5353,2001:db8::1\";", 0 },
    { "dns_servers = \"dns.example.test\";", 1 },
    { "dns_servers = \"127.0.0.1,\";", 1 },
    { "dns_servers = \",127.0.0.1\";", 1 },
    { "dns_servers = \"127.0.0.1,,127.0.0.2\";", 1 },
    { "dns_servers = \"127.0.0.1:65536\";", 1 },
    { "dns_servers = \"127.0.0.1 127.0.0.2\";", 1 },
    { "virtual_address = ( \"192.0.2.1\", \"2001:db8::1\" );", 0 },
    { "virtual_address = ( \"192.0.2.1:5060\", \"virtual.test\" );", 2 },
    { "srv_cluster_name = \"\";", 0 },
    { "srv_cluster_name = \"cluster.example.test\";", 0 },
    { "srv_cluster_name = \"_sip._tcp.example.test\";", 1 },
    { "hosted_domains = ( \"a.test\", \"b-1.test\" );", 0 },
    { "listen = ( \"udp:0.0.0.0:5060\" ); advertised_host = \"192.0.2.1\";", 0 },
    { "listen = ( \"udp:0.0.0.0:5060\", \"tcp:[::]:5060\", \"udp:192.0.2.1:5060\" );", 2 },
    { "listen = ( \"udp:192.0.2.1:0\" );", 1 },
    { "hosted_domains = ( \"-a.test\", \"a.1est\", \"DOMAIN.NOT.SET\", \"\" );", 4 },
};

static size_t count_faults(char const *keys)
{
    char path[64];
    struct cfg_faults *faults = cfg_faults_new();

    snprintf(path, sizeof path, "/tmp/test_proxy_conf_%d", (int)getpid());
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "node = { domain = \"example.test\"; }; proxy = { %s };\n", keys);
    assert_int_equal(fclose(out), 0);
    struct cfg *cfg = cfg_load(path, &proxy_conf_schema, faults);
    unlink(path);
    assert_non_null(cfg);
    if (cfg_faults_count(faults) == 0)
        proxy_conf_check(cfg_get(cfg), cfg_get_node(cfg), faults);
    size_t n = cfg_faults_count(faults);
    cfg_free(&cfg);
    cfg_faults_free(&faults);
    return n;
}

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (count_faults(vectors[i].keys) != vectors[i].faults)
            fail_msg("%s: not %zu faults", vectors[i].keys, vectors[i].faults);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_values) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
