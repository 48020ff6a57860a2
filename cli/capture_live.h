/* SPDX-License-Identifier: Apache-2.0 */
/* Capture in the foreground (crosspoint capture -w FILE): the messages of the running programs into
 * a file or a pipe, for as long as the command runs. Takes the options of filters. Needs no
 * crosspoint-capture. */
#pragma once

struct cli;

/** @p argv: "-w", and what follows. Returns the exit code. */
int capture_live(struct cli *cli, int argc, char **argv);
