/* SPDX-License-Identifier: Apache-2.0 */
/* Reading back: see presence_state.h. Publications, statements and lines come first, then watchers,
 * then those who follow watchers, so that each is told of all; nobody is told before all have been
 * read. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "clock.h"
#include "dialog.h"
#include "event_server.h"
#include "log.h"
#include "pidf_read.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "publication.h"
#include "published.h"
#include "store_presence.h"
#include "subscription.h"
#include "watcher_policy.h"
#include "winfo.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct restoring {
    struct event_server *server;
    int64_t now_s;
    size_t subscriptions, publications, statements, lines, damaged;
};

/* That row costs nothing else; it goes when its time is over. */
static int skip(struct restoring *r, char const *what, char const *key, char const *cause)
{
    presence_count(M_restored_damaged);
    r->damaged++;
    log_warn(NULL, "%s not restored key=\"%s\" cause=\"%s\"", what, key, cause);
    return 0;
}

static uint32_t left_s(struct restoring const *r, int64_t expires_s, int64_t max_s)
{
    int64_t left = expires_s > r->now_s ? expires_s - r->now_s : 0;

    return (uint32_t)(left < max_s ? left : max_s); /* the clock may have been set back */
}

static uint32_t age_s(struct restoring const *r, int64_t begun_s)
{
    int64_t age = r->now_s > begun_s ? r->now_s - begun_s : 0;

    return (uint32_t)(age < UINT32_MAX ? age : UINT32_MAX);
}

static bool is_address(char const *text)
{
    char address[PRESENCE_ADDRESS_BYTES];

    return presence_address_parse(text, "", address) == 0 && strcmp(address, text) == 0;
}

/* --- publications ----------------------------------------------------------------------------- */

static struct published *parse(struct event_server const *server,
                               struct store_presence_publication const *row,
                               struct published_fault *ret_fault)
{
    struct published_package const *package = published_package_find(row->package);
    struct pidf_limits const limits = presence_conf_limits(server->conf);

    (void)snprintf(ret_fault->text, sizeof ret_fault->text, "no such package");
    return package ? published_parse(package, row->user, row->body, strlen(row->body), &limits,
                                     ret_fault)
                   : NULL;
}

static int take_publication(void *ctx, struct store_presence_publication const *row)
{
    struct restoring *r = ctx;
    struct published_fault fault = { .text = "" };

    if (!row)
        return skip(r, "publication", "", "the row is damaged");
    if (row->expires_s <= r->now_s || !event_server_has_user(r->server, row->user))
        return 0;
    if (strlen(row->etag) != PUBLICATION_ETAG || strlen(row->name) != PUBLICATION_NAME ||
        publication_find(r->server, row->etag))
        return skip(r, "publication", row->name, "wrong name or entity tag");
    struct published *content = parse(r->server, row, &fault);
    if (!content)
        return skip(r, "publication", row->name, fault.text);
    struct presentity *p = presentity_get(r->server, row->user);
    struct publication_id id = { .by_partner = row->by_partner, .changed_ms = row->changed_ms };
    memcpy(id.etag, row->etag, sizeof id.etag);
    memcpy(id.name, row->name, sizeof id.name);
    uint32_t left = left_s(r, row->expires_s, r->server->conf->max_publish_expires);
    bool is_made = p && publication_new(p, content, &id, left);
    if (!p)
        published_free(&content);
    else if (!is_made)
        presentity_release(p);
    if (!is_made)
        return skip(r, "publication", row->name, "max_presentities is reached, or no memory");
    presence_count(M_restored_publications);
    r->publications++;
    return 0;
}

/* --- statements ------------------------------------------------------------------------------- */

/* Of a calendar there is no end but its time. */
static bool read_said(struct restoring const *r, struct store_presence_statement const *row,
                      struct statement_said *ret)
{
    bool has_end = row->expires_s < INT64_MAX;

    *ret = (struct statement_said){
        .kind = statement_kind_find(row->kind),
        .state = statement_state_find(row->state),
        .note = *row->note ? row->note : NULL,
        .time_ms = row->said_ms,
        .expires_s = has_end ? left_s(r, row->expires_s, r->server->conf->calendar_ttl) : 0,
    };
    if (!is_address(row->user) || !statement_note_is_right(row->note))
        return false;
    return ret->kind == STATEMENT_MANUAL ? ret->state || !*row->state
                                         : ret->kind < STATEMENT_KINDS && ret->state && has_end;
}

/* Whether a state set by hand still counts is settled when all is known. */
static int take_statement(void *ctx, struct store_presence_statement const *row)
{
    struct restoring *r = ctx;
    struct statement *statement = NULL;
    struct statement_said said;

    if (!row)
        return skip(r, "statement", "", "the row is damaged");
    if (!read_said(r, row, &said))
        return skip(r, "statement", row->user, "wrong user, kind, state or note");
    if (row->expires_s <= r->now_s ||
        (said.kind == STATEMENT_CALENDAR && !event_server_has_user(r->server, row->user)))
        return 0;
    struct presentity *p = presentity_get(r->server, row->user);
    if (p && said.state)
        statement = statement_new(p, &said);
    if (p && !statement && said.state)
        presentity_release(p);
    if (!p || (!statement && said.state))
        return skip(r, "statement", row->user, "max_presentities is reached, or no memory");
    if (!said.state) {
        p->cleared_ms = said.time_ms;
        return 0;
    }
    statement_restore(statement);
    presence_count(M_restored_statements);
    r->statements++;
    return 0;
}

/* --- notes ------------------------------------------------------------------------------------ */

static int take_line(struct restoring *r, char const *number)
{
    struct phone_line *line = phone_lines_find(&r->server->phones, number);

    if (line && phone_line_restore(r->server, line) == 0)
        r->lines++;
    return 0;
}

static int take_note(void *ctx, struct store_presence_note const *row)
{
    struct restoring *r = ctx;
    struct presentity *p;

    if (!row)
        return skip(r, "note", "", "the row is damaged");
    if (!*row->user)
        return take_line(r, row->what);
    if (row->expires_s <= r->now_s || !event_server_has_user(r->server, row->user))
        return 0;
    if (!is_address(row->what))
        return skip(r, "watcher", row->what, "it is no address");
    p = presentity_get(r->server, row->user);
    if (!p)
        return skip(r, "watcher", row->what, "max_presentities is reached, or no memory");
    winfo_restore(p, row->what, left_s(r, row->expires_s, r->server->conf->waiting_ttl));
    presentity_release(p);
    return 0;
}

/* They come in no order. What is over is written: it must not come back at the next start. */
static void settle_manual(struct event_server *server)
{
    struct htab_entry *next;

    for (struct htab_entry *e = htab_next(&server->presentities, NULL); e; e = next) {
        struct presentity *p = (struct presentity *)e;
        next = htab_next(&server->presentities, e);
        if (!p->manual && !p->cleared_ms)
            continue;
        presentity_settle_manual(p);
        presentity_release(p);
    }
}

/* --- subscriptions ---------------------------------------------------------------------------- */

/* Ours may be at another address now. */
static struct dialog *make_dialog(struct event_server *server,
                                  struct store_presence_subscription const *row)
{
    char contact[EVENT_SERVER_CONTACT_BYTES];
    struct dialog_record const record = {
        .call_id = row->call_id,
        .local_tag = row->tag,
        .remote_tag = row->remote_tag,
        .local = row->local,
        .remote = row->remote,
        .remote_uri = row->remote_uri,
        .contact = event_server_fitting_contact(server, row->contact, contact),
        .target = row->target,
        .routes = row->routes,
        .local_cseq = row->cseq,
        .remote_cseq = row->remote_cseq,
    };

    return dialog_restore(&record);
}

static bool read_wish(struct restoring const *r, struct store_presence_subscription const *row,
                      struct subscription_wish *ret)
{
    int64_t adhoc_s = row->adhoc_end_s - r->now_s;

    *ret = (struct subscription_wish){
        .watcher = row->watcher,
        .event_id = *row->event_id ? row->event_id : NULL,
        .package = row->is_list ? event_package_list() : event_package_find(row->package),
        .profile = *row->profile ? pidf_profile_find(row->profile) : NULL,
        .expires_s = left_s(r, row->expires_s, r->server->conf->max_expires),
        .interval_s = row->interval_s,
        .age_s = age_s(r, row->begun_s),
        .is_adhoc = watcher_policy_is_adhoc(r->server, row->user, row->watcher),
    };
    if (!ret->package)
        return false;
    bool is_presence = event_package_is_presence(ret->package);
    if (row->adhoc_end_s)
        ret->adhoc_end_ms = clock_now_ms() + (uint64_t)(adhoc_s > 0 ? adhoc_s : 1) * 1000;
    ret->is_adhoc = ret->is_adhoc && is_presence;
    return (ret->profile != NULL) == (is_presence || row->is_list);
}

static void resume(struct restoring *r, struct subscription *s)
{
    if (event_server_has_user(r->server, s->presentity->address))
        subscription_resume(s, watcher_policy_decide(s->presentity, s->watcher, false));
    else
        subscription_end(s, "noresource");
}

static int take_subscription(void *ctx, struct store_presence_subscription const *row)
{
    struct restoring *r = ctx;
    struct subscription_wish wish;

    if (!row)
        return skip(r, "subscription", "", "the row is damaged");
    if (row->expires_s < r->now_s - r->server->conf->restore_grace)
        return 0;
    if (!is_address(row->user) || !is_address(row->watcher) || !read_wish(r, row, &wish))
        return skip(r, "subscription", row->tag, "wrong user, watcher, package or profile");
    struct dialog *dialog = make_dialog(r->server, row);
    if (!dialog)
        return skip(r, "subscription", row->tag, "wrong dialog, or no memory");
    struct presentity *p = presentity_get(r->server, row->user);
    if (!p)
        dialog_free(&dialog);
    struct subscription *s = p ? subscription_restore(p, dialog, &wish) : NULL;
    if (p && !s)
        presentity_release(p);
    if (!s)
        return skip(r, "subscription", row->tag, "max_presentities is reached, or no memory");
    presence_count(M_restored_subscriptions);
    presence_gauge(M_restored_expired, wish.expires_s ? 0 : 1);
    r->subscriptions++;
    resume(r, s);
    return 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int read_all(struct presence_state *state, struct restoring *r)
{
    int error = store_presence_each_publication(state->store, take_publication, r);

    if (error == 0)
        error = store_presence_each_statement(state->store, take_statement, r);
    if (error == 0)
        error = store_presence_each_note(state->store, take_note, r);
    if (error == 0)
        error = store_presence_each_subscription(state->store, take_subscription, r);
    return error;
}

static int start_writing(struct presence_state *state, uv_loop_t *loop, int64_t before_s)
{
    int error = store_start(state->store);

    if (error < 0)
        return error;
    state->link = store_link_new(state->store, loop);
    return state->link ? store_presence_purge(state->link, before_s) : -ENOMEM;
}

/* So many a second. */
static void give_turns(struct event_server *server)
{
    uint64_t rate = (uint64_t)server->conf->restore_rate, n = 0;
    struct subscription *s;

    LIST_FOREACH(s, &server->all, among_all)
    {
        subscription_take_turn(s, 1 + n++ * 1000 / rate);
    }
}

static void on_stale(struct wheel_timer *timer)
{
    struct presence_state *state =
        (struct presence_state *)((char *)timer - offsetof(struct presence_state, stale));

    phone_lines_drop_stale(state->server);
}

int presence_state_restore(struct presence_state *state, uv_loop_t *loop)
{
    struct event_server *server = state->server;
    struct restoring r = { .server = server, .now_s = (int64_t)(clock_wall_us() / 1000000) };

    if (!state->store)
        return 0;
    int error = read_all(state, &r);
    if (error == 0)
        error = start_writing(state, loop, r.now_s - server->conf->restore_grace);
    if (error < 0) {
        log_error(NULL, "state not restored store=\"%s\" error=\"%s\"", server->conf->store,
                  strerror(-error));
        return error;
    }
    settle_manual(server);
    state->restored_ms = clock_now_ms();
    state->patience_until_ms = state->restored_ms + (uint64_t)server->conf->restore_patience * 1000;
    give_turns(server);
    if (r.lines)
        wheel_arm(server->wheel, &state->stale, (uint64_t)server->conf->stale_ttl * 1000, on_stale);
    log_info(NULL,
             "state restored subscriptions=%zu publications=%zu statements=%zu stale_phones=%zu "
             "damaged=%zu",
             r.subscriptions, r.publications, r.statements, r.lines, r.damaged);
    return 0;
}
