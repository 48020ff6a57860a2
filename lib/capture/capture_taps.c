/* SPDX-License-Identifier: Apache-2.0 */
/* The source over ring files: reads them side by side, and gives the oldest record of all.
 *
 * What is read waits in one queue per file: notes come behind the record that they are about, and
 * the other half of a message is in another file. While programs run, a record waits SETTLE_MS for
 * them; of files that nobody writes, until all is read or PENDING_BYTES wait. */
#include "capture_taps.h"
#include "capture_tapped.h"
#include "clock.h"
#include "tap_reader.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTLE_MS = 200, POLL_MS = 10, BATCH = 64, PENDING_BYTES = 256 << 20 };

/* The addresses of our programs; an old one may be forgotten. */
enum { ADDRESSES = 1024 };

struct ring {
    char *path;
    char name[CAPTURE_TAPPED_PROGRAM]; /* if the file says none */
    struct tap_reader *reader;         /* NULL: cannot be read now */
    unsigned file;                     /* its number */
    int error;
    bool is_read; /* all that is there */
    uint64_t last_us;
    uint64_t next_serial; /* 0: none was read yet */
    struct capture_tapped_list queue;
};

struct address {
    struct net_addr addr;
    char transport[4];
    char program[CAPTURE_TAPPED_PROGRAM];
};

struct taps {
    struct capture_source source;
    bool follow;
    struct ring *rings;
    size_t n_rings, pending_bytes;
    unsigned files; /* that were opened */
    uint64_t lost;  /* records that were overwritten before they were read */
    struct htab by_serial;
    struct capture_tapped_halves halves;
    uint64_t poll_ms; /* when the files are looked at again */
    struct capture_tapped *given;
    struct address addresses[ADDRESSES];
    char text[CAPTURE_TAPPED_TEXT];
};

/* --- files --- */

static char const *name_of(struct ring const *ring)
{
    char const *name = ring->reader ? tap_reader_program(ring->reader) : "";

    return *name ? name : ring->name;
}

static void open_ring(struct taps *taps, struct ring *ring)
{
    ring->error = tap_reader_open(&ring->reader, ring->path);
    ring->is_read = ring->error;
    ring->file = taps->files++;
    ring->next_serial = 0;
}

/* A program that was started again has a new file. */
static void reopen(struct taps *taps, struct ring *ring)
{
    if (!ring->is_read || (ring->reader && !tap_reader_is_replaced(ring->reader, ring->path)))
        return;
    tap_reader_free(&ring->reader);
    open_ring(taps, ring);
}

/* --- addresses --- */

static struct address *address_of(struct taps *taps, struct net_addr const *addr,
                                  char const transport[static 4])
{
    uint64_t hash = htab_hash(addr, sizeof *addr, (uint64_t)transport[1]);

    return &taps->addresses[hash % ADDRESSES];
}

static void learn_address(struct taps *taps, struct capture_tapped const *tapped)
{
    struct tap_record const *record = &tapped->record;
    struct address *address = address_of(taps, &record->local, record->transport);

    if (record->local.sa.sa_family == AF_UNSPEC)
        return;
    address->addr = record->local;
    memcpy(address->transport, record->transport, sizeof address->transport);
    memcpy(address->program, tapped->program, sizeof address->program);
}

/* Our program at the other end, of which there is no record; "" if it is none of ours. */
static char const *peer_of(struct taps *taps, struct capture_tapped const *tapped)
{
    struct tap_record const *record = &tapped->record;
    struct address const *address = address_of(taps, &record->remote, record->transport);

    if (!net_addr_equal(&address->addr, &record->remote) ||
        strcmp(address->transport, record->transport) != 0 ||
        strcmp(address->program, tapped->program) == 0)
        return "";
    return address->program;
}

/* --- reading --- */

struct place {
    unsigned file;
    uint64_t serial;
};

static uint64_t hash_of(struct place const *place)
{
    return htab_hash(&place->serial, sizeof place->serial, place->file);
}

static bool is_at(struct htab_entry const *entry, void const *key)
{
    struct capture_tapped const *tapped =
        (void const *)((char const *)entry - offsetof(struct capture_tapped, by_serial));
    struct place const *place = key;

    return tapped->file == place->file && tapped->record.serial == place->serial;
}

static void add_note(struct taps *taps, struct ring *ring, struct tap_entry const *entry)
{
    struct place const place = { ring->file, entry->record.serial };
    struct htab_entry *found = htab_find(&taps->by_serial, hash_of(&place), is_at, &place);

    if (found)
        capture_tapped_note(
            (struct capture_tapped *)((char *)found - offsetof(struct capture_tapped, by_serial)),
            entry->note);
}

static void leave_queue(struct capture_tapped *tapped)
{
    TAILQ_REMOVE(tapped->queue, tapped, link);
    tapped->queue = NULL;
}

static void enqueue(struct ring *ring, struct capture_tapped *tapped)
{
    tapped->queue = &ring->queue;
    TAILQ_INSERT_TAIL(tapped->queue, tapped, link);
}

static int add_record(struct taps *taps, struct ring *ring, struct tap_record const *record)
{
    struct capture_tapped *tapped = capture_tapped_new(record, name_of(ring), ring->file);
    struct place const place = { ring->file, record->serial };

    if (!tapped)
        return -ENOMEM;
    tapped->arrived_ms = clock_now_ms();
    taps->pending_bytes += tapped->bytes;
    ring->last_us = record->wall_us;
    learn_address(taps, tapped);
    (void)htab_insert(&taps->by_serial, &tapped->by_serial, hash_of(&place));
    struct capture_tapped *half = capture_tapped_pair(&taps->halves, tapped);
    if (half && half == tapped->receiver)
        leave_queue(half);
    if (!half || half == tapped->receiver)
        enqueue(ring, tapped);
    return 0;
}

/* Serials of a file go up by one. */
static void count_lost(struct taps *taps, struct ring *ring, uint64_t serial)
{
    if (ring->next_serial && serial > ring->next_serial)
        taps->lost += serial - ring->next_serial;
    ring->next_serial = serial + 1;
}

static void read_batch(struct taps *taps, struct ring *ring)
{
    struct tap_entry entry;
    int found = 1;

    for (int i = 0; i < BATCH && found > 0; i++) {
        found = tap_reader_next(ring->reader, &entry);
        if (found > 0 && entry.kind == TAP_ENTRY_NOTE)
            add_note(taps, ring, &entry);
        else if (found > 0) {
            count_lost(taps, ring, entry.record.serial);
            if (add_record(taps, ring, &entry.record) < 0)
                found = -ENOMEM;
        }
    }
    ring->is_read = found <= 0;
    if (found < 0)
        ring->error = found;
}

/* The file that is behind the others. */
static struct ring *least_read(struct taps *taps)
{
    struct ring *least = NULL;

    for (size_t i = 0; i < taps->n_rings; i++) {
        struct ring *ring = &taps->rings[i];
        if (!ring->is_read && (!least || ring->last_us < least->last_us))
            least = ring;
    }
    return least;
}

static void read_all(struct taps *taps)
{
    struct ring *ring;

    while (taps->pending_bytes < PENDING_BYTES && (ring = least_read(taps)))
        read_batch(taps, ring);
}

/* What a file still held that another has taken the place of comes first. */
static void poll_files(struct taps *taps)
{
    uint64_t now = clock_now_ms();

    if (now < taps->poll_ms)
        return;
    taps->poll_ms = now + POLL_MS;
    for (size_t i = 0; i < taps->n_rings; i++)
        taps->rings[i].is_read = taps->rings[i].error != 0;
    read_all(taps);
    for (size_t i = 0; i < taps->n_rings; i++)
        reopen(taps, &taps->rings[i]);
    read_all(taps);
}

/* --- the source --- */

static void forget(struct taps *taps, struct capture_tapped *tapped)
{
    htab_remove(&taps->by_serial, &tapped->by_serial);
    capture_tapped_forget(&taps->halves, tapped);
    taps->pending_bytes -= tapped->bytes;
    if (tapped->receiver)
        forget(taps, tapped->receiver);
}

static void drop_given(struct taps *taps)
{
    if (!taps->given)
        return;
    forget(taps, taps->given);
    capture_tapped_free(&taps->given);
}

static struct capture_tapped *earliest(struct taps *taps)
{
    struct capture_tapped *earliest = NULL;

    for (size_t i = 0; i < taps->n_rings; i++) {
        struct capture_tapped *first = TAILQ_FIRST(&taps->rings[i].queue);
        if (first && (!earliest || first->record.wall_us < earliest->record.wall_us))
            earliest = first;
    }
    return earliest;
}

static bool has_settled(struct taps const *taps, struct capture_tapped const *tapped)
{
    return !taps->follow || taps->pending_bytes >= PENDING_BYTES ||
           clock_now_ms() - tapped->arrived_ms >= SETTLE_MS;
}

static int taps_next(struct capture_source *source, struct capture_message *ret)
{
    struct taps *taps = (struct taps *)source;

    drop_given(taps);
    if (taps->follow)
        poll_files(taps);
    else
        read_all(taps);
    struct capture_tapped *first = earliest(taps);
    if (!first || !has_settled(taps, first))
        return 0;
    leave_queue(first);
    taps->given = first;
    capture_tapped_read(first, ret, taps->text);
    if (!*ret->peer)
        ret->peer = peer_of(taps, first);
    return 1;
}

static uint64_t taps_lost(struct capture_source const *source)
{
    return ((struct taps const *)source)->lost;
}

static void taps_free(struct capture_source *source)
{
    struct taps *taps = (struct taps *)source;
    struct capture_tapped *tapped;

    drop_given(taps);
    for (size_t i = 0; i < taps->n_rings; i++) {
        struct ring *ring = &taps->rings[i];
        while ((tapped = TAILQ_FIRST(&ring->queue))) {
            leave_queue(tapped);
            forget(taps, tapped);
            capture_tapped_free(&tapped);
        }
        tap_reader_free(&ring->reader);
        free(ring->path);
    }
    capture_tapped_halves_fini(&taps->halves);
    htab_fini(&taps->by_serial);
    free(taps->rings);
    free(taps);
}

static int init_ring(struct ring *ring, char const *run_dir, char const *program)
{
    char const *slash = strrchr(program, '/');
    size_t size = strlen(run_dir) + strlen(program) + sizeof "/.tap";

    TAILQ_INIT(&ring->queue);
    ring->path = malloc(size);
    if (!ring->path)
        return -ENOMEM;
    if (slash)
        (void)snprintf(ring->path, size, "%s", program);
    else
        (void)snprintf(ring->path, size, "%s/%s.tap", run_dir, program);
    (void)snprintf(ring->name, sizeof ring->name, "%s", slash ? "?" : program);
    return 0;
}

struct capture_source *capture_taps_open(struct capture_taps_options const *options)
{
    static struct capture_source_ops const ops = { taps_next, taps_free, taps_lost };
    struct taps *taps = calloc(1, sizeof *taps);
    char const *run_dir = options->run_dir ? options->run_dir : ".";

    if (!taps)
        return NULL;
    taps->source.ops = &ops;
    taps->follow = options->follow;
    htab_init(&taps->by_serial);
    capture_tapped_halves_init(&taps->halves);
    taps->rings = calloc(options->n + 1, sizeof *taps->rings);
    for (size_t i = 0; taps->rings && i < options->n; i++) {
        struct ring *ring = &taps->rings[taps->n_rings++];
        if (init_ring(ring, run_dir, options->programs[i]) < 0)
            goto fail;
        open_ring(taps, ring);
        if (ring->reader && options->from_now)
            tap_reader_skip(ring->reader);
    }
    if (taps->rings)
        return &taps->source;
fail:
    taps_free(&taps->source);
    return NULL;
}

int capture_taps_error(struct capture_source const *source, size_t i)
{
    return ((struct taps const *)source)->rings[i].error;
}
