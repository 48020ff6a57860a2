/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, and skipping what does not fit the buffer. */
#include "capture_input.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int capture_input_init(struct capture_input *input, int fd)
{
    *input = (struct capture_input){ .fd = fd, .data = malloc(CAPTURE_INPUT_SIZE) };
    if (input->data)
        return 0;
    close(fd);
    return -ENOMEM;
}

void capture_input_fini(struct capture_input *input)
{
    if (!input->data)
        return;
    close(input->fd);
    free(input->data);
    input->data = NULL;
}

static void read_more(struct capture_input *input)
{
    ssize_t got;

    do
        got = read(input->fd, input->data + input->end, CAPTURE_INPUT_SIZE - input->end);
    while (got < 0 && errno == EINTR);
    if (got > 0) {
        input->end += (size_t)got;
        return;
    }
    input->starved = got < 0 && errno == EAGAIN;
    input->ended = !input->starved;
    if (got < 0 && input->ended)
        input->error = errno;
}

size_t capture_input_fill(struct capture_input *input, size_t len)
{
    input->starved = false;
    if (input->end - input->start >= len || input->ended)
        return input->end - input->start;
    memmove(input->data, input->data + input->start, input->end - input->start);
    input->end -= input->start;
    input->start = 0;
    while (input->end < len && !input->ended && !input->starved)
        read_more(input);
    return input->end;
}

bool capture_input_skip(struct capture_input *input, uint64_t len)
{
    while (len > 0) {
        size_t there = capture_input_fill(input, 1);
        size_t step = there < len ? there : (size_t)len;

        if (step == 0) {
            /* What is not there cannot be passed over by and by. */
            input->error = input->starved ? EAGAIN : input->error;
            input->ended = true;
            input->starved = false;
            return false;
        }
        input->start += step;
        input->offset += step;
        len -= step;
    }
    return true;
}

bool capture_input_skip_record(struct capture_input *input, uint64_t len)
{
    uint64_t offset = input->offset;

    if (capture_input_skip(input, len))
        return true;
    input->offset = offset;
    return false;
}
