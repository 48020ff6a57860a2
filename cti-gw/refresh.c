/* SPDX-License-Identifier: Apache-2.0 */
/* The session timer: roles, and refreshes of ours. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "refresh.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "dialog.h"
#include "log.h"
#include "message.h"
#include "session.h"
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <stdio.h>
#include <strings.h>

enum { LONGEST_S = 86400 }; /* interval that we agree to */

static void try_to_refresh(struct session *session);

/* --- roles ------------------------------------------------------------------------------------ */

static bool says(sip_t const *sip, char const *refresher)
{
    sip_session_expires_t const *timer = sip->sip_session_expires;

    return timer && timer->x_refresher && strcasecmp(timer->x_refresher, refresher) == 0;
}

bool refresh_is_ours(sip_t const *request)
{
    return says(request, "uas") || !sip_has_feature(request->sip_supported, "timer");
}

uint32_t refresh_interval(sip_t const *request, uint32_t most_s)
{
    unsigned long min_s = request->sip_min_se ? request->sip_min_se->min_delta : 0;
    uint32_t interval_s = most_s;

    if (request->sip_session_expires && request->sip_session_expires->x_delta < most_s)
        interval_s = (uint32_t)request->sip_session_expires->x_delta;
    if (min_s <= interval_s)
        return interval_s;
    return min_s < LONGEST_S ? (uint32_t)min_s : LONGEST_S;
}

void refresh_learn(struct session *session, sip_t const *sip)
{
    unsigned long min_s = sip->sip_min_se ? sip->sip_min_se->min_delta : 0;

    if (min_s > session->min_se_s && min_s <= LONGEST_S)
        session->min_se_s = (uint32_t)min_s;
}

/* --- refreshes of ours ------------------------------------------------------------------------ */

static void on_due(struct wheel_timer *timer)
{
    try_to_refresh((struct session *)((char *)timer - offsetof(struct session, refresh)));
}

void refresh_plan(struct session *session, bool is_ours)
{
    if (is_ours) /* RFC 4028 10: at half of the interval */
        wheel_arm(session->gw->wheel, &session->refresh, (uint64_t)session->expires_s * 500,
                  on_due);
    else
        wheel_disarm(&session->refresh);
}

static void acknowledge(struct session *session, sip_t const *response)
{
    msg_t *ack = dialog_ack(session->dialog, response->sip_cseq->cs_seq);

    if (ack)
        stack_send_ack(session->gw->stack, ack, dialog_next_hop(session->dialog));
}

static void take_ok(struct session *session, sip_t const *response)
{
    sip_session_expires_t const *timer = response->sip_session_expires;

    dialog_established(session->dialog, response); /* a new Contact, if there is one */
    if (response->sip_cseq->cs_method == sip_method_invite)
        acknowledge(session, response);
    cti_count(M_sessions_refreshed);
    session_refreshed(session,
                      timer && timer->x_delta >= (uint32_t)session->gw->conf->min_session_timer
                          ? (uint32_t)timer->x_delta
                          : session->expires_s);
    refresh_plan(session, !says(response, "uas"));
    log_debug(session->id, "session refreshed by=us");
}

static bool wants_longer(struct session const *session, sip_t const *response)
{
    return response->sip_status->st_status == 422 && response->sip_min_se &&
           response->sip_min_se->min_delta > session->expires_s &&
           response->sip_min_se->min_delta <= LONGEST_S;
}

/* No answer and 408: the client is gone (RFC 4028 10); 481 does not come here. 422: it wants a
 * longer interval. What else a client has against UPDATE, re-INVITE may do; against that there is
 * nothing, and the session ends when it expires. */
static void on_answer(struct session *session, sip_t const *response)
{
    int status = response ? response->sip_status->st_status : 408;

    if (status < 300) {
        take_ok(session, response);
    } else if (status == 408) {
        session_expire(session);
    } else if (wants_longer(session, response)) {
        session->expires_s = (uint32_t)response->sip_min_se->min_delta;
        refresh_learn(session, response);
        try_to_refresh(session);
    } else if (!session->no_update) {
        session->no_update = true;
        try_to_refresh(session);
    } else {
        log_info(session->id, "client refuses to be refreshed status=%d", status);
    }
}

static msg_t *make_request(struct session *session)
{
    msg_t *msg = session->no_update ? dialog_request(session->dialog, sip_method_invite, "INVITE")
                                    : dialog_request(session->dialog, sip_method_update, "UPDATE");
    uint32_t least_s = (uint32_t)session->gw->conf->min_session_timer;
    char timer[60], min_se[40];

    snprintf(timer, sizeof timer, "Session-Expires: %u;refresher=uac", session->expires_s);
    /* RFC 4028 7.4 */
    if (session->min_se_s > least_s)
        least_s = session->min_se_s;
    snprintf(min_se, sizeof min_se, "Min-SE: %u", least_s);
    if (msg && (message_add(msg, "Supported: timer") < 0 || message_add(msg, timer) < 0 ||
                message_add(msg, min_se) < 0)) {
        msg_destroy(msg);
        msg = NULL;
    }
    return msg;
}

static void try_to_refresh(struct session *session)
{
    msg_t *request = session_is_open(session) ? make_request(session) : NULL;

    if (request && session_ask(session, request, on_answer) < 0)
        log_warn(session->id, "refresh not sent");
}
