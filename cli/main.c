/* SPDX-License-Identifier: Apache-2.0 */
/* crosspoint: the one command that people type. Options, then a command of our own or of a program
 * that runs. */
#include "cli.h"
#include "command.h"
#include "control.h"
#include "log.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the options in front of the command, and --json anywhere. Returns how many words are left
 * in @p argv, from index 0, or -1 when an option is wrong. */
static int take_options(struct cli *cli, int argc, char **argv)
{
    bool is_option = true;
    int n = 0;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            cli->json = true;
        } else if (is_option && strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
            cli->conf_path = argv[++i];
        } else if (is_option && (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)) {
            argv[n++] = "help";
        } else if (is_option && argv[i][0] == '-') {
            cli_complain("unknown option, or no value for it: %s; see: crosspoint help", argv[i]);
            return -1;
        } else {
            is_option = false;
            argv[n++] = argv[i];
        }
    }
    return n;
}

int main(int argc, char **argv)
{
    char const *conf = getenv("CROSSPOINT_CONF");
    struct cli cli = { .self = argv[0], .conf_path = conf && *conf ? conf : cli_default_conf };
    struct command const *command;
    int code = EX_USAGE;
    int n = take_options(&cli, argc, argv);

    signal(SIGPIPE, SIG_IGN);
    /* What the libraries have to say, the commands say in their own words. */
    log_init("crosspoint", LOG_ERROR);
    if (n == 0)
        cli_complain("no command; see: crosspoint help");
    if (n <= 0)
        return EX_USAGE;
    command = command_find(command_table, argv[0]);
    code = command ? command->fn(&cli, n - 1, argv + 1) : control_run(&cli, n, argv);
    cli_fini(&cli);
    if (fflush(stdout) != 0 && code == CLI_OK)
        code = EX_SOFTWARE;
    return code;
}
