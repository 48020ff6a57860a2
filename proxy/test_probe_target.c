/* SPDX-License-Identifier: Apache-2.0 */
/* What HOST[:PORT] and the options of a probe mean. */
#include "domain.h"
#include "probe_target.h"
#include "proxy_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ALL_OF_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."

static void edit(void)
{
    rig.target.uri = "sip:hop.test:5071;transport=tcp";
}

static struct {
    struct probe_target_words words;
    char const *uri, *server_name; /* or what is wrong, and NULL */
} const vectors[] = {
    { { .peer = "a.test" }, "sip:a.test", "a.test" },
    { { .peer = "A.Test:5070" }, "sip:a.test:5070", "a.test" },
    { { .peer = "a.test:5061" }, "sip:a.test:5061;transport=tls", "a.test" },
    { { .peer = "a.test:5062" }, "sip:a.test:5062;transport=tls", "a.test" },
    { { .peer = "a.test:5061", .transport = "TCP" }, "sip:a.test:5061;transport=tcp", "a.test" },
    { { .peer = "a.test", .transport = "udp" }, "sip:a.test;transport=udp", "a.test" },
    { { .peer = "a.test", .context = "node" }, "sip:a.test;transport=tls", "a.test" },
    { { .peer = "a.test", .sni = "B.test" }, "sip:a.test;transport=tls", "b.test" },
    { { .peer = "192.0.2.1" }, "sip:192.0.2.1", "192.0.2.1" },
    { { .peer = "192.0.2.1:5061" }, "sip:192.0.2.1:5061;transport=tls", "192.0.2.1" },
    { { .peer = "2001:DB8::1" }, "sip:[2001:db8::1]", "2001:db8::1" },
    { { .peer = "[2001:db8::1]:5070" }, "sip:[2001:db8::1]:5070", "2001:db8::1" },
    /* as it is configured */
    { { .peer = "hop.test" }, "sip:hop.test:5071;transport=tcp", "hop.test" },
    { { .peer = "HOP.test:5071" }, "sip:hop.test:5071;transport=tcp", "hop.test" },
    { { .peer = "hop.test", .transport = "udp" }, "sip:hop.test:5071;transport=udp", "hop.test" },
    { { .peer = "hop.test:5072" }, "sip:hop.test:5072", "hop.test" },
    { { .peer = "shop.test" }, "sip:shop.test", "shop.test" },
    /* not at all */
    { { .peer = NULL }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = ":5060" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test:" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test:0" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test:65536" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test:5060x" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test:+1" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a test" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "sip:a.test" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test\r\nX: y" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = ALL_OF_63 ALL_OF_63 ALL_OF_63 ALL_OF_63 "a" }, "peer wants HOST[:PORT]", NULL },
    { { .peer = "a.test", .transport = "ws" }, "transport wants udp, tcp or tls", NULL },
    { { .peer = "a.test", .sni = "" }, "sni wants a name or an address", NULL },
    { { .peer = "a.test", .sni = "b.test." }, "sni wants a name or an address", NULL },
};

static void test_vectors(void **state)
{
    struct probe_target target;
    char uri[PROBE_TARGET_NAME];
    (void)state;
    rig_open_with(false, false, edit);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char const *wrong = probe_target_read(&target, rig.proxy->generation, &vectors[i].words);
        print_message("# %s\n", vectors[i].words.peer ? vectors[i].words.peer : "nothing");
        if (!vectors[i].server_name) {
            assert_non_null(wrong);
            assert_string_equal(wrong, vectors[i].uri);
            continue;
        }
        assert_null(wrong);
        probe_target_print(&target, uri);
        assert_string_equal(uri, vectors[i].uri);
        assert_string_equal(target.server_name, vectors[i].server_name);
        assert_true(*target.chosen);
    }
    rig_close();
}

/* The way of a next hop, and of what our own programs send to anybody else. */
static void test_hint(void **state)
{
    struct probe_target target;
    struct worker const *worker;
    (void)state;
    rig_open_with(false, false, edit);
    worker = &rig.proxy->worker;
    for (int known = 0; known < 2; known++) {
        struct probe_target_words const words = { .peer = known ? "hop.test" : "a.test" };
        assert_null(probe_target_read(&target, rig.proxy->generation, &words));
        assert_int_equal(target.known != NULL, known);
        struct egress_hint hint = probe_target_hint(&target, worker, rig.proxy->generation);
        assert_int_equal(hint.in_listener, rig.proxy->first_internal);
        assert_int_equal(hint.named, DOMAIN_ANY_LISTENER);
        assert_false(hint.internal);
    }
    rig_close();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_hint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
