/* SPDX-License-Identifier: Apache-2.0 */
/* Messages for the tests of a trace. */
#pragma once
#include "capture_message.h"
#include <string.h>

struct trace_rig_row {
    unsigned time_ms;
    char const *program;
    bool sent;
    char const *peer, *id, *note, *text;
};

#define TRACE_RIG_HEAD(id, cseq)                                                                   \
    "Via: SIP/2.0/UDP 127.0.0.1:4000\r\nFrom: <sip:alice@example.test>;tag=1\r\n"                  \
    "To: <sip:2001@example.test>\r\nCall-ID: " id "\r\nCSeq: " cseq "\r\n"
#define TRACE_RIG_REQUEST(method, id)                                                              \
    method " sip:2001@example.test SIP/2.0\r\n" TRACE_RIG_HEAD(id, "1 " method) "\r\n"
#define TRACE_RIG_ANSWER(status, method, id)                                                       \
    "SIP/2.0 " status " X\r\n" TRACE_RIG_HEAD(id, "1 " method) "\r\n"

static inline struct capture_message trace_rig_message(struct trace_rig_row const *row)
{
    struct capture_message ret = { .time_us = row->time_ms * 1000ull,
                                   .protocol = *row->text == '<' ? TAP_CSTA : TAP_SIP,
                                   .transport = "udp",
                                   .program = row->program ? row->program : "",
                                   .sent = row->sent,
                                   .peer = row->peer ? row->peer : "",
                                   .interface = "",
                                   .subject = "",
                                   .id = row->id ? row->id : "",
                                   .note = row->note ? row->note : "",
                                   .bytes = row->text,
                                   .len = strlen(row->text) };

    (void)net_addr_parse(&ret.source, "192.0.2.9:5060", 0);
    (void)net_addr_parse(&ret.destination, "192.0.2.1:5062", 0);
    return ret;
}
