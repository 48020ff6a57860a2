/* SPDX-License-Identifier: Apache-2.0 */
/* Asks every running program for its tap and draws one ladder. */
#include "ladder_command.h"
#include "buf.h"
#include "cli.h"
#include "control.h"
#include "ladder.h"
#include "program.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_MAX = 64 << 20, WHY_TEXT = 512 };

char const ladder_args[] = "[--last N] [TEXT]";
char const ladder_more[] =
    "Every program remembers the last messages that it sent and received (keys tap_records\n"
    "and tap_bytes). TEXT keeps those that hold it: a Call-ID, a user, a line, a call.\n"
    "Requests and events are drawn with dashes, responses with dots.\n"
    "With --json: an array of {time, from, to, transport, message}.\n";

struct options {
    char const *text;
    size_t last;
};

static int parse(int argc, char **argv, struct options *ret)
{
    char *end = NULL;

    *ret = (struct options){ 0 };
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

/* All records of one program, page by page. */
static int read_tap(struct cli const *cli, struct program const *program, struct ladder_tap *tap)
{
    char why[WHY_TEXT];
    json_int_t after = 0;
    size_t before;
    bool running;

    tap->program = program->name;
    tap->records = json_array();
    do {
        json_t *args = json_pack("{s:I}", "after", after);
        json_t *page = control_ask(cli, program, "tap", args, why, sizeof why, &running);

        json_decref(args);
        if (!page) {
            cli_complain("%s: %s", program->name, why);
            return running ? CLI_FAILED : EX_UNAVAILABLE;
        }
        before = json_array_size(tap->records);
        json_array_extend(tap->records, json_object_get(page, "records"));
        json_decref(page);
        size_t now = json_array_size(tap->records);
        if (now > before)
            after = json_integer_value(
                json_object_get(json_array_get(tap->records, now - 1), "serial"));
    } while (json_array_size(tap->records) > before);
    return CLI_OK;
}

static int print(struct cli const *cli, struct ladder const *ladder)
{
    struct buf out;

    if (!ladder)
        return EX_OSERR;
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

int ladder_command(struct cli *cli, int argc, char **argv)
{
    struct ladder_tap taps[PROGRAMS] = { 0 };
    struct ladder *ladder;
    struct options options;
    size_t n = 0;
    int code = parse(argc, argv, &options);

    if (code) {
        cli_complain("usage: crosspoint ladder %s", ladder_args);
        return code;
    }
    code = cli_load(cli);
    if (code)
        return code;
    /* From the proxy to the switch: the way of a request. */
    for (int i = PROGRAMS - 1; i >= 0; i--) {
        if (!cli_is_enabled(cli, &program_table[i]))
            continue;
        int failed = read_tap(cli, &program_table[i], &taps[n++]);
        code = failed ? failed : code;
    }
    ladder = ladder_new(taps, n, options.text, options.last);
    if (print(cli, ladder) != CLI_OK)
        code = EX_OSERR;
    ladder_free(&ladder);
    for (size_t i = 0; i < n; i++)
        json_decref(taps[i].records);
    return code;
}
