/* SPDX-License-Identifier: Apache-2.0 */
/* Finds messages in a byte stream (RFC 3261 §18.3, RFC 5626 §3.5.1): header end, Content-Length,
 * keep-alives. Pure and incremental: work is linear in the bytes, however they arrive. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { TRANSPORT_FRAME_MAX_HEADER = 65536 };

enum transport_frame_result {
    TRANSPORT_FRAME_MORE,    /* nothing complete yet */
    TRANSPORT_FRAME_MESSAGE, /* *ret_len bytes are one message */
    TRANSPORT_FRAME_BLANK,   /* *ret_len bytes are empty lines */
    TRANSPORT_FRAME_PING,    /* *ret_len bytes are a keep-alive that wants CRLF back */
    TRANSPORT_FRAME_LAST,    /* *ret_len bytes are a header whose length is unknown: answer 400 and
                                close, for nobody knows where the next message begins */
    TRANSPORT_FRAME_FAULT    /* no SIP, or larger than allowed: close */
};

/** Zero it for a new stream; the functions keep it. */
struct transport_frame {
    size_t scanned;     /* bytes in which no header end was found */
    size_t message_len; /* of the message whose header is complete, 0: header incomplete */
    char const *fault;  /* static text behind LAST and FAULT */
    bool is_too_large;  /* LAST and FAULT: because of the size */
};

/** Looks at the unconsumed bytes of the stream, @p len of them: the same start as in the last call
 *  as long as that returned MORE. For every result but MORE and FAULT the caller consumes
 *  *@p ret_len bytes and calls again with the rest. */
enum transport_frame_result transport_frame_next(struct transport_frame *frame, char const *data,
                                                 size_t len, size_t max_message, size_t *ret_len);
