/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the contents of the events (ECMA-269 call control and device feature events), and who is
 * told. */
#include "events.h"
#include "monitor.h"

static struct csta_device device(char const *id)
{
    return id && id[0] ? (struct csta_device){ .kind = CSTA_DEVICE_IDENTIFIER, .id = id }
                       : (struct csta_device){ .kind = CSTA_DEVICE_NOT_KNOWN };
}

/* --- calls ------------------------------------------------------------------------------------ */

size_t events_list(struct call_join const *join,
                   struct csta_connection_item ret[static CALL_MEMBERS_MAX])
{
    for (size_t i = 0; i < join->n; i++) {
        struct call_member const *member = &join->members[i];
        ret[i] = (struct csta_connection_item){
            .now = { join->id, member->number },
            .endpoint = member->number,
            .state = call_state_csta(member->state),
        };
        if (member->old_id)
            ret[i].before = (struct csta_conn){ member->old_id, member->number };
    }
    return join->n;
}

static void fill_join(struct call_join const *join, struct csta_connection_item *items,
                      struct csta_msg *ret)
{
    ret->conn = (struct csta_conn){ join->primary, join->by };
    if (join->secondary[0])
        ret->held = (struct csta_conn){ join->secondary, join->by };
    ret->subject = device(join->by);
    ret->destination = device(join->added);
    ret->connections = items;
    ret->n_connections = events_list(join, items);
}

static void fill_parties(struct call_event const *event, struct csta_msg *ret)
{
    struct call const *call = event->call;
    ret->calling = device(call->calling);
    ret->called = device(call->called);
    if (event->type != CSTA_OriginatedEvent)
        ret->redirected = call->redirected[0]
                              ? device(call->redirected)
                              : (struct csta_device){ .kind = CSTA_DEVICE_NOT_REQUIRED };
}

/* The caller's own place in the line of those that wait. */
static void fill_queue(struct call_event const *event, struct csta_msg *ret)
{
    struct call_conn const *conn;
    TAILQ_FOREACH(conn, &event->line->conns, on_line)
    {
        ret->number_queued += conn->state == CALL_QUEUED;
    }
    ret->calls_in_front = ret->number_queued > 0 ? ret->number_queued - 1 : 0;
}

static void fill_more(struct call_event const *event, struct csta_msg *ret)
{
    switch (event->type) {
    case CSTA_QueuedEvent:
        fill_queue(event, ret);
        fill_parties(event, ret);
        break;
    case CSTA_NetworkReachedEvent:
        ret->subject = device(event->text);
        fill_parties(event, ret);
        break;
    case CSTA_DivertedEvent:
        ret->destination = device(event->text);
        fill_parties(event, ret);
        break;
    case CSTA_OriginatedEvent:
    case CSTA_OfferedEvent:
    case CSTA_DeliveredEvent:
    case CSTA_EstablishedEvent:
    case CSTA_FailedEvent:
        fill_parties(event, ret);
        break;
    case CSTA_DigitsDialedEvent:
        ret->digits = event->text;
        break;
    default:
        break;
    }
}

/* --- what may follow -------------------------------------------------------------------------- */

/* The other one of two calls: @p state, at the same phone. */
static bool has_other(struct call_conn const *conn, enum call_state state)
{
    struct call_conn const *other;
    TAILQ_FOREACH(other, &conn->line->conns, on_line)
    {
        if (other != conn && other->state == state && !other->silent &&
            call_conn_is_at(other, conn->station))
            return true;
    }
    return false;
}

static void permit_pair(struct call_conn const *conn, struct csta_set *ret)
{
    enum call_purpose purpose = conn->call->purpose;
    csta_set_add(ret, CSTA_AlternateCall);
    csta_set_add(ret, CSTA_ReconnectCall);
    if (purpose == CALL_FOR_ANYTHING || purpose == CALL_FOR_TRANSFER)
        csta_set_add(ret, CSTA_TransferCall);
    if (purpose == CALL_FOR_ANYTHING || purpose == CALL_FOR_CONFERENCE)
        csta_set_add(ret, CSTA_ConferenceCall);
}

void events_permit(struct call_conn const *conn, struct csta_set *ret)
{
    static enum csta_type const services[CALL_STATES][8] = {
        [CALL_INITIATED] = { CSTA_ClearConnection, CSTA_DialDigits },
        [CALL_ALERTING] = { CSTA_AnswerCall, CSTA_ClearConnection, CSTA_DeflectCall },
        [CALL_CONNECTED] = { CSTA_ClearConnection, CSTA_HoldCall, CSTA_ConsultationCall,
                             CSTA_SingleStepTransferCall, CSTA_SingleStepConferenceCall,
                             CSTA_GenerateDigits },
        [CALL_HOLD] = { CSTA_ClearConnection, CSTA_RetrieveCall },
        [CALL_QUEUED] = { CSTA_ClearConnection, CSTA_DeflectCall },
        [CALL_FAIL] = { CSTA_ClearConnection },
    };
    for (size_t i = 0; i < 8 && services[conn->state][i]; i++)
        csta_set_add(ret, services[conn->state][i]);
    if (conn->offered)
        csta_set_add(ret, CSTA_AcceptCall);
    if (conn->state == CALL_CONNECTED && !conn->silent && has_other(conn, CALL_HOLD))
        permit_pair(conn, ret);
}

void events_fill(struct call_event const *event, struct call_conn const *conn,
                 struct csta_connection_item items[static CALL_MEMBERS_MAX], struct csta_msg *ret)
{
    *ret = (struct csta_msg){
        .type = event->type,
        .conn = { .call_id = event->call->id, .device_id = event->device },
        .subject = device(event->device),
        .cause = event->cause,
        .correlator = event->call->correlator,
    };
    if (conn)
        ret->local_state = event->elsewhere ? CSTA_STATE_null : call_state_csta(conn->state);
    if (conn && !event->elsewhere)
        events_permit(conn, &ret->permitted);
    if (event->join)
        fill_join(event->join, items, ret);
    else
        fill_more(event, ret);
    events_hide(event->call->table->options.lines, conn ? conn->line : NULL, ret);
}

/* --- privacy ---------------------------------------------------------------------------------- */

struct privacy {
    struct line_table const *lines;
    struct line const *viewer;
};

static bool is_hidden(struct privacy const *privacy, char const *id)
{
    struct line const *line = id ? line_find(privacy->lines, id) : NULL;
    return line && line->restricted && line != privacy->viewer;
}

static void hide_text(struct privacy const *privacy, char const **id)
{
    if (is_hidden(privacy, *id))
        *id = NULL;
}

static void hide_device(struct privacy const *privacy, struct csta_device *device)
{
    if (device->kind == CSTA_DEVICE_IDENTIFIER && is_hidden(privacy, device->id))
        *device = (struct csta_device){ .kind = CSTA_DEVICE_RESTRICTED };
}

void events_hide(struct line_table const *lines, struct line const *viewer, struct csta_msg *msg)
{
    struct privacy privacy = { lines, viewer };
    if (lines->n_restricted == 0)
        return;
    hide_device(&privacy, &msg->subject);
    hide_device(&privacy, &msg->calling);
    hide_device(&privacy, &msg->destination);
    hide_device(&privacy, &msg->redirected);
    hide_text(&privacy, &msg->conn.device_id);
    hide_text(&privacy, &msg->held.device_id);
    for (size_t i = 0; i < msg->n_connections; i++) {
        hide_text(&privacy, &msg->connections[i].now.device_id);
        hide_text(&privacy, &msg->connections[i].before.device_id);
        hide_text(&privacy, &msg->connections[i].endpoint);
    }
    for (size_t i = 0; i < msg->n_items; i++) {
        hide_text(&privacy, &msg->items[i].conn.device_id);
        hide_text(&privacy, &msg->items[i].endpoint);
        hide_device(&privacy, &msg->items[i].device);
    }
}

/* --- who is told ------------------------------------------------------------------------------ */

static void send_to(struct monitor *monitor, struct csta_msg *message, events_send_fn *send)
{
    if (csta_set_has(&monitor->filter, message->type))
        return;
    message->monitor_xref = monitor->xref;
    message->edition = monitor->edition;
    send(monitor, message);
}

/* A line that only comes into the call, or goes out of it, sees no more than that. */
static bool has_part(struct call_event const *event, struct call_conn const *conn)
{
    return conn->line == event->line || (!event->elsewhere && conn->state != CALL_IDLE);
}

static bool is_for(struct call_event const *event, struct call_conn const *conn,
                   struct monitor const *monitor)
{
    if (event->elsewhere)
        return monitor->station && monitor->station != event->station;
    return call_conn_is_at(conn, monitor->station);
}

void events_tell(struct call_event const *event, events_send_fn *send)
{
    struct csta_connection_item items[CALL_MEMBERS_MAX];
    struct csta_msg message;
    struct call_conn const *conn;
    struct monitor *monitor;
    TAILQ_FOREACH(conn, &event->call->conns, on_call)
    {
        if (!has_part(event, conn) || TAILQ_EMPTY(&conn->line->monitors))
            continue;
        events_fill(event, conn, items, &message);
        TAILQ_FOREACH(monitor, &conn->line->monitors, on_object)
        {
            if (is_for(event, conn, monitor))
                send_to(monitor, &message, send);
        }
    }
    if (event->elsewhere || TAILQ_EMPTY(&event->call->monitors))
        return;
    events_fill(event, NULL, items, &message);
    TAILQ_FOREACH(monitor, &event->call->monitors, on_object)
    {
        send_to(monitor, &message, send);
    }
}

void events_tell_end(struct call const *call, events_send_fn *send)
{
    struct csta_msg message = {
        .type = CSTA_CallClearedEvent,
        .conn = { .call_id = call->id },
        .cause = CSTA_CAUSE_normalClearing,
        .correlator = call->correlator,
    };
    struct monitor *monitor;
    TAILQ_FOREACH(monitor, &call->monitors, on_object)
    {
        send_to(monitor, &message, send);
    }
}

/* --- lines and phones ------------------------------------------------------------------------- */

static enum csta_forwarding const forwardings[FEATURE_SCOPES][FEATURE_REASONS] = {
    [FEATURE_ALL] = { CSTA_FORWARD_forwardImmediate, CSTA_FORWARD_forwardBusy,
                      CSTA_FORWARD_forwardNoAns, CSTA_FORWARD_forwardDND },
    [FEATURE_INTERNAL] = { CSTA_FORWARD_forwardImmInt, CSTA_FORWARD_forwardBusyInt,
                           CSTA_FORWARD_forwardNoAnsInt, CSTA_FORWARD_forwardDNDInt },
    [FEATURE_EXTERNAL] = { CSTA_FORWARD_forwardImmExt, CSTA_FORWARD_forwardBusyExt,
                           CSTA_FORWARD_forwardNoAnsExt, CSTA_FORWARD_forwardDNDExt },
};

enum csta_forwarding events_forwarding(struct feature_forward const *forward)
{
    return forwardings[forward->scope][forward->reason];
}

bool events_parse_forwarding(enum csta_forwarding type, struct feature_forward *ret)
{
    for (int scope = 0; scope < FEATURE_SCOPES; scope++) {
        for (int reason = 0; reason < FEATURE_REASONS; reason++) {
            if (forwardings[scope][reason] != type)
                continue;
            ret->scope = (enum feature_scope)scope;
            ret->reason = (enum feature_reason)reason;
            return true;
        }
    }
    return false;
}

static bool is_service_event(enum csta_type type)
{
    return type == CSTA_BackInServiceEvent || type == CSTA_OutOfServiceEvent;
}

static size_t n_working(struct line const *line)
{
    size_t n = 0;
    for (size_t i = 0; i < line->n_stations; i++)
        n += line->stations[i]->in_service;
    return n;
}

/* A line as a whole goes with its last phone, and comes back with the first. */
static bool line_sees(struct line_event const *event)
{
    if (event->type == CSTA_OutOfServiceEvent)
        return n_working(event->line) == 0;
    return event->type != CSTA_BackInServiceEvent || n_working(event->line) == 1;
}

void events_tell_line(struct line_event const *event, events_send_fn *send)
{
    struct csta_msg message = {
        .type = event->type,
        .subject = device(event->line->number),
        .on = event->on,
    };
    struct monitor *monitor;
    if (event->forward) {
        message.forwarding = events_forwarding(event->forward);
        message.on = event->forward->active;
        message.directory_number = event->forward->to[0] ? event->forward->to : NULL;
        message.ring_count = event->forward->rings;
    }
    if (event->type == CSTA_HookswitchEvent)
        message.apparatus = station_apparatus_str(STATION_HANDSET);
    if (is_service_event(event->type))
        message.cause = CSTA_CAUSE_normal;
    TAILQ_FOREACH(monitor, &event->line->monitors, on_object)
    {
        if (monitor->station ? !event->station || monitor->station == event->station
                             : line_sees(event))
            send_to(monitor, &message, send);
    }
}
