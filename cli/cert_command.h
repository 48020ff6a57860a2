/* SPDX-License-Identifier: Apache-2.0 */
/* The command `crosspoint cert`: keys, requests, certificates and trust as files, for the
 * administrator. */
#pragma once

struct cli;

extern char const cert_command_args[], cert_command_more[];

/** A command_fn. */
int cert_command(struct cli *cli, int argc, char **argv);
