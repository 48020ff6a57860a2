/* SPDX-License-Identifier: Apache-2.0 */
/* Command run: the programs of the file in the foreground. */
#pragma once

struct cli;

int run_command(struct cli *cli, int argc, char **argv);
