/* SPDX-License-Identifier: Apache-2.0 */
/* The command `crosspoint address`: who somebody is on the other side of the XMPP gateway. */
#pragma once

struct cli;

extern char const address_command_args[], address_command_more[];

/** Needs no configuration and no program. Returns the exit code. */
int address_command(struct cli *cli, int argc, char **argv);
