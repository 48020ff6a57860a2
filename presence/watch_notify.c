/* SPDX-License-Identifier: Apache-2.0 */
/* NOTIFY of a subscription of ours: which it is, and whether it goes on. */
#include "asker.h"
#include "dialog.h"
#include "presence_refusal.h"
#include "watch_internal.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct presence_refusal const no_dialog = { 481, "Subscription Does Not Exist",
                                                   M_refused_dialog, NULL };
static struct presence_refusal const bad_cseq = { 500, "CSeq out of order", M_refused_dialog,
                                                  NULL };
static struct presence_refusal const bad_event = { 489, "Bad Event", M_refused_event, NULL };
static struct presence_refusal const bad_state = { 400, "Bad Request", M_refused_dialog, NULL };

/* --- which subscription ----------------------------------------------------------------------- */

/* RFC 6665 4.4.1: before the 2xx the notifier's tag is not known. */
static bool is_ours(struct htab_entry const *entry, void const *request)
{
    struct watch const *w = (struct watch const *)entry;
    sip_t const *sip = request;

    return strcmp(dialog_local_tag(w->dialog), sip->sip_to->a_tag) == 0 &&
           strcmp(dialog_call_id(w->dialog), sip->sip_call_id->i_id) == 0 && sip->sip_from->a_tag;
}

static struct watch *find(struct event_server *server, struct server_transaction *st,
                          sip_t const *sip)
{
    struct watch *w =
        sip->sip_to->a_tag ? watch_find(server, sip->sip_to->a_tag, is_ours, sip) : NULL;
    /* With another tag than the 2xx had it is a fork, which we do not want besides. */
    int status = !w ? 481 : dialog_remote_tag(w->dialog) ? dialog_accept(w->dialog, sip) : 0;

    if (status == 481)
        presence_refusal_send(st, &no_dialog, "no subscription of ours is like that");
    else if (status)
        presence_refusal_send(st, &bad_cseq, "CSeq is below that of the NOTIFY before");
    else if (strcasecmp(asker_package(sip), w->terms->package) != 0)
        presence_refusal_send(st, &bad_event, "the subscription is to another package");
    else if (!sip->sip_subscription_state || !sip->sip_subscription_state->ss_substate)
        presence_refusal_send(st, &bad_state, "no Subscription-State");
    else
        return w;
    return NULL;
}

/* --- what it says ----------------------------------------------------------------------------- */

static uint32_t seconds_of(char const *text)
{
    unsigned long seconds = text ? strtoul(text, NULL, 10) : 0;

    return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

/* RFC 6665 4.1.3: what a reason asks the subscriber to do. */
static enum watch_event event_of(struct watch *w, sip_subscription_state_t const *state,
                                 uint32_t *ret_seconds)
{
    static struct {
        char const *reason;
        enum watch_event event;
    } const ends[] = { { "deactivated", WATCH_EV_ENDED }, { "timeout", WATCH_EV_ENDED },
                       { "probation", WATCH_EV_PUT_OFF }, { "giveup", WATCH_EV_PUT_OFF },
                       { "rejected", WATCH_EV_REFUSED },  { "noresource", WATCH_EV_REFUSED },
                       { "invariant", WATCH_EV_REFUSED } };
    char const *reason = state->ss_reason ? state->ss_reason : "";

    if (strcasecmp(state->ss_substate, "terminated") != 0) {
        *ret_seconds = seconds_of(state->ss_expires);
        return WATCH_EV_TOLD;
    }
    *ret_seconds = seconds_of(state->ss_retry_after);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcasecmp(ends[i].reason, reason) == 0) {
            w->reason = ends[i].reason;
            return ends[i].event;
        }
    w->reason = NULL;
    return *ret_seconds ? WATCH_EV_PUT_OFF : WATCH_EV_ENDED;
}

void watch_notify(struct event_server *server, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct watch *w = find(server, st, sip);
    bool has_gap = false;
    uint32_t seconds;

    if (!w)
        return;
    presence_count(w->terms->kind->notifies);
    enum watch_event event = event_of(w, sip->sip_subscription_state, &seconds);
    if (event == WATCH_EV_TOLD && watch_is_wanted(w))
        has_gap = w->terms->kind->on_told(w, sip);
    server_transaction_refuse(st, 200, "OK", NULL);
    watch_step(w, event, seconds);
    if (has_gap)
        watch_refresh_soon(w);
}
