/* SPDX-License-Identifier: Apache-2.0 */
/* Whose file it is: see store_file.h. */
#include "store_file.h"
#include "cli.h"
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* A file that root makes here must belong to the programs. */
static int make_for_owner(char const *path, char const *name)
{
    struct passwd const *owner = geteuid() == 0 && *name ? getpwnam(name) : NULL;

    if (!owner)
        return 0;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : -errno;
    int error = fchown(fd, owner->pw_uid, owner->pw_gid) < 0 ? -errno : 0;
    close(fd);
    return error;
}

int store_file_open(char const *path, char const *owner, struct store **ret)
{
    int error = make_for_owner(path, owner);

    *ret = NULL;
    if (error == 0)
        error = store_open(ret, path, 1);
    if (error == 0)
        return CLI_OK;
    cli_complain("%s: %s", path, strerror(-error));
    return CLI_FAILED;
}
