/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of memory, filled one after the other. */
#include "store_arena.h"
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 65536, ALIGN = 16 };

struct store_arena_chunk {
    struct store_arena_chunk *next;
    size_t used, size;
    _Alignas(ALIGN) char bytes[];
};

void *store_arena_alloc(struct store_arena *arena, size_t size)
{
    struct store_arena_chunk *chunk = arena->chunks;

    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK_BYTES ? size : CHUNK_BYTES;
        chunk = calloc(1, sizeof *chunk + room);
        if (!chunk)
            return NULL;
        chunk->size = room;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    chunk->used += size;
    return chunk->bytes + chunk->used - size;
}

char *store_arena_text(struct store_arena *arena, char const *text)
{
    size_t size = strlen(text) + 1;
    char *copy = store_arena_alloc(arena, size);

    return copy ? memcpy(copy, text, size) : NULL;
}

void store_arena_fini(struct store_arena *arena)
{
    struct store_arena_chunk *chunk;

    while ((chunk = arena->chunks)) {
        arena->chunks = chunk->next;
        free(chunk);
    }
}
