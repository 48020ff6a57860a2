/* SPDX-License-Identifier: Apache-2.0 */
/* Options of capture jobs, and the question to the program that runs them: see capture_command.h.
 */
#include "capture_command.h"
#include "answer.h"
#include "buf.h"
#include "capture_live.h"
#include "cli.h"
#include "control.h"
#include "program.h"
#include <string.h>

enum { WHY_TEXT = 512 };

char const capture_command_args[] =
    "start NAME [OPTION ...] | stop NAME | show | -w FILE [OPTION ...]";
char const capture_command_more[] =
    "crosspoint-capture writes the messages of the running programs to NAME.pcapng in its folder\n"
    "(capture.folder), for Wireshark and crosspoint ladder: what was decided about each, who the\n"
    "peer is, and what came over TLS in clear. It goes on until a limit, the end of the disk, or\n"
    "stop; show names the jobs, and why they ended.\n"
    "Which messages, all of what is given:\n"
    "  --user USER[@HOST]   From or To is this user\n"
    "  --call-id ID         with all that belongs to it\n"
    "  --method METHOD      requests and their responses\n"
    "  --service NAME       CSTA service or event, such as MakeCall\n"
    "  --peer ADDRESS       192.0.2.1, 192.0.2.1:5060, 192.0.2.0/24, or a program: proxy\n"
    "  --text TEXT          messages that hold it\n"
    "  --filter EXPRESSION  on addresses, like that of tcpdump: 'host 192.0.2.1 and port 5060'\n"
    "  --history            begin with what the programs still remember\n"
    "  --interface NAME     the packets of an interface that --filter (pcap-filter(7), all of it) "
    "lets\n"
    "                       pass, and nothing else: nobody looks into them, so it needs --unmask;\n"
    "                       see crosspoint-netcap(8) for the right to do so\n"
    "How much (sizes with k, M or G):\n"
    "  --file-size SIZE     begin the next file: NAME-00001.pcapng and so on\n"
    "  --files N            keep so many of them, the newest\n"
    "  --bytes SIZE, --seconds N, --messages N    end there\n"
    "What it is:\n"
    "  --format pcap        classic, without comments, for older tools\n"
    "  --unmask             show the words of people and digests; else they are stars\n"
    "  --secrets            with the TLS secrets of capture.key_logs, which decrypt what was\n"
    "                       captured on the wire; both of these are logged and raise an alarm\n"
    "-w FILE does it by itself, until Ctrl-C, --messages or --seconds; also with --format,\n"
    "--history, --unmask and the options for which messages.\n"
    "FILE may be \"-\": crosspoint capture -w - | wireshark -k -i -\n"
    "Exit code: 0; 1 the program refuses, or nobody reads any more; 69 it does not run; 73, 74 "
    "FILE\n"
    "cannot be written; 77 the taps are not for you.\n";

struct row {
    char const *option, *key;
    bool is_flag;
};

static struct row const rows[] = {
    { "--interface", "interface", false }, { "--user", "user", false },
    { "--call-id", "call_id", false },     { "--method", "method", false },
    { "--service", "service", false },     { "--peer", "peer", false },
    { "--text", "text", false },           { "--filter", "filter", false },
    { "--file-size", "file_size", false }, { "--files", "files", false },
    { "--bytes", "bytes", false },         { "--seconds", "seconds", false },
    { "--messages", "messages", false },   { "--format", "format", false },
    { "--history", "history", true },      { "--unmask", "unmask", true },
    { "--secrets", "secrets", true },
};

static struct row const *find(char const *option)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].option, option) == 0)
            return &rows[i];
    return NULL;
}

/* The arguments of the control command; the program judges the values. NULL: wrong usage. */
static json_t *read_options(int argc, char **argv)
{
    json_t *args = json_object();
    bool ok = args && argc > 0 && *argv[0] != '-' &&
              json_object_set_new(args, "name", json_string(argv[0])) == 0;

    for (int i = 1; ok && i < argc; i++) {
        struct row const *row = find(argv[i]);
        char const *value = row && row->is_flag ? "yes" : row && i + 1 < argc ? argv[++i] : NULL;

        ok = value && json_object_set_new(args, row->key, json_string(value)) == 0;
        if (!ok)
            cli_complain(row ? "%s needs a value" : "capture start knows no %s", argv[i]);
    }
    if (ok)
        return args;
    json_decref(args);
    return NULL;
}

static void print_job(json_t const *answer, struct buf *out)
{
    buf_printf(out, "%s: %lld messages, %lld bytes\n",
               json_string_value(json_object_get(answer, "file")),
               (long long)json_integer_value(json_object_get(answer, "messages")),
               (long long)json_integer_value(json_object_get(answer, "bytes")));
}

static int ask(struct cli *cli, char const *command, json_t const *args)
{
    char why[WHY_TEXT];
    bool running;
    json_t *answer;
    int code = cli_load(cli);

    if (code)
        return code;
    answer = control_ask(cli, program_find("capture"), command, args, why, sizeof why, &running);
    if (!answer) {
        cli_complain("capture: %s", why);
        return running ? CLI_FAILED : EX_UNAVAILABLE;
    }
    answer_print(cli, answer, print_job);
    json_decref(answer);
    return CLI_OK;
}

int capture_command(struct cli *cli, int argc, char **argv)
{
    char *show[] = { "show", "captures" };
    char const *verb = argc ? argv[0] : "";
    json_t *args = NULL;
    int code;

    if (strcmp(verb, "-w") == 0)
        return capture_live(cli, argc, argv);
    if (strcmp(verb, "show") == 0 && argc == 1)
        return control_run(cli, 2, show);
    if (strcmp(verb, "start") == 0 || (strcmp(verb, "stop") == 0 && argc == 2))
        args = read_options(argc - 1, argv + 1);
    if (!args) {
        cli_complain("usage: crosspoint capture %s", capture_command_args);
        return EX_USAGE;
    }
    code = ask(cli, strcmp(verb, "start") == 0 ? "capture start" : "capture stop", args);
    json_decref(args);
    return code;
}
