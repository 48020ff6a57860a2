/* SPDX-License-Identifier: Apache-2.0 */
/* What `crosspoint check` says of the directory: users of the store who contradict those of the
 * configuration file. The gateway does not start with such a pair. */
#pragma once

struct buf;
struct cli;

/** Appends one line for each. Nothing when there is no store yet, or it is not ours to read. */
void people_check(struct cli *cli, struct buf *out);
