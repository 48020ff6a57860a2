/* SPDX-License-Identifier: Apache-2.0 */
/* NOTIFY of the call manager: what it says of the line, and of the subscription. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "asker.h"
#include "dialog.h"
#include "dialog_info.h"
#include "gateway_conf.h"
#include "log.h"
#include "message.h"
#include "phone_document.h"
#include "pidf.h"
#include "pidf_read.h"
#include "presence_conf.h"
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

static struct watch *find(struct watches *watches, struct server_transaction *st, sip_t const *sip)
{
    struct watch *w =
        sip->sip_to->a_tag ? watch_find(watches, sip->sip_to->a_tag, is_ours, sip) : NULL;
    /* With another tag than the 2xx had it is a fork, which we do not want besides. */
    int status = !w ? 481 : dialog_remote_tag(w->dialog) ? dialog_accept(w->dialog, sip) : 0;

    if (status == 481)
        presence_refusal_send(st, &no_dialog, "no subscription of ours is like that");
    else if (status)
        presence_refusal_send(st, &bad_cseq, "CSeq is below that of the NOTIFY before");
    else if (strcasecmp(asker_package(sip), gateway_conf_package(watches->conf)) != 0)
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
static enum watch_event event_of(sip_subscription_state_t const *state, uint32_t *ret_seconds)
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
        if (strcasecmp(ends[i].reason, reason) == 0)
            return ends[i].event;
    return *ret_seconds ? WATCH_EV_PUT_OFF : WATCH_EV_ENDED;
}

static struct pidf *read_dialogs(struct watch *w, sip_t const *sip, char const **ret_why,
                                 bool *ret_gap)
{
    sip_payload_t const *body = sip->sip_payload;

    if (strcmp(message_content_type(sip), "application/dialog-info+xml") != 0) {
        *ret_why = "no dialog-info document";
        return NULL;
    }
    if (!w->info && !(w->info = dialog_info_new())) {
        *ret_why = "out of memory";
        return NULL;
    }
    enum dialog_info_result result =
        dialog_info_take(w->info, body->pl_data, body->pl_len, &pidf_limits_default);
    *ret_gap = result == DIALOG_INFO_GAP;
    if (result == DIALOG_INFO_BAD || result == DIALOG_INFO_TOO_MANY ||
        result == DIALOG_INFO_NO_MEMORY) {
        *ret_why = dialog_info_result_text(result);
        return NULL;
    }
    return dialog_info_document(w->info, "pres:line", "line");
}

/* What cannot be read makes the line unknown: what it was before is not what the call manager says.
 */
static void report(struct watch *w, struct pidf *doc, char const *why)
{
    if (!doc) {
        presence_count(M_gateway_bad_documents);
        log_info(NULL, "NOTIFY of phone not read line=%s reason=\"%s\"", w->line->number, why);
    }
    phone_line_report(w->watches->server, w->line, PHONE_GATEWAY, doc);
}

void watches_notify(struct watches *watches, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct watch *w = find(watches, st, sip);
    struct phone_document_fault fault = { .text = "" };
    char const *why = fault.text;
    struct pidf *doc = NULL;
    bool has_gap = false;
    uint32_t seconds;

    if (!w)
        return;
    presence_count(M_gateway_notifies);
    enum watch_event event = event_of(sip->sip_subscription_state, &seconds);
    bool has_body = sip->sip_payload && sip->sip_payload->pl_len;
    if (has_body && watches->conf->event == GATEWAY_DIALOG)
        doc = read_dialogs(w, sip, &why, &has_gap);
    else if (has_body)
        doc = phone_document_read(watches->server->conf, w->line, sip, &fault);
    server_transaction_refuse(st, 200, "OK", NULL);
    if (has_body && event == WATCH_EV_TOLD)
        report(w, doc, why);
    else
        pidf_free(&doc);
    watch_step(w, event, seconds);
    if (has_gap)
        watch_refresh_soon(w);
}
