/* SPDX-License-Identifier: Apache-2.0 */
/* Building refusals. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "cti_refusal.h"
#include "cti_note.h"
#include "log.h"
#include "message.h"
#include <sofia-sip/sip_header.h>
#include <stdarg.h>
#include <stdio.h>

enum { TEXT_BYTES = 200 };

/* A quoted-string that needs no escapes: what would need one becomes '?'. */
static void make_quotable(char *text)
{
    for (; *text; text++)
        if (*text == '"' || *text == '\\' || (unsigned char)*text < 0x20 ||
            (unsigned char)*text >= 0x7f)
            *text = '?';
}

void cti_refusal_send(struct server_transaction *st, struct cti_refusal const *refusal,
                      char const *format, ...)
{
    msg_t *request = server_transaction_request(st);
    sip_t const *sip = sip_object(request);
    char text[TEXT_BYTES], line[TEXT_BYTES + 40];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    make_quotable(text);

    met_inc(&cti_metrics, refusal->metric);
    cti_note_refusal(st, refusal->phrase, text);
    log_info(sip->sip_call_id->i_id, "request refused method=%s status=%d reason=\"%s\"",
             sip->sip_request->rq_method_name, refusal->status, text);
    msg_t *response =
        message_response(request, refusal->status, refusal->phrase, server_transaction_to_tag(st));
    snprintf(line, sizeof line, "Warning: 399 crosspoint \"%s\"", text);
    if (!response || message_add(response, line) < 0 ||
        (refusal->header && message_add(response, refusal->header) < 0)) {
        if (response)
            msg_destroy(response);
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
        return;
    }
    server_transaction_respond(st, response);
}
