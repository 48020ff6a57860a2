/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_manage.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream_manage.h"
#include "buf.h"
#include "log.h"
#include "stream.h"
#include "stream_route.h"
#include "streams_internal.h"
#include "xml_element.h"
#include <errno.h>

enum {
    ELEMENT_BYTES = 256,
    ACK_MS = 1000, /* no peer thinks us dead by then */
};

void stream_manage_begin(struct stream *stream)
{
    if (stream->role != STREAM_OUT || !stream->may_manage)
        return;
    stream->managed = STREAM_ENABLING;
    stream_say(stream, "<enable xmlns='" STREAM_ACK_NS "'/>");
}

void stream_manage_probe(struct stream *stream)
{
    struct buf text;

    buf_init(&text, ELEMENT_BYTES);
    stream_ack_write_request(&text);
    stream_say(stream, buf_text(&text));
    buf_fini(&text);
}

void stream_manage_ask(struct stream *stream)
{
    if (stream->managed == STREAM_MANAGED && stream_ack_ask(&stream->ack))
        stream_manage_probe(stream);
}

static void answer(struct stream *stream)
{
    struct buf text;

    buf_init(&text, ELEMENT_BYTES);
    stream_ack_write_answer(&stream->ack, &text);
    stream_say(stream, buf_text(&text));
    buf_fini(&text);
}

static void on_late_ack(struct wheel_timer *timer);

/* What was handled before it asked would tell the peer nothing about what it asks for. */
static void owe(struct stream *stream)
{
    stream->owes_ack = true;
    stream->asks_again = false;
    stream->owes_at = stream->ack.handled + (uint32_t)(stream->n_incoming - stream->n_uncounted);
    wheel_arm(stream->set->wires.wheel, &stream->ack_timer, ACK_MS, on_late_ack);
}

static void on_late_ack(struct wheel_timer *timer)
{
    struct stream *stream = (struct stream *)((char *)timer - offsetof(struct stream, ack_timer));

    owe(stream);
    answer(stream);
}

/* XEP-0198 4: as soon as possible, so no later than what had come before it asked is handled. */
static void take_request(struct stream *stream)
{
    if (stream->n_incoming == stream->n_uncounted)
        answer(stream);
    else if (stream->owes_ack)
        stream->asks_again = true;
    else
        owe(stream);
}

void stream_manage_handled(struct stream *stream)
{
    if (stream->managed != STREAM_MANAGED)
        return;
    if (stream->n_uncounted) { /* they are handled in order, so these are the first */
        stream->n_uncounted--;
        return;
    }
    stream->ack.handled++;
    if (!stream->owes_ack || stream->ack.handled != stream->owes_at)
        return;
    stream->owes_ack = false;
    wheel_disarm(&stream->ack_timer);
    answer(stream);
    if (stream->asks_again && stream->n_incoming)
        owe(stream);
}

static void tell(void *ctx, void *receipt)
{
    (void)ctx;
    stream_route_acknowledge(receipt);
}

static void take_answer(struct stream *stream, struct xml_element const *element)
{
    uint32_t h;

    if (!stream_ack_read(element, &h))
        stream_fail(stream, STREAM_ERROR_bad_format, NULL);
    else if (stream_ack_take(&stream->ack, h, tell, NULL) < 0)
        stream_fail(stream, STREAM_ERROR_undefined_condition, "more is acknowledged than was sent");
    else
        stream_manage_ask(stream);
}

/* XEP-0198 3: it does not want to, so it is pinged. */
static void give_up(struct stream *stream)
{
    struct stream_route *route;

    stream->managed = STREAM_UNMANAGED;
    stream_ack_fini(&stream->ack);
    for (route = LIST_FIRST(&stream->carried); route && route->carrier == stream;
         route = LIST_NEXT(route, carried))
        stream_route_flush(route);
}

bool stream_manage_take(struct stream *stream, struct xml_element const *element)
{
    bool is_server = stream->role == STREAM_IN, is_managed = stream->managed == STREAM_MANAGED;

    if (stream->state != STREAM_READY || stream->role == STREAM_COMPONENT)
        return false;
    if (is_server && !is_managed && xml_element_is(element, "enable", STREAM_ACK_NS)) {
        stream->managed = STREAM_MANAGED;
        stream->n_uncounted = stream->n_incoming;
        stream_say(stream, "<enabled xmlns='" STREAM_ACK_NS "'/>");
    } else if (stream->managed == STREAM_ENABLING &&
               xml_element_is(element, "enabled", STREAM_ACK_NS)) {
        stream->managed = STREAM_MANAGED;
        stream_manage_ask(stream);
    } else if (stream->managed == STREAM_ENABLING &&
               xml_element_is(element, "failed", STREAM_ACK_NS)) {
        give_up(stream);
    } else if (is_managed && xml_element_is(element, "r", STREAM_ACK_NS)) {
        take_request(stream);
    } else if (is_managed && xml_element_is(element, "a", STREAM_ACK_NS)) {
        take_answer(stream, element);
    } else {
        return false;
    }
    return true;
}
