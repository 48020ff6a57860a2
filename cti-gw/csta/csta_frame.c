/* SPDX-License-Identifier: Apache-2.0 */
/* The 8-byte header. A wrong byte is refused as soon as it is there, not when the frame is whole:
 * a peer that speaks another protocol must not make us wait. */
#include "csta_frame.h"
#include "buf.h"
#include <errno.h>

/* The invoke ID, or -1 if one of the @p n digits that are there is none. */
static int parse_invoke_id(char const *digits, size_t n)
{
    int id = 0;

    for (size_t i = 0; i < n; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        id = id * 10 + (digits[i] - '0');
    }
    return id;
}

int csta_frame_parse(char const *data, size_t len, struct csta_frame *ret)
{
    for (size_t i = 0; i < len && i < 2; i++)
        if (data[i] != 0)
            return -EPROTO;
    if (len < 4)
        return 0;

    size_t size = (size_t)(unsigned char)data[2] << 8 | (unsigned char)data[3];
    size_t digits = len < CSTA_FRAME_HEADER ? len - 4 : 4;
    int invoke_id = parse_invoke_id(data + 4, digits);
    if (size < CSTA_FRAME_HEADER || invoke_id < 0)
        return -EPROTO;
    if (len < size)
        return 0;

    *ret = (struct csta_frame){
        .invoke_id = (unsigned)invoke_id,
        .xml = data + CSTA_FRAME_HEADER,
        .len = size - CSTA_FRAME_HEADER,
    };
    return (int)size;
}

int csta_frame_print(unsigned invoke_id, char const *xml, size_t len, struct buf *out)
{
    if (len > CSTA_FRAME_MAX - CSTA_FRAME_HEADER || invoke_id > CSTA_INVOKE_EVENT)
        return -EMSGSIZE;

    size_t size = len + CSTA_FRAME_HEADER;
    char const length[] = { 0, 0, (char)(size >> 8), (char)(size & 0xff) };
    buf_add(out, length, sizeof length);
    buf_printf(out, "%04u", invoke_id);
    buf_add(out, xml, len);
    return buf_ok(out) ? 0 : -EMSGSIZE;
}
