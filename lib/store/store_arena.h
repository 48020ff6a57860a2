/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that is given back all at once: for a copy of the file that never changes. Inner part of
 * lib/store. */
#pragma once
#include <stddef.h>

struct store_arena {
    struct store_arena_chunk *chunks;
};

/** Zeroed and aligned; NULL when out of memory. */
void *store_arena_alloc(struct store_arena *arena, size_t size);

/** A copy of @p text. */
char *store_arena_text(struct store_arena *arena, char const *text);

void store_arena_fini(struct store_arena *arena);
