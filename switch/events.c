/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the contents of the call events (ECMA-269 call control events, ed3 children). */
#include "events.h"
#include "line.h"
#include "monitor.h"

static struct csta_device device(char const *id)
{
    return (struct csta_device){ .kind = CSTA_DEVICE_IDENTIFIER, .id = id };
}

static bool has_called_device(enum csta_type type)
{
    return type == CSTA_OriginatedEvent || type == CSTA_DeliveredEvent ||
           type == CSTA_EstablishedEvent || type == CSTA_FailedEvent;
}

void events_fill(struct call_event const *event, struct line const *line, struct csta_msg *ret)
{
    struct call const *call = event->call;
    struct call_conn const *conn = call_conn_of(call, line);
    *ret = (struct csta_msg){
        .type = event->type,
        .conn = { .call_id = call->id, .device_id = event->device },
        .subject = device(event->device),
        .local_state = call_state_csta(conn ? conn->state : CALL_IDLE),
        .cause = event->cause,
    };
    if (!has_called_device(event->type))
        return;
    ret->calling = device(call->calling->number);
    ret->called = device(call->called);
    if (event->type != CSTA_OriginatedEvent)
        ret->redirected.kind = CSTA_DEVICE_NOT_REQUIRED;
}

void events_tell(struct call_event const *event, events_send_fn *send)
{
    struct call_conn const *conn;
    TAILQ_FOREACH(conn, &event->call->conns, on_call)
    {
        struct csta_msg message;
        events_fill(event, conn->line, &message);
        struct monitor *monitor;
        TAILQ_FOREACH(monitor, &conn->line->monitors, on_line)
        {
            message.monitor_xref = monitor->xref;
            message.edition = monitor->edition;
            send(monitor, &message);
        }
    }
}
