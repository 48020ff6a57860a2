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

/* A quoted-string that needs no escapes: what would need one becomes '?'. */
static void make_quotable(char *text)
{
    for (; *text; text++)
        if (*text == '"' || *text == '\\' || (unsigned char)*text < 0x20 ||
            (unsigned char)*text >= 0x7f)
            *text = '?';
}

void presence_refusal_send(struct server_transaction *st, struct presence_refusal const *refusal,
                           char const *format, ...)
{
    msg_t *request = server_transaction_request(st);
    sip_t const *sip = sip_object(request);
    char text[TEXT_BYTES], line[TEXT_BYTES + 40];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_quotable(text);

    presence_count(refusal->metric);
    presence_note_refusal(st, refusal->phrase, text);
    log_info(sip->sip_call_id->i_id, "request refused method=%s status=%d reason=\"%s\"",
             sip->sip_request->rq_method_name, refusal->status, text);
    msg_t *response =
        message_response(request, refusal->status, refusal->phrase, server_transaction_to_tag(st));
    (void)snprintf(line, sizeof line, "Warning: 399 crosspoint \"%s\"", text);
    if (!response || message_add(response, line) < 0 ||
        (refusal->header && message_add(response, refusal->header) < 0)) {
        if (response)
            msg_destroy(response);
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
        return;
    }
    server_transaction_respond(st, response);
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
