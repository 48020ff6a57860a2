/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary file, fsync, rename. */
#include "cert_file.h"
#include "buf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, struct buf const *bytes)
{
    for (size_t done = 0; done < bytes->len;) {
        ssize_t n = write(fd, bytes->data + done, bytes->len - done);
        if (n < 0 && errno != EINTR)
            return -errno;
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* Mode and owner. What stands there keeps its own, but a secret is never left open. A link is no
 * file: whoever may write to the folder could lead root elsewhere with it. */
static int set_access(int fd, char const *path, struct cert_file_how const *how)
{
    mode_t mode = how->is_secret ? 0600 : 0644;
    struct stat st;
    bool exists = lstat(path, &st) == 0 && S_ISREG(st.st_mode);
    struct passwd const *user = how->user ? getpwnam(how->user) : NULL;

    if (exists && !how->is_secret)
        mode = st.st_mode & 0777;
    if (fchmod(fd, mode) < 0)
        return -errno;
    if (geteuid() != 0 || !(exists || user))
        return 0;
    return fchown(fd, exists ? st.st_uid : user->pw_uid, exists ? st.st_gid : user->pw_gid) < 0
               ? -errno
               : 0;
}

/* So that the new name is on the disk, too. */
static int sync_folder(char const *path)
{
    char folder[PATH_MAX];
    char const *slash = strrchr(path, '/');
    int fd, error = 0;

    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path + 1) : 1,
             slash ? path : ".");
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        error = -errno;
    if (fd >= 0)
        close(fd);
    return error;
}

static int fill(int fd, char const *path, struct buf const *bytes, struct cert_file_how const *how)
{
    int error = set_access(fd, path, how);

    if (error == 0)
        error = write_all(fd, bytes);
    if (error == 0 && fsync(fd) < 0)
        error = -errno;
    if (close(fd) < 0 && error == 0)
        error = -errno;
    return error;
}

int cert_file_write(char const *path, struct buf const *bytes, struct cert_file_how const *how)
{
    char beside[PATH_MAX + 16];
    int fd, error;

    if (!buf_ok(bytes))
        return -ENOMEM;
    if (!how->replace && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return -EEXIST;
    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    error = fill(fd, path, bytes, how);
    /* Somebody else may have made the file meanwhile. */
    if (error == 0 &&
        renameat2(AT_FDCWD, beside, AT_FDCWD, path, how->replace ? 0 : RENAME_NOREPLACE) < 0)
        error = -errno;
    if (error < 0)
        unlink(beside);
    return error < 0 ? error : sync_folder(path);
}

int cert_file_keep_old(char const *path)
{
    char old[PATH_MAX + 8], beside[PATH_MAX + 24];

    snprintf(old, sizeof old, "%s.old", path);
    snprintf(beside, sizeof beside, "%s.old.%d", path, (int)getpid());
    /* A second name, not another: the file itself stays in its place until the new one comes. */
    if (link(path, beside) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (rename(beside, old) < 0) {
        int error = -errno;
        unlink(beside);
        return error;
    }
    unlink(beside); /* two names of one file: rename did nothing */
    return 0;
}
