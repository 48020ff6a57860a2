/* SPDX-License-Identifier: Apache-2.0 */
/* What the decision makes of federated domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cfg.h"
#include "domain.h"
#include "federation.h"
#include "federation_conf.h"
#include "message.h"
#include "origin.h"
#include "proxy_conf.h"
#include "route_decide.h"
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

enum { SIP = FEDERATION_CONF_SIP, XMPP = FEDERATION_CONF_XMPP, ANY = TRANSPORT_KINDS };

/* clang-format off */
static struct proxy_conf_target targets[] = {
    { .name = "gateway", .uri = "sip:192.0.2.9:5084" },
    { .name = "special", .uri = "sip:192.0.2.8" },
};
static struct proxy_conf_route routes[] = {
    { .name = "first", .pred = { [ROUTE_PRED_domain] = "routed.example" }, .to = "special" },
};
static struct federation_conf domains[] = {
    { .name = "dns.example", .next_hop = "", .transport = ANY },
    { .name = "hop.example", .next_hop = "192.0.2.1", .port = 5070, .transport = TRANSPORT_TCP },
    { .name = "*.hop.example", .next_hop = "192.0.2.2", .transport = ANY, .listener = "edge" },
    { .name = "named.example", .next_hop = "", .transport = ANY, .listener = "edge" },
    { .name = "chat.example", .federation = XMPP, .next_hop = "", .transport = ANY },
    { .name = "routed.example", .next_hop = "192.0.2.3", .transport = ANY },
};
/* clang-format on */

static struct cfg_node const node = { .domain = "example.test", .name = "node1.example.test" };

static struct row {
    char const *uri;
    char const *rule;
    char const *hop; /* URI of the one hop, "" = Request-URI; or the refusal's reason */
    char const *listener;
} const rows[] = {
    { "sip:bob@dns.example", "domains[dns.example]", "", "" },
    { "sip:bob@DNS.Example.:5070", "domains[dns.example]", "", "" },
    { "sip:bob@hop.example", "domains[hop.example]", "sip:192.0.2.1:5070;transport=tcp", "out" },
    { "sip:bob@a.b.hop.example", "domains[*.hop.example]", "sip:192.0.2.2", "edge" },
    { "sip:bob@named.example", "domains[named.example]", "", "edge" },
    { "sips:bob@hop.example", "domains[hop.example]", "sip:192.0.2.1:5070;transport=tcp", "out" },
    { "sip:bob@chat.example", "domains[chat.example]", "sip:192.0.2.9:5084", "out" },
    /* routes by method win, and so does the way that the URI says itself */
    { "sip:bob@routed.example", "method_routes[first]", "sip:192.0.2.8", "out" },
    { "sip:bob@hop.example;maddr=192.0.2.99", "relay", "relay", NULL },
    { "sip:bob@chat.example;maddr=192.0.2.99", "relay", "relay", NULL },
    { "sip:bob@other.example", "relay", "relay", NULL },
    { "sip:bob@example.test", "own-domain", "no_route", NULL },
};

static struct rig {
    struct proxy_conf conf;
    struct route_table *table;
    struct federation *federation;
} rig;

static void rig_open(bool with_gateway)
{
    struct cfg_groups const list = { domains, sizeof domains / sizeof *domains };
    struct cfg_faults *faults = cfg_faults_new();
    rig.conf = (struct proxy_conf){
        .workers = 1,
        .targets = { targets, sizeof targets / sizeof *targets },
        .method_routing = true,
        .method_routes = { routes, sizeof routes / sizeof *routes },
        .preferred_listener = "out",
        .xmpp_gateway = with_gateway ? "gateway" : "",
    };
    rig.table = route_table_new(&rig.conf, &node, faults);
    assert_non_null(rig.table);
    rig.federation = federation_new(&list, rig.table->own, faults);
    assert_non_null(rig.federation);
    assert_int_equal(cfg_faults_count(faults), 0);
    cfg_faults_free(&faults);
}

static void rig_close(void)
{
    federation_free(&rig.federation);
    route_table_free(&rig.table);
}

static void decide(char const *uri, struct route_trace const *trace, struct route_decision *ret)
{
    char text[1000];
    struct origin const origin = { .kind = TRANSPORT_UDP };
    struct route_inputs const inputs = { .table = rig.table, .federation = rig.federation };
    int len = snprintf(text, sizeof text,
                       "MESSAGE %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                       "From: <sip:a@example.test>;tag=1\r\nTo: <%s>\r\nCall-ID: a\r\n"
                       "CSeq: 1 MESSAGE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
                       uri, uri);
    msg_t *msg = message_parse(text, (size_t)len);
    assert_non_null(msg);
    struct route_request request = { .sip = sip_object(msg) };
    route_decide(&inputs, &origin, &request, trace, ret);
    msg_destroy(msg);
}

static char const *text_of(struct route_decision const *decision, char ret[static 200])
{
    ret[0] = '\0';
    if (decision->refusal)
        (void)snprintf(ret, 200, "%s", refusal_row(decision->refusal)->reason);
    else if (decision->hops[0].uri)
        (void)url_e(ret, 200, decision->hops[0].uri);
    return ret;
}

static void test_decisions(void **state)
{
    (void)state;
    rig_open(true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct route_decision decision;
        char hop[200];
        decide(rows[i].uri, NULL, &decision);
        bool forwards = rows[i].listener != NULL;
        assert_int_equal(decision.verdict, forwards ? ROUTE_FORWARD : ROUTE_REFUSE);
        assert_int_equal(decision.n_hops, forwards);
        assert_int_equal(decision.federated != NULL, strncmp(rows[i].rule, "domains[", 8) == 0);
        char const *listener = forwards ? decision.hops[0].listener : NULL;
        if (strcmp(decision.rule_name, rows[i].rule) != 0 ||
            strcmp(text_of(&decision, hop), rows[i].hop) != 0 ||
            strcmp(listener ? listener : "", forwards ? rows[i].listener : "") != 0)
            fail_msg("%s: %s %s %s", rows[i].uri, decision.rule_name, hop, listener);
    }
    rig_close();
}

static void test_without_a_gateway(void **state)
{
    struct route_decision decision;
    (void)state;
    rig_open(false);
    decide("sip:bob@chat.example", NULL, &decision);
    assert_int_equal(decision.verdict, ROUTE_REFUSE);
    assert_int_equal(decision.refusal, REFUSAL_xmpp_gateway);
    assert_string_equal(decision.rule_name, "domains[chat.example]");
    assert_non_null(decision.federated);
    decide("sip:bob@hop.example", NULL, &decision);
    assert_int_equal(decision.verdict, ROUTE_FORWARD);
    rig_close();
}

static void note(void *ctx, char const *rule, bool taken, char const *why)
{
    char *text = ctx;
    size_t len = strlen(text);
    (void)snprintf(text + len, 1000 - len, "%s=%d(%s)\n", rule, taken, why);
}

static void test_trace(void **state)
{
    static struct {
        char const *uri, *line;
    } const vectors[] = {
        { "sip:bob@dns.example", "domains[dns.example]=1(federated by SIP: by DNS)\n" },
        { "sip:bob@hop.example", "domains[hop.example]=1(federated by SIP: to its next hop)\n" },
        { "sip:bob@chat.example", "domains[chat.example]=1(federated by XMPP: to the gateway)\n" },
        { "sip:bob@x.example", "federation=0(the domain is not one of the federated ones)\n" },
        { "sip:bob@dns.example;maddr=192.0.2.1",
          "federation=0(maddr says where the request goes)\n" },
    };
    (void)state;
    rig_open(true);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        char text[1000] = "";
        struct route_trace const trace = { note, text };
        struct route_decision decision;
        decide(vectors[i].uri, &trace, &decision);
        if (!strstr(text, vectors[i].line))
            fail_msg("%s:\n%s", vectors[i].uri, text);
    }
    rig_close();
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_without_a_gateway),
        cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
