/* SPDX-License-Identifier: Apache-2.0 */
/* One compressed archive of text files in one folder: tar and gzip, by libarchive. The file is for
 * its owner only, and is there as a whole or not at all. */
#pragma once
#include <stddef.h>
#include <stdio.h>
#include <time.h>

struct bundle_archive;

/** Makes @p path, which must not be there; names in it begin with @p folder. Returns 0 or a
 *  negative errno. Strings are copied. */
int bundle_archive_open(struct bundle_archive **ret, char const *path, char const *folder,
                        time_t now);

/** Adds a file. Returns 0, or a negative errno: the archive cannot be written any more. */
int bundle_archive_add(struct bundle_archive *archive, char const *name, void const *bytes,
                       size_t len);

/** As bundle_archive_add(), all of @p file from its beginning. */
int bundle_archive_add_file(struct bundle_archive *archive, char const *name, FILE *file);

/** Ends it. Returns 0, or a negative errno: something was not written, and the file is gone. */
int bundle_archive_close(struct bundle_archive **parchive);
