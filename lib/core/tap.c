/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of the ring: in memory of its own at first, in a mapped file after tap_keep(). It only
 * writes there: what it needs to know of old records it remembers itself, for their memory was
 * touched last a whole ring ago, and another program of the same user could have changed it. */
#include "tap.h"
#include "clock.h"
#include "tap_layout.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Notes and fillers need room among the sizes, too. */
enum { SIZES_PER_RECORD = 4, SIZES_LEAST = 64, IS_MESSAGE = 1 };
enum { CUT_PART = 4 /* of the ring is the most for one message */ };

/* A position, and where in the ring that is: a division takes as long as the rest of tap_add(). */
struct place {
    uint64_t position;
    size_t offset;
};

struct tap {
    pthread_mutex_t lock; /* of all below */
    struct tap_layout_header *header;
    char *data;
    size_t data_bytes, max_records, n_records; /* messages; notes are not counted */
    uint64_t serial;
    struct place first, next; /* as in the header, which is only written */
    uint32_t *sizes;          /* of what is valid, with IS_MESSAGE; n_sizes of max_sizes */
    size_t max_sizes, n_sizes, oldest;
    uint64_t shown_serial;   /* tap_next(): what was given last */
    struct place shown_next; /* and what follows it */
    struct tap_record shown;
};

/* --- memory --- */

static size_t map_bytes(struct tap const *tap)
{
    return TAP_LAYOUT_DATA + tap->data_bytes;
}

static void use(struct tap *tap, void *memory)
{
    tap->header = memory;
    tap->data = (char *)memory + TAP_LAYOUT_DATA;
}

static void begin_header(struct tap *tap)
{
    struct tap_layout_header *header = tap->header;

    memcpy(header->magic, TAP_LAYOUT_MAGIC, sizeof header->magic);
    header->version = TAP_LAYOUT_VERSION;
    header->data_offset = TAP_LAYOUT_DATA;
    header->data_bytes = tap->data_bytes;
    header->started_us = clock_wall_us();
    header->pid = (uint32_t)getpid();
}

struct tap *tap_new(size_t max_records, size_t max_bytes)
{
    struct tap *tap = max_records && max_bytes ? calloc(1, sizeof *tap) : NULL;

    if (!tap)
        return NULL;
    tap->max_records = max_records;
    tap->data_bytes = tap_layout_align(
        max_bytes > TAP_LAYOUT_LEAST_BYTES ? max_bytes : (size_t)TAP_LAYOUT_LEAST_BYTES);
    tap->serial = 1;
    tap->max_sizes = max_records * SIZES_PER_RECORD + SIZES_LEAST;
    tap->sizes = malloc(tap->max_sizes * sizeof *tap->sizes);
    void *memory = mmap(NULL, map_bytes(tap), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || !tap->sizes) {
        if (memory != MAP_FAILED)
            munmap(memory, map_bytes(tap));
        free(tap->sizes);
        free(tap);
        return NULL;
    }
    use(tap, memory);
    begin_header(tap);
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP);
    pthread_mutex_init(&tap->lock, &attr);
    pthread_mutexattr_destroy(&attr);
    return tap;
}

void tap_free(struct tap **ptap)
{
    struct tap *tap = *ptap;

    *ptap = NULL;
    if (!tap)
        return;
    atomic_store_explicit(&tap->header->ended, 1, memory_order_release);
    munmap(tap->header, map_bytes(tap));
    pthread_mutex_destroy(&tap->lock);
    free(tap->sizes);
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

/* --- the file --- */

/* Is the file of a program that has not ended in order? */
static bool is_of_crashed(int dir, char const *name)
{
    struct tap_layout_header header;
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return false;
    bool is = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
              pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header &&
              memcmp(header.magic, TAP_LAYOUT_MAGIC, sizeof header.magic) == 0 &&
              !atomic_load_explicit(&header.ended, memory_order_relaxed);
    close(fd);
    return is;
}

/* The whole file has its place on the disk before it is mapped: a write to one that has none would
 * end the program. */
static int make_file(int dir, char const *name, size_t bytes, void **ret)
{
    (void)unlinkat(dir, name, 0);
    int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    int error = -posix_fallocate(fd, 0, (off_t)bytes);
    if (!error) {
        *ret = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        error = *ret == MAP_FAILED ? -errno : 0;
    }
    if (error)
        (void)unlinkat(dir, name, 0);
    close(fd);
    return error;
}

/* Copies what is valid, at the same places. */
static void move(struct tap *tap, void *memory, char const *program)
{
    void *old = tap->header;
    uint64_t next = tap->next.position;
    size_t used = next < tap->data_bytes ? (size_t)next : tap->data_bytes;

    memcpy(memory, old, TAP_LAYOUT_DATA + used);
    use(tap, memory);
    (void)snprintf(tap->header->program, sizeof tap->header->program, "%s", program);
    tap->shown_serial = 0;
    munmap(old, map_bytes(tap));
}

static int keep_in(struct tap *tap, int dir, char const *program)
{
    char name[3][64];
    static char const *const tails[] = { "tap", "tap.1", "tap.new" };
    void *memory = NULL;

    for (size_t i = 0; i < 3; i++)
        if ((size_t)snprintf(name[i], sizeof name[i], "%s.%s", program, tails[i]) >= sizeof name[i])
            return -ENAMETOOLONG;
    int error = make_file(dir, name[2], map_bytes(tap), &memory);
    if (error)
        return error;
    if (is_of_crashed(dir, name[0]))
        (void)renameat(dir, name[0], dir, name[1]);
    tap_lock(tap);
    move(tap, memory, program);
    tap_unlock(tap);
    /* Under its name only now, so that nobody finds half of a header. */
    if (renameat(dir, name[2], dir, name[0]) == 0)
        return 0;
    error = -errno;
    (void)unlinkat(dir, name[2], 0);
    return error;
}

int tap_keep(struct tap *tap, char const *dir, char const *program)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    int error = keep_in(tap, fd, program);
    close(fd);
    return error;
}

/* --- records --- */

static struct tap_layout_record *record_at(struct tap const *tap, struct place place)
{
    return (struct tap_layout_record *)(tap->data + place.offset);
}

/* Records end at the end of the ring, never behind it. */
static void advance(struct tap const *tap, struct place *place, size_t bytes)
{
    place->position += bytes;
    place->offset += bytes;
    if (place->offset == tap->data_bytes)
        place->offset = 0;
}

/* Up to where the record at @p place may reach. */
static uint64_t room_at(struct tap const *tap, struct place place)
{
    uint64_t whole = tap->data_bytes - place.offset, left = tap->next.position - place.position;

    return left < whole ? left : whole;
}

static void drop_oldest(struct tap *tap)
{
    uint32_t size = tap->sizes[tap->oldest];

    tap->oldest = tap->oldest + 1 == tap->max_sizes ? 0 : tap->oldest + 1;
    tap->n_sizes--;
    tap->n_records -= size & IS_MESSAGE;
    advance(tap, &tap->first, size & ~(uint32_t)IS_MESSAGE);
}

/* Goes behind what was written at `next`. */
static void remember(struct tap *tap, size_t size, bool is_message)
{
    size_t at = tap->oldest + tap->n_sizes;

    tap->sizes[at < tap->max_sizes ? at : at - tap->max_sizes] =
        (uint32_t)size | (is_message ? IS_MESSAGE : 0);
    tap->n_sizes++;
    tap->n_records += is_message;
    advance(tap, &tap->next, size);
}

/* Room for a record of @p size bytes, which is less than half of the ring. */
static struct tap_layout_record *reserve(struct tap *tap, size_t size, bool is_message)
{
    size_t left = tap->data_bytes - tap->next.offset, skip = left < size ? left : 0;
    uint64_t end = tap->next.position + skip + size;

    /* A filler may come, too. */
    while (tap->n_sizes &&
           (end - tap->first.position > tap->data_bytes || tap->n_sizes + 2 > tap->max_sizes ||
            (is_message && tap->n_records >= tap->max_records)))
        drop_oldest(tap);
    atomic_store_explicit(&tap->header->first, tap->first.position, memory_order_relaxed);
    /* No byte of what is written now may be seen before `first`. */
    atomic_thread_fence(memory_order_release);
    if (skip) {
        struct tap_layout_record *filler = record_at(tap, tap->next);
        filler->size = (uint32_t)skip;
        filler->kind = TAP_LAYOUT_FILLER;
        remember(tap, skip, false);
    }
    return record_at(tap, tap->next);
}

static void publish(struct tap *tap, size_t size, bool is_message)
{
    remember(tap, size, is_message);
    atomic_store_explicit(&tap->header->next, tap->next.position, memory_order_release);
}

uint64_t tap_add(struct tap *tap, struct tap_record const *like, void const *bytes, size_t len)
{
    struct tap_layout_message measured = { .record.kind = TAP_LAYOUT_MESSAGE };
    struct tap_record cut;

    if (!tap)
        return 0;
    if (len > tap->data_bytes / CUT_PART) {
        len = tap->data_bytes / CUT_PART;
        cut = *like;
        cut.is_cut = true;
        like = &cut;
    }
    size_t size = tap_layout_measure(like, len, &measured);
    measured.record.size = (uint32_t)size;
    measured.record.time_us = clock_wall_us();
    tap_lock(tap);
    uint64_t serial = measured.record.serial = tap->serial++;
    tap_layout_write((struct tap_layout_message *)reserve(tap, size, true), &measured, like, bytes);
    publish(tap, size, true);
    tap_unlock(tap);
    return serial;
}

void tap_note(struct tap *tap, uint64_t serial, char const *text, size_t len)
{
    struct tap_layout_note note = { .record = { .kind = TAP_LAYOUT_NOTE, .serial = serial } };

    if (!tap || !serial)
        return;
    note.len = len < TAP_NOTE ? (uint32_t)len : TAP_NOTE;
    size_t size = tap_layout_align(sizeof note + note.len + 1);
    note.record.size = (uint32_t)size;
    tap_lock(tap);
    struct tap_layout_note *at = (struct tap_layout_note *)reserve(tap, size, false);
    *at = note;
    memcpy(at + 1, text, note.len);
    ((char *)(at + 1))[note.len] = '\0';
    publish(tap, size, false);
    tap_unlock(tap);
}

struct tap_record const *tap_next(struct tap *tap, uint64_t after)
{
    bool goes_on =
        after && after == tap->shown_serial && tap->shown_next.position >= tap->first.position;
    struct place place = goes_on ? tap->shown_next : tap->first;

    while (place.position < tap->next.position) {
        struct tap_layout_record const *record = record_at(tap, place);
        if (!tap_layout_check(record, room_at(tap, place)))
            return NULL;
        advance(tap, &place, record->size);
        if (record->kind == TAP_LAYOUT_MESSAGE && record->serial > after) {
            tap_layout_read((struct tap_layout_message const *)record, &tap->shown);
            tap->shown_serial = record->serial;
            tap->shown_next = place;
            return &tap->shown;
        }
    }
    return NULL;
}
