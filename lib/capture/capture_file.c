/* SPDX-License-Identifier: Apache-2.0 */
/* A source of messages over records and packets. */
#include "capture_file.h"
#include "capture_packets.h"
#include "capture_records.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct capture_file {
    struct capture_source source;
    struct capture_counts counts;
    struct capture_records *records;
    struct capture_packets *packets;
    bool ended;
    int result; /* of the records, at their end */
};

/* At the end of the records, sound or not, first what was not whole. */
static int next(struct capture_source *source, struct capture_message *ret)
{
    struct capture_file *file = (struct capture_file *)source;
    struct capture_record record;

    while (!capture_packets_next(file->packets, ret)) {
        int got;

        if (file->ended)
            return file->result;
        got = capture_records_next(file->records, &record);
        if (got > 0) {
            capture_packets_add(file->packets, &record);
            continue;
        }
        if (got == -EAGAIN)
            return 0;
        file->ended = true;
        file->result = got;
        capture_packets_end(file->packets);
    }
    return 1;
}

static void file_free(struct capture_source *source)
{
    struct capture_file *file = (struct capture_file *)source;

    capture_records_free(&file->records);
    capture_packets_free(&file->packets);
    free(file);
}

int capture_file_open_fd(int fd, struct capture_source **ret)
{
    static struct capture_source_ops const ops = { .next = next, .free = file_free };
    struct capture_file *file = calloc(1, sizeof *file);

    *ret = NULL;
    if (!file) {
        close(fd);
        return -ENOMEM;
    }
    file->source.ops = &ops;
    file->records = capture_records_new(fd, &file->counts);
    file->packets = capture_packets_new(&file->counts);
    if (!file->records || !file->packets) {
        file_free(&file->source);
        return -ENOMEM;
    }
    *ret = &file->source;
    return 0;
}

int capture_file_open(char const *path, struct capture_source **ret)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

    *ret = NULL;
    return fd < 0 ? -errno : capture_file_open_fd(fd, ret);
}

bool capture_file_has_ended(struct capture_source const *source)
{
    return ((struct capture_file const *)source)->ended;
}

char const *capture_file_error(struct capture_source const *source)
{
    return capture_records_error(((struct capture_file const *)source)->records);
}

struct capture_counts const *capture_file_counts(struct capture_source const *source)
{
    return &((struct capture_file const *)source)->counts;
}
