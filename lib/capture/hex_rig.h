/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of writers: what was written, as text in hexadecimal, eight bytes a line. */
#pragma once
#include "buf.h"

static inline char const *hex_rig_print(struct buf const *bytes, struct buf *ret)
{
    buf_reset(ret);
    for (size_t i = 0; i < bytes->len; i++)
        buf_printf(ret, "%02x%s", (unsigned char)bytes->data[i],
                   i % 8 == 7 || i + 1 == bytes->len ? "\n" : " ");
    return buf_text(ret);
}
