/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of capture files: the one place where jobs make and remove files. A name is one of a
 * file in it and of nothing else; files are new, for their owner alone, and no links. */
#pragma once
#include <stdint.h>

struct job_folder {
    int fd; /* negative: closed */
    char const *path;
    uint64_t min_free;
};

/** Opens @p path (borrowed), and makes it if only its last part is missing. @p min_free: bytes of
 *  the disk that jobs leave alone. 0 or a negative errno; either way job_folder_fini(). */
int job_folder_init(struct job_folder *folder, char const *path, uint64_t min_free);
void job_folder_fini(struct job_folder *folder);

/** A descriptor of the new file @p name; -EEXIST if there is one, -EINVAL if it is no name of a
 *  file in the folder, or another negative errno. */
int job_folder_create(struct job_folder const *folder, char const *name);

/** Removes it; nothing happens if it is gone. */
void job_folder_remove(struct job_folder const *folder, char const *name);

/** Writes @p len bytes at the end of @p fd, whose size is *@p size and then becomes the new one.
 *  Returns 0; or a negative errno, and the file is as before: -ENOSPC also where less than min_free
 *  would be left. */
int job_folder_append(struct job_folder const *folder, int fd, uint64_t *size, void const *bytes,
                      uint64_t len);
