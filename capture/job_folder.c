/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a folder: see job_folder.h. */
#include "job_folder.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MODE_FOLDER = 0700, MODE_FILE = 0600 };

int job_folder_init(struct job_folder *folder, char const *path, uint64_t min_free)
{
    *folder = (struct job_folder){ .fd = -1, .path = path, .min_free = min_free };
    if (mkdir(path, MODE_FOLDER) < 0 && errno != EEXIST)
        return -errno;
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder->fd < 0 ? -errno : 0;
}

void job_folder_fini(struct job_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

int job_folder_create(struct job_folder const *folder, char const *name)
{
    int fd;

    if (!*name || *name == '.' || strchr(name, '/'))
        return -EINVAL;
    fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE_FILE);
    return fd < 0 ? -errno : fd;
}

void job_folder_remove(struct job_folder const *folder, char const *name)
{
    (void)unlinkat(folder->fd, name, 0);
}

static int check_space(struct job_folder const *folder, uint64_t len)
{
    struct statvfs disk;

    if (folder->min_free == 0 || fstatvfs(folder->fd, &disk) < 0)
        return 0;
    return (uint64_t)disk.f_bavail * disk.f_frsize < folder->min_free + len ? -ENOSPC : 0;
}

int job_folder_append(struct job_folder const *folder, int fd, uint64_t *size, void const *bytes,
                      uint64_t len)
{
    int error = check_space(folder, len);
    uint64_t done = 0;

    while (error == 0 && done < len) {
        ssize_t n = pwrite(fd, (char const *)bytes + done, len - done, (off_t)(*size + done));

        if (n > 0)
            done += (uint64_t)n;
        else if (n == 0 || errno != EINTR)
            error = n == 0 ? -ENOSPC : -errno;
    }
    if (error == 0) {
        *size += len;
        return 0;
    }
    /* A block that breaks off would be the end of what can be read. */
    if (done && ftruncate(fd, (off_t)*size) < 0)
        *size += done;
    return error;
}
