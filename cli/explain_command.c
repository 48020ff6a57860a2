/* SPDX-License-Identifier: Apache-2.0 */
/* Options, the question to the proxy, and the printing of its answer. */
#include "explain_command.h"
#include "answer.h"
#include "buf.h"
#include "cli.h"
#include "explain_print.h"
#include "explain_request.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 1 << 20, CHUNK = 4096 };

char const explain_args[] = "[OPTION ...] FILE|URI";
char const explain_more[] =
    "FILE holds one SIP request (- is standard input); for a URI a request is made up.\n"
    "  --from ADDRESS[:PORT]  where it comes from, else 127.0.0.1\n"
    "  --transport udp|tcp|tls\n"
    "  --subject NAME         subject of the peer's TLS certificate\n"
    "  --internal             it arrives on a listener for our own programs\n"
    "  --method METHOD        of the request made for a URI, else INVITE\n"
    "  --event PACKAGE        its Event header\n"
    "The proxy takes the decision as for a message from the net and stops before sending.\n"
    "Steps marked => decide. Exit code: 0 forwarded or answered, 1 refused.\n";

struct question {
    char const *what; /* FILE or URI */
    char const *from, *transport, *subject, *internal, *method, *event;
};

static char const **value_of(struct question *question, char const *option)
{
    struct {
        char const *name;
        char const **value;
    } const options[] = {
        { "--from", &question->from },       { "--transport", &question->transport },
        { "--subject", &question->subject }, { "--method", &question->method },
        { "--event", &question->event },
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, option) == 0)
            return options[i].value;
    return NULL;
}

static int parse(int argc, char **argv, struct question *ret)
{
    *ret = (struct question){ .from = "127.0.0.1", .method = "INVITE" };
    for (int i = 0; i < argc; i++) {
        char const **value = value_of(ret, argv[i]);
        if (value && i + 1 < argc)
            *value = argv[++i];
        else if (strcmp(argv[i], "--internal") == 0)
            ret->internal = "yes";
        else if (value || ret->what || (*argv[i] == '-' && argv[i][1]))
            return EX_USAGE;
        else
            ret->what = argv[i];
    }
    return ret->what ? CLI_OK : EX_USAGE;
}

static int read_file(char const *path, struct buf *out)
{
    char chunk[CHUNK];
    size_t n;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!file) {
        cli_complain("%s: %s", path, strerror(errno));
        return EX_NOINPUT;
    }
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(out, chunk, n);
    int code = ferror(file) || !buf_ok(out) ? EX_NOINPUT : CLI_OK;
    if (code)
        cli_complain("%s: not read to its end", path);
    if (file != stdin)
        fclose(file);
    return code;
}

static int make_message(struct question const *question, struct buf *out)
{
    struct buf raw;
    int code = CLI_OK;
    if (explain_request_is_uri(question->what)) {
        explain_request_make(question->what, question->method, question->event, out);
        return CLI_OK;
    }
    buf_init(&raw, MESSAGE_MAX);
    code = read_file(question->what, &raw);
    if (code == CLI_OK)
        explain_request_normal(buf_text(&raw), out);
    buf_fini(&raw);
    return code;
}

static int ask(struct cli *cli, struct question const *question, char const *message)
{
    json_t *args = json_pack("{s:s,s:s,s:s*,s:s*,s:s*}", "message", message, "from", question->from,
                             "transport", question->transport, "subject", question->subject,
                             "internal", question->internal);
    if (args)
        return answer_of(cli, &(struct answer_question){ "proxy", "explain", "refuse" }, args,
                         explain_print);
    cli_complain("the message is not UTF-8 text");
    return EX_DATAERR;
}

int explain_command(struct cli *cli, int argc, char **argv)
{
    struct question question;
    struct buf message;
    int code = parse(argc, argv, &question);
    if (code) {
        cli_complain("usage: crosspoint explain %s", explain_args);
        return code;
    }
    code = cli_load(cli);
    if (code)
        return code;
    buf_init(&message, MESSAGE_MAX);
    code = make_message(&question, &message);
    if (code == CLI_OK)
        code = ask(cli, &question, buf_text(&message));
    buf_fini(&message);
    return code;
}
