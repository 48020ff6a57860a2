/* SPDX-License-Identifier: Apache-2.0 */
/* See stream_route.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "stream_route.h"
#include "clock.h"
#include "log.h"
#include "stream_backoff.h"
#include "stream_manage.h"
#include "stream_metrics.h"
#include "streams_internal.h"
#include "token.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PING_BYTES = 1024, ID_BYTES = 32 };
#define PING_PREFIX "xp-ack-"

struct stream_item {
    TAILQ_ENTRY(stream_item) link;
    struct stream_route *route;
    streams_done_fn *done;
    void *ctx;
    uint64_t due_ms, number;
    size_t len;
    char *id;   /* behind the text */
    char xml[]; /* the text of the stanza */
};

static struct stream_limits const *limits_of(struct stream_route const *route)
{
    return &route->set->settings->limits;
}

static char const *name_of(struct stream_route const *route)
{
    return route->peer ? route->peer->name : "";
}

/* --- items ------------------------------------------------------------------------------------ */

static void forget(struct stream_route *route, struct stream_item *item)
{
    route->n_items--;
    route->bytes -= item->len;
    stream_gauge(M_stanzas_queued, -1);
    free(item);
}

/* It is in no list any more. */
static void finish(struct stream_route *route, struct stream_item *item,
                   struct streams_error const *error)
{
    streams_done_fn *done = item->done;
    void *ctx = item->ctx;

    stream_count(error ? M_stanzas_failed : M_stanzas_acknowledged);
    forget(route, item);
    if (done)
        done(ctx, error);
}

static struct streams_error const too_late = { "remote-server-timeout",
                                               "the other server has not taken it in time" };

static void on_patience(struct wheel_timer *timer);

/* Times are in order within each list. */
static void arm_patience(struct stream_route *route)
{
    struct stream_item const *waiting = TAILQ_FIRST(&route->waiting);
    struct stream_item const *flying = TAILQ_FIRST(&route->flying);
    uint64_t now = clock_now_ms(), due = UINT64_MAX;

    if (waiting)
        due = waiting->due_ms;
    if (flying && flying->due_ms < due)
        due = flying->due_ms;
    if (due == UINT64_MAX)
        wheel_disarm(&route->patience);
    else
        wheel_arm(route->set->wires.wheel, &route->patience, due > now ? due - now : 0,
                  on_patience);
}

static void fail_due(struct stream_route *route, struct stream_items *items, uint64_t now)
{
    struct stream_item *item;

    while ((item = TAILQ_FIRST(items)) && item->due_ms <= now) {
        TAILQ_REMOVE(items, item, link);
        route->n_flying -= items == &route->flying;
        finish(route, item, &too_late);
    }
}

/* A server that acknowledges nothing is of no use, and what it has is not known; behind that of a
 * component there are others, too. */
static void on_patience(struct wheel_timer *timer)
{
    struct stream_route *route =
        (struct stream_route *)((char *)timer - offsetof(struct stream_route, patience));
    struct stream_item const *oldest = TAILQ_FIRST(&route->flying);
    uint64_t now = clock_now_ms();

    log_warn(NULL, "stanzas failed ours=%s theirs=%s sent=%s", route->own->name, name_of(route),
             oldest && oldest->due_ms <= now ? "yes" : "no");
    if (oldest && oldest->due_ms <= now && route->carrier->role != STREAM_COMPONENT)
        stream_drop(route->carrier, "peer acknowledges nothing");
    fail_due(route, &route->flying, now);
    fail_due(route, &route->waiting, now);
    if (TAILQ_EMPTY(&route->flying))
        route->pinged = 0;
    arm_patience(route);
}

void stream_route_fail(struct stream_route *route, struct streams_error const *error)
{
    struct stream_item *item;

    while ((item = TAILQ_FIRST(&route->flying))) {
        TAILQ_REMOVE(&route->flying, item, link);
        finish(route, item, error);
    }
    while ((item = TAILQ_FIRST(&route->waiting))) {
        TAILQ_REMOVE(&route->waiting, item, link);
        finish(route, item, error);
    }
    route->n_flying = 0;
    route->pinged = 0;
    arm_patience(route);
}

/* --- acknowledged ----------------------------------------------------------------------------- */

static bool send_ping(struct stream_route *route, uint64_t number)
{
    char xml[PING_BYTES];
    int len = snprintf(xml, sizeof xml,
                       "<iq type='get' id='" PING_PREFIX "%" PRIu64
                       "' from='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>",
                       number, route->own->name, route->peer->name);

    if (stream_send(route->carrier, xml, (size_t)len, "", NULL) < 0)
        return false;
    stream_count(M_stream_pings);
    return true;
}

static void ping(struct stream_route *route)
{
    if (!route->pinged && route->n_flying && send_ping(route, route->n_sent))
        route->pinged = route->n_sent;
}

bool stream_route_probe(struct stream_route *route)
{
    return send_ping(route, 0);
}

bool stream_route_answered(struct stream_route *route, char const *id)
{
    char wanted[ID_BYTES];
    struct stream_item *item;
    uint64_t upto = route->pinged;

    (void)snprintf(wanted, sizeof wanted, PING_PREFIX "%" PRIu64, upto);
    if (!upto || strcmp(id, wanted) != 0)
        return strncmp(id, PING_PREFIX, strlen(PING_PREFIX)) == 0; /* a late one */
    route->pinged = 0;
    while ((item = TAILQ_FIRST(&route->flying)) && item->number <= upto) {
        TAILQ_REMOVE(&route->flying, item, link);
        route->n_flying--;
        finish(route, item, NULL);
    }
    stream_route_flush(route);
    arm_patience(route);
    return true;
}

void stream_route_acknowledge(struct stream_item *item)
{
    struct stream_route *route = item->route;

    TAILQ_REMOVE(&route->flying, item, link);
    route->n_flying--;
    finish(route, item, NULL);
    arm_patience(route);
}

/* --- sending ---------------------------------------------------------------------------------- */

void stream_route_flush(struct stream_route *route)
{
    struct stream_item *item;

    while (route->carrier && (item = TAILQ_FIRST(&route->waiting)) &&
           stream_has_room(route->carrier) &&
           stream_send(route->carrier, item->xml, item->len, item->id, item->done ? item : NULL) ==
               0) {
        TAILQ_REMOVE(&route->waiting, item, link);
        if (!item->done) {
            forget(route, item);
            continue;
        }
        item->number = ++route->n_sent;
        TAILQ_INSERT_TAIL(&route->flying, item, link);
        route->n_flying++;
    }
    if (route->carrier && route->carrier->managed == STREAM_UNMANAGED)
        ping(route);
    else if (route->carrier)
        stream_manage_ask(route->carrier);
}

int stream_route_send(struct stream_route *route, char const *xml, size_t len, char const *id,
                      streams_done_fn *done, void *ctx)
{
    size_t id_len = strlen(id) + 1;

    if (route->n_items >= (size_t)limits_of(route)->max_queued ||
        route->bytes + len > (size_t)limits_of(route)->queue_bytes)
        return -ENOBUFS;
    struct stream_item *item = malloc(sizeof *item + len + id_len);
    if (!item)
        return -ENOMEM;
    *item = (struct stream_item){ .route = route, .done = done, .ctx = ctx, .len = len };
    memcpy(item->xml, xml, len);
    item->id = item->xml + len;
    memcpy(item->id, id, id_len);
    item->due_ms = clock_now_ms() + (uint64_t)limits_of(route)->queue_ms;
    TAILQ_INSERT_TAIL(&route->waiting, item, link);
    route->n_items++;
    route->bytes += len;
    stream_gauge(M_stanzas_queued, 1);
    if (!route->patience.armed)
        arm_patience(route);
    if (route->carrier)
        stream_route_flush(route);
    else if (!route->retry.armed)
        stream_route_connect(route);
    return 0;
}

/* --- streams ---------------------------------------------------------------------------------- */

static void on_retry(struct wheel_timer *timer)
{
    stream_route_connect(
        (struct stream_route *)((char *)timer - offsetof(struct stream_route, retry)));
}

static void retry_later(struct stream_route *route)
{
    struct stream_limits const *limits = limits_of(route);
    uint32_t random = 0;
    char dice[7];

    TOKEN_FILL(dice);
    for (char const *p = dice; *p; p++)
        random = random * 33 + (unsigned char)*p;
    wheel_arm(route->set->wires.wheel, &route->retry,
              stream_backoff_ms(route->n_failures, (uint64_t)limits->retry_min_ms,
                                (uint64_t)limits->retry_max_ms, random),
              on_retry);
}

/* Routes of a component wait for its stream, which has a route of its own. */
static bool opens_streams(struct stream_route const *route)
{
    return route->own->n_servers ? !route->peer : true;
}

/* A server is asked when there is something for it; a component's always. */
static void fail_to_open(struct stream_route *route, char const *why_not)
{
    route->why_not = why_not;
    route->n_failures++;
    if (!route->peer || !TAILQ_EMPTY(&route->waiting))
        retry_later(route);
}

static void open_next(struct stream_route *route)
{
    struct stream_place const *place = stream_reach_next(&route->reach);

    if (route->set->n_streams < (size_t)limits_of(route)->max_streams)
        route->opening = stream_connect(route->set, route->own, route->peer, place);
    if (route->opening)
        route->opening->opener = route;
    else
        fail_to_open(route, "no room for a stream");
}

static void on_places(struct stream_reach *reach, char const *why_not)
{
    struct stream_route *route =
        (struct stream_route *)((char *)reach - offsetof(struct stream_route, reach));

    if (!why_not) {
        open_next(route);
        return;
    }
    log_warn(NULL, "no server found theirs=%s reason=\"%s\"", name_of(route), why_not);
    fail_to_open(route, why_not);
}

void stream_route_connect(struct stream_route *route)
{
    if (route->carrier || route->opening || route->reach.lookup || route->set->is_ending ||
        !opens_streams(route))
        return;
    if (stream_reach_has_more(&route->reach))
        open_next(route);
    else
        stream_reach_begin(&route->reach, route->set, route->own, route->peer, on_places);
}

static void tell(struct stream_route *route, bool is_up)
{
    struct streams_handlers const *handlers = route->set->handlers;

    if (route->peer && is_up)
        handlers->on_up(route->set->ctx, route->own->name, route->peer->name);
    else if (route->peer)
        handlers->on_down(route->set->ctx, route->own->name, route->peer->name);
}

static void attach(struct stream_route *route, struct stream *stream)
{
    if (route->opening == stream)
        route->opening = NULL;
    wheel_disarm(&route->retry);
    route->carrier = stream;
    route->n_failures = 0;
    route->why_not = NULL;
    route->is_told = false;
    LIST_INSERT_HEAD(&stream->carried, route, carried);
}

/* Of a component: with its own route, all others that wait for it. */
static void carry_others(struct stream_route *home, struct stream *stream)
{
    struct htab const *tab = &home->set->routes;

    for (struct htab_entry *e = htab_next(tab, NULL); e; e = htab_next(tab, e)) {
        struct stream_route *route = (struct stream_route *)e;
        if (route->own == home->own && !route->carrier)
            attach(route, stream);
    }
}

static struct stream_route *untold(struct stream const *stream)
{
    struct stream_route *route;

    LIST_FOREACH(route, &stream->carried, carried)
    {
        if (!route->is_told)
            return route;
    }
    return NULL;
}

/* Whoever is told may send at once, and the stream may break meanwhile. */
static void tell_all(struct stream *stream)
{
    struct stream_route *route;

    while (stream->state == STREAM_READY && (route = untold(stream))) {
        route->is_told = true;
        tell(route, true);
        stream_route_flush(route);
    }
}

void stream_route_carry(struct stream_route *route, struct stream *stream)
{
    if (route->carrier)
        return;
    attach(route, stream);
    if (!route->peer)
        carry_others(route, stream);
    tell_all(stream);
}

/* Who is not known to have it gets it again, in order, before what has not gone yet. */
static void take_back(struct stream_route *route)
{
    if (TAILQ_EMPTY(&route->flying))
        return;
    met_add(&stream_metrics, M_stanzas_again, (int64_t)route->n_flying);
    TAILQ_CONCAT(&route->flying, &route->waiting, link);
    TAILQ_CONCAT(&route->waiting, &route->flying, link);
    route->n_flying = 0;
}

void stream_route_lost(struct stream_route *route, struct stream *stream)
{
    bool was_carrier = route->carrier == stream;

    if (!was_carrier && route->opening != stream)
        return;
    route->why_not = stream->reason;
    route->opening = NULL;
    route->pinged = 0;
    if (was_carrier) {
        LIST_REMOVE(route, carried);
        route->carrier = NULL;
    }
    take_back(route);
    if (was_carrier && route->is_told)
        tell(route, false);
    if (!opens_streams(route) || route->carrier || route->set->is_ending)
        return;
    if (was_carrier)
        stream_reach_stop(&route->reach);
    if (!stream_reach_has_more(&route->reach))
        fail_to_open(route, stream->reason);
    else if (!route->retry.armed) /* the next place, when this stream has gone */
        wheel_arm(route->set->wires.wheel, &route->retry, 0, on_retry);
}

/* --- life ------------------------------------------------------------------------------------- */

struct pair {
    char const *ours, *theirs;
};

static bool is_pair(struct htab_entry const *entry, void const *key)
{
    struct stream_route const *route = (struct stream_route const *)entry;
    struct pair const *pair = key;

    return strcmp(route->own->name, pair->ours) == 0 && strcmp(name_of(route), pair->theirs) == 0;
}

static uint64_t hash_pair(char const *ours, char const *theirs)
{
    return htab_hash(theirs, strlen(theirs), htab_hash(ours, strlen(ours) + 1, 0));
}

struct stream_route *stream_route_find(struct streams *set, char const *ours, char const *theirs)
{
    return (struct stream_route *)htab_find(&set->routes, hash_pair(ours, theirs), is_pair,
                                            &(struct pair){ ours, theirs });
}

/* The stream that a component has already. */
static void join(struct stream_route *route)
{
    struct stream_route *home = route->own->n_servers && route->peer
                                    ? stream_route_find(route->set, route->own->name, "")
                                    : NULL;

    if (home && home->carrier)
        stream_route_carry(route, home->carrier);
}

struct stream_route *stream_route_get(struct streams *set, char const *ours, char const *theirs,
                                      int *ret_error)
{
    struct stream_route *route = stream_route_find(set, ours, theirs);

    if (route)
        return route;
    struct streams_own const *own = streams_find_own(set, ours);
    struct streams_peer const *peer = streams_find_peer(set, theirs);
    *ret_error = -EACCES;
    if (!own || (!peer && *theirs))
        return NULL;
    *ret_error = -ENOBUFS;
    if (set->routes.n >= (size_t)set->settings->limits.max_routes)
        return NULL;
    *ret_error = -ENOMEM;
    route = calloc(1, sizeof *route);
    if (!route)
        return NULL;
    route->set = set;
    route->own = own;
    route->peer = peer;
    TAILQ_INIT(&route->waiting);
    TAILQ_INIT(&route->flying);
    if (htab_insert(&set->routes, &route->entry, hash_pair(ours, theirs)) < 0) {
        free(route);
        return NULL;
    }
    stream_gauge(M_routes, 1);
    join(route);
    return route;
}

void stream_route_free(struct stream_route *route)
{
    static struct streams_error const ending = { "service-unavailable", "the gateway ends" };

    stream_route_fail(route, &ending);
    stream_reach_stop(&route->reach);
    wheel_disarm(&route->retry);
    wheel_disarm(&route->patience);
    htab_remove(&route->set->routes, &route->entry);
    stream_gauge(M_routes, -1);
    free(route);
}
