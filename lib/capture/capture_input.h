/* SPDX-License-Identifier: Apache-2.0 */
/* A file or pipe through one buffer of fixed size, with the offset of every byte. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAPTURE_INPUT_SIZE = 1 << 20 };

struct capture_input {
    int fd;
    char *data;
    size_t start, end; /* what is there and not yet taken */
    uint64_t offset;   /* of data[start] in the file */
    int error;         /* errno of a failed read */
    bool ended;
    bool starved; /* a pipe that does not wait has no more for now */
};

/** Takes over @p fd. 0 or -ENOMEM (then it is closed). */
int capture_input_init(struct capture_input *input, int fd);
void capture_input_fini(struct capture_input *input);

/** Reads until @p len bytes are there, at most CAPTURE_INPUT_SIZE; fewer only at the end, or
 *  when the input is starved: then again later. Returns how many there are. They stand at data +
 * start until the next call. */
size_t capture_input_fill(struct capture_input *input, size_t len);

/** Takes @p len bytes, of which any number may not have been read yet. False if the file ends
 *  before. */
bool capture_input_skip(struct capture_input *input, uint64_t len);

/** As capture_input_skip(); if the file ends before, the offset stays, for it to be told. */
bool capture_input_skip_record(struct capture_input *input, uint64_t len);
