/* SPDX-License-Identifier: Apache-2.0 */
/* Ring of messages: a FIFO of records, bounded by number and by bytes. */
#include "tap.h"
#include "clock.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct tap {
    pthread_mutex_t lock;
    struct tap_record *records; /* slot of serial s = s % max_records */
    size_t max_records, max_bytes, bytes;
    uint64_t first, next; /* serials: oldest kept, next to give */
};

struct tap *tap_new(size_t max_records, size_t max_bytes)
{
    struct tap *tap = calloc(1, sizeof *tap);

    if (!tap || !(tap->records = calloc(max_records, sizeof *tap->records))) {
        free(tap);
        return NULL;
    }
    tap->max_records = max_records;
    tap->max_bytes = max_bytes;
    tap->first = tap->next = 1;
    pthread_mutex_init(&tap->lock, NULL);
    return tap;
}

static struct tap_record *slot(struct tap const *tap, uint64_t serial)
{
    return &tap->records[serial % tap->max_records];
}

static void drop_oldest(struct tap *tap)
{
    struct tap_record *oldest = slot(tap, tap->first++);

    tap->bytes -= oldest->len;
    free((char *)oldest->bytes);
    *oldest = (struct tap_record){ 0 };
}

void tap_free(struct tap **ptap)
{
    struct tap *tap = *ptap;

    *ptap = NULL;
    if (!tap)
        return;
    while (tap->first < tap->next)
        drop_oldest(tap);
    pthread_mutex_destroy(&tap->lock);
    free(tap->records);
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

void tap_add(struct tap *tap, struct tap_record const *like, void const *bytes, size_t len)
{
    if (!tap || !tap->max_records || len > tap->max_bytes)
        return;
    char *copy = malloc(len + 1);
    if (!copy)
        return;
    memcpy(copy, bytes, len);
    copy[len] = '\0';

    tap_lock(tap);
    while (tap->next - tap->first >= tap->max_records || tap->bytes + len > tap->max_bytes)
        drop_oldest(tap);
    struct tap_record *record = slot(tap, tap->next);
    *record = *like;
    record->serial = tap->next++;
    record->wall_us = clock_wall_us();
    record->len = len;
    record->bytes = copy;
    tap->bytes += len;
    tap_unlock(tap);
}

struct tap_record const *tap_next(struct tap const *tap, uint64_t after)
{
    uint64_t serial = after + 1 < tap->first ? tap->first : after + 1;

    return serial < tap->next ? slot(tap, serial) : NULL;
}
