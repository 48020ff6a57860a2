/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a byte stream is taken apart into CSTA frames as a link does it. Fed whole or byte
 * by byte it must give the same frames, and a frame printed again is the same bytes. */
#include "buf.h"
#include "csta_frame.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_frame(char const *data, size_t len, struct csta_frame const *frame)
{
    struct buf out;

    require(len >= CSTA_FRAME_HEADER && len <= CSTA_FRAME_MAX);
    require(frame->xml == data + CSTA_FRAME_HEADER && frame->len == len - CSTA_FRAME_HEADER);
    require(frame->invoke_id <= CSTA_INVOKE_EVENT);
    buf_init(&out, CSTA_FRAME_MAX);
    require(csta_frame_print(frame->invoke_id, frame->xml, frame->len, &out) == 0);
    require(out.len == len && memcmp(out.data, data, len) == 0);
    buf_fini(&out);
}

/* What the first bytes say may become more with more bytes, never something else. */
static void check_prefixes(char const *data, size_t size, int whole)
{
    struct csta_frame frame;

    for (size_t len = 0; len <= size && len < 64; len++) {
        int got = csta_frame_parse(data, len, &frame);
        if (got == -EPROTO)
            require(whole == -EPROTO);
        else
            require(got == 0 || got == whole);
    }
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    char const *at = (char const *)data;
    struct csta_frame frame;
    int got;

    do {
        got = csta_frame_parse(at, size, &frame);
        check_prefixes(at, size, got);
        if (got > 0) {
            require((size_t)got <= size);
            check_frame(at, (size_t)got, &frame);
            at += got;
            size -= (size_t)got;
        }
    } while (got > 0);
    require(got == 0 || got == -EPROTO);
    return 0;
}
