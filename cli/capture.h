/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program to its end and keeps what it writes. */
#pragma once

struct buf;

/** Runs @p argv (argv[0] is the path, or a name in $PATH) with stdout and stderr appended to
 *  @p out. Returns its exit code, 128 + signal when a signal ended it, or a negative errno when it
 *  could not be run. */
int capture_run(char const *const *argv, struct buf *out);
