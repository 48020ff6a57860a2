/* SPDX-License-Identifier: Apache-2.0 */
/* The command `probe peer`: has the running proxy try a peer, and prints what it found. */
#pragma once

struct cli;

extern char const probe_args[], probe_more[];

/** The command; returns the exit code. */
int probe_command(struct cli *cli, int argc, char **argv);
