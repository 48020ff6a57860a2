/* SPDX-License-Identifier: Apache-2.0 */
/* From words to a source, and to who shows it. */
#include "trace_command.h"
#include "cli.h"
#include "trace_audit.h"
#include "trace_lines.h"
#include "trace_options.h"
#include "trace_reading.h"
#include "trace_source.h"
#include "trace_term.h"
#include "trace_watch.h"
#include <locale.h>
#include <unistd.h>

char const trace_args[] = "[--history] [FILTER...] [--unmask] [--lines] [-i INTERFACE | FILE...]";
char const trace_more[] =
    "Shows the messages of all programs as they come: on a terminal a list of dialogs, Enter for\n"
    "the ladder of one, Enter for a message; ? for the keys. Else, or with --lines, a line each\n"
    "(--json: an object each) until Ctrl-C. --history: what the programs still know, too.\n"
    "FILE is a capture in pcap or pcapng, or a ring that a crash has left (PROGRAM.tap.1), - is\n"
    "standard input; several are put together by time. -i shows what comes on an interface, by\n"
    "crosspoint-netcap(8), which needs the right to do so; --filter is then asked of packets.\n"
    "Only messages that match all of FILTER: --user NAME or USER@HOST, --call-id ID, --method\n"
    "NAME, --service NAME (or event, or stanza), --peer ADDRESS, NETWORK or PROGRAM, --text TEXT,\n"
    "--filter EXPRESSION (pcap-filter(7): addresses, ports, udp, tcp).\n"
    "What people said, and their answers to challenges, are stars unless --unmask is given, which\n"
    "each running program tells the audit log first.\n"
    "At most --messages (100000) and --memory (128, in MB) are kept; then the oldest go.\n";

/* On the screen if there is one that can be used. */
static int show(struct cli *cli, struct trace_options const *options, struct trace_source *source)
{
    struct trace_reading reading;
    struct trace_term *term = NULL;
    int code = trace_reading_init(&reading, options, source);

    if (!code && !cli->json && !options->plain && isatty(STDOUT_FILENO))
        (void)trace_term_open(&term);
    if (!code)
        code = term ? trace_watch(&reading, term) : trace_lines(cli, &reading);
    trace_reading_fini(&reading);
    return code;
}

static int open_source(struct cli *cli, struct trace_options *options, struct trace_source **ret)
{
    char const *expression = options->filter.expression;

    if (options->n_files)
        return trace_source_open_files(options->files, options->n_files, ret);
    if (!options->interface)
        return trace_source_open_taps(cli, options->history, ret);
    /* It is asked of the packets, in the kernel. */
    options->filter.expression = NULL;
    return trace_source_open_interface(options->interface, expression, ret);
}

int trace_command(struct cli *cli, int argc, char **argv)
{
    char fault[TRACE_OPTIONS_FAULT];
    struct trace_options options;
    struct trace_source *source = NULL;
    int code = CLI_OK;

    /* What is printable depends on it; numbers and messages stay as they are. */
    setlocale(LC_CTYPE, "");
    if (trace_options_parse(argc, argv, &options, fault) < 0) {
        cli_complain("%s", fault);
        return EX_USAGE;
    }
    code = open_source(cli, &options, &source);
    if (!code && options.unmask)
        code = trace_audit(cli, "unmasked trace");
    if (!code)
        code = show(cli, &options, source);
    trace_source_free(&source);
    return code;
}
