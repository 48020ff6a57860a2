/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_manage.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream_manage.h"
#include "buf.h"
#include "log.h"
#include "stream.h"
#include "stream_route.h"
#include "xml_element.h"
#include <errno.h>

enum { ELEMENT_BYTES = 256 };

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
    stream->owes_ack = stream->n_incoming > 0;
}

void stream_manage_handled(struct stream *stream)
{
    if (stream->managed != STREAM_MANAGED)
        return;
    stream->ack.handled++;
    /* The peer has asked while this one was not handled yet. */
    if (stream->owes_ack && stream->n_incoming == 0)
        answer(stream);
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
        stream_say(stream, "<enabled xmlns='" STREAM_ACK_NS "'/>");
    } else if (stream->managed == STREAM_ENABLING &&
               xml_element_is(element, "enabled", STREAM_ACK_NS)) {
        stream->managed = STREAM_MANAGED;
        stream_manage_ask(stream);
    } else if (stream->managed == STREAM_ENABLING &&
               xml_element_is(element, "failed", STREAM_ACK_NS)) {
        give_up(stream);
    } else if (is_managed && xml_element_is(element, "r", STREAM_ACK_NS)) {
        answer(stream);
    } else if (is_managed && xml_element_is(element, "a", STREAM_ACK_NS)) {
        take_answer(stream, element);
    } else {
        return false;
    }
    return true;
}
