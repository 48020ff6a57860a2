/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a trace into a file for its owner alone. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct trace_store;

/** Writes the messages of the dialog @p dialog, 0: of all, to @p path, which must not be there yet:
 *  as text if it ends in ".txt", else as pcapng. Returns 0, or a negative errno: what there is of
 *  the file is gone again. *@p ret_n is the number of messages. */
int trace_save(struct trace_store const *store, uint64_t dialog, char const *path, size_t *ret_n);
