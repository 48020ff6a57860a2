/* SPDX-License-Identifier: Apache-2.0 */
/* Draws one ladder of the taps of all programs. */
#include "ladder_command.h"
#include "buf.h"
#include "capture_source.h"
#include "cli.h"
#include "ladder.h"
#include "ladder_taps.h"
#include "program.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_MAX = 64 << 20 };

char const ladder_args[] = "[--last N] [TEXT]";
char const ladder_more[] =
    "Every program keeps the last messages that it sent and received in PROGRAM.tap in run_dir\n"
    "(keys tap_records and tap_bytes); they are there after it has ended or crashed, too.\n"
    "TEXT keeps those that hold it: a Call-ID, a user, a line, a call.\n"
    "Requests and events are drawn with dashes, responses with dots.\n"
    "With --json: an array of {time, from, to, transport, message}.\n";

static int parse(int argc, char **argv, struct ladder_wish *ret)
{
    char *end = NULL;

    *ret = (struct ladder_wish){ 0 };
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--last") == 0 && i + 1 < argc) {
            unsigned long n = strtoul(argv[++i], &end, 10);

            if (*end || n == 0 || *argv[i] == '-')
                return EX_USAGE;
            ret->last = n;
        } else if (*argv[i] == '-' || ret->text) {
            return EX_USAGE;
        } else {
            ret->text = argv[i];
        }
    }
    return CLI_OK;
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

int ladder_command(struct cli *cli, int argc, char **argv)
{
    char const *programs[PROGRAMS];
    struct capture_source *source;
    struct ladder_wish wish = { 0 };
    struct ladder *ladder;
    int code = parse(argc, argv, &wish);

    if (code) {
        cli_complain("usage: crosspoint ladder %s", ladder_args);
        return code;
    }
    code = cli_load(cli);
    if (code)
        return code;
    wish.programs = programs;
    wish.n_programs = programs_of(cli, programs);
    code = ladder_taps_open(cli, programs, wish.n_programs, &source);
    ladder = ladder_new(&wish);
    if (!source || !ladder || ladder_read(ladder, source) < 0 || print(cli, ladder) != CLI_OK)
        code = EX_OSERR;
    ladder_free(&ladder);
    capture_source_free(&source);
    return code;
}
