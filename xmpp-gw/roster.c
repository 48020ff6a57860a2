/* SPDX-License-Identifier: Apache-2.0 */
/* The pairs and their states; see roster.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "roster.h"
#include "buf.h"
#include "clock.h"
#include "jid.h"
#include "log.h"
#include "roster_internal.h"
#include "roster_link.h"
#include "roster_state.h"
#include "roster_watch.h"
#include "roster_watcher.h"
#include "sip_side.h"
#include "stanza_names.h"
#include "streams.h"
#include "xml_tree.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include "xmpp_presence_conf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STANZA_BYTES = 16384 };

/* --- addresses -------------------------------------------------------------------------------- */

bool roster_uri(char const *jid, struct buf *out)
{
    struct jid parsed;

    return jid_parse(jid, &parsed) == JID_FINE && *parsed.local &&
           address_map_uri(&parsed, ADDRESS_SIP, NULL, out) == ADDRESS_FINE && buf_ok(out);
}

/* Has it a URI that a subscription can hold? */
static bool fits(char const *jid)
{
    struct buf uri;

    buf_init(&uri, WATCH_URI_BYTES - 1);
    bool is_right = roster_uri(jid, &uri);
    buf_fini(&uri);
    return is_right;
}

/* --- pairs ------------------------------------------------------------------------------------ */

struct roster_pair *roster_get(struct roster *roster, char const *user, char const *jid,
                               char const **ret_limit)
{
    struct roster_pair *pair = roster_book_find(&roster->book, user, jid);

    if (pair)
        return pair;
    *ret_limit = "length of addresses";
    if (!fits(user) || !fits(jid))
        return NULL;
    pair = roster_book_get(&roster->book, user, jid, ret_limit);
    if (!pair)
        return NULL;
    pair->roster = roster;
    if (roster_link_join(roster, pair) < 0) {
        roster_book_drop(&roster->book, pair);
        *ret_limit = "memory";
        return NULL;
    }
    return pair;
}

void roster_settle(struct roster_pair *pair)
{
    if (pair->n_busy || pair->state != ROSTER_NONE || pair->watch || !LIST_EMPTY(&pair->watchers))
        return;
    roster_link_leave(pair);
    presence_map_list_free(&pair->told);
    roster_book_drop(&pair->roster->book, pair);
}

struct change {
    struct roster_pair *pair;
    struct roster_step step;
    roster_after_fn *after;
    void *ctx;
};

static void finish(struct change const *change, int error)
{
    struct roster_pair *pair = change->pair;

    pair->n_busy--;
    if (error && error != -ECANCELED) {
        xmpp_count(M_presence_store_failures);
        log_warn(NULL, "state not kept user=\"%s\" jid=\"%s\" error=\"%s\"", pair->user, pair->jid,
                 strerror(-error));
        if (pair->state == change->step.to)
            pair->state = change->step.from;
    } else if (change->step.to != change->step.from) {
        log_info(NULL, "presence agreed user=\"%s\" jid=\"%s\" state=%s before=%s", pair->user,
                 pair->jid, roster_state_name((enum roster_state)change->step.to),
                 roster_state_name((enum roster_state)change->step.from));
    }
    pair->n_busy++;
    change->after(change->ctx, pair, &change->step, error);
    pair->n_busy--;
    roster_settle(pair);
}

static void on_written(void *vchange, int error)
{
    struct change const change = *(struct change *)vchange;

    free(vchange);
    finish(&change, error);
}

void roster_step(struct roster_pair *pair, enum roster_event event, roster_after_fn *after,
                 void *ctx)
{
    struct change const now = { pair, roster_state_step((enum roster_state)pair->state, event),
                                after, ctx };
    struct change *change = NULL;

    pair->n_busy++;
    if (now.step.to == now.step.from) {
        finish(&now, 0);
        return;
    }
    if (!(change = malloc(sizeof *change))) {
        finish(&now, -ENOMEM);
        return;
    }
    *change = now;
    pair->state = now.step.to;
    roster_book_write(&pair->roster->book, pair, on_written, change);
}

/* --- stanzas ---------------------------------------------------------------------------------- */

static void on_sent(void *ctx, struct streams_error const *error)
{
    (void)ctx;
    if (!error)
        return;
    xmpp_count(M_presence_stanzas_failed);
    log_info(NULL, "presence not sent error=%s reason=\"%s\"", error->condition, error->text);
}

void roster_send(struct roster *roster, char const *user, char const *jid, char const *type,
                 bool matters)
{
    struct xml_tree *tree = xml_tree_new(STANZA_BYTES);
    struct xml_element *root = tree ? xml_tree_add(tree, NULL, "presence", STANZA_NS) : NULL;

    if (!root) {
        xml_tree_free(&tree);
        return;
    }
    xml_tree_attribute(tree, root, "from", user);
    xml_tree_attribute(tree, root, "to", jid);
    xml_tree_attribute(tree, root, "type", type);
    (void)streams_send(roster->streams, tree, "", matters ? on_sent : NULL, NULL);
}

void roster_ask(struct roster_pair *pair)
{
    bool is_out = roster_state_is_out((enum roster_state)pair->state);

    if (is_out || roster_state_is_to((enum roster_state)pair->state))
        roster_send(pair->roster, pair->user, pair->jid, is_out ? "subscribe" : "probe", is_out);
}

/* RFC 6121 3.1.2: what is not answered is asked again. */
void roster_greet(struct roster_pair *pair)
{
    enum roster_state state = (enum roster_state)pair->state;

    if (roster_state_is_out(state) || (!LIST_EMPTY(&pair->watchers) && !pair->seen.is_known))
        roster_ask(pair);
    if (!roster_state_is_from(state))
        return;
    if (pair->told)
        roster_watch_tell(pair);
    else
        roster_watch_begin(pair);
}

/* --- for people ------------------------------------------------------------------------------- */

static int64_t idle_s_of(struct presence_resource const *told)
{
    int64_t now_ms = (int64_t)(clock_wall_us() / 1000);

    return told->idle_since_ms == PIDF_TIME_NONE || told->idle_since_ms > now_ms
               ? 0
               : (now_ms - told->idle_since_ms) / 1000;
}

static char const *best_show(struct presence_resource const *told, size_t n)
{
    struct presence_resource const *best = presence_map_best(told, n);

    return presence_map_show_name(best ? best->show : PRESENCE_UNAVAILABLE);
}

/* XEP-0012: whoever has a resource that is there is not idle, each resource may be; who has none
 * was last there when the last one went. */
struct roster_presence roster_presence(struct roster const *roster, char const *user,
                                       char const *jid, char const *resource)
{
    struct roster_pair const *pair = roster_book_find(&roster->book, user, jid);
    struct roster_presence ret = { .idle_s = -1 };

    if (!pair || !roster_state_is_from((enum roster_state)pair->state))
        return ret;
    ret.is_followed = true;
    for (size_t i = 0; pair->told && i < pair->told->n && !ret.is_there; i++) {
        struct presence_resource const *told = &pair->told->all[i];
        ret.is_there = told->show != PRESENCE_UNAVAILABLE &&
                       (!*resource || strcmp(told->resource, resource) == 0);
        if (ret.is_there)
            ret.idle_s = *resource ? idle_s_of(told) : 0;
    }
    if (!*resource && !ret.is_there && pair->gone_ms)
        ret.idle_s = (int64_t)((clock_now_ms() - pair->gone_ms) / 1000);
    return ret;
}

void roster_view(struct roster const *roster, roster_view_fn *fn, void *ctx)
{
    struct htab const *pairs = &roster->book.pairs;

    for (struct htab_entry *e = htab_next(pairs, NULL); e; e = htab_next(pairs, e)) {
        struct roster_pair const *pair = (struct roster_pair *)e;
        struct roster_seen const *seen = &pair->seen;
        struct roster_view view = {
            .user = pair->user,
            .jid = pair->jid,
            .state = roster_state_name((enum roster_state)pair->state),
            .watch = roster_watch_state_str(pair),
            .user_show = pair->told ? best_show(pair->told->all, pair->told->n) : "",
            .jid_show = seen->is_known ? best_show(seen->v, seen->n) : "",
        };
        struct roster_watcher const *w;
        LIST_FOREACH(w, &pair->watchers, link)
        {
            view.n_watchers++;
        }
        fn(ctx, &view);
    }
}

/* --- up and down ------------------------------------------------------------------------------ */

static void refuse_notify(void *ctx, struct server_transaction *st, int status, char const *phrase,
                          char const *why)
{
    (void)ctx;
    xmpp_count(M_presence_refused);
    sip_side_refuse(st, status, phrase, why);
}

int roster_init(struct roster *roster, struct xmpp_conf const *conf, struct streams *streams,
                struct sip_side *sip, struct wheel *wheel)
{
    *roster = (struct roster){
        .conf = conf, .limits = &conf->roster_limits, .streams = streams, .sip = sip, .wheel = wheel
    };
    htab_init(&roster->links);
    htab_init(&roster->watchers);
    LIST_INIT(&roster->leaving);
    watches_init(&roster->watches, sip->stack, wheel, &xmpp_metrics);
    roster->watches.refuse = refuse_notify;
    xmpp_presence_conf_read(&conf->presence_map, &roster->map, NULL);
    int err = roster_watch_terms(roster);
    int opened = roster_book_init(&roster->book, conf->presence ? conf->store : "", roster->limits);
    return err < 0 ? err : opened;
}

/* Whoever was let see our users is told again, and whoever waits asks again. */
static void take_up(void *vroster, struct roster_pair *pair)
{
    struct roster *roster = vroster;
    enum roster_state state = (enum roster_state)pair->state;

    pair->roster = roster;
    if (!fits(pair->user) || !fits(pair->jid) || roster_link_join(roster, pair) < 0)
        return;
    if (roster_state_is_from(state) || roster_state_is_in(state))
        roster_watch_begin(pair);
}

int roster_start(struct roster *roster, uv_loop_t *loop)
{
    roster->loop = loop;
    uv_timer_init(loop, &roster->patience);
    int err = roster_book_start(&roster->book, loop, take_up, roster);

    if (roster->book.pairs.n)
        log_info(NULL, "presence agreements read pairs=%zu", roster->book.pairs.n);
    return err;
}

static void on_patience_over(uv_timer_t *timer)
{
    uv_timer_stop(timer);
}

/* Nobody says of our users any more what they do. */
static void sign_off(struct roster *roster)
{
    for (struct htab_entry *e = NULL; (e = htab_next(&roster->book.pairs, e));) {
        struct roster_pair *pair = (struct roster_pair *)e;
        if (roster_state_is_from((enum roster_state)pair->state))
            roster_watch_sign_off(pair);
    }
}

/* RFC 6665 4.1.3: who is told "deactivated" subscribes anew at once. */
static void say_goodbye(struct roster *roster)
{
    struct htab_entry *next, *e = htab_next(&roster->watchers, NULL);

    for (; e; e = next) {
        next = htab_next(&roster->watchers, e);
        roster_watcher_end((struct roster_watcher *)e, "deactivated");
    }
    uv_timer_start(&roster->patience, on_patience_over, (uint64_t)roster->limits->stop_ms, 0);
    while (roster->watchers.n && uv_is_active((uv_handle_t *)&roster->patience))
        uv_run(roster->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&roster->patience, NULL);
    sign_off(roster);
}

static void clear(struct roster_pair *pair)
{
    struct roster_watcher *w;

    while ((w = LIST_FIRST(&pair->watchers)))
        roster_watcher_free(&w);
    roster_watch_end(pair);
    roster_link_leave(pair);
}

void roster_fini(struct roster *roster)
{
    if (!roster->conf)
        return;
    if (roster->loop)
        say_goodbye(roster);
    roster_book_stop(&roster->book);
    for (struct htab_entry *e = NULL; (e = htab_next(&roster->book.pairs, e));)
        clear((struct roster_pair *)e);
    roster_watch_fini(roster);
    roster_book_fini(&roster->book);
    htab_fini(&roster->links);
    htab_fini(&roster->watchers);
    watches_fini(&roster->watches);
    roster->conf = NULL;
}
