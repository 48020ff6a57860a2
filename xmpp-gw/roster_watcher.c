/* SPDX-License-Identifier: Apache-2.0 */
/* See roster_watcher.h. One NOTIFY is under way at a time; what changes meanwhile is told next, and
 * then it is the latest. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "roster_watcher.h"
#include "buf.h"
#include "clock.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "pidf_write.h"
#include "roster_internal.h"
#include "sip_side.h"
#include "stack.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <inttypes.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So long the last NOTIFY may take: RFC 3261 timer F, and names that are looked up. */
enum { LAST_GUARD_MS = 60000, RETRY_MS = 1000, LINE_BYTES = 300, DOCUMENT_BYTES = 1 << 18 };
static char const timeout[] = "timeout";

/* --- what is in a NOTIFY ---------------------------------------------------------------------- */

static bool is_agreed(struct roster_watcher const *w)
{
    return roster_state_is_to((enum roster_state)w->pair->state);
}

/* RFC 8048 4: who leaves is told that the contact is closed; whoever may not see it, and while
 * nothing is known, nothing. */
static struct pidf *document_of(struct roster_watcher const *w)
{
    struct roster_pair const *pair = w->pair;
    bool is_over = w->reason == timeout && !w->is_fetch;

    if (!is_agreed(w) || (!is_over && !pair->seen.is_known) || (w->reason && w->reason != timeout))
        return NULL;
    return presence_map_pidf(&pair->roster->map, pair->jid, pair->seen.v,
                             is_over ? 0 : pair->seen.n, NULL);
}

static int add_document(struct roster_watcher const *w, msg_t *notify)
{
    struct pidf_profile const *profile = pidf_profiles();
    struct pidf *doc = document_of(w);
    struct buf text;
    int err = 0;

    if (!doc)
        return 0;
    buf_init(&text, DOCUMENT_BYTES);
    err = pidf_write(doc, profile, &text);
    if (err == 0)
        err = message_set_body(notify, profile->content_type, text.data, text.len);
    buf_fini(&text);
    pidf_free(&doc);
    return err;
}

static int add_headers(struct roster_watcher const *w, msg_t *notify)
{
    uint64_t now = clock_now_ms(), left_s = w->due_ms > now ? (w->due_ms - now) / 1000 : 0;
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "Event: presence%s%s", w->event_id ? ";id=" : "",
                   w->event_id ? w->event_id : "");
    int err = message_add(notify, line);
    if (w->reason)
        (void)snprintf(line, sizeof line, "Subscription-State: terminated;reason=%s", w->reason);
    else
        (void)snprintf(line, sizeof line, "Subscription-State: %s;expires=%" PRIu64,
                       is_agreed(w) ? "active" : "pending", left_s);
    return err < 0 ? err : message_add(notify, line);
}

/* --- its way ---------------------------------------------------------------------------------- */

static void send_next(struct roster_watcher *w);

static void drop(struct roster_watcher *w)
{
    struct roster_pair *pair = w->pair;

    roster_watcher_free(&w);
    roster_settle(pair);
}

static void take_answer(struct roster_watcher *w, int status)
{
    w->outgoing = NULL;
    if (status >= 300) {
        xmpp_count(M_presence_notify_failures);
        log_info(dialog_call_id(w->dialog), "NOTIFY failed user=\"%s\" jid=\"%s\" status=%d",
                 w->pair->user, w->pair->jid, status);
    }
    /* RFC 6665 4.2.2: any failure ends the subscription. */
    if (status >= 300 || w->is_last)
        drop(w);
    else
        send_next(w);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct roster_watcher *w = ctx;
    int status = sip_object(response)->sip_status->st_status;

    (void)ct;
    if (status < 200)
        return;
    outgoing_detach(w->outgoing);
    take_answer(w, status);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ct;
    take_answer(ctx, 408);
}

static int send_notify(struct roster_watcher *w)
{
    static struct client_handlers const handlers = { .on_response = on_response,
                                                     .on_gone = on_gone };
    struct origin const flow = { .kind = w->flow_kind, .connection = w->connection };
    msg_t *notify = dialog_request(w->dialog, sip_method_notify, "NOTIFY");

    if (notify && (add_headers(w, notify) < 0 || add_document(w, notify) < 0)) {
        msg_destroy(notify);
        notify = NULL;
    }
    if (notify)
        w->outgoing = stack_send_back(w->pair->roster->sip->stack, notify,
                                      dialog_next_hop(w->dialog), &flow, &handlers, w);
    return w->outgoing ? 0 : -ENOMEM;
}

static void on_pace(struct wheel_timer *timer)
{
    send_next((struct roster_watcher *)((char *)timer - offsetof(struct roster_watcher, pace)));
}

static void send_next(struct roster_watcher *w)
{
    struct roster *roster = w->pair->roster;
    uint64_t now = clock_now_ms(), next_ms = w->told_ms + (uint64_t)roster->limits->interval_ms;
    uint64_t wait_ms = w->reason || !w->told_ms || next_ms <= now ? 0 : next_ms - now;

    wheel_disarm(&w->pace);
    if (w->outgoing || !w->is_untold)
        return;
    if (wait_ms == 0 && send_notify(w) < 0)
        wait_ms = RETRY_MS;
    if (wait_ms) {
        wheel_arm(roster->wheel, &w->pace, wait_ms, on_pace);
        return;
    }
    w->is_untold = false;
    w->is_last = w->reason != NULL;
    w->told_ms = now;
    xmpp_count(M_presence_notifies);
}

/* --- its life --------------------------------------------------------------------------------- */

static void on_expiry(struct wheel_timer *timer)
{
    struct roster_watcher *w =
        (struct roster_watcher *)((char *)timer - offsetof(struct roster_watcher, expiry));

    if (w->reason)
        drop(w);
    else
        roster_watcher_end(w, timeout);
}

void roster_watcher_hold(struct roster_watcher *w, uint32_t expires_s, struct origin const *from)
{
    struct roster *roster = w->pair->roster;

    w->flow_kind = (uint8_t)from->kind;
    w->connection = from->connection;
    w->due_ms = clock_now_ms() + (uint64_t)expires_s * 1000;
    if (expires_s || (w->is_fetch && is_agreed(w) && !w->pair->seen.is_known)) {
        wheel_arm(roster->wheel, &w->expiry,
                  expires_s ? (uint64_t)expires_s * 1000 : (uint64_t)roster->limits->fetch_ms,
                  on_expiry);
        if (expires_s)
            roster_watcher_tell(w);
        return;
    }
    roster_watcher_end(w, timeout);
}

void roster_watcher_tell(struct roster_watcher *w)
{
    if (w->is_fetch) {
        roster_watcher_end(w, timeout);
        return;
    }
    w->is_untold = true;
    send_next(w);
}

void roster_watcher_tell_all(struct roster_pair *pair)
{
    struct roster_watcher *w;

    LIST_FOREACH(w, &pair->watchers, link)
    {
        roster_watcher_tell(w);
    }
}

/* Is nobody here interested any more? */
static bool is_last_of(struct roster_pair const *pair)
{
    struct roster_watcher const *w;

    LIST_FOREACH(w, &pair->watchers, link)
    {
        if (!w->reason)
            return false;
    }
    return true;
}

/* RFC 8048 4.4 wants unavailable of who leaves; but whoever is followed is not gone by that, and
 * its own subscription says what it does. */
void roster_watcher_end(struct roster_watcher *w, char const *reason)
{
    struct roster_pair *pair = w->pair;

    if (w->reason)
        return;
    w->reason = reason;
    w->is_untold = true;
    wheel_arm(pair->roster->wheel, &w->expiry, LAST_GUARD_MS, on_expiry);
    if (!w->is_fetch)
        log_info(dialog_call_id(w->dialog), "subscription ends user=\"%s\" jid=\"%s\" reason=%s",
                 pair->user, pair->jid, reason);
    if (reason == timeout && !w->is_fetch && is_last_of(pair) && is_agreed(w) &&
        !roster_state_is_from((enum roster_state)pair->state))
        roster_send(pair->roster, pair->user, pair->jid, "unavailable", false);
    send_next(w);
}

void roster_watcher_end_all(struct roster_pair *pair, char const *reason)
{
    struct roster_watcher *w;

    LIST_FOREACH(w, &pair->watchers, link)
    {
        roster_watcher_end(w, reason);
    }
}

/* --- coming and going ------------------------------------------------------------------------- */

static uint64_t hash_tag(char const *tag)
{
    return htab_hash(tag, strlen(tag), 0);
}

static bool is_dialog(struct htab_entry const *entry, void const *request)
{
    return dialog_matches(((struct roster_watcher const *)entry)->dialog, request);
}

struct roster_watcher *roster_watcher_find(struct roster const *roster, sip_t const *request)
{
    return (struct roster_watcher *)htab_find(&roster->watchers, hash_tag(request->sip_to->a_tag),
                                              is_dialog, request);
}

struct roster_watcher *roster_watcher_new(struct roster_pair *pair, struct server_transaction *st,
                                          char const *contact)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct roster_watcher *w = calloc(1, sizeof *w);
    char const *id = sip->sip_event->o_id;

    if (!w)
        return NULL;
    w->pair = pair;
    w->dialog = dialog_new_uas(sip, server_transaction_to_tag(st), contact, DIALOG_CSEQ_STRICT);
    w->event_id = id ? strdup(id) : NULL;
    if (!w->dialog || (id && !w->event_id) ||
        htab_insert(&pair->roster->watchers, &w->by_tag, hash_tag(dialog_local_tag(w->dialog))) <
            0) {
        dialog_free(&w->dialog);
        free(w->event_id);
        free(w);
        return NULL;
    }
    LIST_INSERT_HEAD(&pair->watchers, w, link);
    xmpp_gauge(M_presence_watchers, 1);
    return w;
}

void roster_watcher_free(struct roster_watcher **pw)
{
    struct roster_watcher *w = *pw;

    *pw = NULL;
    if (!w)
        return;
    wheel_disarm(&w->expiry);
    wheel_disarm(&w->pace);
    if (w->outgoing)
        outgoing_detach(w->outgoing);
    htab_remove(&w->pair->roster->watchers, &w->by_tag);
    LIST_REMOVE(w, link);
    dialog_free(&w->dialog);
    free(w->event_id);
    free(w);
    xmpp_gauge(M_presence_watchers, -1);
}
