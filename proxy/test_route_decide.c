/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and what becomes of them, and the compilation of routes with its faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "cfg.h"
#include "conf_rig.h"
#include "domain.h"
#include "message.h"
#include "origin.h"
#include "proxy_conf.h"
#include "route_decide.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSTA "Content-Type: application/csta+xml\r\n"

/* clang-format off */
static struct proxy_conf_target targets[] = {
    { .name = "cti", .uri = "sip:127.0.0.1:5082;transport=tcp" },
    { .name = "presence", .uri = "sip:presence.example.test" },
};
/* clang-format on */

/* clang-format off */
static struct proxy_conf_route routes[] = {
    { .name = "",
      .pred = { [ROUTE_PRED_method] = "INVITE",
                [ROUTE_PRED_content_type] = "application/csta+xml" },
      .to = "cti" },
    { .name = "events",
      .pred = { [ROUTE_PRED_method] = "SUBSCRIBE,PUBLISH", [ROUTE_PRED_event] = "presence" },
      .to = "presence" },
    { .name = "", .pred = { [ROUTE_PRED_domain] = "rcc.example.test" }, .to = "cti" },
    { .name = "", .pred = { [ROUTE_PRED_method] = "MESSAGE" }, .to = "presence" },
    { .name = "", .pred = { [ROUTE_PRED_method] = "MESSAGE" }, .to = "cti" },
};
/* clang-format on */

static struct proxy_conf make_conf(void)
{
    return (struct proxy_conf){
        .targets = { targets, sizeof targets / sizeof *targets },
        .method_routes = { routes, sizeof routes / sizeof *routes },
        .method_routing = true,
        .relay_foreign = true,
    };
}

static struct cfg_node const node = { .domain = "example.test", .name = "node1.example.test" };

static struct route_table *make_table(struct proxy_conf const *conf)
{
    struct net_addr addr;
    struct cfg_faults *faults = cfg_faults_new();
    struct route_table *table = route_table_new(conf, &node, faults);
    assert_non_null(table);
    assert_int_equal(cfg_faults_count(faults), 0);
    cfg_faults_free(&faults);
    assert_int_equal(net_addr_parse(&addr, "127.0.0.1:5060", 0), 0);
    assert_int_equal(domain_add_listener(table->own, 0, &addr, NULL), 0);
    return table;
}

static msg_t *make_request(char const *method, char const *uri, char const *to_tag,
                           char const *headers)
{
    char text[2000];
    bool has_body = strstr(headers, "Content-Type") != NULL;
    int len = snprintf(text, sizeof text,
                       "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "From: <sip:a@example.test>;tag=1\r\nTo: <sip:2001@example.test>%s%s\r\n"
                       "Call-ID: a\r\nCSeq: 1 %s\r\nMax-Forwards: 70\r\n%s"
                       "Content-Length: %d\r\n\r\n%s",
                       method, uri, *to_tag ? ";tag=" : "", to_tag, method, headers,
                       has_body ? 2 : 0, has_body ? "hi" : "");
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    return msg;
}

/* clang-format off */
static struct row {
    char const *method, *uri, *to_tag, *headers;
    bool route_was_ours, no_hops_left, relay_off;
    enum route_verdict verdict;
    char const *rule;
    char const *target; /* or the refusal's reason */
} const rows[] = {
    /* method routes, in the own domain and on own addresses */
    { "INVITE", "sip:2001@example.test", "", CSTA, .verdict = ROUTE_FORWARD,
      .rule = "method_routes[1]", .target = "cti" },
    { "INVITE", "sip:2001@127.0.0.1", "", CSTA, .verdict = ROUTE_FORWARD,
      .rule = "method_routes[1]", .target = "cti" },
    { "INVITE", "sip:2001@node1.example.test", "", CSTA, .verdict = ROUTE_FORWARD,
      .rule = "method_routes[1]", .target = "cti" },
    { "INVITE", "sip:2001@example.test", "", CSTA, .route_was_ours = true,
      .verdict = ROUTE_FORWARD, .rule = "method_routes[1]", .target = "cti" },
    { "INVITE", "sip:2001@example.test", "", "", .verdict = ROUTE_REFUSE, .rule = "own-domain",
      .target = "no_route" },
    { "SUBSCRIBE", "sip:bob@example.test", "", "Event: presence\r\n", .verdict = ROUTE_FORWARD,
      .rule = "method_routes[events]", .target = "presence" },
    { "PUBLISH", "sip:bob@example.test", "", "Event: presence\r\n", .verdict = ROUTE_FORWARD,
      .rule = "method_routes[events]", .target = "presence" },
    { "SUBSCRIBE", "sip:bob@example.test", "", "Event: dialog\r\n", .verdict = ROUTE_REFUSE,
      .rule = "own-domain", .target = "no_route" },
    { "SUBSCRIBE", "sip:bob@example.test", "", "", .verdict = ROUTE_REFUSE, .rule = "own-domain",
      .target = "no_route" },
    /* the first rule wins */
    { "MESSAGE", "sip:bob@example.test", "", "", .verdict = ROUTE_FORWARD,
      .rule = "method_routes[4]", .target = "presence" },
    /* a domain predicate is for that domain, ours or not, and for no other */
    { "INVITE", "sip:2001@rcc.example.test", "", "", .verdict = ROUTE_FORWARD,
      .rule = "method_routes[3]", .target = "cti" },
    { "INVITE", "sip:2001@rcc.example.test", "", "", .relay_off = true, .verdict = ROUTE_FORWARD,
      .rule = "method_routes[3]", .target = "cti" },
    /* other domains */
    { "INVITE", "sip:bob@b.test", "", CSTA, .verdict = ROUTE_FORWARD, .rule = "relay" },
    { "INVITE", "sip:bob@b.test", "", CSTA, .relay_off = true, .verdict = ROUTE_REFUSE,
      .rule = "relay", .target = "relay" },
    { "INFO", "sip:cti@127.0.0.1:5082", "", "", .verdict = ROUTE_FORWARD, .rule = "relay" },
    { "INFO", "sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp", "", "",
      .verdict = ROUTE_FORWARD, .rule = "relay" },
    { "MESSAGE", "sip:alice@example.test;maddr=192.0.2.10", "", "", .relay_off = true,
      .verdict = ROUTE_REFUSE, .rule = "relay", .target = "relay" },
    /* inside a dialog */
    { "INFO", "sip:cti@127.0.0.1:5082", "t1", CSTA, .route_was_ours = true,
      .verdict = ROUTE_FORWARD, .rule = "dialog" },
    { "INFO", "sip:cti@127.0.0.1:5082", "t1", CSTA, .route_was_ours = true, .relay_off = true,
      .verdict = ROUTE_FORWARD, .rule = "dialog" },
    { "INFO", "sip:alice@example.test:40112;maddr=192.0.2.10;transport=tcp", "t1", CSTA,
      .route_was_ours = true, .verdict = ROUTE_FORWARD, .rule = "dialog" },
    { "BYE", "sip:cti@127.0.0.1:5082", "t1", "Route: <sip:other.test;lr>\r\n",
      .route_was_ours = true, .relay_off = true, .verdict = ROUTE_FORWARD, .rule = "dialog" },
    { "INVITE", "sip:2001@example.test", "t1", CSTA, .route_was_ours = true,
      .verdict = ROUTE_FORWARD, .rule = "method_routes[1]", .target = "cti" },
    { "BYE", "sip:2001@example.test", "t1", "", .verdict = ROUTE_REFUSE, .rule = "own-domain",
      .target = "no_route" },
    /* Route beyond us */
    { "INVITE", "sip:2001@example.test", "", CSTA "Route: <sip:other.test;lr>\r\n",
      .route_was_ours = true, .verdict = ROUTE_FORWARD, .rule = "route-header" },
    { "INVITE", "sip:2001@example.test", "", "Route: <sip:other.test;lr>\r\n", .relay_off = true,
      .verdict = ROUTE_REFUSE, .rule = "route-header", .target = "relay" },
    /* OPTIONS */
    { "OPTIONS", "sip:example.test", "", "", .verdict = ROUTE_ANSWER, .rule = "options" },
    { "OPTIONS", "sip:127.0.0.1:5060;transport=tcp", "", "", .verdict = ROUTE_ANSWER,
      .rule = "options" },
    { "OPTIONS", "sip:bob@example.test", "", "", .verdict = ROUTE_REFUSE, .rule = "own-domain",
      .target = "no_route" },
    { "OPTIONS", "sip:bob@b.test", "", "", .no_hops_left = true, .verdict = ROUTE_REFUSE,
      .rule = "options", .target = "max_forwards" },
    { "OPTIONS", "sip:bob@example.test", "", "", .no_hops_left = true, .verdict = ROUTE_REFUSE,
      .rule = "options", .target = "max_forwards" },
    { "OPTIONS", "sip:example.test", "", "", .no_hops_left = true, .verdict = ROUTE_ANSWER,
      .rule = "options" },
    { "OPTIONS", "sip:b.test", "", "", .verdict = ROUTE_FORWARD, .rule = "relay" },
    { "OPTIONS", "sip:127.0.0.1:5060", "", "Route: <sip:other.test;lr>\r\n",
      .verdict = ROUTE_FORWARD, .rule = "route-header" },
};
/* clang-format on */

static void check_row(struct row const *row)
{
    struct proxy_conf conf = make_conf();
    conf.relay_foreign = !row->relay_off;
    struct route_table *table = make_table(&conf);
    msg_t *msg = make_request(row->method, row->uri, row->to_tag, row->headers);
    struct route_request request = { sip_object(msg), row->route_was_ours, row->no_hops_left };
    struct origin origin = { .kind = TRANSPORT_UDP };
    struct route_inputs inputs = { .table = table };
    struct route_decision decision;
    route_decide(&inputs, &origin, &request, NULL, &decision);
    bool named = decision.n_hops > 0 && decision.hops[0].uri;
    char const *target = named              ? decision.hops[0].name
                         : decision.refusal ? refusal_row(decision.refusal)->reason
                                            : "";
    if (decision.verdict != row->verdict || strcmp(decision.rule_name, row->rule) != 0 ||
        strcmp(target, row->target ? row->target : "") != 0 || !*decision.reason)
        fail_msg("%s %s: verdict %d rule %s target %s", row->method, row->uri, decision.verdict,
                 decision.rule_name, target);
    assert_int_equal(decision.n_hops, row->verdict == ROUTE_FORWARD);
    assert_int_equal(decision.in_dialog, strcmp(row->rule, "dialog") == 0);
    msg_destroy(msg);
    route_table_free(&table);
}

static void test_decisions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

static void note_rule(void *ctx, char const *rule, bool taken, char const *why)
{
    buf_printf(ctx, "%s=%s(%s)\n", rule, taken ? "yes" : "no", why);
}

/* The rules that were looked at, as text, and what came of it. */
static void trace_rules(struct proxy_conf const *conf, char const *method, char const *headers,
                        struct buf *text, struct route_decision *ret)
{
    struct route_trace trace = { note_rule, text };
    struct origin origin = { .kind = TRANSPORT_UDP };
    struct route_table *table = make_table(conf);
    struct route_inputs const inputs = { .table = table };
    msg_t *msg = make_request(method, "sip:bob@example.test", "", headers);
    struct route_request request = { .sip = sip_object(msg) };

    buf_init(text, 10000);
    route_decide(&inputs, &origin, &request, &trace, ret);
    msg_destroy(msg);
    route_table_free(&table);
}

static void test_trace_names_every_rule(void **state)
{
    struct proxy_conf conf = make_conf();
    struct route_decision decision;
    struct buf text;
    (void)state;
    trace_rules(&conf, "SUBSCRIBE", "Event: dialog\r\n", &text, &decision);
    assert_string_equal(buf_text(&text), "dialog=no(no To tag, or no Route that names us)\n"
                                         "method_routes[1]=no(its method does not match)\n"
                                         "method_routes[events]=no(its event does not match)\n"
                                         "method_routes[3]=no(its domain does not match)\n"
                                         "method_routes[4]=no(its method does not match)\n"
                                         "method_routes[5]=no(its method does not match)\n"
                                         "own-domain=yes(own domain, and no route matches)\n");
    buf_fini(&text);
}

static void test_the_switch_passes_method_routes_by(void **state)
{
    struct proxy_conf conf = make_conf();
    struct route_decision decision;
    struct buf text;
    (void)state;
    conf.method_routing = false;
    trace_rules(&conf, "MESSAGE", "", &text, &decision);
    assert_int_equal(decision.verdict, ROUTE_REFUSE);
    assert_int_equal(decision.refusal, REFUSAL_no_route);
    assert_null(decision.rule);
    assert_non_null(strstr(buf_text(&text), "method_routes=no(method_routing is off)\n"));
    assert_null(strstr(buf_text(&text), "method_routes["));
    buf_fini(&text);
}

static void test_listener_of_a_target(void **state)
{
    static struct {
        char const *uri, *listener, *preferred, *wanted;
    } const wishes[] = {
        { "sip:192.0.2.1", "", "", NULL },
        { "sip:192.0.2.1", "", "tcp", "tcp" },
        { "sip:192.0.2.1", "udp", "tcp", "udp" },
        { "sip:192.0.2.1", "udp", "", "udp" },
        /* our own programs are behind the internal listeners */
        { "sip:127.0.0.1:5082", "", "tcp", NULL },
        { "sip:127.0.0.1:5082", "udp", "tcp", "udp" },
    };
    struct origin origin = { .kind = TRANSPORT_UDP };
    (void)state;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        struct proxy_conf_target target = { .name = "x",
                                            .uri = wishes[i].uri,
                                            .listener = wishes[i].listener };
        struct proxy_conf_route route = { .to = "x" };
        struct proxy_conf conf = { .targets = { &target, 1 },
                                   .method_routing = true,
                                   .method_routes = { &route, 1 },
                                   .preferred_listener = wishes[i].preferred };
        struct route_decision decision;
        struct route_table *table = make_table(&conf);
        struct route_inputs const inputs = { .table = table };
        msg_t *msg = make_request("MESSAGE", "sip:bob@example.test", "", "");
        struct route_request request = { .sip = sip_object(msg) };
        route_decide(&inputs, &origin, &request, NULL, &decision);
        assert_int_equal(decision.n_hops, 1);
        if (strcmp(decision.hops[0].listener ? decision.hops[0].listener : "",
                   wishes[i].wanted ? wishes[i].wanted : "") != 0)
            fail_msg("row %zu: %s", i, decision.hops[0].listener);
        msg_destroy(msg);
        route_table_free(&table);
    }
}

static void test_internal_targets(void **state)
{
    /* clang-format off */
    static struct {
        char const *uri;
        bool flag, internal;
    } const uris[] = {
        { "sip:127.0.0.1:5082", false, true },    { "sip:127.9.9.9", false, true },
        { "sip:[::1]:5082", false, true },        { "sip:localhost:5082", false, true },
        { "sip:192.0.2.1:5082", false, false },   { "sip:192.0.2.1:5082", true, true },
        { "sip:cti.example.test", false, false },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        struct proxy_conf_target target = { .name = "x",
                                            .uri = uris[i].uri,
                                            .internal = uris[i].flag };
        struct proxy_conf conf = { .targets = { &target, 1 } };
        struct route_table *table = make_table(&conf);
        assert_int_equal(table->targets[0].internal, uris[i].internal);
        route_table_free(&table);
    }
}

static void faults_of(struct proxy_conf const *conf, struct buf *text)
{
    struct cfg_faults *faults = cfg_faults_new();
    proxy_conf_check(conf, &node, faults);
    bool any = cfg_faults_count(faults) > 0;
    char *said = conf_rig_said(&faults);
    buf_puts(text, any ? said : "");
    free(said);
}

static void test_every_fault_is_named(void **state)
{
    char const *listen[] = { "udp:127.0.0.1:5060;name=a", "UDP:127.0.0.1:5060" };
    char const *internal[] = { "udp:127.0.0.1:5060;name=a" };
    /* clang-format off */
    struct proxy_conf_target bad_targets[] = {
        { { "c.conf", 10 }, "cti", "sip:127.0.0.1:5082", false, "a" },
        { { "c.conf", 11 }, "cti", "sip:127.0.0.1:5083", false, "b" },
    };
    /* clang-format on */
    /* clang-format off */
    struct acl_conf acl[] = {
        { .where = { "c.conf", 20 }, .pattern = "192.0.2.0/24" },
        { .where = { "c.conf", 21 }, .pattern = "192.0.2.0/24" },
    };
    /* clang-format on */
    /* clang-format off */
    struct proxy_conf_route bad_routes[] = {
        { { "c.conf", 30 }, "one", { [ROUTE_PRED_method] = "INVTE" }, "cti" },
        { { "c.conf", 31 }, "one", { [ROUTE_PRED_event] = "a;b" }, "ctx" },
    };
    /* clang-format on */
    static char const *const expected[] = {
        "c.conf:5: ",
        "stands twice",
        "c.conf:6: two listeners are called \"a\"",
        "c.conf:11: there is no listener called \"b\"",
        "there is no listener called \"z\"",
        "c.conf:11: target",
        "c.conf:21: acl pattern \"192.0.2.0/24\" stands twice",
        "c.conf:30: ",
        "method \"INVTE\": not a SIP method",
        "c.conf:31: ",
        "event \"a;b\": not an event package",
        "\"ctx\": there is no such target",
        "method route \"one\" stands twice",
    };
    struct proxy_conf conf = {
        .listen = { listen, 2, { "c.conf", 5 } },
        .internal = { internal, 1, { "c.conf", 6 } },
        .targets = { bad_targets, 2 },
        .acl = { acl, 2 },
        .method_routes = { bad_routes, 2 },
        .preferred_listener = "z",
    };
    struct buf text;
    (void)state;
    buf_init(&text, 100000);
    faults_of(&conf, &text);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!strstr(buf_text(&text), expected[i]))
            fail_msg("%s is missing in:\n%s", expected[i], buf_text(&text));
    buf_reset(&text);
    faults_of(&(struct proxy_conf){ .listen = { NULL, 0, { "c.conf", 3 } } }, &text);
    assert_non_null(strstr(buf_text(&text), "c.conf:3: proxy.listen: there is no listener"));
    buf_fini(&text);
}

static void test_a_good_configuration_has_no_fault(void **state)
{
    char const *listen[] = { "udp:127.0.0.1:5060", "tcp:127.0.0.1:5060" };
    struct proxy_conf conf = make_conf();
    struct buf text;
    (void)state;
    conf.listen = (struct cfg_strings){ listen, 2, { "c.conf", 1 } };
    buf_init(&text, 100000);
    faults_of(&conf, &text);
    assert_string_equal(buf_text(&text), "");
    buf_fini(&text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_trace_names_every_rule),
        cmocka_unit_test(test_the_switch_passes_method_routes_by),
        cmocka_unit_test(test_listener_of_a_target),
        cmocka_unit_test(test_internal_targets),
        cmocka_unit_test(test_every_fault_is_named),
        cmocka_unit_test(test_a_good_configuration_has_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
