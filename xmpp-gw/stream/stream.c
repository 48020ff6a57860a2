/* SPDX-License-Identifier: Apache-2.0 */
/* Life of a stream, what it says, and where what it hears goes. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream.h"
#include "clock.h"
#include "log.h"
#include "secure_link.h"
#include "stream_look.h"
#include "stream_lookup.h"
#include "stream_metrics.h"
#include "stream_route.h"
#include "streams_internal.h"
#include "tap.h"
#include "token.h"
#include "xml_push.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_BYTES = 2048 };

static char const *const role_names[] = {
    [STREAM_COMPONENT] = "component", [STREAM_OUT] = "out", [STREAM_IN] = "in"
};

char const *stream_role_str(enum stream_role role)
{
    return role_names[role];
}

void stream_step(struct stream *stream, enum stream_event event, void *arg)
{
    if (stream->state != STREAM_DEAD)
        (void)fsm_step(&stream_fsm_table, &stream->state, stream, (int)event, arg, stream->tag);
}

void stream_fail(struct stream *stream, enum stream_error condition, char const *text)
{
    stream_step(stream, STREAM_EV_FAULT, &(struct stream_fault){ condition, text });
}

void stream_end(struct stream *stream, char const *reason)
{
    if (!stream->reason)
        stream->reason = reason;
    stream_step(stream, STREAM_EV_END, NULL);
}

void stream_drop(struct stream *stream, char const *reason)
{
    if (!stream->reason)
        stream->reason = reason;
    stream_step(stream, STREAM_EV_LOST, NULL);
}

/* --- what it says ----------------------------------------------------------------------------- */

static void add_to_tap(struct stream *stream, enum tap_direction direction, char const *id,
                       char const *bytes, size_t len)
{
    struct tap_record like = { .direction = direction,
                               .protocol = TAP_XMPP,
                               .transport = "tcp",
                               .local = stream->wire.local,
                               .remote = stream->wire.remote,
                               .listener = role_names[stream->role],
                               .id = id };

    if (stream->wire.is_secure) {
        memcpy(like.transport, "tls", sizeof like.transport);
        like.subject = secure_link_peer(stream->wire.link);
    }
    tap_add(stream->set->tap, &like, bytes, len);
}

static int send_bytes(struct stream *stream, char const *bytes, size_t len)
{
    int err = stream_wire_send(&stream->wire, bytes, len);

    if (err == 0)
        stream->said_ms = clock_now_ms();
    return err;
}

static void overflow(struct stream *stream)
{
    stream_count(M_stream_overflows);
    stream_drop(stream, "peer does not read");
}

void stream_say_masked(struct stream *stream, char const *xml, char const *shown)
{
    add_to_tap(stream, TAP_SENT, "", shown, strlen(shown));
    if (send_bytes(stream, xml, strlen(xml)) == -ENOBUFS)
        overflow(stream);
}

void stream_say(struct stream *stream, char const *xml)
{
    stream_say_masked(stream, xml, xml);
}

bool stream_has_room(struct stream const *stream)
{
    return stream_wire_queued(&stream->wire) <
           (size_t)stream->set->settings->limits.stream_queue_bytes / 2;
}

int stream_send(struct stream *stream, char const *xml, size_t len, char const *id, void *receipt)
{
    int err = stream->state == STREAM_READY ? 0 : -ESHUTDOWN;

    if (err == 0 && stream->managed != STREAM_UNMANAGED)
        err = stream_ack_send(&stream->ack, receipt);
    if (err < 0)
        return err;
    err = send_bytes(stream, xml, len);
    if (err < 0) {
        overflow(stream); /* it is counted */
        return err;
    }
    add_to_tap(stream, TAP_SENT, id, xml, len);
    stream->stanza_ms = stream->said_ms;
    stream_count(M_stanzas_sent);
    return 0;
}

static void add_name(struct buf *text, char const *name, char const *value)
{
    if (value && *value)
        buf_printf(text, " %s='%s'", name, value);
}

/* Names of the configuration only: what a peer says of itself is nothing to repeat. */
void stream_send_header(struct stream *stream)
{
    bool is_component = stream->role == STREAM_COMPONENT;
    char const *ours = stream->own ? stream->own->name : NULL;
    struct buf text;

    if (stream->role == STREAM_IN)
        token_fill(stream->id, 32);
    buf_init(&text, HEADER_BYTES);
    buf_printf(&text, "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='%s'",
               is_component ? STREAM_NS_COMPONENT : STREAMS_NS, STREAM_NS_STREAMS);
    add_name(&text, is_component ? "to" : "from", ours);
    if (!is_component) {
        add_name(&text, "to", stream->peer ? stream->peer->name : NULL);
        add_name(&text, "id", stream->role == STREAM_IN ? stream->id : NULL);
        buf_printf(&text, " xmlns:db='%s' version='1.0' xml:lang='en'", STREAM_NS_DIALBACK);
    }
    buf_puts(&text, ">");
    stream->is_header_sent = true;
    stream_say(stream, buf_text(&text));
    buf_fini(&text);
}

/* --- what it hears ---------------------------------------------------------------------------- */

static void tap_received(struct stream *stream, struct xml_tree const *tree)
{
    struct streams_handlers const *handlers = stream->set->handlers;
    struct xml_element const *root = xml_tree_root(tree);
    char const *id = NULL;
    struct buf text;

    if (!stream->set->tap)
        return;
    buf_init(&text, 2 * (size_t)stream->set->settings->limits.max_stanza_bytes);
    xml_element_write(root, STREAMS_NS, &text);
    if (handlers->whose && stream->state == STREAM_READY)
        id = handlers->whose(stream->set->ctx, tree);
    add_to_tap(stream, TAP_RECEIVED, id ? id : "", buf_text(&text), text.len);
    buf_fini(&text);
}

/* RFC 6120 4.8.5: the content namespace is that of the stream. Those who look at stanzas know one.
 */
static void rename_space(struct stream const *stream, struct xml_element *element)
{
    char const *from = stream->role == STREAM_COMPONENT ? STREAM_NS_COMPONENT : STREAMS_NS;
    struct xml_element *next;

    for (struct xml_element *root = element; element; element = next) {
        if (strcmp(element->ns, from) == 0)
            element->ns = STREAMS_NS;
        next = xml_element_first(element);
        while (!next && element != root) {
            next = xml_element_next(element);
            element = element->parent;
        }
    }
}

static void take_child(struct stream *stream, struct xml_tree *tree)
{
    struct xml_element *root = xml_tree_root(tree);

    rename_space(stream, root);
    tap_received(stream, tree);
    if (strcmp(root->ns, STREAMS_NS) == 0 && !xml_element_is(root, "handshake", STREAMS_NS)) {
        stream_take_stanza(stream, tree);
        return;
    }
    stream_take_nonza(stream, root);
    xml_tree_free(&tree);
}

static void on_xml(void *ctx, enum xml_push_event event, struct xml_tree *tree)
{
    struct stream *stream = ctx;

    if (stream->state == STREAM_CLOSING || stream->state == STREAM_DEAD) {
        if (event == XML_PUSH_CLOSE)
            stream_step(stream, STREAM_EV_END, NULL);
        xml_tree_free(&tree);
    } else if (event == XML_PUSH_OPEN) {
        tap_received(stream, tree);
        stream_take_header(stream, xml_tree_root(tree));
        xml_tree_free(&tree);
    } else if (event == XML_PUSH_CHILD) {
        take_child(stream, tree);
    } else {
        stream_end(stream, "peer ended the stream");
        stream_step(stream, STREAM_EV_END, NULL);
    }
    if (stream->wants_restart || stream->state == STREAM_DEAD)
        xml_push_stop(stream->xml);
}

static void xml_failed(struct stream *stream)
{
    stream_fail(stream, stream_errors_of_xml(xml_push_fault(stream->xml)),
                xml_push_fault_text(stream->xml));
}

/* RFC 7590 3.4, XEP-0368: the name that we connect to is the domain, not its host. */
void stream_secure(struct stream *stream, char const *bytes, size_t len)
{
    char const *name = stream->role == STREAM_IN ? NULL : stream->peer->ascii;
    struct secure_context *context =
        stream->own ? stream->own->context : stream->set->settings->context;
    char const *protocol = stream->is_direct ? "xmpp-server" : NULL;

    if (stream->look)
        stream->wire.sight = stream_look_sight(stream->look);
    if (!context)
        stream_drop(stream, "TLS is not possible");
    else if (stream_wire_secure(&stream->wire, context, name, protocol, bytes, len) < 0)
        stream_drop(stream, "out of memory");
}

/* Gives bytes to the parser; behind a restart, the rest of them. */
static void feed(struct stream *stream, char const *bytes, size_t len)
{
    while (len && stream->state != STREAM_DEAD) {
        int err = xml_push_feed(stream->xml, bytes, len);
        size_t left = err < 0 ? 0 : xml_push_left(stream->xml);
        if (err < 0 && stream->state != STREAM_CLOSING) /* then it is read only to be thrown away */
            xml_failed(stream);
        if (!stream->wants_restart)
            return;
        bytes += len - left;
        len = left;
        stream->wants_restart = false;
        xml_push_restart(stream->xml);
        if (!stream->wants_tls)
            continue;
        stream->wants_tls = false;
        stream_secure(stream, bytes, len);
        return;
    }
}

static struct stream *of_wire(struct stream_wire *wire)
{
    return (struct stream *)((char *)wire - offsetof(struct stream, wire));
}

static void on_bytes(struct stream_wire *wire, char const *bytes, size_t len)
{
    struct stream *stream = of_wire(wire);

    stream->heard_ms = clock_now_ms();
    feed(stream, bytes, len);
}

static void on_open(struct stream_wire *wire)
{
    struct stream *stream = of_wire(wire);

    if (stream->look)
        stream_look_connected(stream->look);
    stream_step(stream, stream->is_direct ? STREAM_EV_OPEN_DIRECT : STREAM_EV_OPEN, NULL);
}

static void on_secure(struct stream_wire *wire)
{
    struct stream *stream = of_wire(wire);

    if (stream->look)
        stream_look_secured(stream->look);
    stream_step(stream, STREAM_EV_SECURE, NULL);
}

static void on_drain(struct stream_wire *wire)
{
    struct stream *stream = of_wire(wire);
    struct stream_route *route;

    /* Until it breaks meanwhile. */
    for (route = LIST_FIRST(&stream->carried); route && route->carrier == stream;
         route = LIST_NEXT(route, carried))
        stream_route_flush(route);
}

static void on_lost(struct stream_wire *wire, char const *reason)
{
    stream_drop(of_wire(wire), reason);
}

/* --- life ------------------------------------------------------------------------------------- */

static void on_closed(struct stream_wire *wire)
{
    struct stream *stream = of_wire(wire);
    struct streams *set = stream->set;

    xml_push_free(&stream->xml);
    stream_ack_fini(&stream->ack);
    stream_look_free(&stream->look);
    free(stream);
    streams_gone(set);
}

static struct stream_wire_handlers const handlers = { .on_open = on_open,
                                                      .on_secure = on_secure,
                                                      .on_bytes = on_bytes,
                                                      .on_drain = on_drain,
                                                      .on_lost = on_lost,
                                                      .on_closed = on_closed };

static void on_timer(struct wheel_timer *timer)
{
    struct stream *stream = (struct stream *)((char *)timer - offsetof(struct stream, timer));

    stream_step(stream, STREAM_EV_TIMEOUT, NULL);
}

static struct stream *make(struct streams *set, enum stream_role role)
{
    struct stream_limits const *limits = &set->settings->limits;
    struct xml_limits const of_stanza = { .max_bytes = (size_t)limits->max_stanza_bytes,
                                          .max_depth = (unsigned)limits->max_depth,
                                          .max_attributes = (unsigned)limits->max_attributes };
    struct stream *stream = calloc(1, sizeof *stream);

    if (!stream)
        return NULL;
    stream->set = set;
    stream->role = role;
    stream->xml = xml_push_new(&of_stanza, on_xml, stream);
    if (!stream->xml) {
        free(stream);
        return NULL;
    }
    (void)snprintf(stream->tag, sizeof stream->tag, "%s-%llu", role_names[role],
                   (unsigned long long)++set->n_born);
    LIST_INIT(&stream->carried);
    LIST_INIT(&stream->queries);
    SLIST_INIT(&stream->proofs);
    TAILQ_INIT(&stream->incoming);
    stream->heard_ms = stream->said_ms = stream->stanza_ms = clock_now_ms();
    return stream;
}

static void enter(struct stream *stream)
{
    struct streams *set = stream->set;

    LIST_INSERT_HEAD(&set->streams, stream, link);
    set->n_alive++;
    set->n_streams++;
    set->n_strangers += stream->role == STREAM_IN;
    stream_gauge(M_streams, 1);
    wheel_arm(set->wires.wheel, &stream->timer, (uint64_t)set->settings->limits.negotiate_ms,
              on_timer);
}

struct stream *stream_connect(struct streams *set, struct streams_own const *own,
                              struct streams_peer const *peer, struct stream_place const *place)
{
    struct stream *stream = make(set, peer ? STREAM_OUT : STREAM_COMPONENT);

    if (!stream)
        return NULL;
    stream->own = own;
    stream->peer = peer;
    stream->is_direct = place->is_direct;
    (void)snprintf(stream->ours, sizeof stream->ours, "%s", own->name);
    (void)snprintf(stream->theirs, sizeof stream->theirs, "%s", peer ? peer->name : "");
    if (stream_wire_connect(&stream->wire, &set->wires, &place->addr, &handlers) < 0) {
        xml_push_free(&stream->xml);
        free(stream);
        return NULL;
    }
    enter(stream);
    return stream;
}

struct stream *stream_accept(struct streams *set, uv_stream_t *server, bool is_direct)
{
    struct stream *stream = make(set, STREAM_IN);

    if (!stream)
        return NULL;
    stream->is_direct = is_direct;
    int err = stream_wire_accept(&stream->wire, &set->wires, server, &handlers);
    if (err == -ENOTCONN) {
        xml_push_free(&stream->xml);
        free(stream);
        return NULL;
    }
    enter(stream);
    if (err < 0) {
        stream_drop(stream, "cannot accept");
        return NULL;
    }
    stream_step(stream, is_direct ? STREAM_EV_OPEN_DIRECT : STREAM_EV_OPEN, NULL);
    return stream->state == STREAM_DEAD ? NULL : stream;
}
