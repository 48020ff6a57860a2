/* SPDX-License-Identifier: Apache-2.0 */
/* Runs PROGRAM -t -f FILE for each program of the file and merges the faults. */
#include "check.h"
#include "answer.h"
#include "buf.h"
#include "capture.h"
#include "cfg.h"
#include "cli.h"
#include "domain_command.h"
#include "fault_list.h"
#include "people_check.h"
#include "program.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 16 << 20 };

/* Adds what one program says. Returns CLI_OK, or the exit code when it said nothing useful. */
static int ask(struct cli const *cli, struct program const *program, struct fault_list *faults)
{
    struct buf path, said;
    int code = CLI_OK, rc;

    buf_init(&path, PATH_MAX);
    buf_init(&said, OUTPUT_MAX);
    if (program_locate(program, cli_bin_dir(cli), &path) < 0) {
        cli_complain("%s is not installed", program->binary);
        code = EX_UNAVAILABLE;
        goto out;
    }
    rc = capture_run((char const *[]){ buf_text(&path), "-t", "-f", cli->conf_path, NULL }, &said);
    if (rc == EX_CONFIG) {
        code = fault_list_add(faults, buf_text(&said)) < 0 ? EX_SOFTWARE : CLI_OK;
    } else if (rc == 0) {
        code = fault_list_add_warnings(faults, buf_text(&said)) < 0 ? EX_SOFTWARE : CLI_OK;
    } else if (rc < 0) {
        cli_complain("%s: %s", buf_text(&path), strerror(-rc));
        code = EX_UNAVAILABLE;
    } else if (rc > 0) {
        cli_complain("%s -t ended with code %d: %s", buf_text(&path), rc, buf_text(&said));
        code = EX_SOFTWARE;
    }
out:
    buf_fini(&path);
    buf_fini(&said);
    return code;
}

static bool is_installed(struct program const *program)
{
    struct buf path;
    int rc;

    buf_init(&path, PATH_MAX);
    rc = program_locate(program, "", &path);
    buf_fini(&path);
    return rc == 0;
}

static void report(struct cli const *cli, struct fault_list const *faults)
{
    struct buf out;

    if (cli->json) {
        json_t *result =
            json_pack("{s:b,s:o,s:o}", "ok", fault_list_count(faults) == 0, "faults",
                      fault_list_json(faults, false), "warnings", fault_list_json(faults, true));

        answer_print_json(result);
        json_decref(result);
        return;
    }
    buf_init(&out, OUTPUT_MAX);
    fault_list_print(faults, &out);
    fputs(buf_text(&out), stdout);
    if (fault_list_count(faults) == 0)
        puts("configuration OK");
    buf_fini(&out);
}

/* What stands in two places differently. */
static int ask_directory(struct cli *cli, struct fault_list *faults)
{
    struct buf said;

    buf_init(&said, OUTPUT_MAX);
    people_check(cli, &said);
    int error = fault_list_add(faults, buf_text(&said));
    buf_fini(&said);
    return error < 0 ? EX_SOFTWARE : CLI_OK;
}

int check_file(struct cli *cli, bool quiet)
{
    struct fault_list *faults = fault_list_new();
    int code = CLI_OK;
    /* A file that we cannot read ourselves is everybody's business. */
    bool readable = cli_try_load(cli) == CLI_OK;
    size_t asked = 0;

    for (size_t i = 0; faults && code == CLI_OK && i < PROGRAMS; i++) {
        if (readable ? !cli_is_enabled(cli, &program_table[i]) : !is_installed(&program_table[i]))
            continue;
        code = ask(cli, &program_table[i], faults);
        asked++;
    }
    if (!faults)
        code = EX_SOFTWARE;
    else if (code == CLI_OK && readable)
        code = ask_directory(cli, faults);
    if (code == CLI_OK && asked == 0) {
        cli_complain("%s configures no program", cli->conf_path);
        code = EX_CONFIG;
    } else if (code == CLI_OK) {
        fault_list_sort(faults);
        code = fault_list_count(faults) ? EX_CONFIG : CLI_OK;
        if (code || !quiet)
            report(cli, faults);
    }
    fault_list_free(&faults);
    return code;
}

int check_command(struct cli *cli, int argc, char **argv)
{
    if (argc == 0)
        return check_file(cli, false);
    if (strcmp(argv[0], "domain") == 0)
        return domain_command(cli, argc - 1, argv + 1);
    cli_complain("check takes no argument but domain NAME; the file is named by -c");
    return EX_USAGE;
}
