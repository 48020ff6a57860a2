/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a subscription. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "subscription.h"
#include "clock.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "notify.h"
#include "presence_address.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "presence_state.h"
#include "rls.h"
#include "subscription_fsm.h"
#include "winfo.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* So long an answer may take: RFC 3261 timer F, and names that are looked up. */
enum { LAST_GUARD_MS = 60000, RETRY_MS = 1000 };

static void step(struct subscription *s, enum subscription_event event, void *arg)
{
    fsm_step(subscription_fsm(), &s->state, s, (int)event, arg, dialog_call_id(s->dialog));
}

static void set_pending(struct subscription *s, bool is_pending)
{
    if (s->is_pending != is_pending)
        presence_gauge(M_subscriptions_pending, is_pending ? 1 : -1);
    s->is_pending = is_pending;
}

/* Of one that was restored. */
static void set_told_again(struct subscription *s)
{
    if (s->is_restored)
        presence_state_told(s->server);
    s->is_restored = false;
    s->not_before_ms = 0;
}

/* --- making and finding ----------------------------------------------------------------------- */

static void count_adhoc(struct subscription *s, bool is_adhoc)
{
    int by = (int)is_adhoc - (int)s->is_adhoc;

    s->is_adhoc = is_adhoc;
    s->server->n_adhoc += (size_t)by;
    presence_gauge(M_subscriptions_adhoc, by);
}

static uint64_t hash_tag(char const *tag)
{
    return htab_hash(tag, strlen(tag), 0);
}

static bool is_dialog(struct htab_entry const *entry, void const *request)
{
    return dialog_matches(((struct subscription const *)entry)->dialog, request);
}

struct subscription *subscription_find(struct event_server *server, sip_t const *request)
{
    return (struct subscription *)htab_find(&server->subscriptions,
                                            hash_tag(request->sip_to->a_tag), is_dialog, request);
}

static int count_in(struct subscription *s)
{
    struct event_server *server = s->server;
    int err = tally_add(&server->watchers, s->watcher);

    if (err == 0 && (err = tally_add(&server->domains, presence_address_domain(s->watcher))) < 0)
        tally_drop(&server->watchers, s->watcher);
    return err;
}

static int fill(struct subscription *s, struct subscription_wish const *wish)
{
    s->watcher = strdup(wish->watcher);
    s->event_id = wish->event_id ? strdup(wish->event_id) : NULL;
    if (!s->watcher || (wish->event_id && !s->event_id) || !s->dialog)
        return -ENOMEM;
    int err = count_in(s);
    if (err == 0 && (err = htab_insert(&s->server->subscriptions, &s->by_tag,
                                       hash_tag(dialog_local_tag(s->dialog)))) < 0) {
        tally_drop(&s->server->watchers, s->watcher);
        tally_drop(&s->server->domains, presence_address_domain(s->watcher));
    }
    return err;
}

static unsigned *number_of(struct subscription const *s)
{
    bool is_presence = event_package_is_presence(s->package);

    return is_presence ? &s->presentity->n_subscriptions : &s->presentity->n_followers;
}

static void join(struct subscription *s, struct presentity *presentity)
{
    if (event_package_is_presence(s->package))
        LIST_INSERT_HEAD(&presentity->subscriptions, s, link);
    else if (event_package_is_list(s->package))
        LIST_INSERT_HEAD(&presentity->lists, s, link);
    else if (event_package_is_dialog(s->package))
        LIST_INSERT_HEAD(&presentity->dialogs, s, link);
    else
        LIST_INSERT_HEAD(&presentity->followers, s, link);
    (*number_of(s))++;
}

/* Takes @p dialog, also on failure. */
static struct subscription *make(struct presentity *presentity, struct dialog *dialog,
                                 struct subscription_wish const *wish)
{
    struct subscription *s = calloc(1, sizeof *s);

    if (!s) {
        dialog_free(&dialog);
        return NULL;
    }
    s->server = presentity->server;
    s->presentity = presentity;
    s->dialog = dialog;
    if (fill(s, wish) < 0) {
        dialog_free(&s->dialog);
        free(s->event_id);
        free(s->watcher);
        free(s);
        return NULL;
    }
    s->package = wish->package;
    s->profile = wish->profile;
    s->is_full = true;
    s->known_tag = wish->known_tag;
    s->interval_ms = wish->interval_s * 1000;
    s->adhoc_end_ms = wish->adhoc_end_ms;
    s->begun_ms = clock_now_ms() - (uint64_t)wish->age_s * 1000;
    s->state = SUBSCRIPTION_PENDING;
    join(s, presentity);
    LIST_INSERT_HEAD(&s->server->all, s, among_all);
    presence_gauge(M_subscriptions, 1);
    set_pending(s, true);
    count_adhoc(s, wish->is_adhoc);
    if (event_package_is_list(s->package) && rls_new(s) < 0)
        subscription_free(&s);
    return s;
}

struct subscription *subscription_new(struct presentity *presentity, struct server_transaction *st,
                                      struct subscription_wish const *wish)
{
    char contact[EVENT_SERVER_CONTACT_BYTES];

    event_server_contact(presentity->server, st, contact);
    struct subscription *s =
        make(presentity,
             dialog_new_uas(sip_object(server_transaction_request(st)),
                            server_transaction_to_tag(st), contact, DIALOG_CSEQ_STRICT),
             wish);
    if (!s)
        return NULL;
    s->is_unborn = true;
    presence_count(M_subscriptions_started);
    subscription_hold(s, wish->expires_s, server_transaction_origin(st));
    return s;
}

/* The connection on which it came is gone; its route set and Contact lead to the watcher. */
struct subscription *subscription_restore(struct presentity *presentity, struct dialog *dialog,
                                          struct subscription_wish const *wish)
{
    static struct origin const nowhere = { .kind = TRANSPORT_UDP };
    uint32_t cseq = dialog_local_cseq(dialog);
    struct subscription *s = make(presentity, dialog, wish);

    if (!s)
        return NULL;
    s->cseq_limit = s->version = cseq;
    s->is_saved = s->is_restored = true;
    s->not_before_ms = UINT64_MAX;
    presence_state_expect(s->server);
    subscription_hold(s, wish->expires_s, &nowhere);
    return s;
}

void subscription_free(struct subscription **ps)
{
    struct subscription *s = *ps;

    *ps = NULL;
    if (!s)
        return;
    presence_state_forget_subscription(s);
    set_told_again(s);
    set_pending(s, false);
    count_adhoc(s, false);
    winfo_forget(&s->record);
    rls_free(&s->list);
    LIST_REMOVE(s, link);
    LIST_REMOVE(s, among_all);
    (*number_of(s))--;
    htab_remove(&s->server->subscriptions, &s->by_tag);
    wheel_disarm(&s->expiry);
    wheel_disarm(&s->pace);
    if (s->outgoing)
        outgoing_detach(s->outgoing);
    tally_drop(&s->server->watchers, s->watcher);
    tally_drop(&s->server->domains, presence_address_domain(s->watcher));
    dialog_free(&s->dialog);
    free(s->event_id);
    free(s->watcher);
    free(s);
    presence_gauge(M_subscriptions, -1);
}

uint32_t subscription_grant(struct subscription const *s, uint32_t expires_s)
{
    uint64_t now = clock_now_ms();
    uint64_t left_s = s->adhoc_end_ms > now ? (s->adhoc_end_ms - now) / 1000 : 0;

    if (!s->adhoc_end_ms || expires_s <= left_s)
        return expires_s;
    return left_s ? (uint32_t)left_s : 1;
}

static void go(struct subscription *s)
{
    struct presentity *presentity = s->presentity;

    subscription_free(&s);
    presentity_release(presentity);
}

void subscription_leave(struct subscription **ps)
{
    struct subscription *s = *ps;

    *ps = NULL;
    presence_count(M_subscriptions_ended);
    winfo_leave(&s->record, "timeout");
    go(s);
}

/* --- time ------------------------------------------------------------------------------------- */

static void on_expiry(struct wheel_timer *timer)
{
    step((struct subscription *)((char *)timer - offsetof(struct subscription, expiry)),
         SUBSCRIPTION_EV_EXPIRED, NULL);
}

static void on_pace(struct wheel_timer *timer)
{
    step((struct subscription *)((char *)timer - offsetof(struct subscription, pace)),
         SUBSCRIPTION_EV_PACED, NULL);
}

void subscription_hold(struct subscription *s, uint32_t expires_s, struct origin const *from)
{
    uint64_t now = clock_now_ms();

    s->flow_kind = (uint8_t)from->kind;
    s->connection = from->connection;
    s->due_ms = now + (uint64_t)expires_s * 1000;
    if (s->adhoc_end_ms && s->due_ms > s->adhoc_end_ms)
        s->due_ms = s->adhoc_end_ms > now ? s->adhoc_end_ms : now;
    wheel_arm(s->server->wheel, &s->expiry, s->due_ms - now, on_expiry);
}

/* --- what is shown ---------------------------------------------------------------------------- */

static enum presentity_view view_of(struct subscription const *s)
{
    return s->decision.verdict == USER_POLICY_ALLOW ? PRESENTITY_FULL : PRESENTITY_OFFLINE;
}

struct presentity_document const *subscription_document(struct subscription const *s)
{
    return presentity_show(s->presentity, view_of(s), s->profile);
}

/* A watcher that nobody has decided about is shown nothing; one whose subscription ends gets what
 * it may see, but not from a refusal, for then it may see nothing. */
uint64_t subscription_tag(struct subscription const *s)
{
    if (s->decision.verdict == USER_POLICY_ASK || s->decision.verdict == USER_POLICY_REFUSE)
        return 0;
    return s->package->tag(s);
}

static void take_record(struct subscription *s)
{
    if (event_package_is_presence(s->package))
        winfo_take(&s->record, s->presentity, s, s->is_pending);
}

static void leave_record(struct subscription *s, char const *reason)
{
    winfo_leave(&s->record, reason);
    rls_leave(s, reason);
}

/* --- telling ---------------------------------------------------------------------------------- */

/* The last NOTIFY is to be sent, and answered, in this time. */
static void guard_end(struct subscription *s)
{
    uint64_t wait_ms = s->not_before_ms == UINT64_MAX ? 0 : notify_wait_ms(s, clock_now_ms());

    wheel_arm(s->server->wheel, &s->expiry, LAST_GUARD_MS + wait_ms, on_expiry);
}

/* Without memory it tries again. */
static int send_next(struct subscription *s)
{
    uint64_t wait_ms = notify_wait_ms(s, clock_now_ms());

    wheel_disarm(&s->pace);
    if (s->outgoing || s->untold == SUBSCRIPTION_NOTHING)
        return FSM_OK;
    if (s->not_before_ms == UINT64_MAX)
        return FSM_OK;
    if (wait_ms) {
        presence_count(s->not_before_ms ? M_notifies_put_off : M_notifies_paced);
        wheel_arm(s->server->wheel, &s->pace, wait_ms, on_pace);
    } else if (s->untold == SUBSCRIPTION_PACED && subscription_tag(s) == s->told_tag) {
        s->untold = SUBSCRIPTION_NOTHING; /* it went and came back while it waited */
        presence_count(M_notifies_suppressed);
    } else if (notify_send(s) < 0) {
        wheel_arm(s->server->wheel, &s->pace, RETRY_MS, on_pace);
    }
    return FSM_OK;
}

static int tell(struct subscription *s, enum subscription_untold when)
{
    if (s->untold < when)
        s->untold = (uint8_t)when;
    return send_next(s);
}

int subscription_act_allow(void *obj, void *arg)
{
    (void)arg;
    set_pending(obj, false);
    take_record(obj);
    return tell(obj, SUBSCRIPTION_NOW);
}

int subscription_act_hold(void *obj, void *arg)
{
    (void)arg;
    set_pending(obj, true);
    take_record(obj);
    return tell(obj, SUBSCRIPTION_NOW);
}

int subscription_act_tell(void *obj, void *arg)
{
    (void)arg;
    return tell(obj, SUBSCRIPTION_NOW);
}

/* Who is shown nothing of it, as one who is politely blocked, must not learn the moment either. */
int subscription_act_change(void *obj, void *arg)
{
    bool const *is_urgent = arg;
    struct subscription *s = obj;
    bool is_now = *is_urgent && subscription_tag(s) != s->told_tag;

    return tell(s, is_now ? SUBSCRIPTION_NOW : SUBSCRIPTION_PACED);
}

int subscription_act_go_on(void *obj, void *arg)
{
    (void)arg;
    return rls_has_more(obj) ? tell(obj, SUBSCRIPTION_NOW) : send_next(obj);
}

/* RFC 6665 4.2.2 would end it, but after a restart who stands between may still be starting. */
int subscription_act_put_off(void *obj, void *arg)
{
    struct subscription *s = obj;

    (void)arg;
    presence_count(M_restored_retries);
    s->not_before_ms = clock_now_ms() + (uint64_t)s->server->conf->restore_retry * 1000;
    s->is_full = true;
    s->is_last = false;
    if (s->reason)
        guard_end(s);
    return tell(s, SUBSCRIPTION_NOW);
}

/* --- ending ----------------------------------------------------------------------------------- */

static int end(struct subscription *s, char const *reason)
{
    s->reason = reason;
    leave_record(s, reason);
    set_pending(s, false);
    guard_end(s);
    log_info(dialog_call_id(s->dialog), "subscription ends user=\"%s\" watcher=\"%s\" reason=%s",
             s->presentity->address, s->watcher, reason);
    return tell(s, SUBSCRIPTION_NOW);
}

int subscription_act_expire(void *obj, void *arg)
{
    (void)arg;
    return end(obj, "timeout");
}

int subscription_act_end(void *obj, void *arg)
{
    return end(obj, arg);
}

int subscription_act_last(void *obj, void *arg)
{
    struct subscription *s = obj;

    (void)arg;
    return s->is_last ? SUBSCRIPTION_EV_FAILED : send_next(s);
}

int subscription_act_fail(void *obj, void *arg)
{
    struct subscription *s = obj;

    (void)arg;
    presence_count(M_subscriptions_lost);
    leave_record(s, "timeout");
    log_info(dialog_call_id(s->dialog), "subscription lost user=\"%s\" watcher=\"%s\"",
             s->presentity->address, s->watcher);
    go(s);
    return FSM_OK;
}

int subscription_act_go(void *obj, void *arg)
{
    (void)arg;
    presence_count(M_subscriptions_ended);
    go(obj);
    return FSM_OK;
}

/* --- events from outside ---------------------------------------------------------------------- */

void subscription_start(struct subscription *s, struct user_policy_decision decision)
{
    s->decision = decision;
    s->is_unborn = false;
    if (s->due_ms <= clock_now_ms()) {
        /* RFC 3857 4.7.1: who only fetches, and would have to be decided about, waits, too. */
        if (decision.verdict == USER_POLICY_ASK)
            take_record(s);
        step(s, SUBSCRIPTION_EV_EXPIRED, NULL);
        return;
    }
    rls_begin(s);
    if (!subscription_decide(s, decision)) {
        take_record(s);
        step(s, SUBSCRIPTION_EV_ASKED, NULL);
    }
}

void subscription_resume(struct subscription *s, struct user_policy_decision decision)
{
    s->decision = decision;
    rls_begin(s);
    if (!subscription_decide(s, decision)) {
        take_record(s);
        step(s, SUBSCRIPTION_EV_ASKED, NULL);
    }
}

void subscription_take_turn(struct subscription *s, uint64_t wait_ms)
{
    if (s->is_restored)
        s->not_before_ms = clock_now_ms() + wait_ms;
    if (s->reason)
        guard_end(s);
    if (s->due_ms <= clock_now_ms() && !s->reason)
        step(s, SUBSCRIPTION_EV_EXPIRED, NULL);
    else
        send_next(s);
}

void subscription_refresh(struct subscription *s, struct user_policy_decision decision)
{
    rls_refresh(s);
    s->not_before_ms = 0;
    if (!subscription_decide(s, decision))
        step(s, SUBSCRIPTION_EV_ASKED, NULL);
}

void subscription_change(struct subscription *s, bool is_urgent)
{
    if (s->state != SUBSCRIPTION_ENDING)
        step(s, SUBSCRIPTION_EV_CHANGED, &is_urgent);
}

void subscription_end(struct subscription *s, char const *reason)
{
    step(s, SUBSCRIPTION_EV_END, (void *)(uintptr_t)reason);
}

static bool is_put_off(struct subscription const *s, int status)
{
    return s->is_restored && (status == 408 || status >= 500) && status < 600 &&
           clock_now_ms() < s->server->state.patience_until_ms;
}

void subscription_answered(struct subscription *s, int status)
{
    bool is_taken = status < 300;

    if (is_put_off(s, status)) {
        step(s, SUBSCRIPTION_EV_PUT_OFF, NULL);
        return;
    }
    set_told_again(s);
    step(s, is_taken ? SUBSCRIPTION_EV_TOLD : SUBSCRIPTION_EV_FAILED, NULL);
}

bool subscription_decide(struct subscription *s, struct user_policy_decision decision)
{
    bool is_urgent = true, is_other = s->decision.verdict != decision.verdict;
    uint8_t before = s->state;

    s->decision = decision;
    if (before == SUBSCRIPTION_ENDING)
        return true;
    if (decision.verdict == USER_POLICY_REFUSE)
        step(s, SUBSCRIPTION_EV_END, "rejected");
    else if (decision.verdict == USER_POLICY_ASK)
        step(s, SUBSCRIPTION_EV_HELD, NULL);
    else if (before == SUBSCRIPTION_PENDING)
        step(s, SUBSCRIPTION_EV_ALLOWED, NULL);
    else if (is_other)
        step(s, SUBSCRIPTION_EV_CHANGED, &is_urgent);
    return s->state != before || (is_other && before == SUBSCRIPTION_ACTIVE);
}

char const *subscription_state_str(struct subscription const *s)
{
    return subscription_fsm()->state_names[s->state];
}
