/* SPDX-License-Identifier: Apache-2.0 */
/* Stanzas that came: who may send them, how many at a time, and that they are handled in order
 * (RFC 6120 4.9.3, 8.1; XEP-0114; XEP-0198 4). */
#define LOG_SUBSYSTEM LOG_XMPP
#include "clock.h"
#include "log.h"
#include "stream.h"
#include "stream_manage.h"
#include "stream_metrics.h"
#include "stream_route.h"
#include "streams_internal.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BURST_US = 1000000 };

/* --- who may speak for whom ------------------------------------------------------------------- */

bool stream_is_proven(struct stream const *stream, char const *ours, char const *theirs)
{
    struct stream_proof const *proof;

    SLIST_FOREACH(proof, &stream->proofs, link)
    {
        if (strcmp(proof->theirs, theirs) == 0 && strcmp(proof->ours, ours) == 0)
            return true;
    }
    return false;
}

bool stream_prove(struct stream *stream, char const *ours, char const *theirs)
{
    if (stream_is_proven(stream, ours, theirs))
        return true;
    if (stream->n_proofs >= (size_t)stream->set->settings->limits.max_pairs_per_stream)
        return false;
    struct stream_proof *proof = calloc(1, sizeof *proof);
    if (!proof)
        return false;
    (void)snprintf(proof->ours, sizeof proof->ours, "%s", ours);
    (void)snprintf(proof->theirs, sizeof proof->theirs, "%s", theirs);
    SLIST_INSERT_HEAD(&stream->proofs, proof, link);
    stream->n_proofs++;
    return true;
}

/* --- handled in order ------------------------------------------------------------------------- */

static void look_on(struct stream *stream)
{
    stream_wire_pause(&stream->wire, stream->is_full || stream->brake.armed);
}

static void settle(struct stream *stream)
{
    struct streams_incoming *in;
    size_t limit = (size_t)stream->set->settings->limits.max_unhandled;

    while ((in = TAILQ_FIRST(&stream->incoming)) && in->is_handled) {
        TAILQ_REMOVE(&stream->incoming, in, link);
        stream->n_incoming--;
        free(in);
        stream_manage_handled(stream);
    }
    if (stream->is_full && stream->n_incoming <= limit / 2) {
        stream->is_full = false;
        look_on(stream);
    }
}

void streams_handled(struct streams_incoming *in)
{
    in->is_handled = true;
    if (in->stream)
        settle(in->stream);
    else
        free(in);
}

void stream_forget_incoming(struct stream *stream)
{
    struct streams_incoming *in;
    struct stream_proof *proof;

    while ((in = TAILQ_FIRST(&stream->incoming))) {
        TAILQ_REMOVE(&stream->incoming, in, link);
        in->stream = NULL;
        if (in->is_handled)
            free(in);
    }
    stream->n_incoming = 0;
    while ((proof = SLIST_FIRST(&stream->proofs))) {
        SLIST_REMOVE_HEAD(&stream->proofs, link);
        free(proof);
    }
}

static void on_brake(struct wheel_timer *timer)
{
    look_on((struct stream *)((char *)timer - offsetof(struct stream, brake)));
}

static void tell_slow(struct stream *stream, char const *limit)
{
    stream_count(M_stream_paused);
    if (!stream->is_slow)
        log_warn(stream->tag, "stream read more slowly limit=%s ours=%s theirs=\"%s\"", limit,
                 stream->ours, stream->theirs);
    stream->is_slow = true; /* once is enough */
}

/* A second's worth may come at once; what is over that is made up for by not reading. */
static void slow_down(struct stream *stream)
{
    int64_t rate = stream->set->settings->limits.stanza_rate;
    uint64_t now_us = clock_now_ms() * 1000;

    if (!rate || stream->role != STREAM_IN)
        return;
    if (stream->tokens_us < now_us)
        stream->tokens_us = now_us;
    stream->tokens_us += 1000000u / (uint64_t)rate;
    if (stream->tokens_us <= now_us + BURST_US)
        return;
    if (!stream->brake.armed)
        tell_slow(stream, "stanza_rate");
    wheel_arm(stream->set->wires.wheel, &stream->brake,
              (stream->tokens_us - now_us - BURST_US) / 1000, on_brake);
    look_on(stream);
}

static struct streams_incoming *enlist(struct stream *stream)
{
    struct streams_incoming *in = calloc(1, sizeof *in);

    if (!in)
        return NULL;
    in->stream = stream;
    TAILQ_INSERT_TAIL(&stream->incoming, in, link);
    if (++stream->n_incoming >= (size_t)stream->set->settings->limits.max_unhandled) {
        stream->is_full = true;
        tell_slow(stream, "max_unhandled");
        look_on(stream);
    }
    return in;
}

/* --- a stanza --------------------------------------------------------------------------------- */

static bool is_stanza(struct xml_element const *root)
{
    return strcmp(root->name, "message") == 0 || strcmp(root->name, "presence") == 0 ||
           strcmp(root->name, "iq") == 0;
}

/* The stream error that it deserves. */
static enum stream_error judge(struct stream *stream, struct xml_element const *root, char *ours,
                               char *theirs)
{
    char const *to = xml_element_attribute(root, "to");
    char const *from = xml_element_attribute(root, "from");

    if (!is_stanza(root))
        return STREAM_ERROR_unsupported_stanza_type;
    if (stream->state != STREAM_READY)
        return STREAM_ERROR_not_authorized;
    if (!to || !from || !streams_domain(to, ours) || !streams_domain(from, theirs))
        return STREAM_ERROR_improper_addressing;
    if (stream->role == STREAM_COMPONENT) /* its server vouches for the sender */
        return strcmp(ours, stream->ours) == 0 ? STREAM_NO_ERROR : STREAM_ERROR_host_unknown;
    struct streams_own const *own = streams_find_own(stream->set, ours);
    if (!own || own->n_servers)
        return STREAM_ERROR_host_unknown;
    /* RFC 6120 4.9.3.9: nobody speaks for a domain that has not been proven on this very stream. */
    return stream_is_proven(stream, ours, theirs) ? STREAM_NO_ERROR : STREAM_ERROR_invalid_from;
}

static bool is_our_ping(struct stream *stream, struct xml_element const *root, char const *ours,
                        char const *theirs)
{
    char const *type = xml_element_attribute(root, "type"), *id = xml_element_attribute(root, "id");

    if (strcmp(root->name, "iq") != 0 || !type || !id ||
        (strcmp(type, "result") != 0 && strcmp(type, "error") != 0))
        return false;
    struct stream_route *route = stream_route_find(stream->set, ours, theirs);
    return route && stream_route_answered(route, id);
}

/* What a server behind ours sends in the name of a domain that may not talk to us. */
static bool is_unwelcome(struct stream *stream, char const *ours, char const *theirs)
{
    if (streams_allow(stream->set, ours, theirs))
        return false;
    stream_count(M_stanzas_unwelcome);
    log_info(stream->tag, "stanza dropped ours=%s theirs=\"%s\" reason=\"domain not allowed\"",
             ours, theirs);
    return true;
}

static void hand_up(struct stream *stream, struct xml_tree *tree)
{
    struct streams_incoming *in = enlist(stream);

    if (!in) {
        xml_tree_free(&tree);
        stream_fail(stream, STREAM_ERROR_resource_constraint, NULL);
        return;
    }
    stream->set->handlers->on_stanza(stream->set->ctx, tree, in);
}

void stream_take_stanza(struct stream *stream, struct xml_tree *tree)
{
    char ours[STREAMS_DOMAIN_BYTES] = "", theirs[STREAMS_DOMAIN_BYTES] = "";
    struct xml_element const *root = xml_tree_root(tree);
    enum stream_error condition = judge(stream, root, ours, theirs);

    if (condition) {
        stream_count(M_stanzas_illegal);
        stream_fail(stream, condition, NULL);
        xml_tree_free(&tree);
        return;
    }
    stream->stanza_ms = clock_now_ms();
    stream_count(M_stanzas_received);
    slow_down(stream);
    if (is_our_ping(stream, root, ours, theirs) || is_unwelcome(stream, ours, theirs))
        xml_tree_free(&tree);
    else
        hand_up(stream, tree);
}
