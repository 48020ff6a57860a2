/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers into a buffer, in a byte order that does not depend on the machine. */
#pragma once
#include "buf.h"
#include <stdint.h>

static inline void byte_order_big(struct buf *out, uint64_t value, unsigned bytes)
{
    unsigned char text[8];

    for (unsigned i = 0; i < bytes; i++)
        text[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
    buf_add(out, text, bytes);
}

static inline void byte_order_little(struct buf *out, uint64_t value, unsigned bytes)
{
    unsigned char text[8];

    for (unsigned i = 0; i < bytes; i++)
        text[i] = (unsigned char)(value >> 8 * i);
    buf_add(out, text, bytes);
}
