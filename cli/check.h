/* SPDX-License-Identifier: Apache-2.0 */
/* Command check: every program tests the file itself, so the answer cannot differ from what
 * the programs say when they start. */
#pragma once

struct cli;

int check_command(struct cli *cli, int argc, char **argv);
