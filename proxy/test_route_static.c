/* SPDX-License-Identifier: Apache-2.0 */
/* Static routes as a step of the decision: when they are asked, by number or by domain, what a
 * block answers, and that a call has one order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "domain.h"
#include "message.h"
#include "origin.h"
#include "proxy_conf.h"
#include "route_decide.h"
#include "static_rig.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW    STATIC_RIG_ROW
#define DOMAIN .type = STATIC_CONF_DOMAIN

static struct proxy_conf_target target = { .name = "cti", .uri = "sip:127.0.0.1:5082" };
static struct proxy_conf_route method_route = { .name = "",
                                                .pred = { [ROUTE_PRED_method] = "SUBSCRIBE" },
                                                .to = "cti" };

static struct static_conf rows[] = {
    ROW(.pattern = "8...", .next_hop = "a.test", .name = "number"),
    ROW(.pattern = "8*", .next_hop = "b.test", .transport = STATIC_CONF_UDP, .port = 0),
    ROW(.pattern = "900*", .next_hop = "", .block = true, .name = "premium"),
    ROW(.pattern = "*.example.test", .next_hop = "c.test", .name = "sub", DOMAIN),
    ROW(.pattern = "example.test", .next_hop = "d.test", .name = "own", DOMAIN),
    ROW(.pattern = "b.test", .next_hop = "192.0.2.1", .port = 5070, .name = "partner", DOMAIN),
    ROW(.pattern = "bad.test", .next_hop = "", .block = true, .name = "bad", DOMAIN),
    ROW(.pattern = "7*", .next_hop = "e.test", .in_service = false, .name = "off"),
};

static struct cfg_node const node = { .domain = "example.test" };

static struct proxy_conf conf = {
    .targets = { &target, 1 },
    .method_routes = { &method_route, 1 },
    .method_routing = true,
    .static_routes = { rows, sizeof rows / sizeof *rows },
    .route_seed = 1,
};

static struct route_table *make_table(void)
{
    struct cfg_faults *faults = cfg_faults_new();
    struct route_table *table = route_table_new(&conf, &node, faults);
    assert_non_null(table);
    assert_int_equal(cfg_faults_count(faults), 0);
    cfg_faults_free(&faults);
    return table;
}

static msg_t *make_request(char const *method, char const *uri, char const *id)
{
    char text[2000];
    int len = snprintf(text, sizeof text,
                       "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "From: <sip:a@example.test>;tag=1\r\nTo: <sip:2001@example.test>\r\n"
                       "Call-ID: %s\r\nCSeq: 1 %s\r\nMax-Forwards: 70\r\n"
                       "Content-Length: 0\r\n\r\n",
                       method, uri, id, method);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

static void decide(struct route_inputs const *inputs, char const *method, char const *uri,
                   char const *id, struct route_trace const *trace, struct route_decision *ret)
{
    struct origin origin = { .kind = TRANSPORT_UDP };
    msg_t *msg = make_request(method, uri, id);
    struct route_request request = { .sip = sip_object(msg) };
    route_decide(inputs, &origin, &request, trace, ret);
    msg_destroy(msg);
}

/* "sip:a.test:5060;transport=tcp sip:b.test;transport=udp", or the reason of the refusal. */
static char const *outcome(struct route_decision const *decision, char text[static 20000])
{
    size_t at = 0;
    text[0] = '\0';
    if (decision->verdict == ROUTE_REFUSE)
        return refusal_row(decision->refusal)->reason;
    for (unsigned i = 0; i < decision->n_hops; i++) {
        struct route_hop const *hop = &decision->hops[i];
        assert_int_equal(hop->group, i);
        assert_null(hop->request_uri);
        assert_false(hop->internal);
        assert_true(!hop->route || hop->uri == hop->route->hop->uri);
        at += (size_t)snprintf(text + at, 20000 - at, "%s%s", i ? " " : "",
                               hop->name ? hop->name : "(follow)");
    }
    return text;
}

static void test_decisions(void **state)
{
    /* clang-format off */
    static struct {
        char const *method, *uri, *rule, *outcome;
        bool relay;
    } const vectors[] = {
        /* ours: by number, then by domain */
        { "INVITE", "sip:8001@example.test", "static_routes[number]",
          "sip:a.test:5060;transport=tcp sip:b.test;transport=udp", false },
        { "INVITE", "sip:80015@example.test", "static_routes[2]", "sip:b.test;transport=udp",
          false },
        { "INVITE", "sip:bob@example.test", "static_routes[own]", "sip:d.test:5060;transport=tcp",
          false },
        { "INVITE", "sip:7001@example.test", "static_routes[own]", "sip:d.test:5060;transport=tcp",
          false },
        { "MESSAGE", "sip:9001@example.test", "static_routes[premium]", "blocked_404", false },
        { "OPTIONS", "sip:8001@example.test", "static_routes[number]",
          "sip:a.test:5060;transport=tcp sip:b.test;transport=udp", false },
        { "REGISTER", "sip:example.test", "static_routes[own]", "sip:d.test:5060;transport=tcp",
          false },
        /* somebody else's: by domain, then by number; whatever relay_foreign says */
        { "INVITE", "sip:8001@b.test", "static_routes[partner]",
          "sip:192.0.2.1:5070;transport=tcp", false },
        { "INVITE", "sip:8001@b.test:5099", "static_routes[partner]",
          "sip:192.0.2.1:5070;transport=tcp", false },
        { "INVITE", "sip:8001@bad.test", "static_routes[bad]", "blocked_404", true },
        { "INVITE", "sip:bob@sub.example.test", "static_routes[sub]",
          "sip:c.test:5060;transport=tcp", false },
        { "INVITE", "sip:80015@else.test", "static_routes[2]", "sip:b.test;transport=udp", true },
        { "INVITE", "sip:9001@else.test", "static_routes[premium]", "blocked_404", true },
        { "INVITE", "sip:bob@else.test", "relay", "(follow)", true },
        { "INVITE", "sip:bob@else.test", "relay", "relay", false },
        /* maddr has said where to */
        { "INVITE", "sip:8001@example.test;maddr=192.0.2.9", "relay", "(follow)", true },
        /* before static routes: method routes, OPTIONS for ourselves */
        { "SUBSCRIBE", "sip:8001@example.test", "method_routes[1]", "cti", false },
        { "OPTIONS", "sip:example.test", "options", "", false },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char text[20000];
        struct route_decision decision;
        conf.relay_foreign = vectors[i].relay;
        struct route_table *table = make_table();
        struct route_inputs const inputs = { .table = table };
        bool by_target = strcmp(vectors[i].outcome, "cti") == 0;
        decide(&inputs, vectors[i].method, vectors[i].uri, "c1", NULL, &decision);
        char const *got = by_target ? decision.hops[0].name : outcome(&decision, text);
        if (strcmp(decision.rule_name, vectors[i].rule) != 0 ||
            strcmp(got, vectors[i].outcome) != 0)
            fail_msg("%s %s: %s %s", vectors[i].method, vectors[i].uri, decision.rule_name, got);
        bool is_static = strncmp(vectors[i].rule, "static", 6) == 0;
        assert_int_equal(is_static, decision.static_route != NULL);
        assert_false(decision.static_cut);
        route_table_free(&table);
    }
}

static void test_blocked_with_403(void **state)
{
    struct route_decision decision;
    (void)state;
    conf.blocked_status = PROXY_CONF_BLOCKED_403;
    struct route_table *table = make_table();
    struct route_inputs const inputs = { .table = table };
    decide(&inputs, "INVITE", "sip:9001@example.test", "c1", NULL, &decision);
    assert_int_equal(decision.refusal, REFUSAL_blocked_403);
    assert_int_equal(refusal_row(decision.refusal)->status, 403);
    assert_ptr_equal(decision.static_route, static_table_at(table->statics, 2));
    route_table_free(&table);
    conf.blocked_status = PROXY_CONF_BLOCKED_404;
}

static bool all_but_a(void *ctx, struct static_route const *route)
{
    ++*(unsigned *)ctx;
    return strcmp(route->conf->next_hop, "a.test") != 0;
}

static void test_resting_hops_go_last(void **state)
{
    struct route_decision decision;
    unsigned asked = 0;
    char text[20000];
    (void)state;
    struct route_table *table = make_table();
    struct route_inputs const inputs = { .table = table,
                                         .usable = all_but_a,
                                         .usable_ctx = &asked };
    decide(&inputs, "INVITE", "sip:8001@example.test", "c1", NULL, &decision);
    assert_string_equal(outcome(&decision, text),
                        "sip:b.test;transport=udp sip:a.test:5060;transport=tcp");
    assert_int_equal(asked, 2);
    route_table_free(&table);
}

/* Orders of a few calls, as a string of the first hops. */
static void orders(int64_t seed, char ret[static 41])
{
    struct static_conf two[] = { ROW(.pattern = "8*", .next_hop = "a.test"),
                                 ROW(.pattern = "8*", .next_hop = "b.test") };
    struct proxy_conf mine = { .static_routes = { two, 2 }, .route_seed = seed };
    struct cfg_faults *faults = cfg_faults_new();
    struct route_table *table = route_table_new(&mine, &node, faults);
    struct route_inputs const inputs = { .table = table };
    for (int i = 0; i < 40; i++) {
        char id[20];
        struct route_decision decision;
        snprintf(id, sizeof id, "call-%d", i);
        decide(&inputs, "INVITE", "sip:8001@example.test", id, NULL, &decision);
        assert_int_equal(decision.n_hops, 2);
        ret[i] = decision.hops[0].name[4];
    }
    ret[40] = '\0';
    route_table_free(&table);
    cfg_faults_free(&faults);
}

static void test_one_call_one_order(void **state)
{
    char first[41], again[41];
    (void)state;
    for (int64_t seed = 0; seed < 2; seed++) { /* of the process, and a fixed one */
        orders(seed, first);
        orders(seed, again);
        assert_string_equal(first, again);
        assert_true(strchr(first, 'a') && strchr(first, 'b'));
    }
    orders(2, again);
    assert_string_not_equal(first, again);
}

static void note_rule(void *ctx, char const *rule, bool taken, char const *why)
{
    buf_printf(ctx, "%s=%s(%s)\n", rule, taken ? "yes" : "no", why);
}

static void test_trace(void **state)
{
    struct buf text;
    struct route_trace trace = { note_rule, &text };
    struct route_decision decision;
    (void)state;
    buf_init(&text, 10000);
    conf.relay_foreign = true;
    struct route_table *table = make_table();
    struct route_inputs const inputs = { .table = table };
    decide(&inputs, "INVITE", "sip:7001@else.test", "c1", &trace, &decision);
    assert_non_null(strstr(buf_text(&text),
                           "static_routes[off]=no(matches, but is out of service)\n"
                           "static_routes=no(no pattern in service matches)\n"
                           "relay=yes(another domain, by DNS)\n"));
    buf_reset(&text);
    decide(&inputs, "INVITE", "sip:8001@example.test", "c1", &trace, &decision);
    assert_non_null(strstr(buf_text(&text),
                           "static_routes[number]=yes(priority 1, weight 10)\n"
                           "static_routes[2]=yes(priority 1, weight 10)\n"
                           "static_routes[number]=yes(the static route that matches best)\n"));
    route_table_free(&table);
    buf_fini(&text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_blocked_with_403),
        cmocka_unit_test(test_resting_hops_go_last),
        cmocka_unit_test(test_one_call_one_order),
        cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
