/* SPDX-License-Identifier: Apache-2.0 */
/* Reading of ring files; see tap_layout.h for what they look like. */
#include "tap_reader.h"
#include "tap_layout.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 262144, POSITION_TRIES = 100 };

struct tap_reader {
    int fd, error;
    dev_t device;
    ino_t inode;
    struct tap_layout_header header; /* as it was when the file was opened */
    uint64_t position;               /* of what is given next */
    char *chunk;                     /* a copy of what stands from chunk_start to chunk_end */
    size_t chunk_size;
    uint64_t chunk_start, chunk_end;
};

/* --- the header --- */

static int read_at(int fd, void *to, size_t bytes, uint64_t offset)
{
    size_t done = 0;

    while (done < bytes) {
        ssize_t n = pread(fd, (char *)to + done, bytes - done, (off_t)(offset + done));
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return n == 0 ? -EBADMSG : -errno;
    }
    return 0;
}

struct positions {
    uint64_t first, next;
};

/* Both, neither of them half written: seen twice the same. */
static int read_positions(struct tap_reader const *reader, struct positions *ret)
{
    size_t const offset = offsetof(struct tap_layout_header, first);
    struct positions again;

    for (int i = 0; i < POSITION_TRIES; i++) {
        int error = read_at(reader->fd, ret, sizeof *ret, offset);
        if (!error)
            error = read_at(reader->fd, &again, sizeof again, offset);
        if (error)
            return error;
        if (memcmp(ret, &again, sizeof again) == 0)
            break;
    }
    bool sound = ret->first <= ret->next && ret->next - ret->first <= reader->header.data_bytes &&
                 ret->first % TAP_LAYOUT_ALIGN == 0 && ret->next % TAP_LAYOUT_ALIGN == 0;
    return sound ? 0 : -EBADMSG;
}

static int read_header(struct tap_reader *reader)
{
    struct tap_layout_header *header = &reader->header;
    struct positions positions;
    struct stat st;

    if (fstat(reader->fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EBADMSG;
    reader->device = st.st_dev;
    reader->inode = st.st_ino;
    int error = read_at(reader->fd, header, sizeof *header, 0);
    if (error)
        return error;
    if (memcmp(header->magic, TAP_LAYOUT_MAGIC, sizeof header->magic) != 0 ||
        header->version != TAP_LAYOUT_VERSION || header->data_offset != TAP_LAYOUT_DATA ||
        header->data_bytes < TAP_LAYOUT_ALIGN || header->data_bytes % TAP_LAYOUT_ALIGN ||
        header->data_bytes > (uint64_t)st.st_size ||
        header->data_bytes + TAP_LAYOUT_DATA > (uint64_t)st.st_size)
        return -EBADMSG;
    error = read_positions(reader, &positions);
    reader->position = positions.first;
    return error;
}

/* It goes to terminals and into names of lanes. */
static void tame_program(char name[static TAP_LAYOUT_PROGRAM])
{
    name[TAP_LAYOUT_PROGRAM - 1] = '\0';
    for (char const *c = name; *c; c++)
        if (*c <= ' ' || *c > '~') {
            *name = '\0';
            return;
        }
}

int tap_reader_open(struct tap_reader **ret, char const *path)
{
    struct tap_reader *reader = calloc(1, sizeof *reader);
    int error = reader ? 0 : -ENOMEM;

    *ret = NULL;
    if (error)
        return error;
    reader->chunk = malloc(CHUNK_BYTES);
    reader->chunk_size = CHUNK_BYTES;
    reader->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    error = !reader->chunk ? -ENOMEM : reader->fd < 0 ? -errno : read_header(reader);
    if (error) {
        tap_reader_free(&reader);
        return error;
    }
    tame_program(reader->header.program);
    *ret = reader;
    return 0;
}

void tap_reader_free(struct tap_reader **preader)
{
    struct tap_reader *reader = *preader;

    *preader = NULL;
    if (!reader)
        return;
    if (reader->fd >= 0)
        close(reader->fd);
    free(reader->chunk);
    free(reader);
}

/* --- entries --- */

/* Grows the buffer if one record needs it; the file is at least as long. */
static int make_room(struct tap_reader *reader, uint64_t bytes)
{
    if (bytes <= reader->chunk_size)
        return 0;
    char *chunk = realloc(reader->chunk, bytes);
    if (!chunk)
        return -ENOMEM;
    reader->chunk = chunk;
    reader->chunk_size = bytes;
    return 0;
}

/* Copies from reader->position up to @p next, to the end of the ring, or as much as the buffer
 * takes, and at least @p least. Then leaves out what was overwritten meanwhile. 1: there is
 * something, 0: nothing, or a negative errno. */
static int copy_chunk(struct tap_reader *reader, uint64_t next, uint64_t least)
{
    uint64_t size = reader->header.data_bytes, offset = reader->position % size;
    uint64_t bytes = next - reader->position;
    struct positions positions;

    if (bytes > size - offset)
        bytes = size - offset;
    if (least > bytes)
        return -EBADMSG;
    int error = make_room(reader, least);
    if (bytes > reader->chunk_size)
        bytes = reader->chunk_size;
    if (!error)
        error = read_at(reader->fd, reader->chunk, bytes, TAP_LAYOUT_DATA + offset);
    /* The copy before the look at `first`, as the writer moves `first` before it writes. */
    atomic_thread_fence(memory_order_seq_cst);
    if (!error)
        error = read_positions(reader, &positions);
    if (error)
        return error;
    reader->chunk_start = reader->position;
    reader->chunk_end = reader->position + bytes;
    if (positions.first > reader->position)
        reader->position = positions.first;
    return 1;
}

/* Makes at least @p least bytes of the record at reader->position stand in the chunk. As
 * copy_chunk(); the position may be another one afterwards. */
static int fill(struct tap_reader *reader, uint64_t least)
{
    struct positions positions;
    int error = read_positions(reader, &positions);

    if (error)
        return error;
    atomic_thread_fence(memory_order_seq_cst);
    if (reader->position < positions.first) {
        reader->position = positions.first;
        least = TAP_LAYOUT_ALIGN;
    }
    /* Positions that go back: another program has written to it. */
    if (reader->position > positions.next)
        return -EBADMSG;
    return reader->position < positions.next ? copy_chunk(reader, positions.next, least) : 0;
}

/* What the chunk holds from reader->position on; @p ret_bytes may be 0. */
static struct tap_layout_record const *in_chunk(struct tap_reader const *reader,
                                                uint64_t *ret_bytes)
{
    bool holds = reader->position >= reader->chunk_start && reader->position < reader->chunk_end;

    *ret_bytes = holds ? reader->chunk_end - reader->position : 0;
    return holds ? (void *)(reader->chunk + (reader->position - reader->chunk_start)) : NULL;
}

/* The record at reader->position, checked, NULL if there is none now. 0 or a negative errno. */
static int find_record(struct tap_reader *reader, struct tap_layout_record const **ret)
{
    for (;;) {
        uint64_t have, position = reader->position;
        struct tap_layout_record const *record = in_chunk(reader, &have);

        *ret = record;
        if (have && record->size <= have)
            return tap_layout_check(record, have) ? 0 : -EBADMSG;
        uint64_t least = have ? record->size : TAP_LAYOUT_ALIGN;
        *ret = NULL;
        int found = fill(reader, least);
        if (found <= 0)
            return found;
        record = in_chunk(reader, &have);
        if (position == reader->position && have < least)
            return -EBADMSG;
    }
}

int tap_reader_next(struct tap_reader *reader, struct tap_entry *ret)
{
    struct tap_layout_record const *record;

    while (!reader->error) {
        reader->error = find_record(reader, &record);
        if (reader->error || !record)
            break;
        reader->position += record->size;
        if (record->kind == TAP_LAYOUT_MESSAGE) {
            ret->kind = TAP_ENTRY_MESSAGE;
            ret->note = NULL;
            tap_layout_read((struct tap_layout_message const *)record, &ret->record);
            return 1;
        }
        if (record->kind == TAP_LAYOUT_NOTE) {
            *ret = (struct tap_entry){ .kind = TAP_ENTRY_NOTE, .record.serial = record->serial };
            ret->note = tap_layout_text((struct tap_layout_note const *)record);
            return 1;
        }
    }
    return reader->error;
}

void tap_reader_skip(struct tap_reader *reader)
{
    struct positions positions;

    if (read_positions(reader, &positions) == 0)
        reader->position = positions.next;
}

/* --- about the file --- */

bool tap_reader_is_replaced(struct tap_reader const *reader, char const *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_dev != reader->device || st.st_ino != reader->inode);
}

char const *tap_reader_program(struct tap_reader const *reader)
{
    return reader->header.program;
}

uint32_t tap_reader_pid(struct tap_reader const *reader)
{
    return reader->header.pid;
}

uint64_t tap_reader_started_us(struct tap_reader const *reader)
{
    return reader->header.started_us;
}

bool tap_reader_has_ended(struct tap_reader *reader)
{
    uint32_t ended = 0;

    (void)read_at(reader->fd, &ended, sizeof ended, offsetof(struct tap_layout_header, ended));
    return ended;
}
