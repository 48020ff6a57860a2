/* SPDX-License-Identifier: Apache-2.0 */
/* The command `crosspoint explain`: what the running proxy would do with a message, and why. */
#pragma once

struct cli;

extern char const explain_args[], explain_more[];

int explain_command(struct cli *cli, int argc, char **argv);
