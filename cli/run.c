/* SPDX-License-Identifier: Apache-2.0 */
/* Ties the supervisor to the programs of the file, to the terminal and to the signals. */
#include "run.h"
#include "buf.h"
#include "check.h"
#include "cli.h"
#include "clock.h"
#include "control.h"
#include "loop_wheel.h"
#include "program.h"
#include "run_hints.h"
#include "supervisor.h"
#include "wheel.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIGNALS = 3, ARGS = 4, WHY_TEXT = 512, HINTS_MAX = 65536 };

struct run {
    struct cli *cli;
    uv_loop_t loop;
    struct loop_wheel lw;
    uv_signal_t signals[SIGNALS];
    struct supervisor *supervisor;
    uint64_t started_ms;
    int code;
    size_t n;
    struct program const *programs[PROGRAMS];
    struct buf paths[PROGRAMS];
    char const *args[PROGRAMS][ARGS];
    struct supervisor_child children[PROGRAMS];
};

static json_t *ask(struct run *run, struct program const *program, char const *command)
{
    char why[WHY_TEXT];
    bool running;

    return control_ask(run->cli, program, command, NULL, why, sizeof why, &running);
}

static bool is_ready(void *ctx, size_t i)
{
    struct run *run = ctx;
    json_t *status = ask(run, run->programs[i], "status");

    json_decref(status);
    return status != NULL;
}

/* How the CLI must be called from another terminal to reach this node. */
static void print_environment(struct run const *run)
{
    char const *run_dir = getenv("CROSSPOINT_RUN_DIR");
    char path[PATH_MAX];

    if (getenv("CROSSPOINT_CONF") || run->cli->conf_path != cli_default_conf)
        printf("  export CROSSPOINT_CONF=%s\n",
               realpath(run->cli->conf_path, path) ? path : run->cli->conf_path);
    if (run_dir && *run_dir)
        printf("  export CROSSPOINT_RUN_DIR=%s\n", run_dir);
}

static void on_ready(void *ctx)
{
    struct run *run = ctx;
    struct buf listeners, next;
    json_t *cti = NULL;

    buf_init(&listeners, HINTS_MAX);
    buf_init(&next, HINTS_MAX);
    for (size_t i = 0; i < run->n; i++) {
        json_t *config = ask(run, run->programs[i], "show config");

        run_hints_listeners(config, run->programs[i]->name, &listeners);
        if (run->programs[i] == program_find("cti"))
            cti = json_incref(config);
        json_decref(config);
    }
    run_hints_next(run->cli->self, cti, &next);
    printf("crosspoint is ready after %llu ms and listens on\n%s\nNow type in another terminal:\n",
           (unsigned long long)(clock_now_ms() - run->started_ms), buf_text(&listeners));
    print_environment(run);
    printf("%s\nCtrl-C stops all.\n", buf_text(&next));
    fflush(stdout);
    json_decref(cti);
    buf_fini(&listeners);
    buf_fini(&next);
}

static void on_line(void *ctx, char const *name, char const *line)
{
    (void)ctx;
    printf("%-8s | %s\n", name, line);
    fflush(stdout);
}

static void on_end(void *ctx, int code)
{
    struct run *run = ctx;

    run->code = code;
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&run->signals[i], NULL);
    loop_wheel_close(&run->lw);
}

static struct supervisor_owner const owner = { is_ready, on_ready, on_line, on_end };

static void on_signal(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;
    (void)number;

    supervisor_stop(run->supervisor);
}

static void on_hangup(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;
    (void)number;

    supervisor_reload(run->supervisor);
}

/* Fills the children from the file. Returns CLI_OK or the exit code after a complaint. */
static int find_programs(struct run *run)
{
    for (size_t i = 0; i < PROGRAMS; i++) {
        struct program const *program = &program_table[i];
        struct buf *path = &run->paths[run->n];

        if (!cli_is_enabled(run->cli, program))
            continue;
        buf_init(path, PATH_MAX);
        if (program_locate(program, cli_bin_dir(run->cli), path) < 0) {
            cli_complain("%s is not installed beside crosspoint; set CROSSPOINT_BIN_PATH or "
                         "node.bin_dir",
                         program->binary);
            return EX_UNAVAILABLE;
        }
        run->args[run->n][0] = buf_text(path);
        run->args[run->n][1] = "-f";
        run->args[run->n][2] = run->cli->conf_path;
        run->programs[run->n] = program;
        run->children[run->n] = (struct supervisor_child){ program->name, run->args[run->n] };
        run->n++;
    }
    if (run->n)
        return CLI_OK;
    cli_complain("%s configures no program", run->cli->conf_path);
    return EX_CONFIG;
}

static int supervise(struct run *run)
{
    static struct {
        int number;
        uv_signal_cb fn;
    } const rows[SIGNALS] = { { SIGTERM, on_signal },
                              { SIGINT, on_signal },
                              { SIGHUP, on_hangup } };
    char pid[24];
    int rc = uv_loop_init(&run->loop);

    if (rc < 0)
        return EX_SOFTWARE;
    /* The programs end when this process does (svc.c). */
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("CROSSPOINT_SUPERVISOR", pid, 1);
    rc = loop_wheel_init(&run->lw, &run->loop);
    if (rc == 0)
        run->supervisor =
            supervisor_new(&run->loop, run->lw.wheel, run->children, run->n, &owner, run);
    if (!run->supervisor) {
        cli_complain("out of memory");
        return EX_SOFTWARE;
    }
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&run->loop, &run->signals[i]);
        run->signals[i].data = run;
        uv_signal_start(&run->signals[i], rows[i].fn, rows[i].number);
    }
    run->started_ms = clock_now_ms();
    uv_run(&run->loop, UV_RUN_DEFAULT);
    supervisor_free(&run->supervisor);
    wheel_free(&run->lw.wheel);
    uv_loop_close(&run->loop);
    return run->code;
}

int run_command(struct cli *cli, int argc, char **argv)
{
    struct run run = { .cli = cli };
    int code;
    (void)argv;

    if (argc) {
        cli_complain("run takes no argument; the file is named by -c");
        return EX_USAGE;
    }
    /* All faults at once, not those of the program that starts first. */
    code = check_file(cli, true);
    if (code == CLI_OK)
        code = cli_load(cli);
    if (code == CLI_OK)
        code = find_programs(&run);
    if (code == CLI_OK)
        code = supervise(&run);
    for (size_t i = 0; i < PROGRAMS; i++)
        buf_fini(&run.paths[i]);
    return code;
}
