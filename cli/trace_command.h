/* SPDX-License-Identifier: Apache-2.0 */
/* The command `crosspoint trace`: messages as they come, on a screen or line by line. */
#pragma once

struct cli;

extern char const trace_args[], trace_more[];

/** Shows messages until they end or the user does. Returns the exit code. */
int trace_command(struct cli *cli, int argc, char **argv);
