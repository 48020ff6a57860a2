/* SPDX-License-Identifier: Apache-2.0 */
/* Reads TLS key logs (SSLKEYLOGFILE; key_log of a TLS context) while they grow. */
#pragma once
#include <stdint.h>
#include <sys/types.h>

struct buf;

enum { KEY_READER_MAX = 4 << 20 };

struct key_reader {
    char const *path; /* borrowed */
    uint64_t done;    /* bytes that were read */
    dev_t device;     /* of the file that was read; another one is read from its begin */
    ino_t inode;
};

void key_reader_init(struct key_reader *reader, char const *path);

/** Begins anew: a further file needs all of them again. */
void key_reader_rewind(struct key_reader *reader);

/** Appends the whole lines that have come since; of more than KEY_READER_MAX bytes the newest. A
 *  file that is not there yet has none. 0 or a negative errno: -EACCES also if it is no file. */
int key_reader_read(struct key_reader *reader, struct buf *out);
