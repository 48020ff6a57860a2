/* SPDX-License-Identifier: Apache-2.0 */
/* Options, the question to the gateway, and the exit code: see domain_command.h. */
#include "domain_command.h"
#include "answer.h"
#include "cli.h"
#include "domain_print.h"
#include <string.h>

/* The gateway bounds a check; this is more than that at its largest. */
enum { PATIENCE_MS = 180000 };

char const domain_command_args[] = "[domain NAME [--ours DOMAIN] [--json]]";
char const domain_command_more[] =
    "Without arguments each program checks the file itself (-t); the faults are sorted. Exit "
    "code:\n"
    "0, or 78 when there are faults.\n"
    "domain NAME: the running XMPP gateway looks for the servers of a domain as it would for a\n"
    "message: its row or the DNS, every address, TLS, certificate, names; then each side shows "
    "who\n"
    "it is, by certificate (EXTERNAL) or dialback. It sends nothing else. A step that fails has "
    "its\n"
    "cause and a remedy.\n"
    "  --ours DOMAIN  as which domain of ours, else the first one that is a server\n"
    "  --json         for scripts: xmpp-gw/domain_report.h lists the members\n"
    "Exit code: 0 all is well, or there are warnings only; 1 something failed.\n";

struct question {
    char const *domain, *ours;
};

static int parse(struct cli *cli, int argc, char **argv, struct question *ret)
{
    *ret = (struct question){ .domain = NULL };
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--ours") == 0 && i + 1 < argc)
            ret->ours = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            cli->json = true;
        else if (ret->domain || *argv[i] == '-')
            return EX_USAGE;
        else
            ret->domain = argv[i];
    }
    return ret->domain ? CLI_OK : EX_USAGE;
}

int domain_command(struct cli *cli, int argc, char **argv)
{
    struct question question;
    int code = parse(cli, argc, argv, &question);
    json_t *args;

    if (code) {
        cli_complain("usage: crosspoint check domain NAME [--ours DOMAIN] [--json]");
        return code;
    }
    code = cli_load(cli);
    if (code)
        return code;
    args = json_pack("{s:s,s:s*}", "domain", question.domain, "ours", question.ours);
    if (!args) {
        cli_complain("an argument is not UTF-8 text");
        return EX_USAGE;
    }
    cli->patience_ms = PATIENCE_MS;
    return answer_of(cli, &(struct answer_question){ "xmpp", "check domain", "failed" }, args,
                     domain_print);
}
