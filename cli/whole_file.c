/* SPDX-License-Identifier: Apache-2.0 */
/* Reading to the end: see whole_file.h. */
#include "whole_file.h"
#include "buf.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

int whole_file_read(char const *path, struct buf *ret)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char chunk[65536];
    size_t n;

    if (!in)
        return -errno;
    while ((n = fread(chunk, 1, sizeof chunk, in)) > 0)
        buf_add(ret, chunk, n);
    int error = ferror(in) ? -EIO : buf_ok(ret) ? 0 : -EFBIG;
    if (in != stdin)
        fclose(in);
    return error;
}
