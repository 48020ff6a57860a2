/* SPDX-License-Identifier: Apache-2.0 */
/* A trace without a screen. */
#pragma once

struct cli;
struct trace_reading;

/** Prints each message as it comes, until files end, or SIGINT or SIGTERM comes. Returns the exit
 *  code. */
int trace_lines(struct cli const *cli, struct trace_reading *reading);
