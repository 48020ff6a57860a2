/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_rig.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "resolve.h"
#include "stream_rig.h"
#include "streams_view.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 20000, QUIET_ROUNDS = 30 };

struct note {
    struct stream_rig_fate *fate;
    char body;
};

/* --- handlers --------------------------------------------------------------------------------- */

static void on_stanza(void *ctx, struct xml_tree *stanza, struct streams_incoming *in)
{
    struct stream_rig_side *side = ctx;
    char const *body = xml_element_child_text(xml_tree_root(stanza), "body", STREAMS_NS);
    struct xml_tree *pong = NULL;

    if (body) {
        assert_in_range(side->n_came, 0, STREAM_RIG_STANZAS - 1);
        (void)snprintf(side->came[side->n_came], STREAM_RIG_TEXT, "%s", body);
        side->in[side->n_came++] = side->holds ? in : NULL;
    } else if (xml_element_child(xml_tree_root(stanza), "ping", "urn:xmpp:ping")) {
        pong = xml_tree_new(4096);
        struct xml_element *iq = xml_tree_add(pong, NULL, "iq", STREAMS_NS);
        struct xml_element *ping = xml_tree_root(stanza);
        xml_tree_attribute(pong, iq, "type", "result");
        xml_tree_attribute(pong, iq, "id", xml_element_attribute(ping, "id"));
        xml_tree_attribute(pong, iq, "from", xml_element_attribute(ping, "to"));
        xml_tree_attribute(pong, iq, "to", xml_element_attribute(ping, "from"));
    }
    xml_tree_free(&stanza);
    if (pong)
        assert_int_equal(streams_send(side->streams, pong, "", NULL, NULL), 0);
    if (!body || !side->holds)
        streams_handled(in);
}

static void on_up(void *ctx, char const *ours, char const *theirs)
{
    struct stream_rig_side *side = ctx;

    assert_string_equal(ours, side->own.name);
    assert_string_equal(theirs, side->peer.name);
    side->n_up++;
}

static void on_down(void *ctx, char const *ours, char const *theirs)
{
    struct stream_rig_side *side = ctx;

    assert_string_equal(ours, side->own.name);
    assert_string_equal(theirs, side->peer.name);
    side->n_down++;
}

static struct streams_handlers const handlers = { .on_stanza = on_stanza,
                                                  .on_up = on_up,
                                                  .on_down = on_down };

static void on_done(void *ctx, struct streams_error const *error)
{
    struct note *note = ctx;
    size_t n = strlen(note->fate->text);

    assert_in_range(n, 0, sizeof note->fate->text - 3);
    (void)snprintf(note->fate->text + n, sizeof note->fate->text - n, "%s%c", error ? "!" : "",
                   note->body);
    if (error)
        note->fate->condition = error->condition;
    free(note);
}

/* --- life ------------------------------------------------------------------------------------- */

static void init_side(struct stream_rig *rig, struct stream_rig_side *side, char const *ours,
                      char const *theirs, char const *cert)
{
    struct secure_settings const like = { .verify_peer = SECURE_VERIFY_LATER,
                                          .verify_server = true };

    *side = (struct stream_rig_side){ .rig = rig };
    side->own =
        (struct streams_own){ .name = ours,
                              .context = secure_rig_context(rig->certs, cert, "ca", &like) };
    assert_non_null(side->own.context);
    side->hosts[0] = side->host;
    side->peer = (struct streams_peer){
        .name = theirs, .ascii = theirs, .hosts = side->hosts, .n_hosts = 1
    };
    side->settings = (struct streams_settings){
        .own = &side->own, .n_own = 1, .peers = &side->peer, .n_peers = 1, .resolver = rig->resolver
    };
    stream_limits_default(&side->settings.limits);
    assert_int_equal(net_addr_parse(&side->addr, "127.0.0.1", 0), 0);
}

void stream_rig_init(struct stream_rig *rig, struct secure_rig *certs, char const *cert_b)
{
    *rig = (struct stream_rig){ .certs = certs };
    assert_int_equal(uv_loop_init(&rig->loop), 0);
    rig->wheel = wheel_new(clock_now_ms());
    rig->resolver = resolver_new(&rig->loop, "127.0.0.1:9");
    assert_non_null(rig->resolver);
    init_side(rig, &rig->a, "a.test", "b.test", "a");
    init_side(rig, &rig->b, "b.test", "a.test", cert_b);
}

/* The port stays the same when it is opened again. */
void stream_rig_open(struct stream_rig_side *side)
{
    struct stream_rig *rig = side->rig;
    struct stream_rig_side *other = side == &rig->a ? &rig->b : &rig->a;

    side->streams = streams_new(&rig->loop, rig->wheel, NULL, &side->settings, &handlers, side);
    assert_non_null(side->streams);
    assert_int_equal(streams_listen(side->streams, &side->addr, false), 0);
    net_addr_print(&side->addr, other->host);
    streams_start(side->streams);
}

void stream_rig_close(struct stream_rig_side *side)
{
    streams_free(&side->streams);
    stream_rig_settle(side->rig);
}

void stream_rig_fini(struct stream_rig *rig)
{
    stream_rig_close(&rig->a);
    stream_rig_close(&rig->b);
    resolver_free(&rig->resolver);
    stream_rig_settle(rig);
    secure_context_unref(&rig->a.own.context);
    secure_context_unref(&rig->b.own.context);
    wheel_free(&rig->wheel);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
}

/* --- time ------------------------------------------------------------------------------------- */

static bool turn(struct stream_rig *rig)
{
    bool moved = wheel_run(rig->wheel, clock_now_ms()) > 0;

    return (uv_run(&rig->loop, UV_RUN_NOWAIT) && uv_loop_alive(&rig->loop)) || moved;
}

void stream_rig_until(struct stream_rig *rig, stream_rig_fn *done)
{
    uint64_t end = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;

    while (!done(rig)) {
        (void)turn(rig);
        if (uv_hrtime() > end)
            fail_msg("it does not happen");
    }
}

/* Loopback delivers at once: some rounds in which every queue is looked at are enough. */
void stream_rig_settle(struct stream_rig *rig)
{
    for (int i = 0; i < QUIET_ROUNDS; i++)
        (void)turn(rig);
}

void stream_rig_advance(struct stream_rig *rig, uint64_t ms)
{
    clock_advance_ms(ms);
    stream_rig_settle(rig);
}

/* --- stanzas ---------------------------------------------------------------------------------- */

int stream_rig_say(struct stream_rig_side *side, char body, struct stream_rig_fate *fate)
{
    char const text[] = { body, '\0' };
    struct xml_tree *tree = xml_tree_new(4096);
    struct xml_element *message = xml_tree_add(tree, NULL, "message", STREAMS_NS);
    struct note *note = fate ? malloc(sizeof *note) : NULL;

    assert_non_null(message);
    xml_tree_attribute(tree, message, "from", side->own.name);
    xml_tree_attribute(tree, message, "to", side->peer.name);
    (void)xml_tree_add_text(tree, message, "body", NULL, text);
    if (note)
        *note = (struct note){ fate, body };
    int err = streams_send(side->streams, tree, "", fate ? on_done : NULL, note);
    if (err < 0)
        free(note);
    return err;
}

char const *stream_rig_came(struct stream_rig_side const *side,
                            char ret[static STREAM_RIG_STANZAS + 1])
{
    for (size_t i = 0; i < side->n_came; i++)
        ret[i] = side->came[i][0];
    ret[side->n_came] = '\0';
    return ret;
}

static void count_ready(void *ctx, struct streams_view_stream const *stream)
{
    *(size_t *)ctx += strcmp(stream->state, "ready") == 0;
}

size_t stream_rig_ready(struct stream_rig_side const *side)
{
    size_t n = 0;

    streams_view_streams(side->streams, count_ready, &n);
    return n;
}
