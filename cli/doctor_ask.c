/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the programs: see doctor_ask.h. */
#include "doctor_ask.h"
#include "buf.h"
#include "cfg.h"
#include "cli.h"
#include "control.h"
#include "doctor_server.h"
#include "net_addr.h"
#include "program.h"
#include "run_hints.h"
#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 8192, SIP_PORT = 5060 };

static json_t *ask(struct cli *cli, char const *program, char const *command, json_t const *args)
{
    char why[DOCTOR_FACTS_WHY];
    bool running;

    return control_ask(cli, program_find(program), command, args, why, sizeof why, &running);
}

/* The sign-in as the server sends it (csta-rcc 1.3): the host of the Request-URI is ours. */
static void make_invite(struct cli const *cli, struct doctor_question const *question,
                        char const *number, struct buf *out)
{
    char const *domain = cfg_get_node(cli->cfg)->domain;
    static char const transports[][4] = { "TCP", "TLS", "UDP" };
    char const *via = transports[strcmp(question->transport, "tls") == 0   ? 1
                                 : strcmp(question->transport, "udp") == 0 ? 2
                                                                           : 0];
    static char const body[] =
        "<RequestSystemStatus xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/"
        "ed3\"/>";

    buf_printf(out,
               "INVITE sip:%s@%s SIP/2.0\r\n"
               "Via: SIP/2.0/%s doctor.invalid;branch=z9hG4bKdoctor\r\n"
               "Max-Forwards: 70\r\n"
               "From: <sip:%s>;tag=doctor\r\n"
               "To: <sip:%s@%s>\r\n"
               "Call-ID: doctor\r\n"
               "CSeq: 1 INVITE\r\n"
               "Contact: <sip:doctor.invalid>\r\n"
               "Content-Type: application/csta+xml\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               number, domain, via, question->user, number, domain, sizeof body - 1, body);
}

static bool is_address(char const *server)
{
    struct net_addr addr;

    return net_addr_parse(&addr, server, SIP_PORT) == 0;
}

static json_t *explain(struct cli *cli, struct doctor_facts *facts, char const *from,
                       char const *message)
{
    struct doctor_question const *question = facts->question;
    bool running;
    json_t *args = json_pack("{s:s,s:s,s:s,s:s*}", "message", message, "from", from, "transport",
                             question->transport, "subject", question->subject);
    json_t *answer = control_ask(cli, program_find("proxy"), "explain", args, facts->why,
                                 sizeof facts->why, &running);

    json_decref(args);
    return answer;
}

static bool is_admitted(json_t const *answer)
{
    return strcmp(doctor_facts_text(answer, "verdict"), "refuse") != 0 ||
           strcmp(doctor_facts_text(answer, "rule"), "acl") != 0;
}

/* Each of its addresses may sign in; the first that is not admitted is the fault. */
static void explain_name(struct cli *cli, struct doctor_facts *facts, char const *message)
{
    char const *dns_servers = run_hints_value(facts->proxy, "proxy.dns_servers");
    json_t const *address;
    size_t i;

    facts->addresses = doctor_server_find(facts->question->server, dns_servers, facts->server_why,
                                          sizeof facts->server_why);
    json_array_foreach(facts->addresses, i, address)
    {
        json_t *answer = explain(cli, facts, json_string_value(address), message);
        bool admitted = is_admitted(answer);
        if (facts->explain && admitted) {
            json_decref(answer);
            continue;
        }
        json_decref(facts->explain);
        facts->explain = answer;
        facts->source = json_string_value(address);
        if (!admitted)
            return;
    }
}

static void ask_proxy(struct cli *cli, struct doctor_facts *facts)
{
    struct doctor_question const *question = facts->question;
    char const *number = doctor_facts_text(json_object_get(facts->signin, "line"), "number");
    struct buf message;
    bool running;

    facts->proxy = control_ask(cli, program_find("proxy"), "show config", NULL, facts->proxy_why,
                               sizeof facts->proxy_why, &running);
    facts->domains = ask(cli, "proxy", "show domains", NULL);
    facts->certificates = ask(cli, "proxy", "show tls certificates", NULL);
    buf_init(&message, MESSAGE_MAX);
    make_invite(cli, question, *number ? number : "line", &message);
    if (doctor_server_is_name(question->server) && !is_address(question->server) && facts->proxy)
        explain_name(cli, facts, buf_text(&message));
    else
        facts->explain = explain(cli, facts, question->server, buf_text(&message));
    buf_fini(&message);
}

void doctor_ask(struct cli *cli, struct doctor_question const *question, struct doctor_facts *ret)
{
    json_t *args = json_pack("{s:s,s:s*}", "user", question->user, "line", question->line);

    bool running;

    *ret = (struct doctor_facts){ .question = question };
    ret->signin = control_ask(cli, program_find("cti"), "signin check", args, ret->cti_why,
                              sizeof ret->cti_why, &running);
    json_decref(args);
    ret->connections = ask(cli, "cti", "show cti", NULL);
    ret->refused = ask(cli, "cti", "show signins", NULL);
    ret->cti = ask(cli, "cti", "show config", NULL);
    ask_proxy(cli, ret);
}
