/* SPDX-License-Identifier: Apache-2.0 */
/* Ring of messages: a FIFO of records, bounded by number and by bytes. Each slot keeps its memory
 * for the next record that comes to it, unless that is much smaller, so that a full ring rarely
 * allocates: at most KEPT_BYTES per slot beside twice the bytes of the messages. */
#include "tap.h"
#include "clock.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_BYTES = 2048 };

struct slot {
    struct tap_record record;
    char *memory; /* of record.bytes, `size` of it */
    size_t size;
};

struct tap {
    pthread_mutex_t lock;
    struct slot *slots; /* that of serial s = s % max_records */
    size_t max_records, max_bytes, bytes;
    uint64_t first, next; /* serials: oldest kept, next to give */
};

struct tap *tap_new(size_t max_records, size_t max_bytes)
{
    struct tap *tap = calloc(1, sizeof *tap);

    if (!tap || !(tap->slots = calloc(max_records ? max_records : 1, sizeof *tap->slots))) {
        free(tap);
        return NULL;
    }
    tap->max_records = max_records;
    tap->max_bytes = max_bytes;
    tap->first = tap->next = 1;
    pthread_mutex_init(&tap->lock, NULL);
    return tap;
}

static struct slot *slot_of(struct tap const *tap, uint64_t serial)
{
    return &tap->slots[serial % tap->max_records];
}

static void drop_oldest(struct tap *tap)
{
    tap->bytes -= slot_of(tap, tap->first++)->record.len;
}

void tap_free(struct tap **ptap)
{
    struct tap *tap = *ptap;

    *ptap = NULL;
    if (!tap)
        return;
    for (size_t i = 0; i < tap->max_records; i++)
        free(tap->slots[i].memory);
    pthread_mutex_destroy(&tap->lock);
    free(tap->slots);
    free(tap);
}

void tap_lock(struct tap *tap)
{
    pthread_mutex_lock(&tap->lock);
}

void tap_unlock(struct tap *tap)
{
    pthread_mutex_unlock(&tap->lock);
}

/* Memory for @p size bytes in a slot whose record is gone. */
static bool make_room(struct slot *slot, size_t size)
{
    if (slot->size >= size && (slot->size <= KEPT_BYTES || slot->size <= 2 * size))
        return true;
    free(slot->memory);
    slot->memory = malloc(size);
    slot->size = slot->memory ? size : 0;
    return slot->memory;
}

void tap_add(struct tap *tap, struct tap_record const *like, void const *bytes, size_t len)
{
    if (!tap || !tap->max_records || len > tap->max_bytes)
        return;
    tap_lock(tap);
    while (tap->next - tap->first >= tap->max_records || tap->bytes + len > tap->max_bytes)
        drop_oldest(tap);
    struct slot *slot = slot_of(tap, tap->next);
    if (make_room(slot, len + 1)) {
        slot->record = *like;
        slot->record.serial = tap->next++;
        slot->record.wall_us = clock_wall_us();
        slot->record.len = len;
        slot->record.bytes = slot->memory;
        memcpy(slot->memory, bytes, len);
        slot->memory[len] = '\0';
        tap->bytes += len;
    }
    tap_unlock(tap);
}

struct tap_record const *tap_next(struct tap const *tap, uint64_t after)
{
    uint64_t serial = after + 1 < tap->first ? tap->first : after + 1;

    return serial < tap->next ? &slot_of(tap, serial)->record : NULL;
}
