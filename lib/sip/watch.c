/* SPDX-License-Identifier: Apache-2.0 */
/* The life of subscriptions of ours: see watch.h. What a NOTIFY says is in watch_notify.c. */
#define LOG_SUBSYSTEM LOG_SIP
#include "watch.h"
#include "clock.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "met.h"
#include "stack.h"
#include "watch_fsm.h"
#include "watch_internal.h"
#include <errno.h>
#include <inttypes.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer may take timer F and names that are looked up; RFC 6665 4.1.2.4: timer N is 64 T1. */
enum {
    ANSWER_GUARD_MS = 90000,
    TOLD_MS = 32000,
    SOON_MS = 1000,
    MARGIN_S = 60,
    JITTER_PART = 10,
    EXPIRES_MAX_S = 86400
};
enum { LINE_BYTES = 128 };

void watch_step(struct watch *w, enum watch_event event, uint32_t seconds)
{
    fsm_step(watch_fsm(), &w->state, w, (int)event, &seconds, w->name);
}

static void count(struct watch const *w, size_t row)
{
    met_inc(w->all->metrics, row);
}

/* --- time ------------------------------------------------------------------------------------- */

static void arm(struct watch *w, uint64_t in_ms);

/* Each waits for its own slot of the rate. */
static bool take_turn(struct watch *w)
{
    uint64_t now = clock_now_ms();

    if (w->has_turn)
        return true;
    uint64_t turn = w->pace->next_ms > now ? w->pace->next_ms : now;
    w->pace->next_ms = turn + 1000 / (uint64_t)w->pace->rate;
    w->has_turn = true;
    if (turn > now)
        arm(w, turn - now);
    return turn <= now;
}

static void on_timer(struct wheel_timer *timer)
{
    struct watch *w = (struct watch *)((char *)timer - offsetof(struct watch, timer));
    bool is_silent = w->state == WATCH_ACTIVE && !w->was_told;

    /* What is under way has taken too long; all else is a request that is due. */
    if (!is_silent && !w->outgoing && w->state != WATCH_ENDING && !take_turn(w))
        return;
    w->has_turn = false;
    watch_step(w, is_silent ? WATCH_EV_SILENT : WATCH_EV_TIMER, 0);
}

static void arm(struct watch *w, uint64_t in_ms)
{
    wheel_arm(w->all->wheel, &w->timer, in_ms, on_timer);
}

/* Those that began together are not refreshed together for ever. */
static uint64_t jitter_ms(struct watch const *w, uint64_t most_ms)
{
    return htab_hash(w->name, strlen(w->name), clock_now_ms()) % (most_ms + 1);
}

/* Until it is to be refreshed; a peer that gives no time at all is not asked all the time. */
static void arm_refresh(struct watch *w)
{
    uint32_t margin_s = w->left_s / 2 < MARGIN_S ? w->left_s / 2 : MARGIN_S;
    uint64_t in_ms = (uint64_t)(w->left_s > 2 ? w->left_s - margin_s : 2) * 1000;

    in_ms -= jitter_ms(w, in_ms / JITTER_PART);
    arm(w, !w->was_told && in_ms > TOLD_MS ? TOLD_MS : in_ms);
}

/* --- SUBSCRIBE -------------------------------------------------------------------------------- */

static uint32_t min_expires_of(sip_t const *sip)
{
    char const *text = message_unknown(sip, "Min-Expires");
    unsigned long seconds = text ? strtoul(text, NULL, 10) : 0;

    return seconds > EXPIRES_MAX_S ? 0 : (uint32_t)seconds;
}

/* RFC 8048 6: what says that the authorisation is gone. */
static bool is_refusal(int status)
{
    return status == 403 || status == 489 || status == 603;
}

/* RFC 6665 4.2.1.1: it may be shorter than what was asked for. One that never ends would hide that
 * the other side is gone. */
static void set_left(struct watch *w, unsigned long seconds)
{
    w->left_s = seconds < w->wanted_s ? (uint32_t)seconds : w->wanted_s;
}

static void take_final(struct watch *w, sip_t const *sip, int status)
{
    uint32_t retry_s = sip && sip->sip_retry_after ? (uint32_t)sip->sip_retry_after->af_delta : 0;
    uint32_t min_s = status == 423 ? min_expires_of(sip) : 0;
    struct watch_kind const *kind = w->terms->kind;

    w->outgoing = NULL;
    w->status = (uint16_t)status;
    if (status < 300 && w->dialog && dialog_established(w->dialog, sip) == 0) {
        w->reason = NULL;
        set_left(w, sip->sip_expires ? sip->sip_expires->ex_delta : w->wanted_s);
        watch_step(w, WATCH_EV_ACCEPTED, 0);
        return;
    }
    count(w, kind->failures);
    log_info(NULL, "subscription of ours not accepted what=%s of=\"%s\" status=%d retry_after=%u",
             kind->what, w->name, status, (unsigned)retry_s);
    if (min_s > w->wanted_s)
        watch_step(w, WATCH_EV_TOO_BRIEF, min_s);
    else if (kind->takes_refusals && is_refusal(status))
        watch_step(w, WATCH_EV_REFUSED, 0);
    else
        watch_step(w, status == 481 ? WATCH_EV_GONE : WATCH_EV_FAILED, retry_s);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct watch *w = ctx;
    sip_t const *sip = sip_object(response);

    (void)ct;
    if (sip->sip_status->st_status < 200)
        return;
    outgoing_detach(w->outgoing);
    take_final(w, sip, sip->sip_status->st_status);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ct;
    take_final(ctx, NULL, 408);
}

static int fill(struct watch const *w, msg_t *subscribe)
{
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "Event: %s", w->terms->package);
    int err = message_add(subscribe, line);
    (void)snprintf(line, sizeof line, "Expires: %" PRIu32,
                   w->state == WATCH_ENDING ? 0 : w->wanted_s);
    if (err == 0)
        err = message_add(subscribe, line);
    (void)snprintf(line, sizeof line, "Accept: %s", w->terms->accept);
    if (err == 0)
        err = message_add(subscribe, line);
    return err;
}

static int send_subscribe(struct watch *w, url_t const *next_hop)
{
    static struct client_handlers const handlers = { .on_response = on_response,
                                                     .on_gone = on_gone };
    msg_t *subscribe = dialog_request(w->dialog, sip_method_subscribe, "SUBSCRIBE");

    if (subscribe && fill(w, subscribe) < 0) {
        msg_destroy(subscribe);
        subscribe = NULL;
    }
    w->outgoing = subscribe ? stack_send(w->all->stack, subscribe, next_hop, &handlers, w) : NULL;
    if (!w->outgoing)
        return -ENOMEM;
    arm(w, ANSWER_GUARD_MS);
    count(w, w->terms->kind->subscribes);
    return 0;
}

static uint64_t hash_tag(char const *tag)
{
    return htab_hash(tag, strlen(tag), 0);
}

struct watch *watch_find(struct watches *all, char const *tag, htab_match_fn *match,
                         void const *request)
{
    return (struct watch *)htab_find(&all->by_tag, hash_tag(tag), match, request);
}

static int make_dialog(struct watch *w)
{
    char from[WATCH_URI_BYTES], to[WATCH_URI_BYTES], contact[WATCH_CONTACT_BYTES];

    w->terms->kind->print_parties(w, from, to);
    w->terms->kind->print_contact(w, contact);
    w->dialog = dialog_new_uac(from, to, contact);
    return w->dialog
               ? htab_insert(&w->all->by_tag, &w->by_tag, hash_tag(dialog_local_tag(w->dialog)))
               : -ENOMEM;
}

static void leave(struct watch *w)
{
    wheel_disarm(&w->timer);
    if (w->outgoing)
        outgoing_detach(w->outgoing);
    w->outgoing = NULL;
    htab_remove(&w->all->by_tag, &w->by_tag);
    dialog_free(&w->dialog);
    if (w->terms->kind->on_left)
        w->terms->kind->on_left(w);
    w->was_told = false;
    w->has_turn = false;
}

void watch_refresh_soon(struct watch *w)
{
    if (w->state == WATCH_ACTIVE)
        arm(w, SOON_MS);
}

/* --- actions ---------------------------------------------------------------------------------- */

int watch_act_ask(void *obj, void *arg)
{
    struct watch *w = obj;

    (void)arg;
    if (make_dialog(w) < 0)
        return WATCH_EV_FAILED;
    url_t const *outbound = &w->terms->outbound;
    return send_subscribe(w, outbound->url_host ? outbound : dialog_next_hop(w->dialog)) < 0
               ? WATCH_EV_FAILED
               : FSM_OK;
}

int watch_act_refresh(void *obj, void *arg)
{
    struct watch *w = obj;

    (void)arg;
    return send_subscribe(w, dialog_next_hop(w->dialog)) < 0 ? WATCH_EV_FAILED : FSM_OK;
}

int watch_act_hold(void *obj, void *arg)
{
    (void)arg;
    arm_refresh(obj);
    return FSM_OK;
}

/* The state that is known stays meanwhile; but who ends every subscription is not asked for ever.
 */
int watch_act_again(void *obj, void *arg)
{
    struct watch *w = obj;

    if (w->failures > 0)
        return watch_act_back_off(obj, arg);
    leave(w);
    w->failures = 1;
    arm(w, 0);
    return FSM_OK;
}

/* Who asks for more and more is not asked at once each time. */
int watch_act_longer(void *obj, void *arg)
{
    struct watch *w = obj;
    bool is_first = w->wanted_s == w->terms->expires_s;

    w->wanted_s = *(uint32_t const *)arg;
    if (!is_first)
        return watch_act_back_off(obj, NULL);
    leave(w);
    arm(w, 0);
    return FSM_OK;
}

int watch_act_back_off(void *obj, void *arg)
{
    struct watch *w = obj;
    struct watch_terms const *terms = w->terms;
    uint64_t asked_s = arg ? *(uint32_t const *)arg : 0;
    uint64_t pause_s = (uint64_t)terms->retry_s << (w->failures < 16 ? w->failures : 16);

    leave(w);
    if (pause_s > (uint64_t)terms->max_retry_s)
        pause_s = (uint64_t)terms->max_retry_s;
    if (asked_s > pause_s)
        pause_s = asked_s < EXPIRES_MAX_S ? asked_s : EXPIRES_MAX_S;
    w->failures++;
    arm(w, pause_s * 1000);
    terms->kind->on_unknown(w);
    return FSM_OK;
}

/* While a SUBSCRIBE is under way its answer says when to refresh. */
int watch_act_told(void *obj, void *arg)
{
    struct watch *w = obj;
    uint32_t expires_s = *(uint32_t const *)arg;

    w->was_told = true;
    w->failures = 0;
    if (expires_s)
        set_left(w, expires_s);
    if (!w->outgoing)
        arm_refresh(w);
    return FSM_OK;
}

int watch_act_stop(void *obj, void *arg)
{
    struct watch *w = obj;

    (void)arg;
    leave(w);
    log_warn(NULL, "subscription of ours is refused for good what=%s of=\"%s\" status=%u reason=%s",
             w->terms->kind->what, w->name, (unsigned)w->status, w->reason ? w->reason : "");
    w->terms->kind->on_unknown(w);
    return FSM_OK;
}

int watch_act_turn(void *obj, void *arg)
{
    (void)arg;
    arm(obj, 0);
    return FSM_OK;
}

/* If there still is no answer to what was sent before, nobody is there to be told. */
int watch_act_unsubscribe(void *obj, void *arg)
{
    struct watch *w = obj;

    (void)arg;
    if (w->outgoing || send_subscribe(w, dialog_next_hop(w->dialog)) < 0)
        return WATCH_EV_FAILED;
    return FSM_OK;
}

int watch_act_last(void *obj, void *arg)
{
    (void)arg;
    arm(obj, TOLD_MS);
    return FSM_OK;
}

int watch_act_go(void *obj, void *arg)
{
    struct watch *w = obj;

    (void)arg;
    leave(w);
    w->terms->kind->on_gone(w);
    return FSM_OK;
}

/* --- up and down ------------------------------------------------------------------------------ */

int watch_terms_set_outbound(struct watch_terms *terms, char const *outbound)
{
    (void)snprintf(terms->outbound_text, sizeof terms->outbound_text, "%s", outbound);
    return *terms->outbound_text && url_d(&terms->outbound, terms->outbound_text) < 0 ? -EINVAL : 0;
}

void watches_init(struct watches *all, struct stack *stack, struct wheel *wheel,
                  struct met_set const *metrics)
{
    *all = (struct watches){ .stack = stack, .wheel = wheel, .metrics = metrics };
    htab_init(&all->by_tag);
}

void watches_fini(struct watches *all)
{
    htab_fini(&all->by_tag);
}

void watch_init(struct watch *w, struct watches *all, struct watch_terms const *terms,
                struct watch_pace *pace, char const *name)
{
    *w = (struct watch){ .all = all,
                         .terms = terms,
                         .pace = pace,
                         .name = name,
                         .wanted_s = (uint32_t)terms->expires_s,
                         .state = WATCH_WAITING };
    arm(w, 0);
}

void watch_fini(struct watch *w)
{
    leave(w);
}

void watch_end(struct watch *w)
{
    watch_step(w, WATCH_EV_LEAVE, 0);
}

bool watch_is_wanted(struct watch const *w)
{
    return w->state == WATCH_ASKING || w->state == WATCH_ACTIVE || w->state == WATCH_REFRESHING;
}

bool watch_is_stopped(struct watch const *w)
{
    return w->state == WATCH_STOPPED;
}

char const *watch_state_str(struct watch const *w)
{
    return watch_fsm()->state_names[w->state];
}
