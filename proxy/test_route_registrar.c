/* SPDX-License-Identifier: Apache-2.0 */
/* What the decision makes of REGISTER and of registered users: groups by weight, Path, the way
 * through NAT, users who are not there, and contacts that cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfg.h"
#include "clock.h"
#include "domain.h"
#include "location.h"
#include "message.h"
#include "origin.h"
#include "proxy_conf.h"
#include "registrar_conf.h"
#include "registrar_policy.h"
#include "route_decide.h"
#include "store_bindings.h"
#include "store_users.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cfg_node const node = { .domain = "example.test", .name = "node1.example.test" };
static struct registrar_conf const registrar_conf = { .realm = "" };

static struct rig {
    char folder[64], path[96];
    struct proxy_conf conf;
    struct route_table *table;
    struct registrar_policy *policy;
    struct location *location;
    struct store *store;
    struct store_users *users;
} rig;

/* The store stays unstarted: its users are none. */
static int set_up(void **state)
{
    struct cfg_faults *faults = cfg_faults_new();
    (void)state;
    (void)snprintf(rig.folder, sizeof rig.folder, "/tmp/test_route_registrar_%d", (int)getpid());
    (void)snprintf(rig.path, sizeof rig.path, "%s/test.db", rig.folder);
    rig.conf = (struct proxy_conf){ .preferred_listener = "", .xmpp_gateway = "" };
    rig.table = route_table_new(&rig.conf, &node, faults);
    size_t n_faults = cfg_faults_count(faults);
    cfg_faults_free(&faults);
    if (n_faults || !rig.table || mkdir(rig.folder, 0700) < 0)
        return -1;
    rig.policy = registrar_policy_new(&registrar_conf, node.domain, &rig.conf.hosted_domains,
                                      rig.table->own);
    rig.location = location_new();
    if (!rig.policy || !rig.location || store_open(&rig.store, rig.path, 10) < 0)
        return -1;
    return store_users_new(&rig.users, rig.store);
}

static int tear_down(void **state)
{
    (void)state;
    store_close(&rig.store);
    store_users_free(&rig.users);
    location_free(&rig.location);
    registrar_policy_free(&rig.policy);
    route_table_free(&rig.table);
    return unlink(rig.path) < 0 || rmdir(rig.folder) < 0 ? -1 : 0;
}

static void register_contacts(char const *aor, struct store_binding const *rows, size_t n)
{
    struct store_binding list[8];
    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++) {
        list[i] = rows[i];
        list[i].call_id = "c";
        list[i].user_agent = "";
        list[i].expires_s = (int64_t)(clock_wall_us() / 1000000) + 100;
    }
    assert_int_equal(location_restore(rig.location, aor, list, n), 0);
}

static void decide(char const *method, char const *uri, bool with_registrar,
                   struct route_decision *ret)
{
    char text[1000];
    struct origin const origin = { .kind = TRANSPORT_UDP };
    struct route_inputs inputs = { .table = rig.table };
    if (with_registrar) {
        inputs.registrar.policy = rig.policy;
        inputs.registrar.location = rig.location;
        inputs.registrar.users = rig.users;
    }
    int len = snprintf(text, sizeof text,
                       "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "From: <sip:a@example.test>;tag=1\r\nTo: <%s>\r\nCall-ID: a\r\n"
                       "CSeq: 1 %s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                       method, uri, uri, method);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    struct route_request request = { .sip = sip_object(msg) };
    route_decide(&inputs, &origin, &request, NULL, ret);
    msg_destroy(msg);
}

static void test_groups(void **state)
{
    static struct store_binding const rows[] = {
        { .contact = "sip:low@192.0.2.1", .path = "", .received = "", .q = 100 },
        { .contact = "sip:high@192.0.2.2;transport=tcp", .path = "", .received = "", .q = 1000 },
        { .contact = "mailto:x@y", .path = "", .received = "", .q = 900 },
        { .contact = "sip:path@192.0.2.3",
          .path = "<sip:edge.test;lr>, <sip:192.0.2.8;lr>",
          .received = "",
          .q = 1000 },
        { .contact = "sip:nat@10.0.0.1",
          .path = "",
          .received = "sip:198.51.100.7:40000;transport=udp",
          .q = 500 },
        { .contact = "sip:broken@192.0.2.4", .path = "<sip:edge", .received = "", .q = 1000 },
    };
    static struct {
        unsigned group;
        char const *request_uri, *uri, *route;
    } const wanted[] = {
        { 0, "sip:high@192.0.2.2;transport=tcp", NULL, NULL },
        { 0, "sip:path@192.0.2.3", NULL, "edge.test" },
        { 1, "sip:nat@10.0.0.1", "sip:198.51.100.7:40000;transport=udp", NULL },
        { 2, "sip:low@192.0.2.1", NULL, NULL },
    };
    struct route_decision decision;
    (void)state;
    register_contacts("alice@example.test", rows, sizeof rows / sizeof *rows);
    decide("INVITE", "sip:%61lice@Example.test;user=phone", true, &decision);
    assert_int_equal(decision.verdict, ROUTE_FORWARD);
    assert_string_equal(decision.rule_name, "registrar");
    assert_non_null(decision.contacts);
    assert_int_equal(decision.n_hops, 4);
    for (unsigned i = 0; i < 4; i++) {
        struct route_hop const *hop = &decision.hops[i];
        char text[200];
        assert_int_equal(hop->group, wanted[i].group);
        assert_true(hop->contact);
        assert_true(url_e(text, sizeof text, hop->request_uri) > 0);
        assert_string_equal(text, wanted[i].request_uri);
        assert_string_equal(hop->name, wanted[i].request_uri);
        if (wanted[i].uri) {
            assert_true(url_e(text, sizeof text, hop->uri) > 0);
            assert_string_equal(text, wanted[i].uri);
        } else {
            assert_null(hop->uri);
        }
        if (wanted[i].route) {
            assert_string_equal(hop->route_set->r_url->url_host, wanted[i].route);
            assert_non_null(hop->route_set->r_next);
        } else {
            assert_null(hop->route_set);
        }
    }
    location_list_unref(&decision.contacts);
}

static void test_verdicts(void **state)
{
    static struct store_binding const useless = {
        .contact = "mailto:x@y", .path = "", .received = "", .q = 1000
    };
    static struct {
        char const *method, *uri;
        bool with_registrar;
        enum route_verdict verdict;
        char const *rule;
    } const cases[] = {
        { "REGISTER", "sip:example.test", true, ROUTE_REGISTER, "registrar" },
        { "REGISTER", "sip:alice@node1.example.test", true, ROUTE_REGISTER, "registrar" },
        { "REGISTER", "sip:example.test", false, ROUTE_REFUSE, "own-domain" },
        { "REGISTER", "sip:other.test", true, ROUTE_REFUSE, "relay" },
        { "INVITE", "sip:nobody@example.test", true, ROUTE_REFUSE, "own-domain" },
        { "INVITE", "sip:mail@example.test", true, ROUTE_REFUSE, "own-domain" },
        { "INVITE", "sip:example.test", true, ROUTE_REFUSE, "own-domain" },
        { "OPTIONS", "sip:example.test", true, ROUTE_ANSWER, "options" },
    };
    (void)state;
    register_contacts("mail@example.test", &useless, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route_decision decision;
        decide(cases[i].method, cases[i].uri, cases[i].with_registrar, &decision);
        if (decision.verdict != cases[i].verdict || strcmp(decision.rule_name, cases[i].rule) != 0)
            fail_msg("case %zu: %d by %s", i, decision.verdict, decision.rule_name);
        assert_null(decision.contacts);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_verdicts, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("route_registrar", tests, NULL, NULL);
}
