/* SPDX-License-Identifier: Apache-2.0 */
/* The life of subscriptions to lines: see watch.h. What a NOTIFY says is in watch_notify.c. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "watch.h"
#include "clock.h"
#include "dialog.h"
#include "dialog_info.h"
#include "gateway_conf.h"
#include "log.h"
#include "message.h"
#include "presence_conf.h"
#include "presence_metrics.h"
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
    EXPIRES_MAX_S = 86400
};
enum { LINE_BYTES = 128 };

void watch_step(struct watch *w, enum watch_event event, uint32_t seconds)
{
    fsm_step(watch_fsm(), &w->state, w, (int)event, &seconds, w->line->name);
}

/* --- time ------------------------------------------------------------------------------------- */

static void arm(struct watch *w, uint64_t in_ms);

/* Each waits for its own slot of the rate. */
static bool take_turn(struct watch *w)
{
    struct watches *all = w->watches;
    uint64_t now = clock_now_ms();

    if (w->has_turn)
        return true;
    uint64_t turn = all->next_turn_ms > now ? all->next_turn_ms : now;
    all->next_turn_ms = turn + 1000 / (uint64_t)all->conf->rate;
    w->has_turn = true;
    if (turn > now)
        arm(w, turn - now);
    return turn <= now;
}

static void on_timer(struct wheel_timer *timer)
{
    struct watch *w = (struct watch *)((char *)timer - offsetof(struct watch, timer));

    if (w->state == WATCH_WAITING && !take_turn(w))
        return;
    w->has_turn = false;
    watch_step(w, w->state == WATCH_ACTIVE && !w->was_told ? WATCH_EV_SILENT : WATCH_EV_TIMER, 0);
}

static void arm(struct watch *w, uint64_t in_ms)
{
    wheel_arm(w->watches->server->wheel, &w->timer, in_ms, on_timer);
}

/* Until it is to be refreshed; a peer that gives no time at all is not asked all the time. */
static void arm_refresh(struct watch *w)
{
    uint32_t margin_s = w->left_s / 2 < MARGIN_S ? w->left_s / 2 : MARGIN_S;
    uint64_t in_ms = (uint64_t)(w->left_s > 2 ? w->left_s - margin_s : 2) * 1000;

    arm(w, !w->was_told && in_ms > TOLD_MS ? TOLD_MS : in_ms);
}

/* --- SUBSCRIBE -------------------------------------------------------------------------------- */

static uint32_t min_expires_of(sip_t const *sip)
{
    char const *text = message_unknown(sip, "Min-Expires");
    unsigned long seconds = text ? strtoul(text, NULL, 10) : 0;

    return seconds > EXPIRES_MAX_S ? 0 : (uint32_t)seconds;
}

static void take_final(struct watch *w, sip_t const *sip, int status)
{
    uint32_t retry_s = sip && sip->sip_retry_after ? (uint32_t)sip->sip_retry_after->af_delta : 0;
    uint32_t min_s = status == 423 ? min_expires_of(sip) : 0;

    w->outgoing = NULL;
    if (status < 300 && w->dialog && dialog_established(w->dialog, sip) == 0) {
        w->left_s = sip->sip_expires ? (uint32_t)sip->sip_expires->ex_delta : w->wanted_s;
        watch_step(w, WATCH_EV_ACCEPTED, 0);
        return;
    }
    presence_count(M_gateway_failures);
    log_info(NULL, "phone not subscribed to line=%s status=%d retry_after=%u", w->line->number,
             status, (unsigned)retry_s);
    if (min_s > w->wanted_s)
        watch_step(w, WATCH_EV_TOO_BRIEF, min_s);
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

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    (void)ctx;
    (void)ct;
    (void)why;
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ct;
    take_final(ctx, NULL, 408);
}

static int fill(struct watch const *w, msg_t *subscribe)
{
    struct gateway_conf const *conf = w->watches->conf;
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "Event: %s", gateway_conf_package(conf));
    int err = message_add(subscribe, line);
    (void)snprintf(line, sizeof line, "Expires: %" PRIu32, w->wanted_s);
    if (err == 0)
        err = message_add(subscribe, line);
    if (err == 0)
        err =
            message_add(subscribe, conf->event == GATEWAY_DIALOG
                                       ? "Accept: application/dialog-info+xml"
                                       : "Accept: " EVENT_SERVER_TYPE ", " EVENT_SERVER_CPIM_TYPE);
    return err;
}

static int send_subscribe(struct watch *w, url_t const *next_hop)
{
    static struct client_handlers const handlers = { on_response, on_failure, on_gone };
    msg_t *subscribe = dialog_request(w->dialog, sip_method_subscribe, "SUBSCRIBE");

    if (subscribe && fill(w, subscribe) < 0) {
        msg_destroy(subscribe);
        subscribe = NULL;
    }
    w->outgoing =
        subscribe ? stack_send(w->watches->server->stack, subscribe, next_hop, &handlers, w) : NULL;
    if (!w->outgoing)
        return -ENOMEM;
    arm(w, ANSWER_GUARD_MS);
    presence_count(M_gateway_subscribes);
    return 0;
}

static uint64_t hash_tag(char const *tag)
{
    return htab_hash(tag, strlen(tag), 0);
}

struct watch *watch_find(struct watches *watches, char const *tag, htab_match_fn *match,
                         void const *request)
{
    return (struct watch *)htab_find(&watches->by_tag, hash_tag(tag), match, request);
}

static int make_dialog(struct watch *w)
{
    struct watches const *all = w->watches;
    struct gateway_conf const *conf = all->conf;
    char from[WATCH_URI_BYTES], to[WATCH_URI_BYTES], contact[EVENT_SERVER_CONTACT_BYTES];
    char port[8] = "";

    if (conf->port)
        (void)snprintf(port, sizeof port, ":%d", (int)conf->port);
    (void)snprintf(from, sizeof from, "sip:%s@%s", conf->user, all->server->users.domain);
    bool is_bare_v6 = strchr(conf->address, ':') && conf->address[0] != '[';
    (void)snprintf(to, sizeof to, "sip:%s@%s%s%s%s%s%s", w->line->number, is_bare_v6 ? "[" : "",
                   conf->address, is_bare_v6 ? "]" : "", port,
                   *conf->transport ? ";transport=" : "", conf->transport);
    event_server_own_contact(all->server, contact);
    w->dialog = dialog_new_uac(from, to, contact);
    return w->dialog
               ? htab_insert(&w->watches->by_tag, &w->by_tag, hash_tag(dialog_local_tag(w->dialog)))
               : -ENOMEM;
}

static void leave(struct watch *w)
{
    wheel_disarm(&w->timer);
    if (w->outgoing)
        outgoing_detach(w->outgoing);
    w->outgoing = NULL;
    htab_remove(&w->watches->by_tag, &w->by_tag);
    dialog_free(&w->dialog);
    dialog_info_free(&w->info);
    w->was_told = false;
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
    url_t const *outbound = &w->watches->outbound;
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

int watch_act_longer(void *obj, void *arg)
{
    struct watch *w = obj;

    leave(w);
    w->wanted_s = *(uint32_t const *)arg;
    arm(w, 0);
    return FSM_OK;
}

int watch_act_back_off(void *obj, void *arg)
{
    struct watch *w = obj;
    struct gateway_conf const *conf = w->watches->conf;
    uint64_t asked_s = arg ? *(uint32_t const *)arg : 0;
    uint64_t pause_s = (uint64_t)conf->retry << (w->failures < 16 ? w->failures : 16);

    leave(w);
    if (pause_s > (uint64_t)conf->max_retry)
        pause_s = (uint64_t)conf->max_retry;
    if (asked_s > pause_s)
        pause_s = asked_s < EXPIRES_MAX_S ? asked_s : EXPIRES_MAX_S;
    w->failures++;
    arm(w, pause_s * 1000);
    phone_line_report(w->watches->server, w->line, PHONE_GATEWAY, NULL);
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
        w->left_s = expires_s;
    if (!w->outgoing)
        arm_refresh(w);
    return FSM_OK;
}

int watch_act_stop(void *obj, void *arg)
{
    struct watch *w = obj;

    (void)arg;
    leave(w);
    log_warn(NULL, "phone not watched any more line=%s", w->line->number);
    phone_line_report(w->watches->server, w->line, PHONE_GATEWAY, NULL);
    return FSM_OK;
}

/* --- up and down ------------------------------------------------------------------------------ */

int watches_init(struct watches *watches, struct event_server *server)
{
    struct cfg_groups const *gateway = &server->conf->gateway;
    struct htab const *lines = &server->phones.by_number;

    *watches = (struct watches){ .server = server };
    htab_init(&watches->by_tag);
    if (gateway->n == 0)
        return 0;
    watches->conf = gateway->v;
    watches->next_turn_ms = clock_now_ms();
    watches->v = calloc(lines->n ? lines->n : 1, sizeof *watches->v);
    (void)snprintf(watches->outbound_text, sizeof watches->outbound_text, "%s",
                   watches->conf->outbound);
    if (!watches->v ||
        (*watches->outbound_text && url_d(&watches->outbound, watches->outbound_text) < 0))
        return -ENOMEM;
    for (struct htab_entry *e = htab_next(lines, NULL); e; e = htab_next(lines, e)) {
        struct watch *w = &watches->v[watches->n++];
        w->watches = watches;
        w->line = (struct phone_line *)e;
        w->line->watch = w;
        w->wanted_s = (uint32_t)watches->conf->expires;
        w->state = WATCH_WAITING;
        arm(w, 0);
    }
    return 0;
}

void watches_fini(struct watches *watches)
{
    for (size_t i = 0; i < watches->n; i++) {
        leave(&watches->v[i]);
        watches->v[i].line->watch = NULL;
    }
    free(watches->v);
    watches->v = NULL;
    watches->n = 0;
    htab_fini(&watches->by_tag);
}

char const *watch_state_str(struct phone_line const *line)
{
    return line->watch ? watch_fsm()->state_names[line->watch->state] : "";
}
