/* SPDX-License-Identifier: Apache-2.0 */
/* Command check: every program tests the file itself, so the answer cannot differ from what
 * the programs say when they start. */
#pragma once
#include <stdbool.h>

struct cli;

/** Prints every fault of the file; @p quiet: nothing if there is none. Returns CLI_OK, 78, or
 *  another exit code after a complaint. */
int check_file(struct cli *cli, bool quiet);

/** The command, `check domain` too. */
int check_command(struct cli *cli, int argc, char **argv);
