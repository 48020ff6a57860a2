/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the programs, and where their binaries are. */
#include "program.h"
#include "buf.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct program const program_table[PROGRAMS] = {
#define PROGRAM(id, where) { .name = #id, .binary = "crosspoint-" #id, .folder = where },
#include "programs.def"
#undef PROGRAM
    { .name = "capture", .binary = "crosspoint-capture", .folder = "capture" },
};

struct program const *program_find(char const *name)
{
    for (size_t i = 0; i < PROGRAMS; i++)
        if (strcmp(program_table[i].name, name) == 0)
            return &program_table[i];
    return NULL;
}

/* Leaves the path in @p out if something that can be run is there. */
static int try_path(struct buf *out, char const *dir, size_t dir_len, char const *between,
                    char const *binary)
{
    size_t start = out->len;

    buf_printf(out, "%.*s/%s%s", (int)dir_len, dir, between, binary);
    if (buf_ok(out) && access(out->data + start, X_OK) == 0)
        return 0;
    if (buf_ok(out)) {
        out->len = start;
        out->data[start] = '\0';
    }
    return -ENOENT;
}

static int try_list(struct buf *out, char const *list, char const *binary)
{
    while (list && *list) {
        size_t len = strcspn(list, ":");

        if (len && try_path(out, list, len, "", binary) == 0)
            return 0;
        list += len + (list[len] == ':');
    }
    return -ENOENT;
}

int program_locate(struct program const *program, char const *bin_dir, struct buf *out)
{
    char self[PATH_MAX];
    char between[64];
    ssize_t len;

    if (try_list(out, getenv("CROSSPOINT_BIN_PATH"), program->binary) == 0)
        return 0;
    if (*bin_dir)
        return try_path(out, bin_dir, strlen(bin_dir), "", program->binary);

    len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return -ENOENT;
    self[len] = '\0';
    len = strrchr(self, '/') - self;
    if (try_path(out, self, (size_t)len, "", program->binary) == 0)
        return 0;
    snprintf(between, sizeof between, "../%s/", program->folder);
    return try_path(out, self, (size_t)len, between, program->binary);
}
