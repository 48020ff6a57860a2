/* SPDX-License-Identifier: Apache-2.0 */
/* By what a source is admitted: access list, internal listener, certificate. */
#include "admission.h"
#include "generation.h"
#include "origin.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct {
    char const *source, *subject;
    bool internal, tls_peers;
    char const *by; /* pattern of the entry, "certificate" or "nothing" */
} const vectors[] = {
    { "192.0.2.1", NULL, false, true, "192.0.2.0/24" },
    { "192.0.2.1", "cn", false, true, "192.0.2.0/24" },
    { "198.51.100.1", NULL, false, true, "nothing" },
    { "198.51.100.1", "cn", false, true, "certificate" },
    { "198.51.100.1", "cn", false, false, "nothing" },
    /* the address of a target: on internal listeners only */
    { "127.0.0.9", NULL, false, true, "nothing" },
    { "127.0.0.9", NULL, true, true, "127.0.0.9" },
    { "127.0.0.8", NULL, true, true, "nothing" },
};

static void test_vectors(void **state)
{
    struct proxy_conf_target target = { .name = "cti", .uri = "sip:127.0.0.9:5082" };
    struct acl_conf acl = { .pattern = "192.0.2.0/24" };
    struct proxy_conf conf = { .targets = { &target, 1 }, .acl = { &acl, 1 } };
    struct cfg_node const node = { .domain = "example.test", .name = "node1" };
    (void)state;
    struct generation *generation = generation_new(&conf, &node, NULL);
    assert_non_null(generation);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct origin origin = { .kind = TRANSPORT_TLS, .tls_subject = vectors[i].subject };
        struct admission admission;
        assert_int_equal(net_addr_parse(&origin.peer, vectors[i].source, 5060), 0);
        conf.acl_tls_peers = vectors[i].tls_peers;
        bool admitted = admission_find(generation, &origin, vectors[i].internal, &admission);
        char const *by = admission.entry            ? admission.entry->rule.pattern
                         : admission.by_certificate ? "certificate"
                                                    : "nothing";
        assert_string_equal(by, vectors[i].by);
        assert_int_equal(admitted, strcmp(by, "nothing") != 0);
    }
    generation_unref(&generation);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_vectors) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
