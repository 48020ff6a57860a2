/* SPDX-License-Identifier: Apache-2.0 */
/* The notifier of one phone. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "feature_subscription.h"
#include "buf.h"
#include "clock.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "dialog.h"
#include "gateway.h"
#include "log.h"
#include "message.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_BYTES = 4096, STATE_BYTES = 120 };

static void send_next(struct feature_subscription *s);

/* --- life ------------------------------------------------------------------------------------- */

static uint64_t hash_tag(char const *tag)
{
    return htab_hash(tag, strlen(tag), 0);
}

static bool is_dialog(struct htab_entry const *entry, void const *request)
{
    return dialog_matches(((struct feature_subscription const *)entry)->dialog, request);
}

static void on_expiry(struct wheel_timer *timer)
{
    struct feature_subscription *s =
        (struct feature_subscription *)((char *)timer -
                                        offsetof(struct feature_subscription, expiry));

    feature_subscription_end(s, "timeout");
}

void feature_subscription_refresh(struct feature_subscription *s, uint32_t expires_s,
                                  struct origin const *from)
{
    /* Without the names of its peer, which live no longer than the transaction. */
    s->flow = (struct origin){ .kind = from->kind, .connection = from->connection };
    s->due_ms = clock_now_ms() + (uint64_t)expires_s * 1000;
    wheel_arm(s->gw->wheel, &s->expiry, (uint64_t)expires_s * 1000, on_expiry);
}

struct feature_subscription *feature_subscription_new(struct feature_line *line,
                                                      struct server_transaction *st,
                                                      char const *contact)
{
    struct feature_subscription *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->gw = line->gw;
    s->dialog = dialog_new_uas(sip_object(server_transaction_request(st)),
                               server_transaction_to_tag(st), contact, DIALOG_CSEQ_STRICT);
    if (!s->dialog || htab_insert(&s->gw->features.by_tag, &s->by_tag,
                                  hash_tag(dialog_local_tag(s->dialog))) < 0) {
        dialog_free(&s->dialog);
        free(s);
        return NULL;
    }
    s->line = line;
    LIST_INSERT_HEAD(&line->subscriptions, s, link);
    LIST_INSERT_HEAD(&s->gw->features.subscriptions, s, among_all);
    cti_gauge(M_feature_subscriptions, 1);
    return s;
}

void feature_subscription_free(struct feature_subscription **ps)
{
    struct feature_subscription *s = *ps;

    *ps = NULL;
    if (!s)
        return;
    if (s->line)
        LIST_REMOVE(s, link);
    LIST_REMOVE(s, among_all);
    htab_remove(&s->gw->features.by_tag, &s->by_tag);
    wheel_disarm(&s->expiry);
    if (s->outgoing)
        outgoing_detach(s->outgoing);
    dialog_free(&s->dialog);
    cti_gauge(M_feature_subscriptions, -1);
    free(s);
}

static void go(struct feature_subscription *s)
{
    struct feature_line *line = s->line;

    feature_subscription_free(&s);
    if (line)
        feature_line_release(line);
}

struct feature_subscription *feature_subscription_find(struct gateway *gw, sip_t const *request)
{
    return (struct feature_subscription *)htab_find(
        &gw->features.by_tag, hash_tag(request->sip_to->a_tag), is_dialog, request);
}

/* --- NOTIFY ----------------------------------------------------------------------------------- */

static int add_state(struct feature_subscription const *s, msg_t *notify)
{
    uint64_t now = clock_now_ms();
    char line[STATE_BYTES];

    if (!s->reason)
        (void)snprintf(line, sizeof line, "Subscription-State: active;expires=%u",
                       (unsigned)(s->due_ms > now ? (s->due_ms - now) / 1000 : 0));
    else if (strcmp(s->reason, "probation") == 0)
        (void)snprintf(line, sizeof line,
                       "Subscription-State: terminated;reason=probation;retry-after=%d",
                       (int)s->gw->conf->retry_after);
    else
        (void)snprintf(line, sizeof line, "Subscription-State: terminated;reason=%s", s->reason);
    return message_add(notify, line);
}

/* The lowest part that is untold becomes the body; returns the bits that this tells. */
static uint16_t add_part(struct feature_subscription const *s, msg_t *notify)
{
    uint16_t known = s->line ? s->untold & s->line->state.known : 0;
    struct csta_msg event;
    struct buf xml;

    if (!known)
        return s->untold;
    uint16_t part = feature_state_event(&s->line->state, s->line->number, known, &event);
    buf_init(&xml, BODY_BYTES);
    if (csta_encode(&event, &xml) < 0 || !buf_ok(&xml) ||
        message_set_body(notify, FEATURE_SUBSCRIPTION_TYPE, buf_text(&xml), xml.len) < 0)
        log_warn(NULL, "NOTIFY without content line=%s", s->line->number);
    buf_fini(&xml);
    return part | FEATURE_STATE_NOTHING;
}

/* RFC 6665 4.2.2: any failure ends the subscription, and nothing more is sent. */
static void take_answer(struct feature_subscription *s, int status)
{
    s->outgoing = NULL;
    if (status >= 300) {
        cti_count(M_feature_notify_failures);
        log_info(NULL, "subscription of a phone ended call_id=\"%s\" reason=\"NOTIFY got %d\"",
                 dialog_call_id(s->dialog), status);
    }
    if (status >= 300 || s->is_last)
        go(s);
    else
        send_next(s);
}

/* The transaction lives on for repeated answers (RFC 3261 17.1.2.2); the next NOTIFY does not wait
 * for that. */
static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct feature_subscription *s = ctx;
    int status = sip_object(response)->sip_status->st_status;

    (void)ct;
    if (status < 200)
        return;
    outgoing_detach(s->outgoing);
    take_answer(s, status);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ct;
    take_answer(ctx, 408);
}

static int send_notify(struct feature_subscription *s, msg_t *notify)
{
    static struct client_handlers const handlers = { .on_response = on_response,
                                                     .on_gone = on_gone };

    s->outgoing =
        stack_send_back(s->gw->stack, notify, dialog_next_hop(s->dialog), &s->flow, &handlers, s);
    return s->outgoing ? 0 : -ENOMEM;
}

/* NULL when out of memory. What it tells is not untold any more. */
static msg_t *make_notify(struct feature_subscription *s)
{
    msg_t *notify = dialog_request(s->dialog, sip_method_notify, "NOTIFY");

    if (notify &&
        (message_add(notify, "Event: as-feature-event") < 0 || add_state(s, notify) < 0)) {
        msg_destroy(notify);
        notify = NULL;
    }
    if (notify)
        s->untold &= (uint16_t)~add_part(s, notify);
    return notify;
}

static void send_next(struct feature_subscription *s)
{
    if (s->outgoing || (!s->untold && !s->reason))
        return;
    s->is_last = s->reason != NULL;
    msg_t *notify = make_notify(s);
    if (!notify || send_notify(s, notify) < 0)
        go(s);
}

void feature_subscription_tell(struct feature_subscription *s, uint16_t mask)
{
    s->untold |= mask;
    send_next(s);
}

/* The last NOTIFY has no content: the line may be unknown by now, and nobody may act on it. */
void feature_subscription_end(struct feature_subscription *s, char const *reason)
{
    struct feature_line *line = s->line;

    if (!line)
        return;
    LIST_REMOVE(s, link);
    s->line = NULL;
    s->untold = 0;
    s->reason = reason;
    wheel_disarm(&s->expiry);
    log_debug(NULL, "subscription of a phone ends line=%s reason=%s", line->number, reason);
    send_next(s);
    feature_line_release(line);
}
