/* SPDX-License-Identifier: Apache-2.0 */
/* The way of the INVITE through the proxy, as the proxy itself explains it: see doctor_judge.h. */
#include "buf.h"
#include "doctor_judge.h"
#include "net_addr.h"
#include "run_hints.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIP_PORT = 5060, WORD_TEXT = 200, LIST_TEXT = 800 };

static json_t const *step_of(json_t const *explain, char const *name)
{
    json_t const *step;
    size_t i;

    json_array_foreach(json_object_get(explain, "steps"), i, step)
    {
        if (strcmp(doctor_facts_text(step, "step"), name) == 0)
            return step;
    }
    return NULL;
}

static bool is_refused_by(json_t const *explain, char const *rule)
{
    return strcmp(doctor_facts_text(explain, "verdict"), "refuse") == 0 &&
           strcmp(doctor_facts_text(explain, "rule"), rule) == 0;
}

static void judge_acl(struct doctor_facts const *facts, struct doctor_report *report)
{
    char const *why = doctor_facts_text(step_of(facts->explain, "acl"), "why");

    if (is_refused_by(facts->explain, "acl"))
        doctor_report_fault(report, DOCTOR_ACL,
                            "Add the server to proxy.acl, as an address, a block or a host name; "
                            "then crosspoint reload. show acl has what is in force.",
                            "%s is not admitted: %s", doctor_facts_source(facts), why);
    else
        doctor_report_ok(report, DOCTOR_ACL, "%s: %s", doctor_facts_source(facts), why);
}

/* Any of its addresses may be the one that signs in. */
static void judge_server(struct doctor_facts const *facts, struct doctor_report *report)
{
    struct buf list;
    json_t const *address;
    size_t i;

    if (!facts->addresses)
        return;
    buf_init(&list, LIST_TEXT);
    json_array_foreach(facts->addresses, i, address)
        buf_printf(&list, "%s%s", i ? ", " : "", json_string_value(address));
    doctor_report_ok(report, DOCTOR_SERVER, "%s is %s", facts->question->server,
                     buf_ok(&list) ? buf_text(&list) : "many addresses");
    buf_fini(&list);
}

/* --- routing ---------------------------------------------------------------------------------- */

/* Is "tcp:192.0.2.1:5082" @p listener, perhaps one on every address ("tcp:0.0.0.0:5082")? */
static bool reaches(char const *address, char const *listener)
{
    char const *port = strrchr(address, ':'), *own_port = strrchr(listener, ':');

    if (strcmp(address, listener) == 0)
        return true;
    return port && own_port && strcmp(port, own_port) == 0 &&
           strncmp(address, listener, strcspn(listener, ":") + 1) == 0 &&
           (strstr(listener, ":0.0.0.0:") || strstr(listener, ":[::]:"));
}

static bool is_gateway(struct doctor_facts const *facts, char const *address)
{
    char const *list = run_hints_value(facts->cti, "cti.listen");
    char listener[DOCTOR_FACTS_WORD];

    while (doctor_facts_word(&list, listener))
        if (reaches(address, listener))
            return true;
    return false;
}

static char const *first_address(json_t const *target)
{
    char const *text = json_string_value(json_array_get(json_object_get(target, "addresses"), 0));

    return text ? text : "";
}

static char const route_cure[] =
    "Add to proxy.method_routes { method = \"INVITE\"; content_type = \"application/csta+xml\"; "
    "to = TARGET; } in front of the others, where TARGET in proxy.targets is a listener of the "
    "gateway (cti.listen); then crosspoint reload.";

static void judge_routing(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *explain = facts->explain;
    json_t const *target = json_array_get(json_object_get(explain, "targets"), 0);
    char const *rule = doctor_facts_text(explain, "rule");
    char const *phrase = doctor_facts_text(explain, "phrase");
    bool off = strcmp(run_hints_value(facts->proxy, "proxy.method_routing"), "false") == 0;

    if (is_refused_by(explain, "acl"))
        doctor_report_skip(report, DOCTOR_ROUTING, "the server is not admitted");
    else if (target && !*first_address(target))
        doctor_report_fault(
            report, DOCTOR_ROUTING, "Correct the target of the route (proxy.targets), or the DNS.",
            "%s leads to %s, which has no address: %s", rule, doctor_facts_text(target, "next_hop"),
            doctor_facts_text(target, "why_not"));
    else if (target && (!facts->cti || is_gateway(facts, first_address(target))))
        doctor_report_ok(report, DOCTOR_ROUTING, "%s leads INVITEs with CSTA to the gateway at %s",
                         rule, first_address(target));
    else if (target)
        doctor_report_fault(report, DOCTOR_ROUTING,
                            off ? "Switch it on: proxy.method_routing = true." : route_cure,
                            "%s%s leads INVITEs with CSTA to %s, which is not the gateway",
                            off ? "method_routing is off; " : "", rule, first_address(target));
    else
        doctor_report_fault(
            report, DOCTOR_ROUTING, off ? "Switch it on: proxy.method_routing = true." : route_cure,
            "%sthe INVITE ends at %s: %d %s", off ? "method_routing is off; " : "", rule,
            (int)json_integer_value(json_object_get(explain, "status")), phrase);
}

/* --- Record-Route ----------------------------------------------------------------------------- */

/* What the message gains: "<sip:HOST;transport=tcp;lr>". Of two entries the lower one is that of
 * the client's side (RFC 5658); "" if there is none. */
static char const *find_record(struct doctor_facts const *facts)
{
    static char const name[] = "Record-Route: ";
    char const *found = "";
    json_t const *header;
    size_t i;

    json_array_foreach(json_object_get(facts->explain, "headers"), i, header)
    {
        char const *line = doctor_facts_text(header, "line");
        if (*doctor_facts_text(header, "change") == '+' &&
            strncmp(line, name, sizeof name - 1) == 0)
            found = line + sizeof name - 1;
    }
    return found;
}

static bool is_loopback(char const *address)
{
    struct net_addr addr;
    struct net_cidr block;

    return net_addr_parse(&addr, address, SIP_PORT) < 0 ||
           (net_cidr_parse(&block, "127.0.0.0/8") == 0 && net_cidr_contains(&block, &addr)) ||
           (net_cidr_parse(&block, "::1/128") == 0 && net_cidr_contains(&block, &addr));
}

static void judge_record_route(struct doctor_facts const *facts, struct doctor_report *report)
{
    char const *record = find_record(facts);
    char const *transport = facts->question->transport;
    char wanted[WORD_TEXT];

    (void)snprintf(wanted, sizeof wanted, ";transport=%s", transport);
    if (!json_object_get(facts->explain, "headers"))
        doctor_report_skip(report, DOCTOR_RECORD_ROUTE, "the INVITE is not forwarded");
    else if (!*record)
        doctor_report_fault(report, DOCTOR_RECORD_ROUTE, "This is a fault of the proxy.",
                            "the proxy adds none");
    else if ((strstr(record, "sip:127.") || strstr(record, "sips:127.") ||
              strstr(record, "[::1]")) &&
             !is_loopback(doctor_facts_source(facts)))
        doctor_report_fault(
            report, DOCTOR_RECORD_ROUTE,
            "Listen on an address that the server can reach (proxy.listen), or name a host that "
            "leads here (proxy.advertised_host): its later requests go there.",
            "%s names this host's loopback address", record);
    else if (strcmp(transport, "udp") != 0 && !strstr(record, wanted) && !strstr(record, "<sips:"))
        doctor_report_fault(report, DOCTOR_RECORD_ROUTE,
                            "The static route of the server and the listener that it uses must "
                            "have one transport.",
                            "%s has not the transport of the server, %s", record, transport);
    else
        doctor_report_ok(report, DOCTOR_RECORD_ROUTE, "%s", record);
}

void doctor_path(struct doctor_facts const *facts, struct doctor_report *report)
{
    json_t const *origin = json_object_get(facts->explain, "origin");

    if (!facts->proxy) {
        doctor_report_fault(report, DOCTOR_PROXY, "Start the node: crosspoint run.",
                            "the proxy does not answer: %s", facts->proxy_why);
        return;
    }
    if (*facts->server_why) {
        doctor_report_fault(report, DOCTOR_SERVER,
                            "Correct the name, or the DNS: the proxy asks proxy.dns_servers, and "
                            "else the servers of this host. An address needs none.",
                            "%s has no address: %s", facts->question->server, facts->server_why);
        return;
    }
    judge_server(facts, report);
    if (!facts->explain) {
        doctor_report_fault(report, DOCTOR_LISTENER,
                            "Add a listener of the transport that the server uses to "
                            "proxy.listen; for a peer's subject one whose TLS context has "
                            "verify_peer.",
                            "%s: %s", facts->question->transport, facts->why);
        return;
    }
    doctor_report_ok(report, DOCTOR_LISTENER, "%s at %s", facts->question->transport,
                     doctor_facts_text(origin, "listener"));
    judge_acl(facts, report);
    judge_routing(facts, report);
    judge_record_route(facts, report);
}
