/* SPDX-License-Identifier: Apache-2.0 */
/* Command `rcc doctor`: why can this user not sign in? */
#pragma once

struct cli;

/** With the arguments behind `rcc doctor`. */
int doctor_command(struct cli *cli, int argc, char **argv);
