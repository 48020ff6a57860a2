/* SPDX-License-Identifier: Apache-2.0 */
/* The command `check domain`: has the running XMPP gateway go to the servers of a domain, and
 * prints what it found. */
#pragma once

struct cli;

extern char const domain_command_args[], domain_command_more[];

/** The command, with the arguments behind "check domain"; returns the exit code. */
int domain_command(struct cli *cli, int argc, char **argv);
