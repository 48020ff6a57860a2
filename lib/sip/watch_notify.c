/* SPDX-License-Identifier: Apache-2.0 */
/* NOTIFY of a subscription of ours: which it is, and whether it goes on. */
#include "dialog.h"
#include "met.h"
#include "transaction.h"
#include "watch_internal.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- which subscription ----------------------------------------------------------------------- */

/* RFC 6665 4.4.1: before the 2xx the notifier's tag is not known. */
static bool is_ours(struct htab_entry const *entry, void const *request)
{
    struct watch const *w = (struct watch const *)entry;
    sip_t const *sip = request;

    return strcmp(dialog_local_tag(w->dialog), sip->sip_to->a_tag) == 0 &&
           strcmp(dialog_call_id(w->dialog), sip->sip_call_id->i_id) == 0 && sip->sip_from->a_tag;
}

/* Why @p w may not be told, as a status; 0: it may. */
static int fault_of(struct watch const *w, sip_t const *sip, char const **ret_phrase,
                    char const **ret_why)
{
    char const *package = sip->sip_event && sip->sip_event->o_type ? sip->sip_event->o_type : "";
    /* With another tag than the 2xx had it is a fork, which we do not want besides. */
    int status = !w ? 481 : dialog_remote_tag(w->dialog) ? dialog_accept(w->dialog, sip) : 0;

    *ret_phrase = "Subscription Does Not Exist";
    *ret_why = "no subscription of ours is like that";
    if (status == 481)
        return 481;
    *ret_phrase = "CSeq out of order";
    *ret_why = "CSeq is below that of the NOTIFY before";
    if (status)
        return 500;
    *ret_phrase = "Bad Event";
    *ret_why = "the subscription is to another package";
    if (strcasecmp(package, w->terms->package) != 0)
        return 489;
    *ret_phrase = "Bad Request";
    *ret_why = "no Subscription-State";
    return sip->sip_subscription_state && sip->sip_subscription_state->ss_substate ? 0 : 400;
}

static struct watch *find(struct watches *all, struct server_transaction *st, sip_t const *sip)
{
    struct watch *w = sip->sip_to->a_tag ? watch_find(all, sip->sip_to->a_tag, is_ours, sip) : NULL;
    char const *phrase, *why;
    int status = fault_of(w, sip, &phrase, &why);

    if (status)
        all->refuse(all->ctx, st, status, phrase, why);
    return status ? NULL : w;
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

void watch_notify(struct watches *all, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct watch *w = find(all, st, sip);
    bool has_gap = false;
    uint32_t seconds;

    if (!w)
        return;
    met_inc(all->metrics, w->terms->kind->notifies);
    enum watch_event event = event_of(w, sip->sip_subscription_state, &seconds);
    if (event == WATCH_EV_TOLD && watch_is_wanted(w))
        has_gap = w->terms->kind->on_told(w, sip);
    server_transaction_refuse(st, 200, "OK", NULL);
    watch_step(w, event, seconds);
    if (has_gap)
        watch_refresh_soon(w);
}
