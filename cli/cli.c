/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of the CLI itself, and its complaints. */
#include "cli.h"
#include "buf.h"
#include "cfg.h"
#include "program.h"
#include <stdarg.h>
#include <stdio.h>

char const cli_default_conf[] = "/etc/crosspoint/crosspoint.conf";

/* The CLI has no group: it reads `node`, and which groups there are. */
static struct cfg_schema const cli_schema = { .group = "cli", .size = 1 };

void cli_complain(char const *format, ...)
{
    va_list args;

    fputs("crosspoint: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

static int load(struct cli *cli, FILE *faults_to)
{
    struct cfg_faults *faults;
    int code = CLI_OK;

    if (cli->cfg)
        return CLI_OK;
    faults = cfg_faults_new();
    if (!faults)
        return EX_SOFTWARE;
    cli->cfg = cfg_load(cli->conf_path, &cli_schema, faults);
    if (!cli->cfg) {
        code = EX_SOFTWARE;
    } else if (cfg_faults_count(faults)) {
        if (faults_to)
            cfg_faults_print(faults, faults_to);
        cfg_free(&cli->cfg);
        code = EX_CONFIG;
    }
    cfg_faults_free(&faults);
    return code;
}

int cli_load(struct cli *cli)
{
    return load(cli, stderr);
}

int cli_try_load(struct cli *cli)
{
    return load(cli, NULL);
}

void cli_fini(struct cli *cli)
{
    cfg_free(&cli->cfg);
}

bool cli_is_enabled(struct cli const *cli, struct program const *program)
{
    return cfg_has_group(cli->cfg, program->name);
}

void cli_socket_path(struct cli const *cli, struct program const *program, struct buf *out)
{
    buf_printf(out, "%s/%s.sock", cfg_get_node(cli->cfg)->run_dir, program->name);
}

char const *cli_bin_dir(struct cli const *cli)
{
    return cli->cfg ? cfg_get_node(cli->cfg)->bin_dir : "";
}
