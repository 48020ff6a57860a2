/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_dialback.h. A question is asked by a stream of its own, which carries nothing else. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream_dialback.h"
#include "buf.h"
#include "clock.h"
#include "dialback.h"
#include "log.h"
#include "stream.h"
#include "stream_identity.h"
#include "stream_look.h"
#include "stream_metrics.h"
#include "stream_reach.h"
#include "stream_route.h"
#include "streams_internal.h"
#include "xml_element.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ELEMENT_BYTES = 4096, KEY_BYTES = 256 };

struct stream_query {
    LIST_ENTRY(stream_query) link; /* of those of the asker */
    struct stream *asker;          /* to which the pair would be proven; NULL: it has gone */
    struct streams *set;
    struct streams_own const *own;
    struct streams_peer const *peer;
    struct stream_reach reach;
    struct stream *via; /* that asks; NULL: none yet */
    struct wheel_timer patience;
    char id[64], key[KEY_BYTES];
};

static void say(struct stream *stream, struct dialback const *element)
{
    struct buf text;

    buf_init(&text, ELEMENT_BYTES);
    dialback_write(element, &text);
    if (buf_ok(&text))
        stream_say(stream, buf_text(&text));
    buf_fini(&text);
}

/* --- our proof -------------------------------------------------------------------------------- */

/* Within what is left to the stream to become ready. */
static void limit_answer(struct stream *stream)
{
    uint64_t limit_ms = (uint64_t)stream->set->settings->limits.dialback_ms;

    if (stream->timer.due_ms > clock_now_ms() + limit_ms)
        wheel_arm(stream->set->wires.wheel, &stream->timer, limit_ms, stream->timer.fn);
}

int stream_act_dial(void *obj, void *arg)
{
    struct stream *stream = obj;
    struct stream_query const *query = stream->query;
    char key[DIALBACK_KEY_BYTES];
    struct dialback element = { .kind = query ? DIALBACK_VERIFY : DIALBACK_RESULT,
                                .type = DIALBACK_REQUEST,
                                .from = stream->ours,
                                .to = stream->theirs,
                                .id = query ? query->id : "",
                                .key = query ? query->key : key };

    (void)arg;
    if (!query &&
        !dialback_key(stream->set->dialback_secret, stream->theirs, stream->ours, stream->id, key))
        return STREAM_EV_REFUSED;
    if (stream->look)
        stream_look_proving(stream->look);
    say(stream, &element);
    if (!query && !stream->look) /* those have a time of their own */
        limit_answer(stream);
    return FSM_OK;
}

static struct streams_error const unanswered = { "remote-server-timeout",
                                                 "the other server has not answered dialback" };

/* XEP-0220 2.4.1: whatever waits is told so, unless the domain has other servers. */
int stream_act_unanswered(void *obj, void *arg)
{
    struct stream *stream = obj;
    struct stream_route *opener = stream->opener;

    if (stream->query) /* it is judged when its stream has gone */
        return stream_act_late(obj, arg);
    stream_count(M_dialback_unanswered);
    if (opener && !stream_reach_has_more(&opener->reach))
        stream_route_fail(opener, &unanswered);
    stream_end_late(stream, "dialback is not answered");
    return FSM_OK;
}

static bool is_between(struct dialback const *element, char const *from, char const *to)
{
    char domain[STREAMS_DOMAIN_BYTES];

    return streams_domain(element->from, domain) && strcmp(domain, from) == 0 &&
           streams_domain(element->to, domain) && strcmp(domain, to) == 0;
}

static void take_verdict(struct stream *stream, struct dialback const *verdict)
{
    if (stream->look) {
        bool is_error = verdict->type == DIALBACK_ERROR;
        char const *why = is_error ? dialback_error_name(verdict->error) : "invalid";
        stream_look_judged(stream->look, verdict->type == DIALBACK_VALID ? NULL : why);
        stream_end(stream, "it has been looked at");
        return;
    }
    if (verdict->type == DIALBACK_VALID) {
        stream->is_dialed = true;
        stream_step(stream, STREAM_EV_READY, NULL);
        return;
    }
    stream->reason = verdict->type == DIALBACK_ERROR ? dialback_error_text(verdict->error)
                                                     : "peer refuses our dialback key";
    log_warn(stream->tag, "stream refused ours=%s theirs=\"%s\" mechanism=dialback reason=\"%s\"",
             stream->ours, stream->theirs, stream->reason);
    stream_step(stream, STREAM_EV_REFUSED, NULL);
}

/* Somebody asks us whether a key is ours. */
static void answer_for_us(struct stream *stream, struct dialback const *asked)
{
    char ours[STREAMS_DOMAIN_BYTES], theirs[STREAMS_DOMAIN_BYTES];
    struct dialback answer = { .kind = DIALBACK_VERIFY,
                               .type = DIALBACK_INVALID,
                               .from = asked->to,
                               .to = asked->from,
                               .id = asked->id,
                               .key = "" };
    bool is_domain = streams_domain(asked->to, ours) && streams_domain(asked->from, theirs);
    struct streams_own const *own = is_domain ? streams_find_own(stream->set, ours) : NULL;

    if (!own || own->n_servers) {
        answer.type = DIALBACK_ERROR;
        answer.error = DIALBACK_item_not_found;
    } else if (dialback_key_is(asked->key, stream->set->dialback_secret, theirs, ours, asked->id)) {
        answer.type = DIALBACK_VALID;
    }
    say(stream, &answer);
}

/* --- theirs ----------------------------------------------------------------------------------- */

static void tell_asker(struct stream *asker, char const *ours, char const *theirs,
                       enum dialback_type type, enum dialback_error error)
{
    struct dialback const answer = { .kind = DIALBACK_RESULT,
                                     .type = type,
                                     .from = ours,
                                     .to = theirs,
                                     .id = "",
                                     .key = "",
                                     .error = error };
    bool is_valid = type == DIALBACK_VALID;
    bool is_late = error == DIALBACK_remote_server_timeout;

    stream_count(is_valid  ? M_dialback_valid
                 : is_late ? M_dialback_unanswered
                           : M_dialback_refused);
    log_info(asker->tag, "dialback judged ours=%s theirs=\"%s\" valid=%s reason=\"%s\"", ours,
             theirs, is_valid ? "yes" : "no", dialback_error_text(error));
    if (is_valid && !stream_prove(asker, ours, theirs)) {
        stream_fail(asker, STREAM_ERROR_resource_constraint, NULL);
        return;
    }
    say(asker, &answer);
    if (is_valid && asker->state == STREAM_NEGOTIATING) {
        asker->is_dialed = true;
        stream_step(asker, STREAM_EV_READY, NULL);
    }
}

/* The question is answered, or it will not be. */
static void conclude(struct stream_query *query, enum dialback_type type, enum dialback_error error)
{
    struct stream *asker = query->asker;

    stream_reach_stop(&query->reach);
    wheel_disarm(&query->patience);
    if (query->via)
        query->via->query = NULL;
    if (asker) {
        LIST_REMOVE(query, link);
        tell_asker(asker, query->own->name, query->peer->name, type, error);
    }
    free(query);
}

static void take_answer(struct stream *via, struct dialback const *answer)
{
    if (strcmp(answer->id, via->query->id) != 0)
        return;
    conclude(via->query, answer->type,
             answer->type == DIALBACK_ERROR ? answer->error : DIALBACK_NO_ERROR);
    stream_end(via, "the question is answered");
}

static bool is_asked(struct stream const *asker, char const *ours, char const *theirs)
{
    struct stream_query const *query;

    LIST_FOREACH(query, &asker->queries, link)
    {
        if (strcmp(query->peer->name, theirs) == 0 && strcmp(query->own->name, ours) == 0)
            return true;
    }
    return false;
}

static void open_next(struct stream_query *query)
{
    struct streams *set = query->set;
    struct stream_place const *place = stream_reach_next(&query->reach);

    if (place && set->n_streams < (size_t)set->settings->limits.max_streams)
        query->via = stream_connect(set, query->own, query->peer, place);
    if (query->via)
        query->via->query = query;
    else
        conclude(query, DIALBACK_ERROR,
                 place ? DIALBACK_resource_constraint : DIALBACK_remote_connection_failed);
}

static void on_places(struct stream_reach *reach, char const *why_not)
{
    struct stream_query *query =
        (struct stream_query *)((char *)reach - offsetof(struct stream_query, reach));

    if (why_not)
        conclude(query, DIALBACK_ERROR, DIALBACK_remote_server_not_found);
    else
        open_next(query);
}

/* XEP-0220 2.4.2. */
static void on_patience(struct wheel_timer *timer)
{
    struct stream_query *query =
        (struct stream_query *)((char *)timer - offsetof(struct stream_query, patience));
    struct stream *via = query->via;

    conclude(query, DIALBACK_ERROR, DIALBACK_remote_server_timeout);
    if (via)
        stream_end(via, "the question is not answered");
}

static void ask(struct stream *asker, struct streams_own const *own,
                struct streams_peer const *peer, char const *key)
{
    struct stream_query *query = strlen(key) < KEY_BYTES ? calloc(1, sizeof *query) : NULL;

    if (!query) {
        tell_asker(asker, own->name, peer->name, DIALBACK_ERROR, DIALBACK_resource_constraint);
        return;
    }
    query->set = asker->set;
    query->own = own;
    query->peer = peer;
    query->asker = asker;
    (void)snprintf(query->id, sizeof query->id, "%s", asker->id);
    (void)snprintf(query->key, sizeof query->key, "%s", key);
    LIST_INSERT_HEAD(&asker->queries, query, link);
    stream_count(M_dialback_asked);
    wheel_arm(asker->set->wires.wheel, &query->patience,
              (uint64_t)asker->set->settings->limits.dialback_verify_ms, on_patience);
    stream_reach_begin(&query->reach, asker->set, own, peer, on_places);
}

/* What is asked counts, too: each question takes a stream. */
static bool has_room(struct stream const *stream, char const *ours, char const *theirs)
{
    size_t n = stream->n_proofs, max = (size_t)stream->set->settings->limits.max_pairs_per_stream;
    struct stream_query const *query;

    LIST_FOREACH(query, &stream->queries, link)
    {
        n++;
    }
    if (n < max || stream_is_proven(stream, ours, theirs))
        return true;
    log_warn(stream->tag, "dialback refused limit=max_pairs_per_stream ours=%s theirs=%s", ours,
             theirs);
    return false;
}

/* XEP-0220 2.1.2, XEP-0344: a certificate that is good enough needs no question. */
static void judge_request(struct stream *stream, struct dialback const *request)
{
    char ours[STREAMS_DOMAIN_BYTES], theirs[STREAMS_DOMAIN_BYTES];
    bool is_pair = streams_domain(request->to, ours) && streams_domain(request->from, theirs);
    struct streams_own const *own = is_pair ? streams_find_own(stream->set, ours) : NULL;
    struct streams_peer const *peer = is_pair ? streams_find_peer(stream->set, theirs) : NULL;
    enum dialback_error error = DIALBACK_NO_ERROR;
    char const *why_not;

    if (!own || own->n_servers)
        error = DIALBACK_item_not_found;
    else if (!peer || (peer->tls == STREAMS_TLS_REQUIRED && !stream->wire.is_secure))
        error = DIALBACK_policy_violation;
    else if (is_asked(stream, ours, theirs))
        return;
    else if (!has_room(stream, ours, theirs))
        error = DIALBACK_resource_constraint;
    else if (stream_identity_is(stream, peer->ascii, &why_not)) {
        tell_asker(stream, ours, theirs, DIALBACK_VALID, DIALBACK_NO_ERROR);
        return;
    } else if (!peer->dialback)
        error = DIALBACK_forbidden;
    if (error)
        tell_asker(stream, request->to, request->from, DIALBACK_ERROR, error);
    else
        ask(stream, own, peer, request->key);
}

bool stream_dialback_take(struct stream *stream, struct xml_element const *element)
{
    struct dialback read;

    if (!dialback_read(element, &read))
        return false;
    bool is_request = read.type == DIALBACK_REQUEST;
    bool may_ask = stream->role == STREAM_IN &&
                   (stream->state == STREAM_NEGOTIATING || stream->state == STREAM_READY);
    if (may_ask && is_request && read.kind == DIALBACK_RESULT)
        judge_request(stream, &read);
    else if (may_ask && is_request)
        answer_for_us(stream, &read);
    else if (stream->state != STREAM_DIALBACK || is_request ||
             !is_between(&read, stream->theirs, stream->ours))
        return false;
    else if (read.kind == DIALBACK_VERIFY && stream->query)
        take_answer(stream, &read);
    else if (read.kind == DIALBACK_RESULT && !stream->query)
        take_verdict(stream, &read);
    else
        return false;
    return true;
}

/* Nobody waits for the answer any more. */
static void abandon(struct stream_query *query)
{
    struct stream *via = query->via;

    LIST_REMOVE(query, link);
    query->asker = NULL;
    conclude(query, DIALBACK_ERROR, DIALBACK_undefined);
    if (via)
        stream_end(via, "nobody waits for the answer");
}

void stream_dialback_leave(struct stream *stream)
{
    struct stream_query *asked = stream->query, *query;

    while ((query = LIST_FIRST(&stream->queries)))
        abandon(query);
    stream->query = NULL;
    if (!asked)
        return;
    asked->via = NULL;
    if (stream->is_header_sent || !stream_reach_has_more(&asked->reach))
        conclude(asked, DIALBACK_ERROR,
                 stream->is_header_sent ? DIALBACK_remote_server_timeout
                                        : DIALBACK_remote_connection_failed);
    else
        open_next(asked);
}
