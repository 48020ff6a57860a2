/* SPDX-License-Identifier: Apache-2.0 */
/* Routing of commands to the running programs, and printing of what they answer. */
#include "control.h"
#include "buf.h"
#include "cli.h"
#include "command.h"
#include "control_match.h"
#include "ctl.h"
#include "program.h"
#include "secret.h"
#include "table.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_TEXT = 512, OUT_MAX = 64 << 20, NAMES_MAX = 256 };

/* One program in one invocation. */
struct peer {
    struct program const *program;
    bool enabled, running;
    char why[WHY_TEXT]; /* why it does not answer */
    json_t *help;       /* NULL if it does not run */
    json_t *result;     /* of the command */
};

/* The whole answer; its socket in @p path. */
static json_t *call(struct cli const *cli, struct program const *program, char const *command,
                    json_t const *args, struct buf *path, char const **ret_error)
{
    buf_init(path, PATH_MAX);
    cli_socket_path(cli, program, path);
    return ctl_client_call(buf_text(path), command, args,
                           cli->patience_ms ? cli->patience_ms : CONTROL_TIMEOUT_MS, ret_error);
}

static char const *error_of(json_t const *answer)
{
    char const *text = json_string_value(json_object_get(answer, "error"));

    return text ? text : "failed without a reason";
}

json_t *control_ask(struct cli const *cli, struct program const *program, char const *command,
                    json_t const *args, char *why, size_t size, bool *ret_running)
{
    char const *error = NULL;
    json_t *result = NULL;
    struct buf path;
    json_t *answer = call(cli, program, command, args, &path, &error);

    *ret_running = answer != NULL;
    if (!answer) {
        snprintf(why, size, "%s (%s)", error, buf_text(&path));
    } else if (json_is_true(json_object_get(answer, "ok"))) {
        result = json_incref(json_object_get(answer, "result"));
        result = result ? result : json_null();
    } else {
        snprintf(why, size, "%s", error_of(answer));
    }
    json_decref(answer);
    buf_fini(&path);
    return result;
}

int control_audit(struct cli const *cli, struct program const *program, json_t const *args,
                  char *why, size_t size)
{
    char const *error = NULL;
    struct buf path;
    json_t *answer = call(cli, program, "audit", args, &path, &error);
    int result = 0;

    if (!answer && error == ctl_client_absent) {
        result = -ENOENT;
    } else if (!json_is_true(json_object_get(answer, "ok"))) {
        snprintf(why, size, "%s", answer ? error_of(answer) : error);
        result = -EACCES;
    }
    json_decref(answer);
    buf_fini(&path);
    return result;
}

/* --- who runs, and what do they offer --------------------------------------------------------- */

static void greet(struct cli const *cli, struct peer peers[static PROGRAMS])
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct peer *peer = &peers[i];

        *peer = (struct peer){ .program = &program_table[i] };
        peer->enabled = cli_is_enabled(cli, peer->program);
        if (peer->enabled)
            peer->help = control_ask(cli, peer->program, "help", NULL, peer->why, sizeof peer->why,
                                     &peer->running);
    }
}

static void leave(struct peer peers[static PROGRAMS])
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        json_decref(peers[i].help);
        json_decref(peers[i].result);
    }
}

/* Complains about every program that should run and does not; says whether there was one. */
static bool complain_absent(struct peer const peers[static PROGRAMS])
{
    bool absent = false;

    for (size_t i = 0; i < PROGRAMS; i++) {
        if (peers[i].enabled && !peers[i].running) {
            cli_complain("%s: %s", peers[i].program->name, peers[i].why);
            absent = true;
        }
    }
    return absent;
}

static size_t collect_names(struct peer const peers[static PROGRAMS],
                            char const *names[static NAMES_MAX])
{
    size_t n = 0;

    for (struct command const *row = command_table; row->name && n < NAMES_MAX; row++)
        names[n++] = row->name;
    for (size_t i = 0; i < PROGRAMS; i++) {
        json_t *row;
        size_t r;

        json_array_foreach(json_object_get(peers[i].help, "rows"), r, row)
        {
            if (n < NAMES_MAX)
                names[n++] = control_match_cell(peers[i].help, row, "command");
        }
    }
    return n;
}

static bool any_runs(struct peer const peers[static PROGRAMS])
{
    for (size_t i = 0; i < PROGRAMS; i++)
        if (peers[i].running)
            return true;
    return false;
}

static int unknown(struct cli const *cli, struct peer const peers[static PROGRAMS], int argc,
                   char **argv)
{
    char const *names[NAMES_MAX];
    char const *nearest;
    struct buf typed;
    int code = EX_USAGE;

    buf_init(&typed, 1024);
    for (int i = 0; i < argc; i++)
        buf_printf(&typed, "%s%s", i ? " " : "", argv[i]);
    nearest = command_nearest(buf_text(&typed), names, collect_names(peers, names));
    if (nearest) {
        cli_complain("unknown command \"%s\"; did you mean \"%s\"?", buf_text(&typed), nearest);
    } else if (complain_absent(peers)) {
        /* Perhaps one of those that do not run would have known it. */
        cli_complain(any_runs(peers) ? "\"%s\" is no command of the programs that run"
                                     : "\"%s\" needs a running program; see: crosspoint help",
                     buf_text(&typed));
        code = EX_UNAVAILABLE;
    } else if (!any_runs(peers)) {
        cli_complain("%s configures no program", cli->conf_path);
        code = EX_CONFIG;
    } else {
        cli_complain("unknown command \"%s\"; see: crosspoint help", buf_text(&typed));
    }
    buf_fini(&typed);
    return code;
}

/* --- one command ------------------------------------------------------------------------------ */

struct request {
    struct control_match match;
    struct program const *only; /* named behind the command, or NULL */
    json_t *args;
};

static bool serves(struct peer const *peer, struct request const *request, int argc, char **argv)
{
    struct control_match match = { 0 };

    if (request->only && request->only != peer->program)
        return false;
    control_match_find(peer->help, argc, argv, &match);
    return match.words == request->match.words;
}

/* A secret that the command wants is asked for, when everything else is right. */
static int add_secret(struct request *request)
{
    char key[CONTROL_MATCH_KEY], secret[SECRET_MAX + 1];
    char const *fault;

    if (!control_match_secret(request->match.args, key))
        return CLI_OK;
    fault = secret_read(key, secret);
    if (!fault && json_object_set_new(request->args, key, json_string(secret)) < 0)
        fault = "it is not UTF-8";
    explicit_bzero(secret, sizeof secret);
    if (!fault)
        return CLI_OK;
    cli_complain("no %s: %s", key, fault);
    return EX_USAGE;
}

/* Fills @p request from the words; returns CLI_OK or the exit code after a complaint. */
static int understand(struct cli const *cli, struct peer const peers[static PROGRAMS], int argc,
                      char **argv, struct request *request)
{
    struct control_match *match = &request->match;
    int n;

    for (size_t i = 0; i < PROGRAMS; i++)
        control_match_find(peers[i].help, argc, argv, match);
    if (!match->name)
        return unknown(cli, peers, argc, argv);
    n = argc - match->words;
    if (match->of_all && n > 0)
        request->only = program_find(argv[argc - 1]);
    if (request->only)
        n--;
    request->args = control_match_args(match->args, n, argv + match->words);
    if (request->args)
        return add_secret(request);
    cli_complain("usage: crosspoint %s%s%s%s", match->name, *match->args ? " " : "", match->args,
                 match->of_all ? " [PROGRAM]" : "");
    return EX_USAGE;
}

/* Should it answer, and does not run? */
static bool is_missed(struct peer const *peer, struct request const *request)
{
    if (peer->running || !request->match.of_all)
        return false;
    return request->only ? request->only == peer->program : peer->enabled;
}

/* Asks everybody concerned. Returns the exit code. */
static int ask_all(struct cli const *cli, struct peer peers[static PROGRAMS],
                   struct request const *request, int argc, char **argv)
{
    int code = CLI_OK;

    for (size_t i = 0; i < PROGRAMS; i++) {
        struct peer *peer = &peers[i];

        if (is_missed(peer, request)) {
            cli_complain("%s: %s", peer->program->name,
                         peer->enabled ? peer->why : "not in the configuration file");
            code = EX_UNAVAILABLE;
        }
        if (!peer->running || !serves(peer, request, argc, argv))
            continue;
        peer->result = control_ask(cli, peer->program, request->match.name, request->args,
                                   peer->why, sizeof peer->why, &peer->running);
        if (!peer->result) {
            cli_complain("%s: %s", peer->program->name, peer->why);
            code = peer->running ? CLI_FAILED : EX_UNAVAILABLE;
        }
    }
    return code;
}

/* --- printing --------------------------------------------------------------------------------- */

static json_t *columns_of(json_t const *result)
{
    return json_object_get(result, "columns");
}

/* All results are tables with the same columns: one table is easier to read than three. */
static bool can_merge(struct peer const peers[static PROGRAMS])
{
    json_t const *columns = NULL;

    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!peers[i].result)
            continue;
        if (!columns_of(peers[i].result) ||
            (columns && !json_equal(columns, columns_of(peers[i].result))))
            return false;
        columns = columns_of(peers[i].result);
    }
    return columns != NULL;
}

static json_t *merge(struct peer const peers[static PROGRAMS])
{
    json_t *rows = json_array(), *columns = NULL, *row;
    bool has_name = false;
    size_t r;

    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!peers[i].result)
            continue;
        if (!columns) {
            columns = json_deep_copy(columns_of(peers[i].result));
            has_name = strcmp(json_string_value(json_array_get(columns, 0)), "program") == 0;
            if (!has_name)
                json_array_insert_new(columns, 0, json_string("program"));
        }
        json_array_foreach(json_object_get(peers[i].result, "rows"), r, row)
        {
            json_t *copy = json_deep_copy(row);

            if (!has_name)
                json_array_insert_new(copy, 0, json_string(peers[i].program->name));
            json_array_append_new(rows, copy);
        }
    }
    return json_pack("{s:o,s:o}", "columns", columns, "rows", rows);
}

static void print_text(struct peer const peers[static PROGRAMS], bool by_program, struct buf *out)
{
    if (by_program && can_merge(peers)) {
        json_t *table = merge(peers);

        table_print(table, out);
        json_decref(table);
        return;
    }
    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!peers[i].result)
            continue;
        if (by_program)
            buf_printf(out, "%s:\n", peers[i].program->name);
        table_print(peers[i].result, out);
    }
}

static void print_json(struct peer const peers[static PROGRAMS], bool by_program)
{
    json_t *all = json_object();

    for (size_t i = 0; i < PROGRAMS; i++) {
        if (!peers[i].result)
            continue;
        json_object_set(all, peers[i].program->name, peers[i].result);
        if (!by_program)
            json_dumpf(peers[i].result, stdout, JSON_INDENT(1) | JSON_ENCODE_ANY);
    }
    if (by_program)
        json_dumpf(all, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(all);
}

static void print(struct cli const *cli, struct peer const peers[static PROGRAMS], bool by_program)
{
    bool any = false;
    struct buf out;

    for (size_t i = 0; i < PROGRAMS; i++)
        any |= peers[i].result != NULL;
    if (!any)
        return;
    if (cli->json) {
        print_json(peers, by_program);
        return;
    }
    buf_init(&out, OUT_MAX);
    print_text(peers, by_program, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
}

int control_run(struct cli *cli, int argc, char **argv)
{
    struct request request = { 0 };
    struct peer peers[PROGRAMS];
    int code = cli_load(cli);

    if (code)
        return code;
    greet(cli, peers);
    code = understand(cli, peers, argc, argv, &request);
    if (code == CLI_OK) {
        code = ask_all(cli, peers, &request, argc, argv);
        print(cli, peers, request.match.of_all && !request.only);
    }
    json_decref(request.args);
    leave(peers);
    return code;
}

/* --- help ------------------------------------------------------------------------------------- */

static void print_row(json_t const *help, json_t const *row, struct program const *program)
{
    char text[256];

    snprintf(text, sizeof text, "%s%s%s", control_match_cell(help, row, "command"),
             *control_match_cell(help, row, "arguments") ? " " : "",
             control_match_cell(help, row, "arguments"));
    printf("  %-10s%-26s  %s\n", program ? program->name : "all", text,
           control_match_cell(help, row, "help"));
}

static bool is_wanted(json_t const *help, json_t const *row, int argc, char **argv)
{
    json_t *one = json_pack("{s:O,s:[O]}", "columns", columns_of(help), "rows", row);
    struct control_match match = { 0 };

    if (argc)
        control_match_find(one, argc, argv, &match);
    json_decref(one);
    return argc == 0 || match.words == argc;
}

bool control_print_help(struct cli *cli, int argc, char **argv)
{
    bool printed = false, printed_all = false;
    struct peer peers[PROGRAMS];

    greet(cli, peers);
    for (size_t i = 0; i < PROGRAMS; i++) {
        bool prints_all = false;
        json_t *row;
        size_t r;

        json_array_foreach(json_object_get(peers[i].help, "rows"), r, row)
        {
            bool of_all = strcmp(control_match_cell(peers[i].help, row, "of"), "all") == 0;

            /* `help` of the CLI stands for that of the programs. */
            if (strcmp(control_match_cell(peers[i].help, row, "command"), "help") == 0)
                continue;
            if ((of_all && printed_all) || !is_wanted(peers[i].help, row, argc, argv))
                continue;
            print_row(peers[i].help, row, of_all ? NULL : peers[i].program);
            printed = true;
            prints_all |= of_all;
        }
        printed_all |= prints_all;
    }
    leave(peers);
    return printed;
}

int control_tell(struct cli const *cli, char const *name, char const *command)
{
    char why[WHY_TEXT];
    bool running = false;
    json_t *answer = control_ask(cli, program_find(name), command, NULL, why, sizeof why, &running);

    if (!answer && running)
        cli_complain("written, but %s says: %s", name, why);
    json_decref(answer);
    return answer || !running ? CLI_OK : CLI_FAILED;
}
