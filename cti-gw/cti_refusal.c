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

void cti_refusal_send(struct server_transaction *st, struct cti_refusal const *refusal,
                      char const *format, ...)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    char text[TEXT_BYTES];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    message_make_quotable(text);

    met_inc(&cti_metrics, refusal->metric);
    cti_note_refusal(st, refusal->phrase, text);
    log_info(sip->sip_call_id->i_id, "request refused method=%s status=%d reason=\"%s\"",
             sip->sip_request->rq_method_name, refusal->status, text);
    (void)server_transaction_refuse_why(st, refusal->status, refusal->phrase, refusal->header,
                                        text);
}
