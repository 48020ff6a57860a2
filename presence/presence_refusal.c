/* SPDX-License-Identifier: Apache-2.0 */
/* Building refusals. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "presence_refusal.h"
#include "log.h"
#include "message.h"
#include "presence_note.h"
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdio.h>

enum { TEXT_BYTES = 200, HEADER_BYTES = 40 };

void presence_refusal_send(struct server_transaction *st, struct presence_refusal const *refusal,
                           char const *format, ...)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    char text[TEXT_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    message_make_quotable(text);

    presence_count(refusal->metric);
    presence_note_refusal(st, refusal->phrase, text);
    log_info(sip->sip_call_id->i_id, "request refused method=%s status=%d reason=\"%s\"",
             sip->sip_request->rq_method_name, refusal->status, text);
    (void)server_transaction_refuse_why(st, refusal->status, refusal->phrase, refusal->header,
                                        text);
}

void presence_refusal_busy(struct server_transaction *st, int64_t retry_after_s, char const *why)
{
    char header[HEADER_BYTES];
    struct presence_refusal const busy = { 503, "Service Unavailable", M_refused_limit, header };

    (void)snprintf(header, sizeof header, "Retry-After: %d", (int)retry_after_s);
    presence_refusal_send(st, &busy, "%s", why);
}

void presence_refusal_too_brief(struct server_transaction *st, int64_t min_s, uint64_t wanted_s)
{
    char header[HEADER_BYTES];
    struct presence_refusal const brief = { 423, "Interval Too Brief", M_refused_interval, header };

    (void)snprintf(header, sizeof header, "Min-Expires: %d", (int)min_s);
    presence_refusal_send(st, &brief, "%u s are too short", (unsigned)wanted_s);
}
