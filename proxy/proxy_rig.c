/* SPDX-License-Identifier: Apache-2.0 */
/* The rig of the forwarding tests: see proxy_rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "proxy_metrics.h"
#include "proxy_rig.h"
#include "wheel.h"
#include <poll.h>
#include <sofia-sip/sip_protos.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 20000, SILENCE_MS = 40, LISTENERS = 3 };

struct rig rig;

static struct cfg_node const node = { .domain = "example.test", .name = "node1" };

/* --- in front of the real ones -----------------------------------------------------------------
 */

void __real_route_decide(struct route_inputs const *, struct origin const *,
                         struct route_request const *, struct route_trace const *,
                         struct route_decision *);
void __wrap_route_decide(struct route_inputs const *, struct origin const *,
                         struct route_request const *, struct route_trace const *,
                         struct route_decision *);
struct resolve_query *__real_resolve_uri(struct resolver *, url_t const *, enum transport_kind,
                                         resolve_fn *, void *);
struct resolve_query *__wrap_resolve_uri(struct resolver *, url_t const *, enum transport_kind,
                                         resolve_fn *, void *);

void __wrap_route_decide(struct route_inputs const *inputs, struct origin const *origin,
                         struct route_request const *request, struct route_trace const *trace,
                         struct route_decision *ret)
{
    __real_route_decide(inputs, origin, request, trace, ret);
    if (rig.n_callees == 0 || ret->in_dialog || ret->verdict != ROUTE_FORWARD)
        return;
    ret->n_hops = rig.n_callees;
    for (unsigned i = 0; i < rig.n_callees; i++)
        ret->hops[i] = rig.callees[i].hop;
}

struct resolve_query *__wrap_resolve_uri(struct resolver *resolver, url_t const *uri,
                                         enum transport_kind fallback, resolve_fn *fn, void *ctx)
{
    if (!uri->url_host || strcmp(uri->url_host, "many.test") != 0)
        return __real_resolve_uri(resolver, uri, fallback, fn, ctx);
    fn(ctx, rig.many, rig.n_many, rig.n_many ? NULL : "no address");
    return NULL;
}

/* --- set-up ------------------------------------------------------------------------------------
 */

void rig_turn(void)
{
    uv_run(&rig.loop, UV_RUN_NOWAIT);
    wheel_run(rig.wheel, clock_now_ms());
}

void rig_advance(uint64_t ms)
{
    rig_turn();
    clock_advance_ms(ms);
    rig_turn();
}

static void peer_uri(char ret[static RIG_URI], struct wire_peer const *peer, char const *user)
{
    (void)snprintf(ret, RIG_URI, "sip:%s%s127.0.0.1:%u;transport=%s", user, *user ? "@" : "",
                   peer->port, peer->stream ? "tcp" : "udp");
}

static void fill_conf(void)
{
    static char const *listen[] = { "udp:127.0.0.1:0", "tcp:127.0.0.1:0" };
    static char const *internal[] = { "tcp:127.0.0.1:0" };
    peer_uri(rig.target_uri, &rig.server, "");
    rig.target = (struct proxy_conf_target){ .name = "cti", .uri = rig.target_uri };
    rig.acl = (struct acl_conf){ .pattern = "127.0.0.1", .description = "here" };
    rig.route = (struct proxy_conf_route){
        .name = "rcc",
        .pred = { [ROUTE_PRED_method] = "INVITE,MESSAGE", [ROUTE_PRED_event] = "" },
        .to = "cti",
    };
    rig.conf = (struct proxy_conf){
        .workers = 1,
        .listen = { .v = listen, .n = 2 },
        .internal = { .v = internal, .n = 1 },
        .advertised_host = "",
        .dns_servers = "",
        .targets = { .v = &rig.target, .n = 1 },
        .acl = { .v = &rig.acl, .n = 1 },
        .method_routes = { .v = &rig.route, .n = 1 },
        .method_routing = true,
        .relay_foreign = true,
        .peer_rules = { .backoff_min_ms = 1000,
                        .backoff_max_ms = 60000,
                        .probe_interval_s = 30,
                        .probes_max = 100,
                        .probe = PEER_PROBE_OFF },
        .max_branches = 20,
        .max_breadth = 60,
    };
    stack_limits_default(&rig.conf.limits);
    rig.conf.limits.t1_ms = RIG_T1_MS;
    rig.conf.limits.t2_ms = 8 * RIG_T1_MS;
    rig.conf.limits.t4_ms = 10 * RIG_T1_MS;
    rig.conf.limits.timer_c_ms = RIG_TIMER_C_MS;
    rig.conf.limits.idle_ms = 10 * (int64_t)RIG_TIMER_C_MS;
}

void rig_open_with(bool client_stream, bool server_stream, void (*edit)(void))
{
    memset(&rig, 0, sizeof rig);
    assert_int_equal(uv_loop_init(&rig.loop), 0);
    rig.wheel = wheel_new(clock_now_ms());
    su_home_init(rig.home);
    wire_peer_open(&rig.server, server_stream);
    fill_conf();
    if (edit)
        edit();
    struct generation *generation = generation_new(&rig.conf, &node, NULL);
    assert_non_null(generation);
    assert_int_equal(proxy_open(&rig.proxy, &rig.loop, rig.wheel, NULL, generation), 0);
    generation_unref(&generation);
    struct transport *transport = stack_transport(rig.proxy->worker.stack);
    uint16_t *ports[LISTENERS] = { &rig.udp, &rig.tcp, &rig.internal };
    for (uint16_t i = 0; i < LISTENERS; i++)
        *ports[i] = net_addr_port(transport_listener_addr(transport, i));
    if (client_stream)
        wire_peer_connect(&rig.client, rig.tcp);
    else
        wire_peer_open(&rig.client, false);
    rig_turn();
}

void rig_open(bool client_stream, bool server_stream)
{
    rig_open_with(client_stream, server_stream, NULL);
}

void rig_close(void)
{
    proxy_close(&rig.proxy);
    wire_peer_close(&rig.client);
    wire_peer_close(&rig.server);
    for (unsigned i = 0; i < rig.n_callees; i++)
        wire_peer_close(&rig.callees[i].peer);
    while (uv_run(&rig.loop, UV_RUN_NOWAIT))
        ;
    assert_int_equal(uv_loop_close(&rig.loop), 0);
    wheel_free(&rig.wheel);
    su_home_deinit(rig.home);
    assert_int_equal(met_get(&proxy_metrics, M_contexts), 0);
}

/* --- expecting ---------------------------------------------------------------------------------
 */

static bool take(struct wire_peer *peer, int wait_ms)
{
    for (int i = 0; i < wait_ms; i++) {
        rig_turn();
        if (wire_peer_take(peer, rig.text))
            return true;
        poll(NULL, 0, 1);
    }
    return false;
}

void rig_expect(struct wire_peer *peer, char const *begin)
{
    if (!take(peer, WAIT_MS))
        fail_msg("%s: nothing came", begin);
    if (strncmp(rig.text, begin, strlen(begin)) != 0)
        fail_msg("%s expected, not\n%s", begin, rig.text);
}

void rig_expect_silence(struct wire_peer *peer)
{
    if (take(peer, SILENCE_MS))
        fail_msg("silence expected, not\n%s", rig.text);
}

void rig_expect_text(char const *part)
{
    if (!strstr(rig.text, part))
        fail_msg("%s expected in\n%s", part, rig.text);
}

void rig_expect_rest(void)
{
    for (int i = 0; i < 4; i++)
        rig_advance(RIG_TIMED_OUT_MS);
    assert_int_equal(met_get(&proxy_metrics, M_contexts), 0);
    assert_int_equal(transaction_count(stack_transactions(rig.proxy->worker.stack)), 0);
}

/* --- client and server -------------------------------------------------------------------------
 */

void rig_client_sends(char const *method, unsigned cseq, char const *uri, char const *to_tag,
                      char const *top)
{
    char text[WIRE_PEER_MAX];
    bool has_branch = !strstr(top, "X-No-Branch");
    bool ack_of_2xx = strcmp(method, "ACK") == 0 && strcmp(to_tag, "s1") == 0;
    (void)snprintf(text, sizeof text,
                   "%s %s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%u%s%s%u\r\n%s"
                   "From: <sip:alice@example.test>;tag=c1\r\nTo: <sip:2001@example.test>%s%s\r\n"
                   "Call-ID: call-1\r\nCSeq: %u %s\r\nContact: <sip:alice@127.0.0.1:%u%s>\r\n"
                   "Content-Length: 0\r\n\r\n",
                   method, uri, rig.client.stream ? "TCP" : "UDP", rig.client.port,
                   has_branch ? ";branch=z9hG4bK" : "",
                   !has_branch  ? ";x="
                   : ack_of_2xx ? "ack"
                                : "c",
                   cseq, top, *to_tag ? ";tag=" : "", to_tag, cseq, method, rig.client.port,
                   rig.client.stream ? ";transport=tcp" : "");
    wire_peer_send(&rig.client, rig.client.stream ? rig.tcp : rig.udp, text);
}

void rig_client_cancels(void)
{
    rig_client_sends("CANCEL", 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    rig_expect(&rig.client, "SIP/2.0 200 ");
    rig_expect_text("CSeq: 1 CANCEL\r\n");
}

void rig_keep(void)
{
    memcpy(rig.kept, rig.text, sizeof rig.kept);
}

static void answer(struct wire_peer *peer, char const *request, char const *tag, char const *status,
                   char const *headers)
{
    bool has_tag = strstr(wire_peer_header(request, "To", 0), ";tag=") != NULL;
    bool trying = strncmp(status, "100", 3) == 0;
    wire_peer_answer(rig.answer, request, status, has_tag || trying ? "" : tag, headers);
    wire_peer_send(peer, rig.udp, rig.answer);
}

void rig_server_answers(char const *status, char const *headers)
{
    answer(&rig.server, rig.kept, "s1", status, headers);
}

void rig_invite_reaches_server(void)
{
    rig_call("INVITE");
    rig_expect(&rig.server, "INVITE " RIG_CALLED " SIP/2.0\r\n");
    rig_keep();
}

/* --- callees -----------------------------------------------------------------------------------
 */

struct rig_callee *rig_add_callee(unsigned group, bool contact, bool stream)
{
    struct rig_callee *callee = &rig.callees[rig.n_callees++];
    char name[sizeof callee->tag];
    assert_true(rig.n_callees <= RIG_CALLEES);
    wire_peer_open(&callee->peer, stream);
    (void)snprintf(name, sizeof name, "c%u", rig.n_callees);
    memcpy(callee->tag, name, sizeof name);
    peer_uri(callee->uri, &callee->peer, contact ? name : "");
    url_t const *uri = url_make(rig.home, callee->uri);
    callee->hop = (struct route_hop){ .group = group, .name = callee->tag, .contact = contact };
    if (contact)
        callee->hop.request_uri = uri;
    else
        callee->hop.uri = uri;
    return callee;
}

void rig_add_address(struct wire_peer const *peer)
{
    char text[NET_ADDR_TEXT];
    struct destination *to = &rig.many[rig.n_many++];
    to->kind = peer->stream ? TRANSPORT_TCP : TRANSPORT_UDP;
    to->listener = TRANSPORT_AUTO_LISTENER;
    (void)snprintf(text, sizeof text, "127.0.0.1:%u", peer->port);
    assert_int_equal(net_addr_parse(&to->addr, text, 0), 0);
}

void rig_call(char const *method)
{
    rig_client_sends(method, 1, RIG_CALLED, "", "Max-Forwards: 70\r\n");
    if (strcmp(method, "INVITE") == 0)
        rig_expect(&rig.client, "SIP/2.0 100 ");
}

void rig_callee_expect(struct rig_callee *callee, char const *begin)
{
    rig_expect(&callee->peer, begin);
    memcpy(callee->kept, rig.text, sizeof callee->kept);
}

void rig_callee_answers(struct rig_callee *callee, char const *status, char const *headers)
{
    answer(&callee->peer, callee->kept, callee->tag, status, headers);
}

void rig_callee_is_cancelled(struct rig_callee *callee)
{
    rig_expect(&callee->peer, "CANCEL ");
    answer(&callee->peer, rig.text, callee->tag, "200 OK", "");
    rig_callee_answers(callee, "487 Request Terminated", "");
    rig_expect(&callee->peer, "ACK ");
}
