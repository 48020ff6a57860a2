/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the CLI's own commands, and the two that are about the CLI itself. */
#include "address_command.h"
#include "buf.h"
#include "bundle_command.h"
#include "capture_command.h"
#include "cert_command.h"
#include "check.h"
#include "cli.h"
#include "command.h"
#include "config.h"
#include "contact_command.h"
#include "control.h"
#include "domain_command.h"
#include "explain_command.h"
#include "ladder_command.h"
#include "people_command.h"
#include "probe_command.h"
#include "rcc.h"
#include "run.h"
#include "trace_command.h"
#include <stdio.h>

enum { HELP_MAX = 65536 };

static void print_commands(void)
{
    struct buf out;

    buf_init(&out, HELP_MAX);
    command_print_list(command_table, &out);
    fputs(buf_text(&out), stdout);
    buf_fini(&out);
}

static int help_all(struct cli *cli)
{
    printf("usage: crosspoint [-c FILE] [--json] COMMAND ...\n\n"
           "Configuration: %s\n\nCommands:\n",
           cli->conf_path);
    print_commands();
    if (cli_try_load(cli) != CLI_OK)
        return CLI_OK;
    puts("\nCommands of the running programs (those of all take a program's name at the end):");
    if (!control_print_help(cli, 0, NULL))
        puts("  none is running; start them with: crosspoint run");
    puts("\nExit codes: 0 success, 1 the command failed, 64 wrong usage, 69 a program is not\n"
         "running, 70 internal error, 78 the configuration has faults.");
    return CLI_OK;
}

static int cmd_help(struct cli *cli, int argc, char **argv)
{
    struct command const *command;
    struct buf out;

    if (argc == 0)
        return help_all(cli);
    command = argc == 1 ? command_find(command_table, argv[0]) : NULL;
    if (command) {
        buf_init(&out, HELP_MAX);
        command_print(command, &out);
        fputs(buf_text(&out), stdout);
        buf_fini(&out);
        return CLI_OK;
    }
    if (cli_try_load(cli) == CLI_OK && control_print_help(cli, argc, argv))
        return CLI_OK;
    cli_complain("no help on \"%s\": no command of the CLI or of a running program", argv[0]);
    return EX_USAGE;
}

static int cmd_version(struct cli *cli, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (cli->json)
        puts("{\"version\": \"" PACKAGE_VERSION "\"}");
    else
        puts("crosspoint " PACKAGE_VERSION);
    return CLI_OK;
}

/* clang-format off */
struct command const command_table[] = {
    { .name = "run",
      .help = "Start the programs of the file and keep them running, until SIGTERM or Ctrl-C.",
      .more = "Checks the file as check does, then starts switch, cti, presence, xmpp, proxy\n"
              "and capture if their groups are in it, each when the one before answers. One that\n"
              "dies is started again: at once, then after 1, 2, 4, 8 and 10 s; after a good\n"
              "minute at once.\n"
              "SIGHUP makes them all read the file again, as reload does.\n"
              "The programs are looked for in the folders of $CROSSPOINT_BIN_PATH, else in\n"
              "node.bin_dir, else beside crosspoint.\n"
              "Exit code: 0 when stopped; 64, 69 or 78 of a program that cannot start.\n",
      .fn = run_command },
    { .name = "check",
      .args = domain_command_args,
      .help = "Print every fault of the configuration with file and line; or try an XMPP domain.",
      .more = domain_command_more,
      .fn = check_command },
    { .name = "cert",
      .args = cert_command_args,
      .help = "Keys, certificates and trust of the TLS contexts.",
      .more = cert_command_more,
      .fn = cert_command },
    { .name = "user",
      .args = people_command_user_args,
      .help = "People: who may control phones, and who registers.",
      .more = people_command_user_more,
      .fn = people_command_user },
    { .name = "device",
      .args = people_command_device_args,
      .help = "Phones, and whose they are.",
      .more = people_command_device_more,
      .fn = people_command_device },
    { .name = "line",
      .args = people_command_line_args,
      .help = "Lines, and which phones they stand on.",
      .more = people_command_line_more,
      .fn = people_command_line },
    { .name = "contact",
      .args = contact_command_args,
      .help = "Contact lists: who stands in them, files in and out.",
      .more = contact_command_more,
      .fn = contact_command },
    { .name = "policy",
      .args = contact_command_policy_args,
      .help = "Whom a user blocks and allows, and what everybody else gets.",
      .more = contact_command_policy_more,
      .fn = contact_command_policy },
    { .name = "address",
      .args = address_command_args,
      .help = "Who somebody is in XMPP, or in SIP.",
      .more = address_command_more,
      .fn = address_command },
    { .name = "explain",
      .args = explain_args,
      .help = "What the proxy would do with a message or a URI, step by step.",
      .more = explain_more,
      .fn = explain_command },
    { .name = "probe",
      .args = probe_args,
      .help = "Try a peer as the proxy would reach it: DNS, connection, TLS, OPTIONS.",
      .more = probe_more,
      .fn = probe_command },
    { .name = "rcc",
      .args = rcc_args,
      .help = "A small remote call control client.",
      .more = rcc_more,
      .fn = rcc_command },
    { .name = "ladder",
      .args = ladder_args,
      .help = "Draw the messages that the running programs sent and received.",
      .more = ladder_more,
      .fn = ladder_command },
    { .name = "trace",
      .args = trace_args,
      .help = "Show messages as they come: dialogs, ladders, messages, differences.",
      .more = trace_more,
      .fn = trace_command },
    { .name = "bundle",
      .args = bundle_args,
      .help = "Collect what somebody needs who looks for a fault into one file.",
      .more = bundle_more,
      .fn = bundle_command },
    { .name = "capture",
      .args = capture_command_args,
      .help = "Write the messages of the running programs to files.",
      .more = capture_command_more,
      .fn = capture_command },
    { .name = "help",
      .args = "[COMMAND]",
      .help = "Print all commands, or more about one.",
      .fn = cmd_help },
    { .name = "version", .help = "Print the version.", .fn = cmd_version },
    { 0 },
};
/* clang-format on */
