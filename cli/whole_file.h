/* SPDX-License-Identifier: Apache-2.0 */
/* A file, or standard input, as one text. */
#pragma once

struct buf;

/** Appends what the file at @p path ("-": standard input) holds. Returns 0 or a negative errno:
 *  -EFBIG if it is more than @p ret takes. */
int whole_file_read(char const *path, struct buf *ret);
