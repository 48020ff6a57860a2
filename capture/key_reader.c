/* SPDX-License-Identifier: Apache-2.0 */
/* Key logs: see key_reader.h. */
#include "key_reader.h"
#include "buf.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536 };

void key_reader_init(struct key_reader *reader, char const *path)
{
    *reader = (struct key_reader){ .path = path };
}

void key_reader_rewind(struct key_reader *reader)
{
    reader->done = 0;
}

static int find_start(struct key_reader *reader, int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EACCES;
    if (status.st_ino != reader->inode || status.st_dev != reader->device ||
        (uint64_t)status.st_size < reader->done)
        reader->done = 0;
    reader->inode = status.st_ino;
    reader->device = status.st_dev;
    if ((uint64_t)status.st_size - reader->done > KEY_READER_MAX)
        reader->done = (uint64_t)status.st_size - KEY_READER_MAX;
    return 0;
}

static int read_all(struct key_reader const *reader, int fd, struct buf *lines)
{
    char chunk[CHUNK];
    ssize_t n;

    while ((n = pread(fd, chunk, sizeof chunk, (off_t)(reader->done + lines->len))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        /* Beyond the bound there is another time. */
        if (lines->len + (size_t)n > lines->max)
            break;
        buf_add(lines, chunk, (size_t)n);
    }
    return buf_ok(lines) ? 0 : -ENOMEM;
}

int key_reader_read(struct key_reader *reader, struct buf *out)
{
    int fd = open(reader->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct buf lines;
    char const *end;
    int error;

    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    buf_init(&lines, KEY_READER_MAX + CHUNK);
    error = find_start(reader, fd);
    if (error == 0)
        error = read_all(reader, fd, &lines);
    close(fd);
    end = error == 0 && lines.len ? memrchr(lines.data, '\n', lines.len) : NULL;
    if (end) {
        size_t len = (size_t)(end + 1 - lines.data);

        buf_add(out, lines.data, len);
        reader->done += len;
    }
    buf_fini(&lines);
    return error;
}
