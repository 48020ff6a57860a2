/* SPDX-License-Identifier: Apache-2.0 */
/* Records of watchers, and documents made of them. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "winfo.h"
#include "buf.h"
#include "clock.h"
#include "event_server.h"
#include "log.h"
#include "message.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "presence_state.h"
#include "presentity.h"
#include "subscription.h"
#include "watcher_policy.h"
#include "watcherinfo.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many that are gone are kept for a partial document; beyond that the next one is full. */
enum { GONE_MAX = 200, DOCUMENT_MAX = 1048576, ID_BYTES = 24, URI_EXTRA = 4 };

void winfo_init(struct winfo *winfo)
{
    *winfo = (struct winfo){ 0 };
    TAILQ_INIT(&winfo->watchers);
}

bool winfo_is_idle(struct winfo const *winfo)
{
    return winfo->n_waiting == 0;
}

/* --- records ---------------------------------------------------------------------------------- */

static void count(struct winfo *winfo, struct winfo_watcher const *w, int by)
{
    if (w->status == WATCHERINFO_WAITING) {
        winfo->n_waiting += (unsigned)by;
        presence_gauge(M_watchers_waiting, by);
    } else if (w->status == WATCHERINFO_TERMINATED) {
        winfo->n_gone += (unsigned)by;
    }
}

static void drop(struct winfo *winfo, struct winfo_watcher *w)
{
    count(winfo, w, -1);
    TAILQ_REMOVE(&winfo->watchers, w, link);
    wheel_disarm(&w->patience);
    free(w);
}

void winfo_fini(struct winfo *winfo)
{
    struct winfo_watcher *w;

    while ((w = TAILQ_FIRST(&winfo->watchers)))
        drop(winfo, w);
}

/* What everybody who follows has been told of. */
static uint64_t told_to_all(struct presentity const *p)
{
    uint64_t least = p->winfo.changes;
    struct subscription const *s;

    LIST_FOREACH(s, &p->followers, link)
    {
        if (!s->is_full && s->told_change < least)
            least = s->told_change;
    }
    return least;
}

static void drop_gone(struct presentity *p)
{
    struct winfo *winfo = &p->winfo;
    bool is_too_much = winfo->n_gone > GONE_MAX;
    uint64_t told = told_to_all(p);
    struct winfo_watcher *w, *next;

    for (w = TAILQ_FIRST(&winfo->watchers); w && winfo->n_gone; w = next) {
        next = TAILQ_NEXT(w, link);
        if (w->status == WATCHERINFO_TERMINATED && (is_too_much || w->changed <= told)) {
            if (w->changed > winfo->forgotten)
                winfo->forgotten = w->changed;
            drop(winfo, w);
        }
    }
}

/* The presentity stays, for whoever calls holds it. */
static void note(struct winfo_watcher *w, enum watcherinfo_status status,
                 enum watcherinfo_event event)
{
    struct presentity *p = w->presentity;
    struct subscription *s, *next;

    if (w->status == WATCHERINFO_WAITING && status != WATCHERINFO_WAITING)
        presence_state_note_waiting(p->server, p->address, w->address, 0);
    count(&p->winfo, w, -1);
    w->status = (uint8_t)status;
    w->event = (uint8_t)event;
    w->changed = ++p->winfo.changes;
    count(&p->winfo, w, 1);
    drop_gone(p);
    for (s = LIST_FIRST(&p->followers); s; s = next) {
        next = LIST_NEXT(s, link);
        subscription_change(s, false);
    }
}

static struct winfo_watcher *find_waiting(struct winfo const *winfo, char const *address)
{
    struct winfo_watcher *w;

    TAILQ_FOREACH(w, &winfo->watchers, link)
    {
        if (w->status == WATCHERINFO_WAITING && strcmp(w->address, address) == 0)
            return w;
    }
    return NULL;
}

static struct winfo_watcher *add(struct presentity *p, char const *address)
{
    size_t size = strlen(address) + 1;
    struct winfo_watcher *w = calloc(1, sizeof *w + size);

    if (!w)
        return NULL;
    w->presentity = p;
    w->id = p->winfo.changes + 1;
    memcpy(w->address, address, size);
    TAILQ_INSERT_TAIL(&p->winfo.watchers, w, link);
    return w;
}

/* --- watchers come and go --------------------------------------------------------------------- */

/* RFC 3857 4.7.1: one that waits and asks again is the same watcher. */
static void begin(struct winfo_watcher **precord, struct presentity *p,
                  struct subscription const *s, bool is_pending)
{
    struct winfo_watcher *w = find_waiting(&p->winfo, s->watcher);

    if (!w && !(w = add(p, s->watcher))) {
        log_error(NULL, "watcher not recorded watcher=\"%s\" error=\"out of memory\"", s->watcher);
        return;
    }
    wheel_disarm(&w->patience);
    *precord = w;
    w->subscription = s;
    /* A contact that joins a list later has been watched since then. */
    w->begun_ms = s->is_restored ? s->begun_ms : clock_now_ms();
    note(w, is_pending ? WATCHERINFO_PENDING : WATCHERINFO_ACTIVE, WATCHERINFO_EVENT_SUBSCRIBE);
}

void winfo_take(struct winfo_watcher **precord, struct presentity *p, struct subscription const *s,
                bool is_pending)
{
    struct winfo_watcher *w = *precord;

    if (!w)
        begin(precord, p, s, is_pending);
    else if (is_pending && w->status != WATCHERINFO_PENDING)
        note(w, WATCHERINFO_PENDING, WATCHERINFO_EVENT_SUBSCRIBE);
    else if (!is_pending && w->status == WATCHERINFO_PENDING)
        note(w, WATCHERINFO_ACTIVE, WATCHERINFO_EVENT_APPROVED);
}

static void on_patience_over(struct wheel_timer *timer)
{
    struct winfo_watcher *w =
        (struct winfo_watcher *)((char *)timer - offsetof(struct winfo_watcher, patience));
    struct presentity *p = w->presentity;

    p->n_holds++;
    note(w, WATCHERINFO_TERMINATED, WATCHERINFO_EVENT_GIVEUP);
    p->n_holds--;
    presentity_release(p);
}

static void wait_for_user(struct winfo_watcher *w)
{
    struct event_server *server = w->presentity->server;
    struct winfo *winfo = &w->presentity->winfo;
    struct winfo_watcher *oldest;

    wheel_arm(server->wheel, &w->patience, (uint64_t)server->conf->waiting_ttl * 1000,
              on_patience_over);
    presence_state_note_waiting(server, w->presentity->address, w->address,
                                (uint32_t)server->conf->waiting_ttl);
    note(w, WATCHERINFO_WAITING, WATCHERINFO_EVENT_TIMEOUT);
    if (winfo->n_waiting <= (unsigned)server->conf->max_waiting)
        return;
    for (oldest = TAILQ_FIRST(&winfo->watchers); oldest->status != WATCHERINFO_WAITING;)
        oldest = TAILQ_NEXT(oldest, link);
    wheel_disarm(&oldest->patience);
    note(oldest, WATCHERINFO_TERMINATED, WATCHERINFO_EVENT_GIVEUP);
}

void winfo_restore(struct presentity *p, char const *watcher, uint32_t left_s)
{
    struct winfo_watcher *w = add(p, watcher);

    if (!w)
        return;
    w->begun_ms = clock_now_ms();
    wheel_arm(p->server->wheel, &w->patience, (uint64_t)left_s * 1000, on_patience_over);
    note(w, WATCHERINFO_WAITING, WATCHERINFO_EVENT_TIMEOUT);
}

static enum watcherinfo_event event_of(char const *reason)
{
    enum watcherinfo_event event = WATCHERINFO_EVENT_DEACTIVATED;

    while (event < WATCHERINFO_EVENTS && strcmp(watcherinfo_event_name(event), reason) != 0)
        event++;
    return event < WATCHERINFO_EVENTS ? event : WATCHERINFO_EVENT_NORESOURCE;
}

void winfo_leave(struct winfo_watcher **precord, char const *reason)
{
    struct winfo_watcher *w = *precord;

    *precord = NULL;
    if (!w)
        return;
    w->subscription = NULL;
    if (w->status == WATCHERINFO_PENDING && event_of(reason) == WATCHERINFO_EVENT_TIMEOUT)
        wait_for_user(w);
    else
        note(w, WATCHERINFO_TERMINATED, event_of(reason));
}

/* RFC 3857 4.7.1: approved or rejected, there is no subscription any more. */
static void judge(struct presentity *p)
{
    struct winfo_watcher *w, *next;

    for (w = TAILQ_FIRST(&p->winfo.watchers); w && p->winfo.n_waiting; w = next) {
        next = TAILQ_NEXT(w, link);
        if (w->status != WATCHERINFO_WAITING)
            continue;
        enum user_policy_verdict verdict = watcher_policy_decide(p, w->address, false).verdict;
        if (verdict == USER_POLICY_ASK)
            continue;
        wheel_disarm(&w->patience);
        note(w, WATCHERINFO_TERMINATED,
             verdict == USER_POLICY_ALLOW ? WATCHERINFO_EVENT_APPROVED
                                          : WATCHERINFO_EVENT_REJECTED);
    }
}

void winfo_judge(struct event_server *server)
{
    struct htab_entry *e, *next;

    for (e = htab_next(&server->presentities, NULL); e; e = next) {
        struct presentity *p = (struct presentity *)e;
        next = htab_next(&server->presentities, e);
        if (winfo_is_idle(&p->winfo))
            continue;
        p->n_holds++;
        judge(p);
        p->n_holds--;
        presentity_release(p);
    }
}

void winfo_forget(struct winfo_watcher **precord)
{
    struct winfo_watcher *w = *precord;

    *precord = NULL;
    if (w)
        drop(&w->presentity->winfo, w);
}

/* --- documents -------------------------------------------------------------------------------- */

/* 0 would say that there is nothing. */
uint64_t winfo_tag(struct subscription const *s)
{
    return s->presentity->winfo.changes + 1;
}

static int64_t seconds_left(uint64_t due_ms, uint64_t now_ms)
{
    return due_ms > now_ms ? (int64_t)((due_ms - now_ms) / 1000) : 0;
}

/* The texts of a record while its document is written. */
struct line {
    char id[ID_BYTES], uri[PRESENCE_ADDRESS_BYTES + URI_EXTRA];
};

static struct watcherinfo_watcher print(struct winfo_watcher const *w, struct line *texts)
{
    uint64_t now = clock_now_ms();

    (void)snprintf(texts->id, sizeof texts->id, "w%llu", (unsigned long long)w->id);
    (void)snprintf(texts->uri, sizeof texts->uri, "sip:%s", w->address);
    return (struct watcherinfo_watcher){
        .id = texts->id,
        .uri = texts->uri,
        .status = w->status,
        .event = w->event,
        .expiration_s = w->subscription ? seconds_left(w->subscription->due_ms, now) : -1,
        .duration_s = (int64_t)((now - w->begun_ms) / 1000),
    };
}

static bool is_told(struct winfo_watcher const *w, bool is_full, uint64_t known)
{
    return is_full ? w->status != WATCHERINFO_TERMINATED : w->changed > known;
}

static int write_document(struct subscription const *s, bool is_full, struct buf *out)
{
    struct winfo const *winfo = &s->presentity->winfo;
    uint64_t known = s->told_change;
    char resource[PRESENCE_ADDRESS_BYTES + URI_EXTRA];
    struct winfo_watcher const *w;
    size_t n = 0;

    (void)snprintf(resource, sizeof resource, "sip:%s", s->presentity->address);
    TAILQ_FOREACH(w, &winfo->watchers, link)
    {
        n += is_told(w, is_full, known);
    }
    struct watcherinfo_watcher *watchers = calloc(n + 1, sizeof *watchers);
    struct line *texts = calloc(n + 1, sizeof *texts);
    struct watcherinfo info = { resource, "presence", s->version, !is_full, watchers, 0 };
    int err = watchers && texts ? 0 : -ENOMEM;
    TAILQ_FOREACH(w, &winfo->watchers, link)
    {
        if (err == 0 && is_told(w, is_full, known)) {
            watchers[info.n_watchers] = print(w, &texts[info.n_watchers]);
            info.n_watchers++;
        }
    }
    if (err == 0)
        err = watcherinfo_write(&info, out);
    free(watchers);
    free(texts);
    return err;
}

/* RFC 3857 4.6: all of it after a SUBSCRIBE, what has changed else. */
int winfo_add(struct subscription *s, msg_t *notify, uint64_t tag)
{
    bool is_full = s->is_full || s->told_change < s->presentity->winfo.forgotten;
    struct buf xml;
    int err;

    if (!is_full && s->told_change == tag - 1)
        return 0;
    buf_init(&xml, DOCUMENT_MAX);
    err = write_document(s, is_full, &xml);
    if (err == 0)
        err = message_set_body(notify, WINFO_TYPE, buf_text(&xml), xml.len);
    buf_fini(&xml);
    if (err < 0)
        return err;
    s->version++;
    s->is_full = false;
    s->told_change = tag - 1;
    return 0;
}
