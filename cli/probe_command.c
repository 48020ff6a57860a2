/* SPDX-License-Identifier: Apache-2.0 */
/* Options, the question to the proxy, and the exit code: see probe_command.h. */
#include "probe_command.h"
#include "answer.h"
#include "cli.h"
#include "probe_print.h"
#include <string.h>

/* The proxy bounds each step; this is more than all of them at their largest. */
enum { PATIENCE_MS = 180000 };

char const probe_args[] = "peer HOST[:PORT] [OPTION ...]";
char const probe_more[] =
    "The running proxy tries the peer as it would reach it: with its own DNS, from its own\n"
    "addresses, under its own TLS contexts. Every address is tried: connection, TLS handshake\n"
    "with the certificates that the peer shows, OPTIONS. A step that fails has its cause and a\n"
    "remedy.\n"
    "  --transport udp|tcp|tls  else TLS for port 5061 and 5062 and with the next options, as the\n"
    "                           configuration says for one of its next hops, else as the DNS says\n"
    "  --context NAME           TLS context, else the one for connections that we open\n"
    "  --sni NAME               the name to look for in TLS instead of HOST\n"
    "  --json                   for scripts: proxy/probe.c lists the members\n"
    "Exit code: 0 all is well, or there are warnings only; 1 something failed.\n";

struct question {
    char const *peer, *transport, *context, *sni;
};

static char const **value_of(struct question *question, char const *option)
{
    if (strcmp(option, "--transport") == 0)
        return &question->transport;
    if (strcmp(option, "--context") == 0)
        return &question->context;
    return strcmp(option, "--sni") == 0 ? &question->sni : NULL;
}

static int parse(struct cli *cli, int argc, char **argv, struct question *ret)
{
    *ret = (struct question){ .peer = NULL };
    if (argc < 1 || strcmp(argv[0], "peer") != 0)
        return EX_USAGE;
    for (int i = 1; i < argc; i++) {
        char const **value = value_of(ret, argv[i]);
        if (value && i + 1 < argc)
            *value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            cli->json = true;
        else if (value || ret->peer || *argv[i] == '-')
            return EX_USAGE;
        else
            ret->peer = argv[i];
    }
    return ret->peer ? CLI_OK : EX_USAGE;
}

static int ask(struct cli *cli, struct question const *question)
{
    json_t *args =
        json_pack("{s:s,s:s*,s:s*,s:s*}", "peer", question->peer, "transport", question->transport,
                  "context", question->context, "sni", question->sni);
    if (!args) {
        cli_complain("an argument is not UTF-8 text");
        return EX_USAGE;
    }
    cli->patience_ms = PATIENCE_MS;
    return answer_of(cli, &(struct answer_question){ "proxy", "probe peer", "failed" }, args,
                     probe_print);
}

int probe_command(struct cli *cli, int argc, char **argv)
{
    struct question question;
    int code = parse(cli, argc, argv, &question);
    if (code) {
        cli_complain("usage: crosspoint probe %s", probe_args);
        return code;
    }
    code = cli_load(cli);
    return code ? code : ask(cli, &question);
}
