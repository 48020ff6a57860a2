/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: see presence_state.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "presence_state.h"
#include "clock.h"
#include "dialog.h"
#include "event_server.h"
#include "log.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presence_refusal.h"
#include "presentity.h"
#include "publication.h"
#include "store_presence.h"
#include "subscription.h"
#include "winfo.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* CSeqs ahead of the last one that was used: more than are used until a row is on disk. */
enum { CSEQ_LEAP = 65536, STATE_JOBS = 200000 };

/* A change that is being written. */
struct presence_state_wait {
    struct presence_state_change change;
    presence_state_done_fn *done;
    void *ctx;
    struct event_server *server;
    uint32_t cseq_limit;
    bool is_end;
};

static int64_t wall_s(uint64_t after_ms)
{
    return (int64_t)(clock_wall_us() / 1000 + after_ms) / 1000;
}

/* --- waiting for the store -------------------------------------------------------------------- */

static void on_gone(void *vwait, struct server_transaction *st)
{
    (void)st;
    ((struct presence_state_wait *)vwait)->change.st = NULL;
}

static struct presence_state_wait *wait_new(struct event_server *server,
                                            struct presence_state_change const *change,
                                            presence_state_done_fn *done, void *ctx)
{
    struct presence_state_wait *wait = calloc(1, sizeof *wait);

    if (!wait)
        return NULL;
    *wait = (struct presence_state_wait){
        .change = *change, .done = done, .ctx = ctx, .server = server
    };
    if (change->subscription)
        change->subscription->wait = wait;
    if (change->publication)
        change->publication->wait = wait;
    if (change->st)
        server_transaction_own(change->st, wait, on_gone);
    return wait;
}

static void settle(struct presence_state_wait *wait, int error)
{
    struct presence_state_change change = wait->change;
    presence_state_done_fn *done = wait->done;
    void *ctx = wait->ctx;

    change.error = error;
    if (change.st)
        server_transaction_own(change.st, NULL, NULL);
    if (change.publication)
        change.publication->wait = NULL;
    if (change.subscription) {
        change.subscription->wait = NULL;
        if (error == 0) {
            change.subscription->cseq_limit = wait->cseq_limit;
            change.subscription->is_saved = !wait->is_end;
        }
    }
    free(wait);
    if (error < 0 && error != -ECANCELED)
        presence_count(M_state_failures);
    done(ctx, &change);
}

static void on_stored(void *vwait, int error)
{
    settle(vwait, error);
}

/* Of a write that nobody waits for. */
static void on_written(void *ctx, int error)
{
    (void)ctx;
    if (error < 0 && error != -ECANCELED)
        presence_count(M_state_failures);
}

static void check_handed(int error)
{
    if (error == 0)
        return;
    presence_count(M_state_failures);
    log_warn(NULL, "state not written error=\"%s\"", strerror(-error));
}

/* --- subscriptions ---------------------------------------------------------------------------- */

static int put(struct subscription const *s, uint32_t expires_s, struct presence_state_wait *wait)
{
    uint64_t now = clock_now_ms(), adhoc_ms = s->adhoc_end_ms > now ? s->adhoc_end_ms - now : 0;
    struct dialog_record d;

    dialog_save(s->dialog, &d);
    wait->cseq_limit = d.local_cseq + CSEQ_LEAP;
    struct store_presence_subscription const row = {
        .tag = d.local_tag,
        .user = s->presentity->address,
        .watcher = s->watcher,
        .package = s->package->name,
        .event_id = s->event_id ? s->event_id : "",
        .profile = s->profile ? s->profile->name : "",
        .call_id = d.call_id,
        .remote_tag = d.remote_tag,
        .local = d.local,
        .remote = d.remote,
        .remote_uri = d.remote_uri,
        .contact = d.contact,
        .target = d.target,
        .routes = d.routes,
        .remote_cseq = d.remote_cseq,
        .cseq = wait->cseq_limit,
        .interval_s = s->interval_ms / 1000,
        .begun_s = wall_s(0),
        .expires_s = wall_s((uint64_t)expires_s * 1000),
        .adhoc_end_s = s->adhoc_end_ms ? wall_s(adhoc_ms) : 0,
        .is_list = s->list != NULL,
    };
    return store_presence_put_subscription(s->server->state.link, &row, on_stored, wait);
}

void presence_state_put_subscription(struct subscription *s, uint32_t expires_s,
                                     struct server_transaction *st, presence_state_done_fn *done,
                                     void *ctx)
{
    struct store_link *link = s->server->state.link;
    struct presence_state_change change = { .st = st, .subscription = s };

    if (!link || (!expires_s && !s->is_saved)) {
        done(ctx, &change);
        return;
    }
    struct presence_state_wait *wait = wait_new(s->server, &change, done, ctx);
    if (!wait) {
        change.error = -ENOMEM;
        done(ctx, &change);
        return;
    }
    wait->cseq_limit = s->cseq_limit;
    wait->is_end = !expires_s;
    int error = expires_s ? put(s, expires_s, wait)
                          : store_presence_drop_subscription(link, dialog_local_tag(s->dialog),
                                                             on_stored, wait);
    if (error < 0)
        settle(wait, error);
    else if (expires_s)
        s->is_saved = true; /* as far as what is written later is concerned */
}

void presence_state_forget_subscription(struct subscription *s)
{
    struct store_link *link = s->server->state.link;

    if (s->wait)
        s->wait->change.subscription = NULL;
    s->wait = NULL;
    if (link && s->is_saved)
        check_handed(
            store_presence_drop_subscription(link, dialog_local_tag(s->dialog), on_written, NULL));
    s->is_saved = false;
}

/* A higher limit is on its way to the disk. */
struct raise {
    struct event_server *server;
    uint32_t cseq;
    char tag[];
};

static bool has_tag(struct htab_entry const *entry, void const *tag)
{
    struct subscription const *s = (struct subscription const *)entry;

    return strcmp(dialog_local_tag(s->dialog), tag) == 0;
}

static void on_raised(void *vraise, int error)
{
    struct raise *raise = vraise;
    struct subscription *s = (struct subscription *)htab_find(
        &raise->server->subscriptions, htab_hash(raise->tag, strlen(raise->tag), 0), has_tag,
        raise->tag);

    if (s) {
        s->is_raising = false;
        if (error == 0 && s->cseq_limit < raise->cseq)
            s->cseq_limit = raise->cseq;
    }
    on_written(NULL, error);
    free(raise);
}

static void raise_limit(struct subscription *s)
{
    char const *tag = dialog_local_tag(s->dialog);
    size_t size = strlen(tag) + 1;
    struct raise *raise = malloc(sizeof *raise + size);
    int error = -ENOMEM;

    if (raise) {
        *raise = (struct raise){ .server = s->server, .cseq = s->cseq_limit + CSEQ_LEAP };
        memcpy(raise->tag, tag, size);
        error =
            store_presence_raise_cseq(s->server->state.link, tag, raise->cseq, on_raised, raise);
    }
    s->is_raising = error == 0;
    if (error < 0)
        free(raise);
    check_handed(error);
}

bool presence_state_may_tell(struct subscription *s)
{
    uint32_t used = dialog_local_cseq(s->dialog);

    if (!s->is_saved || !s->server->state.link)
        return true;
    if (used + CSEQ_LEAP / 2 >= s->cseq_limit && !s->is_raising)
        raise_limit(s);
    return used < s->cseq_limit;
}

/* A restart sends at once what otherwise is spread over hours; that memory goes back. */
void presence_state_told(struct event_server *server)
{
    struct presence_state *state = &server->state;

    presence_gauge(M_restored_untold, -1);
    if (--state->untold || !state->link)
        return;
    log_info(NULL, "all watchers are told after the restart ms=%llu",
             (unsigned long long)(clock_now_ms() - state->restored_ms));
    (void)malloc_trim(0);
}

void presence_state_expect(struct event_server *server)
{
    server->state.untold++;
    presence_gauge(M_restored_untold, 1);
}

/* --- publications ----------------------------------------------------------------------------- */

static int write_publication(struct store_link *link, struct presence_state_publication const *p,
                             struct presence_state_wait *wait)
{
    struct store_presence_publication const row = {
        .user = p->user,
        .name = p->name,
        .etag = p->etag,
        .package = p->package,
        .body = p->body,
        .by_partner = p->by_partner,
        .changed_ms = p->changed_ms,
        .expires_s = wall_s((uint64_t)p->expires_s * 1000),
    };

    if (!p->expires_s)
        return store_presence_drop_publication(link, p->user, p->name, on_stored, wait);
    if (!p->body)
        return store_presence_renew_publication(link, &row, on_stored, wait);
    return store_presence_put_publication(link, &row, on_stored, wait);
}

void presence_state_put_publication(struct event_server *server, struct publication *old,
                                    struct presence_state_publication const *row,
                                    struct server_transaction *st, presence_state_done_fn *done,
                                    void *ctx)
{
    struct store_link *link = server->state.link;
    struct presence_state_change change = { .st = st, .publication = old };

    if (!link) {
        done(ctx, &change);
        return;
    }
    struct presence_state_wait *wait = wait_new(server, &change, done, ctx);
    int error = wait ? write_publication(link, row, wait) : -ENOMEM;
    if (wait && error < 0) {
        settle(wait, error);
    } else if (!wait) {
        change.error = error;
        done(ctx, &change);
    }
}

void presence_state_forget_publication(struct publication *p)
{
    struct store_link *link = p->server->state.link;

    if (p->wait)
        p->wait->change.publication = NULL;
    p->wait = NULL;
    if (link)
        check_handed(store_presence_drop_publication(link, p->presentity->address, p->name,
                                                     on_written, NULL));
}

/* --- statements ------------------------------------------------------------------------------- */

static int write_statement(struct presentity const *p, struct statement_said const *said,
                           store_done_fn *done, void *ctx)
{
    struct store_presence_statement const row = {
        .user = p->address,
        .kind = statement_kind_name(said->kind),
        .state = said->state ? compose_state_name(said->state) : "",
        .note = said->note ? said->note : "",
        .said_ms = said->time_ms,
        .expires_s = said->expires_s ? wall_s((uint64_t)said->expires_s * 1000) : INT64_MAX,
    };

    return store_presence_put_statement(p->server->state.link, &row, done, ctx);
}

void presence_state_put_statement(struct presentity const *p, struct statement_said const *said,
                                  store_done_fn *done, void *ctx)
{
    bool has_store = p->server->state.link;
    int error = has_store ? write_statement(p, said, done, ctx) : 0;

    if (!has_store || error < 0)
        done(ctx, error);
}

void presence_state_forget_statement(struct presentity const *p, enum statement_kind kind,
                                     int64_t time_ms)
{
    struct store_link *link = p->server->state.link;

    if (link)
        check_handed(store_presence_drop_statement(link, p->address, statement_kind_name(kind),
                                                   time_ms, on_written, NULL));
}

static bool is_published(struct presentity const *p)
{
    struct publication const *pub;

    LIST_FOREACH(pub, &p->publications, link)
    {
        if (pub->manual)
            return true;
    }
    return false;
}

/* Publications of such a state go on, perhaps for long: that they are over is kept beside them. */
void presence_state_clear_manual(struct presentity const *p)
{
    struct statement const *said = p->statements[STATEMENT_MANUAL];
    struct statement_said const over = { .kind = STATEMENT_MANUAL,
                                         .time_ms = (int64_t)(clock_wall_us() / 1000) };

    if (p->server->state.link && is_published(p))
        check_handed(write_statement(p, &over, on_written, NULL));
    else if (said)
        presence_state_forget_statement(p, STATEMENT_MANUAL, said->time_ms);
}

/* --- notes ------------------------------------------------------------------------------------ */

void presence_state_note_waiting(struct event_server *server, char const *user, char const *watcher,
                                 uint32_t expires_s)
{
    struct store_link *link = server->state.link;
    struct store_presence_note const row = { user, watcher, wall_s((uint64_t)expires_s * 1000) };

    if (link)
        check_handed(expires_s ? store_presence_put_note(link, &row, on_written, NULL)
                               : store_presence_drop_note(link, user, watcher, on_written, NULL));
}

void presence_state_note_line(struct event_server *server, struct phone_line const *line,
                              bool is_known)
{
    struct store_link *link = server->state.link;
    struct store_presence_note const row = { "", line->number, INT64_MAX };

    if (link)
        check_handed(is_known ? store_presence_put_note(link, &row, on_written, NULL)
                              : store_presence_drop_note(link, "", row.what, on_written, NULL));
}

/* --- refusing --------------------------------------------------------------------------------- */

void presence_state_refuse(struct event_server *server, struct server_transaction *st, int error)
{
    static struct presence_refusal const refusal = { 500, "Server Internal Error", M_refused_state,
                                                     NULL };

    if (error == -EBUSY)
        presence_refusal_busy(st, server->conf->retry_after, "too many changes wait for the store");
    else
        presence_refusal_send(st, &refusal, "the store cannot write: %s", strerror(-error));
}

/* --- up and down ------------------------------------------------------------------------------ */

int presence_state_init(struct presence_state *state, struct event_server *server)
{
    *state = (struct presence_state){ .server = server };
    return *server->conf->store ? store_open(&state->store, server->conf->store, STATE_JOBS) : 0;
}

void presence_state_fini(struct presence_state *state)
{
    struct store_link *link = state->link;

    if (state->server)
        wheel_disarm(&state->stale);
    state->link = NULL; /* nothing that is told now writes */
    store_link_free(&link);
    store_close(&state->store);
}
