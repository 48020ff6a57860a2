/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA XML over TCP (ECMA-323 annex G): an 8-byte header before each document.
 *
 *   00 00 | length, big endian, header included | invoke ID, four ASCII digits | XML
 *
 * A response repeats the invoke ID of its request (0000..9998); events carry 9999. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct buf;

enum { CSTA_FRAME_HEADER = 8, CSTA_FRAME_MAX = 65535, CSTA_INVOKE_EVENT = 9999 };

struct csta_frame {
    unsigned invoke_id;
    char const *xml; /* borrowed from the input */
    size_t len;
};

/** Takes the first frame of @p data. Returns its whole size in bytes; 0 = more bytes are needed;
 *  -EPROTO = not this protocol (format indicator, length below 8, invoke ID not digits). */
int csta_frame_parse(char const *data, size_t len, struct csta_frame *ret);

/** Appends a frame to @p out. Returns 0 or -EMSGSIZE (also when @p out is full or the
 *  invoke ID has more than four digits). */
int csta_frame_print(unsigned invoke_id, char const *xml, size_t len, struct buf *out);
