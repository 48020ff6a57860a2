/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the troubleshooter, its output and exit code: see doctor_command.h. */
#include "doctor_command.h"
#include "answer.h"
#include "cfg.h"
#include "cli.h"
#include "doctor_ask.h"
#include "doctor_judge.h"
#include "doctor_print.h"
#include "doctor_server.h"
#include "net_addr.h"
#include <stdio.h>
#include <string.h>

enum { SIP_PORT = 5060 };

static char const usage[] = "doctor --user USER --server ADDRESS|NAME [--line URI] "
                            "[--transport udp|tcp|tls] [--subject CN]";

static char const **value_of(struct doctor_question *question, char const **user,
                             char const *option)
{
    struct {
        char const *name;
        char const **value;
    } const options[] = {
        { "--user", user },
        { "--server", &question->server },
        { "--line", &question->line },
        { "--transport", &question->transport },
        { "--subject", &question->subject },
    };

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(options[i].name, option) == 0)
            return options[i].value;
    return NULL;
}

static bool is_transport(char const *name)
{
    return strcmp(name, "udp") == 0 || strcmp(name, "tcp") == 0 || strcmp(name, "tls") == 0;
}

/* The user as typed, or NULL after a complaint. */
static char const *parse(struct cli *cli, int argc, char **argv, struct doctor_question *ret)
{
    char const *user = NULL;
    struct net_addr server;

    *ret = (struct doctor_question){ .server = NULL };
    for (int i = 0; i < argc; i++) {
        char const **value = value_of(ret, &user, argv[i]);
        if (value && i + 1 < argc) {
            *value = argv[++i];
        } else if (strcmp(argv[i], "--json") == 0) {
            cli->json = true;
        } else {
            cli_complain("rcc doctor: unknown option, or no value for it: %s", argv[i]);
            return NULL;
        }
    }
    if (!ret->transport)
        ret->transport = ret->subject ? "tls" : "tcp";
    if (!user || !ret->server)
        cli_complain("usage: crosspoint rcc %s", usage);
    else if (net_addr_parse(&server, ret->server, SIP_PORT) < 0 &&
             !doctor_server_is_name(ret->server))
        cli_complain("rcc doctor: --server wants an IP address or a host name, perhaps with :PORT");
    else if (!is_transport(ret->transport))
        cli_complain("rcc doctor: --transport wants udp, tcp or tls");
    else if (ret->subject && strcmp(ret->transport, "tls") != 0)
        cli_complain("rcc doctor: --subject comes with --transport tls only");
    else
        return user;
    return NULL;
}

static bool is_text(char const *argument)
{
    json_t *value = argument ? json_string(argument) : NULL;
    bool is = !argument || value;

    json_decref(value);
    return is;
}

/* sip:joe@host, joe@host, or joe of our own domain. */
static int set_user(struct cli const *cli, char const *typed, struct doctor_question *question)
{
    char const *user = strncmp(typed, "sip:", 4) == 0 ? typed + 4 : typed;
    int len = snprintf(question->user, sizeof question->user, "%s%s%s", user,
                       strchr(user, '@') ? "" : "@",
                       strchr(user, '@') ? "" : cfg_get_node(cli->cfg)->domain);

    if (!is_text(user) || !is_text(question->line) || !is_text(question->subject)) {
        cli_complain("rcc doctor: an argument is not UTF-8 text");
        return EX_USAGE;
    }
    if (len < (int)sizeof question->user && !strpbrk(question->user, " <>\"\r\n"))
        return CLI_OK;
    cli_complain("rcc doctor: --user wants a user id or an address such as joe@example.test");
    return EX_USAGE;
}

static void print(struct cli const *cli, struct doctor_report const *report)
{
    json_t *result = doctor_report_json(report);

    answer_print(cli, result, doctor_print);
    json_decref(result);
}

int doctor_command(struct cli *cli, int argc, char **argv)
{
    struct doctor_question question;
    struct doctor_report report;
    struct doctor_facts facts;
    char const *user = parse(cli, argc, argv, &question);

    if (!user)
        return EX_USAGE;
    int code = cli_load(cli);
    if (code == CLI_OK)
        code = set_user(cli, user, &question);
    if (code)
        return code;
    if (doctor_report_init(&report) < 0)
        return EX_SOFTWARE;
    doctor_ask(cli, &question, &facts);
    doctor_judge(&facts, &report);
    print(cli, &report);
    code = doctor_report_code(&report);
    doctor_facts_fini(&facts);
    doctor_report_fini(&report);
    return code;
}
