/* SPDX-License-Identifier: Apache-2.0 */
/* An archive by libarchive; the first error is kept, and ends in the file being removed. */
#include "bundle_archive.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536 };

struct bundle_archive {
    struct archive *tar;
    char *path, *folder;
    time_t now;
    int fd, error;
};

/* Keeps what went wrong first. */
static int check(struct bundle_archive *a, int rc)
{
    if (rc < ARCHIVE_WARN && !a->error)
        a->error = archive_errno(a->tar) > 0 ? -archive_errno(a->tar) : -EIO;
    return a->error;
}

static void destroy(struct bundle_archive *a)
{
    archive_write_free(a->tar);
    if (a->fd >= 0)
        close(a->fd);
    free(a->folder);
    free(a->path);
    free(a);
}

int bundle_archive_open(struct bundle_archive **ret, char const *path, char const *folder,
                        time_t now)
{
    struct bundle_archive *a = calloc(1, sizeof *a);

    if (!a)
        return -ENOMEM;
    *a = (struct bundle_archive){ .tar = archive_write_new(),
                                  .path = strdup(path),
                                  .folder = strdup(folder),
                                  .now = now,
                                  .fd = -1 };
    if (!a->tar || !a->path || !a->folder) {
        a->error = -ENOMEM;
        goto fail;
    }
    a->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (a->fd < 0) {
        a->error = -errno;
        goto fail;
    }
    check(a, archive_write_set_format_pax_restricted(a->tar));
    check(a, archive_write_add_filter_gzip(a->tar));
    /* One block at a time, so that a full disk is known when it happens. */
    check(a, archive_write_set_bytes_in_last_block(a->tar, 1));
    check(a, archive_write_open_fd(a->tar, a->fd));
    if (a->error) {
        unlink(path);
        goto fail;
    }
    *ret = a;
    return 0;

fail:;
    int error = a->error;
    destroy(a);
    return error;
}

static int begin(struct bundle_archive *a, char const *name, size_t size)
{
    char path[PATH_MAX];
    struct archive_entry *entry = archive_entry_new();

    if (!entry)
        return a->error = a->error ? a->error : -ENOMEM;
    snprintf(path, sizeof path, "%s/%s", a->folder, name);
    archive_entry_set_pathname(entry, path);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_mtime(entry, a->now, 0);
    check(a, archive_write_header(a->tar, entry));
    archive_entry_free(entry);
    return a->error;
}

static int write_bytes(struct bundle_archive *a, void const *bytes, size_t len)
{
    la_ssize_t n = a->error ? 0 : archive_write_data(a->tar, bytes, len);

    return n < 0 ? check(a, ARCHIVE_FATAL) : a->error;
}

int bundle_archive_add(struct bundle_archive *a, char const *name, void const *bytes, size_t len)
{
    if (!a->error && begin(a, name, len) == 0)
        write_bytes(a, bytes, len);
    return a->error;
}

int bundle_archive_add_file(struct bundle_archive *a, char const *name, FILE *file)
{
    char chunk[CHUNK];
    struct stat st;
    size_t n;

    if (!a->error && (fflush(file) != 0 || fstat(fileno(file), &st) < 0))
        a->error = -errno;
    rewind(file);
    if (a->error || begin(a, name, (size_t)st.st_size) < 0)
        return a->error;
    while (!a->error && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
        write_bytes(a, chunk, n);
    return a->error;
}

int bundle_archive_close(struct bundle_archive **parchive)
{
    struct bundle_archive *a = *parchive;

    *parchive = NULL;
    check(a, archive_write_close(a->tar));
    if (!a->error && fsync(a->fd) < 0 && errno != EINVAL && errno != EROFS)
        a->error = -errno;
    if (a->error)
        unlink(a->path);
    int error = a->error;
    destroy(a);
    return error;
}
