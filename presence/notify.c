/* SPDX-License-Identifier: Apache-2.0 */
/* Building and sending NOTIFY. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "notify.h"
#include "clock.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "presence_metrics.h"
#include "presence_state.h"
#include "subscription.h"
#include "subscription_fsm.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>

enum { LINE_BYTES = 300 };

uint64_t notify_wait_ms(struct subscription const *s, uint64_t now_ms)
{
    uint64_t due_ms = s->told_ms + s->interval_ms;

    if (s->not_before_ms > now_ms)
        return s->not_before_ms - now_ms;
    return s->untold != SUBSCRIPTION_PACED || due_ms <= now_ms ? 0 : due_ms - now_ms;
}

/* --- what is in it ---------------------------------------------------------------------------- */

static int add_state(struct subscription const *s, msg_t *notify)
{
    uint64_t now = clock_now_ms();
    char line[LINE_BYTES];

    if (!s->reason)
        (void)snprintf(line, sizeof line, "Subscription-State: %s;expires=%u",
                       subscription_state_str(s),
                       (unsigned)(s->due_ms > now ? (s->due_ms - now) / 1000 : 0));
    else
        (void)snprintf(line, sizeof line, "Subscription-State: terminated;reason=%s", s->reason);
    return message_add(notify, line);
}

static int add_event(struct subscription const *s, msg_t *notify)
{
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof line, "Event: %s%s%s", s->package->name, s->event_id ? ";id=" : "",
                   s->event_id ? s->event_id : "");
    return message_add(notify, line);
}

static int add_document(struct subscription *s, msg_t *notify)
{
    uint64_t tag = subscription_tag(s);
    int err = tag ? s->package->add(s, notify, tag) : 0;

    s->known_tag = 0;
    s->told_tag = tag;
    return err;
}

static msg_t *make(struct subscription *s)
{
    msg_t *notify = dialog_request(s->dialog, sip_method_notify, "NOTIFY");

    if (notify &&
        (add_event(s, notify) < 0 || add_state(s, notify) < 0 || add_document(s, notify) < 0)) {
        msg_destroy(notify);
        notify = NULL;
    }
    return notify;
}

/* --- its way ---------------------------------------------------------------------------------- */

/* RFC 6665 4.2.2: any failure ends the subscription, and nothing more is sent. */
static void take_answer(struct subscription *s, int status)
{
    s->outgoing = NULL;
    if (status >= 300) {
        presence_count(M_notify_failures);
        log_info(dialog_call_id(s->dialog), "NOTIFY failed user=\"%s\" watcher=\"%s\" status=%d",
                 s->presentity->address, s->watcher, status);
    }
    subscription_answered(s, status);
}

/* The transaction lives on for repeated answers (RFC 3261 17.1.2.2); the next NOTIFY does not wait
 * for that. */
static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct subscription *s = ctx;
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

int notify_send(struct subscription *s)
{
    static struct client_handlers const handlers = { .on_response = on_response,
                                                     .on_gone = on_gone };
    struct origin const flow = { .kind = s->flow_kind, .connection = s->connection };
    msg_t *notify = presence_state_may_tell(s) ? make(s) : NULL;

    if (!notify)
        return -ENOMEM;
    s->outgoing =
        stack_send_back(s->server->stack, notify, dialog_next_hop(s->dialog), &flow, &handlers, s);
    if (!s->outgoing) {
        s->is_full = true; /* what was to be told is in no document */
        return -ENOMEM;
    }
    s->untold = SUBSCRIPTION_NOTHING;
    s->told_ms = clock_now_ms();
    s->is_last = s->reason != NULL;
    presence_count(M_notifies);
    return 0;
}
