/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of the programs of this node, out of the ring files of their taps. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct capture_source;
struct cli;

/** Opens the taps of @p n programs. One that cannot be read is complained about; the others are
 *  there all the same. Returns the exit code; *ret is NULL when out of memory. */
int ladder_taps_open(struct cli const *cli, char const *const *programs, size_t n,
                     struct capture_source **ret);

/** Is @p path a ring file, as a crash has left one? */
bool ladder_taps_is_ring(char const *path);

/** Opens one ring file by its path. As above. */
int ladder_taps_open_file(char const *path, struct capture_source **ret);
