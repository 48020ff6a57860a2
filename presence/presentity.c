/* SPDX-License-Identifier: Apache-2.0 */
/* Users whose presence is published or watched: see presentity.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "presentity.h"
#include "buf.h"
#include "clock.h"
#include "composed.h"
#include "dialog_event.h"
#include "event_server.h"
#include "log.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "publication.h"
#include "rls.h"
#include "subscription.h"
#include <stdlib.h>
#include <string.h>

enum { DOCUMENT_MAX = 1048576 };

/* --- making and finding ----------------------------------------------------------------------- */

static uint64_t hash_of(char const *address)
{
    return htab_hash(address, strlen(address), 0);
}

static bool is_address(struct htab_entry const *entry, void const *address)
{
    return strcmp(((struct presentity const *)entry)->address, address) == 0;
}

struct presentity *presentity_find(struct event_server *server, char const *address)
{
    return (struct presentity *)htab_find(&server->presentities, hash_of(address), is_address,
                                          address);
}

struct presentity *presentity_get(struct event_server *server, char const *address)
{
    struct presentity *p = presentity_find(server, address);
    size_t size = strlen(address) + 1;

    if (p || server->presentities.n >= (size_t)server->conf->max_presentities)
        return p;
    p = calloc(1, sizeof *p + size);
    if (!p || htab_insert(&server->presentities, &p->by_address, hash_of(address)) < 0) {
        free(p);
        return NULL;
    }
    p->server = server;
    memcpy(p->address, address, size);
    LIST_INIT(&p->publications);
    LIST_INIT(&p->subscriptions);
    LIST_INIT(&p->phones);
    LIST_INIT(&p->followers);
    LIST_INIT(&p->dialogs);
    LIST_INIT(&p->lists);
    LIST_INIT(&p->leaves);
    winfo_init(&p->winfo);
    LIST_INIT(&p->documents);
    presence_gauge(M_presentities, 1);
    return p;
}

static void forget_documents(struct presentity *p)
{
    struct presentity_document *document;

    while ((document = LIST_FIRST(&p->documents))) {
        LIST_REMOVE(document, link);
        free(document);
    }
}

static void stop_waiting(struct presentity *p)
{
    if (p->is_waiting)
        TAILQ_REMOVE(&p->server->waiting, p, waiting);
    p->is_waiting = false;
}

size_t presentity_watchers(struct presentity const *p)
{
    return p->n_subscriptions + p->n_leaves - p->n_refused;
}

void presentity_release(struct presentity *p)
{
    bool is_told_of = p->n_publications || p->n_phones || p->statements[STATEMENT_MANUAL] ||
                      p->statements[STATEMENT_CALENDAR] || p->cleared_ms;

    if (is_told_of || p->n_subscriptions || p->n_followers || p->n_leaves || p->n_holds ||
        !winfo_is_idle(&p->winfo))
        return;
    presentity_free(p);
}

void presentity_free(struct presentity *p)
{
    stop_waiting(p);
    for (int kind = 0; kind < STATEMENT_KINDS; kind++)
        statement_forget(p, (enum statement_kind)kind);
    htab_remove(&p->server->presentities, &p->by_address);
    forget_documents(p);
    winfo_fini(&p->winfo);
    composed_free(&p->composed);
    free(p);
    presence_gauge(M_presentities, -1);
}

/* --- what watchers are shown ------------------------------------------------------------------ */

static struct presentity_document *make_document(struct presentity *p, enum presentity_view view,
                                                 struct pidf_profile const *profile)
{
    struct presentity_document *document = NULL;
    struct buf xml;

    if (!p->composed)
        p->composed = composed_new(p);
    buf_init(&xml, DOCUMENT_MAX);
    if (p->composed && composed_write(p->composed, view == PRESENTITY_FULL, profile, &xml) == 0)
        document = malloc(sizeof *document + xml.len + 1);
    if (document) {
        *document =
            (struct presentity_document){ .profile = profile, .view = view, .len = xml.len };
        memcpy(document->text, buf_text(&xml), xml.len + 1);
        document->tag = htab_hash(document->text, document->len, 0) | 1;
        LIST_INSERT_HEAD(&p->documents, document, link);
    }
    buf_fini(&xml);
    return document;
}

struct presentity_document const *presentity_show(struct presentity *p, enum presentity_view view,
                                                  struct pidf_profile const *profile)
{
    struct presentity_document const *document;

    LIST_FOREACH(document, &p->documents, link)
    {
        if (document->view == view && document->profile == profile)
            return document;
    }
    return make_document(p, view, profile);
}

/* --- telling in turn -------------------------------------------------------------------------- */

/* Any of them may free itself. */
static void tell(struct presentity *p)
{
    struct subscription *s, *next;
    bool is_urgent = p->is_urgent;

    p->is_urgent = false;
    stop_waiting(p);
    p->n_holds++;
    for (s = LIST_FIRST(&p->subscriptions); s; s = next) {
        next = LIST_NEXT(s, link);
        subscription_change(s, is_urgent);
    }
    rls_changed(p, is_urgent);
    p->n_holds--;
    presentity_release(p);
}

static void on_turn(struct wheel_timer *timer);

static void wait_for_turn(struct event_server *server)
{
    if (!TAILQ_EMPTY(&server->waiting) && !server->turn.armed)
        wheel_arm(server->wheel, &server->turn, throttle_wait_ms(&server->changes, clock_now_ms()),
                  on_turn);
}

static void on_turn(struct wheel_timer *timer)
{
    struct event_server *server =
        (struct event_server *)((char *)timer - offsetof(struct event_server, turn));
    struct presentity *p;

    while ((p = TAILQ_FIRST(&server->waiting)) && throttle_take(&server->changes, clock_now_ms()))
        tell(p);
    wait_for_turn(server);
}

/* Guide 7.7: delayed, but never without the latest state. */
static void take_turn(struct presentity *p)
{
    struct event_server *server = p->server;

    presence_count(M_changes);
    if (p->is_waiting) {
        presence_count(M_changes_merged);
    } else if (TAILQ_EMPTY(&server->waiting) && throttle_take(&server->changes, clock_now_ms())) {
        tell(p);
    } else {
        presence_count(M_changes_delayed);
        p->is_waiting = true;
        TAILQ_INSERT_TAIL(&server->waiting, p, waiting);
        wait_for_turn(server);
    }
}

static void drop_said(struct presentity *p)
{
    struct statement const *said = p->statements[STATEMENT_MANUAL];

    if (said)
        presence_state_forget_statement(p, STATEMENT_MANUAL, said->time_ms);
    statement_forget(p, STATEMENT_MANUAL);
}

uint64_t presentity_new_manual(struct presentity *p)
{
    drop_said(p);
    p->manual = ++p->manuals;
    return p->manual;
}

void presentity_clear_manual(struct presentity *p)
{
    presence_state_clear_manual(p);
    statement_forget(p, STATEMENT_MANUAL);
    p->manual = 0;
}

/* Instead of @p composed, which it frees. */
static struct composed *compose_without_manual(struct presentity *p, struct composed *composed)
{
    presence_count(M_manual_cleared);
    log_info(NULL, "manual state is over user=\"%s\" cause=\"the last client has signed out\"",
             p->address);
    presentity_clear_manual(p);
    p->n_cleared++;
    composed_free(&composed);
    return composed_new(p);
}

void presentity_settle_manual(struct presentity *p)
{
    struct statement const *said = p->statements[STATEMENT_MANUAL];
    struct publication const *newest = NULL, *pub;
    int64_t over_ms = said ? said->time_ms : p->cleared_ms;

    LIST_FOREACH(pub, &p->publications, link)
    {
        if (pub->manual && (!newest || pub->changed_ms > newest->changed_ms))
            newest = pub;
    }
    if (p->cleared_ms && !newest) /* of nothing */
        presence_state_forget_statement(p, STATEMENT_MANUAL, p->cleared_ms);
    p->cleared_ms = 0;
    if (newest && newest->changed_ms > over_ms) {
        drop_said(p);
        p->manual = newest->manual;
    } else if (!said) {
        p->manual = 0;
    }
    forget_documents(p);
    composed_free(&p->composed);
    p->composed = composed_new(p);
    if (p->composed && composed_clears_manual(p->composed))
        p->composed = compose_without_manual(p, p->composed);
}

static struct composed *compose(struct presentity *p)
{
    struct composed *now = composed_new(p);

    if (!now || !p->composed || !composed_has_client(p->composed) || !composed_clears_manual(now))
        return now;
    return compose_without_manual(p, now);
}

void presentity_changed(struct presentity *p)
{
    struct composed *now = compose(p);
    bool is_same = now && p->composed && composed_equal(now, p->composed);
    bool has_signed_out =
        now && p->composed && composed_is_signed_in(p->composed) && !composed_is_signed_in(now);

    if (!now)
        log_error(NULL, "presence not composed user=\"%s\" error=\"out of memory\"", p->address);
    composed_free(&p->composed);
    p->composed = now;
    dialog_event_changed(p);
    if (is_same)
        return;
    forget_documents(p);
    p->is_urgent |= has_signed_out;
    take_turn(p);
}
