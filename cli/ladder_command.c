/* SPDX-License-Identifier: Apache-2.0 */
/* Draws one ladder: of the taps of all programs, or of a capture file. */
#include "ladder_command.h"
#include "buf.h"
#include "capture_file.h"
#include "capture_taps.h"
#include "cli.h"
#include "filter_options.h"
#include "ladder.h"
#include "ladder_taps.h"
#include "netcap_child.h"
#include "program.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OUT_MAX = 64 << 20, NOTICE = 1024 };

char const ladder_args[] = "[--last N] [FILTER...] [-i INTERFACE [--seconds N] | FILE] [TEXT]";
char const ladder_more[] =
    "Every program keeps the last messages that it sent and received in PROGRAM.tap in run_dir\n"
    "(keys tap_records and tap_bytes); they are there after it has ended or crashed, too.\n"
    "TEXT keeps those that hold it: a Call-ID, a user, a line, a call.\n"
    "Only messages that match all of FILTER: --user NAME or USER@HOST, --call-id ID, --method\n"
    "NAME, --service NAME (or event, or stanza), --peer ADDRESS, NETWORK or PROGRAM,\n"
    "--filter EXPRESSION (pcap-filter(7): addresses, ports, udp, tcp).\n"
    "-i takes what comes on an interface, until Ctrl-C, by crosspoint-netcap(8), which needs the\n"
    "right to do so; --filter is then asked of packets.\n"
    "FILE is a ring that a crash has left (PROGRAM.tap.1), or a capture in pcap or pcapng, of\n"
    "this node or any other, - is standard input:\n"
    "SIP over UDP and TCP, CSTA over TCP, XMPP and HEP3 in it are drawn between addresses.\n"
    "Requests and events are drawn with dashes, responses with dots.\n"
    "With --json: an array of {time, from, to, transport, message}.\n";

struct options {
    struct ladder_wish wish;
    struct capture_filter_options filter;
    char const *interface, *seconds;
    char const *file; /* NULL, without interface: the taps */
};

/* A name of a file and not what a message may hold: it is there, or is called like a capture. */
static bool is_file(char const *argument)
{
    char const *dot = strrchr(argument, '.');
    struct stat st;

    if (strcmp(argument, "-") == 0)
        return true;
    if (dot &&
        (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0 || strcmp(dot, ".cap") == 0))
        return true;
    return stat(argument, &st) == 0 && !S_ISDIR(st.st_mode);
}

static int parse_last(char const *text, size_t *ret)
{
    char *end = NULL;
    unsigned long n = strtoul(text, &end, 10);

    if (*end || n == 0 || *text == '-')
        return EX_USAGE;
    *ret = n;
    return CLI_OK;
}

static int parse(int argc, char **argv, struct options *ret)
{
    *ret = (struct options){ 0 };
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--last") == 0 && i + 1 < argc) {
            if (parse_last(argv[++i], &ret->wish.last) != CLI_OK)
                return EX_USAGE;
        } else if (strcmp(argv[i], "-i") == 0 && i + 1 < argc) {
            ret->interface = argv[++i];
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            ret->seconds = argv[++i];
        } else if (i + 1 < argc && filter_options_take(&ret->filter, argv[i], argv[i + 1])) {
            i++;
        } else if (!ret->file && !ret->filter.text && is_file(argv[i])) {
            ret->file = argv[i];
        } else if (*argv[i] == '-' || ret->filter.text) {
            return EX_USAGE;
        } else {
            ret->filter.text = argv[i];
        }
    }
    return (ret->file && ret->interface) || (ret->seconds && !ret->interface) ? EX_USAGE : CLI_OK;
}

static int print(struct cli const *cli, struct ladder const *ladder)
{
    struct buf out;

    if (cli->json) {
        json_t *list = ladder_json(ladder);

        json_dumpf(list, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(list);
        return CLI_OK;
    }
    buf_init(&out, OUT_MAX);
    ladder_draw(ladder, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
    return CLI_OK;
}

/* From the proxy to the switch: the way of a request. */
static size_t programs_of(struct cli const *cli, char const *ret[static PROGRAMS])
{
    size_t n = 0;

    for (int i = PROGRAMS - 1; i >= 0; i--)
        if (cli_is_enabled(cli, &program_table[i]))
            ret[n++] = program_table[i].name;
    return n;
}

/* Draws what is in @p source, also if that ends with a fault: *ret_result. Returns the exit code.
 */
static int draw(struct cli const *cli, struct ladder_wish const *wish,
                struct capture_source *source, int *ret_result)
{
    struct ladder *ladder = ladder_new(wish);
    int code = EX_OSERR;

    if (!ladder)
        return code;
    *ret_result = ladder_read(ladder, source);
    code = print(cli, ladder);
    if (ladder->wanted > LADDER_ARROWS_MAX && !wish->last)
        cli_complain("the last %d of %llu messages are drawn", LADDER_ARROWS_MAX,
                     (unsigned long long)ladder->wanted);
    ladder_free(&ladder);
    return code;
}

/* What in it was no message, and should have been; damage. */
static int complain_of(char const *name, struct capture_source const *source, int result, int code)
{
    char notice[NOTICE];

    capture_counts_print(capture_file_counts(source), notice, sizeof notice);
    if (*notice)
        cli_complain("%s: not understood: %s", name, notice);
    if (result >= 0)
        return code;
    cli_complain("%s: %s", name, capture_file_error(source));
    return EX_DATAERR;
}

/* Ctrl-C ends the child, and thereby what it says. */
static int draw_interface(struct cli const *cli, struct options const *options, char const *filter)
{
    struct netcap_child_options const wish = {
        .interface = options->interface,
        .filter = filter,
        .seconds = options->seconds,
        .waits = true,
    };
    struct netcap_child child;
    int code = netcap_child_open(&child, &wish), result = 0, ended;

    if (code)
        return code;
    signal(SIGINT, SIG_IGN);
    code = draw(cli, &options->wish, child.source, &result);
    code = complain_of(options->interface, child.source, result, code);
    ended = netcap_child_close(&child);
    return code ? code : ended;
}

static int draw_file(struct cli const *cli, struct options const *options)
{
    struct capture_source *source;
    int result = capture_file_open(options->file, &source), code;

    if (result < 0) {
        cli_complain("%s: %s", options->file, strerror(-result));
        return EX_NOINPUT;
    }
    code = draw(cli, &options->wish, source, &result);
    code = complain_of(options->file, source, result, code);
    capture_source_free(&source);
    return code;
}

static int draw_ring(struct cli const *cli, struct options *options)
{
    char const *programs[PROGRAMS];
    struct capture_source *source;
    int code = ladder_taps_open_file(options->file, &source), result = 0;

    if (code)
        return code;
    for (int i = 0; i < PROGRAMS; i++)
        programs[i] = program_table[PROGRAMS - 1 - i].name;
    options->wish.programs = programs;
    options->wish.n_programs = PROGRAMS;
    code = draw(cli, &options->wish, source, &result);
    if (!code && capture_taps_error(source, 0)) {
        cli_complain("%s: the ring is damaged here", options->file);
        code = EX_DATAERR;
    }
    capture_source_free(&source);
    return code;
}

static int draw_taps(struct cli *cli, struct options *options)
{
    char const *programs[PROGRAMS];
    struct capture_source *source;
    int code = cli_load(cli), result = 0, drawn;

    if (code)
        return code;
    options->wish.programs = programs;
    options->wish.n_programs = programs_of(cli, programs);
    code = ladder_taps_open(cli, programs, options->wish.n_programs, &source);
    if (!source)
        return EX_OSERR;
    drawn = draw(cli, &options->wish, source, &result);
    capture_source_free(&source);
    return drawn || result < 0 ? EX_OSERR : code;
}

static int draw_any(struct cli *cli, struct options *options, char const *packet_filter)
{
    if (options->interface)
        return draw_interface(cli, options, packet_filter);
    if (!options->file)
        return draw_taps(cli, options);
    return ladder_taps_is_ring(options->file) ? draw_ring(cli, options) : draw_file(cli, options);
}

/* Programs that a peer may be, as in the taps. */
static struct capture_filter *filter_of(struct options *options, char const **ret_packet_filter,
                                        char fault[static CAPTURE_FILTER_FAULT])
{
    char const *programs[PROGRAMS];

    for (size_t i = 0; i < PROGRAMS; i++)
        programs[i] = program_table[i].name;
    options->filter.programs = programs;
    options->filter.n_programs = PROGRAMS;
    *ret_packet_filter = options->filter.expression;
    if (options->interface)
        options->filter.expression = NULL;
    return capture_filter_new(&options->filter, fault);
}

int ladder_command(struct cli *cli, int argc, char **argv)
{
    char fault[CAPTURE_FILTER_FAULT];
    char const *packet_filter;
    struct capture_filter *filter;
    struct options options;
    int code = parse(argc, argv, &options);

    if (code) {
        cli_complain("usage: crosspoint ladder %s", ladder_args);
        return code;
    }
    filter = filter_of(&options, &packet_filter, fault);
    if (!filter) {
        cli_complain("%s", fault);
        return EX_USAGE;
    }
    options.wish.filter = filter;
    code = draw_any(cli, &options, packet_filter);
    capture_filter_free(&filter);
    return code;
}
