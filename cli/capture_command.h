/* SPDX-License-Identifier: Apache-2.0 */
/* The command `crosspoint capture`: asks crosspoint-capture to start and stop jobs. */
#pragma once

struct cli;

extern char const capture_command_args[], capture_command_more[];

/** Returns the exit code. */
int capture_command(struct cli *cli, int argc, char **argv);
