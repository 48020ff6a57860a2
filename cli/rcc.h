/* SPDX-License-Identifier: Apache-2.0 */
/* Command rcc: a small remote call control client for administrators. */
#pragma once

struct cli;

int rcc_command(struct cli *cli, int argc, char **argv);
extern char const rcc_args[], rcc_more[];
