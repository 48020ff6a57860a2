/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes of a stream are cut into messages (the first byte says how large the pieces
 * are that arrive), each is parsed, judged, copied, printed, and answered. The cuts must not depend
 * on the pieces. */
#include "buf.h"
#include "message.h"
#include "transport_frame.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size);

enum { MAX_MESSAGE = 16384 };

static void handle_message(char const *bytes, size_t len)
{
    msg_t *msg = message_parse(bytes, len), *copy, *response;
    struct buf out;

    if (!msg)
        return;
    buf_init(&out, 1 << 20);
    char const *fault = message_fault(msg);
    /* A message at fault is only answered, but nothing may break at it either. */
    message_print_under(msg, "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKfuzz\r\n", &out);
    if (message_print(msg, &out) == 0 && (copy = message_copy(msg))) {
        message_add_first(copy, "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKfuzz");
        message_set_body(copy, "text/plain", "x", 1);
        message_print(copy, &out);
        msg_destroy(copy);
    }
    if (sip_object(msg)->sip_request &&
        (response = message_response(msg, fault ? 400 : 200, NULL, "t"))) {
        message_print(response, &out);
        msg_destroy(response);
    }
    buf_fini(&out);
    msg_destroy(msg);
}

/* Cuts the stream as it arrives in pieces of @p piece bytes; returns where the last cut was. */
static size_t cut(char const *data, size_t size, size_t piece, int handle)
{
    struct transport_frame frame = { 0 };
    size_t used = 0, arrived = 0, n;

    while (arrived < size || piece == 0) {
        arrived = piece && arrived + piece < size ? arrived + piece : size;
        for (;;) {
            enum transport_frame_result result =
                transport_frame_next(&frame, data + used, arrived - used, MAX_MESSAGE, &n);
            if (result == TRANSPORT_FRAME_FAULT || result == TRANSPORT_FRAME_MORE) {
                if (result == TRANSPORT_FRAME_FAULT)
                    return used;
                break;
            }
            if (n == 0 || n > arrived - used)
                abort();
            if (handle && result == TRANSPORT_FRAME_MESSAGE)
                handle_message(data + used, n);
            used += n;
            if (result == TRANSPORT_FRAME_LAST)
                return used;
        }
        if (arrived == size)
            break;
    }
    return used;
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
    if (size < 2)
        return 0;
    char const *stream = (char const *)data + 1;
    /* Only a fault of size may be noticed at different bytes, so compare where nothing is at fault.
     */
    size_t whole = cut(stream, size - 1, size, 1);
    size_t pieces = cut(stream, size - 1, (size_t)data[0] % 64 + 1, 0);
    if (size < MAX_MESSAGE && whole != pieces)
        abort();
    return 0;
}
