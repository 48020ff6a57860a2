/* SPDX-License-Identifier: Apache-2.0 */
/* How a stream comes to carry stanzas, and how it ends. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "clock.h"
#include "log.h"
#include "secure_link.h"
#include "stream.h"
#include "stream_dialback.h"
#include "stream_look.h"
#include "stream_manage.h"
#include "stream_metrics.h"
#include "stream_minder.h"
#include "stream_route.h"
#include "streams_internal.h"
#include <stdio.h>

enum { ERROR_BYTES = 1024 };

static struct stream_limits const *limits_of(struct stream const *stream)
{
    return &stream->set->settings->limits;
}

/* --- ready ------------------------------------------------------------------------------------ */

/* XEP-0288 2: the other way, too. */
static void turn_round(struct stream *stream)
{
    int err;

    if (stream->role == STREAM_OUT) {
        (void)stream_prove(stream, stream->ours, stream->theirs);
        return;
    }
    struct stream_route *route = stream_route_get(stream->set, stream->ours, stream->theirs, &err);
    if (route)
        stream_route_carry(route, stream);
}

int stream_act_ready(void *obj, void *arg)
{
    struct stream *stream = obj;
    struct stream_route *opener = stream->opener;
    char remote[NET_ADDR_TEXT];

    (void)arg;
    wheel_disarm(&stream->timer);
    stream->set->n_strangers -= stream->role == STREAM_IN;
    stream->was_ready = true;
    stream->stanza_ms = clock_now_ms();
    stream->opener = NULL;
    stream_gauge(M_streams_ready, 1);
    stream_count(M_streams_opened);
    log_info(stream->tag, "stream ready ours=%s theirs=\"%s\" address=%s tls=%s", stream->ours,
             stream->theirs, net_addr_print(&stream->wire.remote, remote),
             stream->wire.is_secure ? secure_link_version(stream->wire.link) : "none");
    stream_minder_begin(stream);
    stream_manage_begin(stream);
    if (opener)
        stream_route_carry(opener, stream);
    if (stream->is_bidi)
        turn_round(stream);
    /* By one that goes both ways the peer may have begun to send. */
    if (opener && opener->carrier != stream && !stream->is_bidi && stream->state == STREAM_READY)
        stream_end(stream, "not needed");
    return FSM_OK;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* Routes look for another stream; what it has brought is handled without it. */
static void leave(struct stream *stream)
{
    struct stream_route *route, *opener = stream->opener;

    stream->opener = NULL;
    if (opener)
        stream_route_lost(opener, stream);
    while ((route = LIST_FIRST(&stream->carried)))
        stream_route_lost(route, stream);
    stream_dialback_leave(stream);
    if (stream->look)
        stream_look_end(stream->look);
    stream_forget_incoming(stream);
    wheel_disarm(&stream->minder);
    wheel_disarm(&stream->brake);
    wheel_disarm(&stream->ack_timer);
}

static void say_end(struct stream *stream)
{
    char remote[NET_ADDR_TEXT];
    char const *reason = stream->reason ? stream->reason : "";

    log_info(stream->tag,
             "stream ended ours=%s theirs=\"%s\" address=%s was_ready=%s reason=\"%s\"",
             stream->ours, stream->theirs, net_addr_print(&stream->wire.remote, remote),
             stream->was_ready ? "yes" : "no", reason);
}

/* Ends our side, and gives the peer time to end its own (RFC 6120 4.4). */
static void close_ours(struct stream *stream)
{
    stream_say(stream, "</stream:stream>");
    if (stream->state != STREAM_CLOSING)
        return;
    stream_wire_pause(&stream->wire, false);
    if (stream->state == STREAM_CLOSING)
        wheel_arm(stream->set->wires.wheel, &stream->timer, (uint64_t)limits_of(stream)->close_ms,
                  stream->timer.fn);
    leave(stream);
}

static void tell_fault(struct stream *stream, enum stream_error error, char const *text)
{
    char const *condition = stream_errors_name(error);
    char xml[ERROR_BYTES];

    if (!stream->reason)
        stream->reason = text ? text : condition;
    stream_count(M_stream_errors_sent);
    if (stream->look)
        stream_look_failed(stream->look, error);
    log_warn(stream->tag, "stream error sent ours=%s theirs=\"%s\" condition=%s text=\"%s\"",
             stream->ours, stream->theirs, condition, text ? text : "");
    /* RFC 6120 4.9.1.2: never without a header. */
    if (!stream->is_header_sent)
        stream_send_header(stream);
    (void)snprintf(xml, sizeof xml, "<stream:error><%s xmlns='%s'/>%s%s%s%s%s</stream:error>",
                   condition, STREAM_NS_ERRORS, text ? "<text xmlns='" : "",
                   text ? STREAM_NS_ERRORS : "", text ? "'>" : "", text ? text : "",
                   text ? "</text>" : "");
    stream_say(stream, xml);
}

int stream_act_fault(void *obj, void *arg)
{
    struct stream *stream = obj;
    struct stream_fault const *fault = arg;

    tell_fault(stream, fault->condition, fault->text);
    close_ours(stream);
    return FSM_OK;
}

void stream_end_late(struct stream *stream, char const *text)
{
    tell_fault(stream, STREAM_ERROR_connection_timeout, text);
    close_ours(stream);
}

int stream_act_late(void *obj, void *arg)
{
    (void)arg;
    stream_count(M_stream_late);
    stream_end_late(obj, NULL);
    return FSM_OK;
}

int stream_act_refused(void *obj, void *arg)
{
    return stream_act_end(obj, arg);
}

int stream_act_end(void *obj, void *arg)
{
    struct stream *stream = obj;

    (void)arg;
    if (!stream->is_header_sent)
        stream_send_header(stream);
    close_ours(stream);
    return FSM_OK;
}

int stream_act_dead(void *obj, void *arg)
{
    struct stream *stream = obj;

    (void)arg;
    if (!stream->reason)
        stream->reason = "peer ended the stream";
    wheel_disarm(&stream->timer);
    say_end(stream);
    leave(stream);
    LIST_REMOVE(stream, link);
    stream->set->n_streams--;
    stream->set->n_strangers -= stream->role == STREAM_IN && !stream->was_ready;
    stream_gauge(M_streams, -1);
    if (stream->was_ready)
        stream_gauge(M_streams_ready, -1);
    if (!stream->look)
        stream_count(stream->was_ready ? M_streams_lost : M_streams_failed);
    stream_wire_close(&stream->wire);
    return FSM_OK;
}
