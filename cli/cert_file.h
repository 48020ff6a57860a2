/* SPDX-License-Identifier: Apache-2.0 */
/* Files of certificates and keys are written whole or not at all: beside the old one, to the disk,
 * then in its place. A program that reads meanwhile sees the old file or the new one. */
#pragma once
#include <stdbool.h>

struct buf;

struct cert_file_how {
    bool is_secret;   /* mode 0600, whatever stood there before; else 0644 or the mode of before */
    bool replace;     /* an existing file */
    char const *user; /* whom a new file belongs to if root writes it; NULL: root */
};

/** Writes @p bytes to @p path; a link there is replaced, not followed. Returns 0 or a negative
 * errno: -EEXIST if the file is there and is not to be replaced. */
int cert_file_write(char const *path, struct buf const *bytes, struct cert_file_how const *how);

/** Keeps what stands at @p path, if anything does, under the name "PATH.old", too. Returns 0 or a
 *  negative errno. */
int cert_file_keep_old(char const *path);
