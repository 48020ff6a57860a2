/* SPDX-License-Identifier: Apache-2.0 */
/* The command `crosspoint ladder`. */
#pragma once

struct cli;

extern char const ladder_args[], ladder_more[];

/** Draws the messages that the running programs remember. Returns the exit code. */
int ladder_command(struct cli *cli, int argc, char **argv);
