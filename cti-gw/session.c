/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: making, finding, ending; the 2xx that waits for its ACK; requests of ours. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "session.h"
#include "clock.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "cti_monitor.h"
#include "dialog.h"
#include "farewell.h"
#include "log.h"
#include "message.h"
#include "peer_class.h"
#include "service.h"
#include "session_fsm.h"
#include "system_status.h"
#include "token.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum { BYE_GUARD_MS = 40000, RFC3261_64 = 64 };

static struct session *of_timer(struct wheel_timer *timer, size_t offset)
{
    return (struct session *)((char *)timer - offset);
}

static void step(struct session *session, enum session_event event)
{
    fsm_step(session_fsm(), &session->state, session, event, NULL, session->id);
}

/* --- making and finding ----------------------------------------------------------------------- */

static bool match_tag(struct htab_entry const *entry, void const *key)
{
    struct session const *session = (struct session const *)entry;

    return strcmp(dialog_local_tag(session->dialog), key) == 0;
}

struct session *session_find(struct gateway *gw, sip_t const *request)
{
    char const *tag = request->sip_to ? request->sip_to->a_tag : NULL;

    if (!tag)
        return NULL;
    struct session *session =
        (struct session *)htab_find(&gw->sessions, htab_hash(tag, strlen(tag), 0), match_tag, tag);
    return session && dialog_matches(session->dialog, request) ? session : NULL;
}

/* "<sip:cti@127.0.0.1:5082;transport=tcp>" of the listener that the INVITE came to. */
static void print_contact(struct gateway *gw, struct origin const *from, char *ret, size_t size)
{
    struct transport *t = stack_transport(gw->stack);
    bool is_v6 = strchr(transport_listener_host(t, from->listener), ':') != NULL;

    snprintf(ret, size, "<sip:cti@%s%s%s:%u;transport=%s>", is_v6 ? "[" : "",
             transport_listener_host(t, from->listener), is_v6 ? "]" : "",
             net_addr_port(transport_listener_addr(t, from->listener)),
             transport_kind_name(from->kind));
}

/* The real client's Via has no branch, and its CSeq starts again after each INVITE (csta-rcc 1.6).
 * The client's Via is the lowest. */
static enum dialog_cseq cseq_rule(struct gateway const *gw, struct peer_class const *peer,
                                  sip_t const *invite)
{
    static int const of_class[] = { [PEER_CSEQ_AUTO] = CTI_CSEQ_AUTO,
                                    [PEER_CSEQ_ALWAYS] = CTI_CSEQ_ALWAYS,
                                    [PEER_CSEQ_NEVER] = CTI_CSEQ_NEVER };
    int rule = peer && peer->relaxed_cseq != PEER_CSEQ_GLOBAL ? of_class[peer->relaxed_cseq]
                                                              : gw->conf->relaxed_cseq;
    sip_via_t const *via = invite->sip_via;

    while (via && via->v_next)
        via = via->v_next;
    if (rule == CTI_CSEQ_AUTO)
        return message_has_branch(via) ? DIALOG_CSEQ_STRICT : DIALOG_CSEQ_RELAXED;
    return rule == CTI_CSEQ_ALWAYS ? DIALOG_CSEQ_RELAXED : DIALOG_CSEQ_STRICT;
}

struct session *session_new(struct gateway *gw, struct server_transaction *st,
                            struct users_person const *user, char const *number,
                            char const *line_text, unsigned connection)
{
    sip_t const *invite = sip_object(server_transaction_request(st));
    struct session *session = calloc(1, sizeof *session);
    char contact[200];

    if (!session)
        return NULL;
    print_contact(gw, server_transaction_origin(st), contact, sizeof contact);
    session->gw = gw;
    session->peer = peer_class_of(&gw->conf->peer_classes,
                                  invite->sip_user_agent ? invite->sip_user_agent->g_string : NULL);
    session_heard(session, server_transaction_origin(st));
    session->dialog = dialog_new_uas(invite, server_transaction_to_tag(st), contact,
                                     cseq_rule(gw, session->peer, invite));
    session->user = strdup(user->id);
    session->number = strdup(number);
    session->line_text = strdup(line_text);
    if (!session->dialog || !session->user || !session->number || !session->line_text)
        goto fail;
    char const *tag = dialog_local_tag(session->dialog);
    if (htab_insert(&gw->sessions, &session->by_tag, htab_hash(tag, strlen(tag), 0)) < 0)
        goto fail;
    TOKEN_FILL(session->id);
    session->policy = policy_of(&gw->conf->policies, user->id, &user->groups);
    session->connection = connection;
    session->started_ms = clock_now_ms();
    session->state = SESSION_SETUP;
    LIST_INSERT_HEAD(&gw->all, session, link);
    provider_session(gw->provider, connection, 1);
    cti_gauge(M_sessions, 1);
    cti_count(M_sessions_started);
    return session;

fail:
    dialog_free(&session->dialog);
    free(session->user);
    free(session->device);
    free(session->number);
    free(session->line_text);
    free(session);
    return NULL;
}

void session_heard(struct session *session, struct origin const *from)
{
    /* Without the names of its peer, which live no longer than the transaction. */
    session->flow = (struct origin){ .kind = from->kind, .connection = from->connection };
}

static void forget_sent(struct session_sent *sent)
{
    LIST_REMOVE(sent, link);
    sent->session->n_sent--;
    free(sent);
}

static void stop_waiting_for_ack(struct session *session)
{
    wheel_disarm(&session->resend);
    if (session->invite)
        server_transaction_own(session->invite, NULL, NULL);
    session->invite = NULL;
    if (session->ok)
        msg_destroy(session->ok);
    session->ok = NULL;
}

/* Lets go of everything that CSTA needs; what the dialog needs for its BYE stays. */
static void release_csta(struct session *session)
{
    struct cti_monitor *monitor;
    struct service *service;

    device_ring_end(session);
    while ((monitor = LIST_FIRST(&session->monitors)))
        cti_monitor_stop(&monitor);
    while ((service = LIST_FIRST(&session->services)))
        service_abandon(service);
}

void session_free(struct session **psession)
{
    struct session *session = *psession;
    struct session_sent *sent;

    *psession = NULL;
    if (!session)
        return;
    release_csta(session);
    stop_waiting_for_ack(session);
    farewell_remove(&session->gw->farewell, session);
    wheel_disarm(&session->expiry);
    wheel_disarm(&session->refresh);
    while ((sent = LIST_FIRST(&session->sent))) {
        outgoing_detach(sent->outgoing);
        forget_sent(sent);
    }
    htab_remove(&session->gw->sessions, &session->by_tag);
    LIST_REMOVE(session, link);
    provider_session(session->gw->provider, session->connection, -1);
    cti_gauge(M_sessions, -1);
    dialog_free(&session->dialog);
    free(session->user);
    free(session->device);
    free(session->number);
    free(session->line_text);
    free(session);
}

/* --- the 2xx of an INVITE --------------------------------------------------------------------- */

static void on_invite_gone(void *owner, struct server_transaction *st)
{
    struct session *session = owner;

    (void)st;
    session->invite = NULL;
}

static void on_resend(struct wheel_timer *timer)
{
    struct session *session = of_timer(timer, offsetof(struct session, resend));
    struct stack_limits const *limits = &session->gw->conf->limits;

    if (clock_now_ms() - session->ok_since_ms >= (uint64_t)limits->t1_ms * RFC3261_64 ||
        !session->invite) {
        step(session, SESSION_EV_NO_ACK);
        return;
    }
    msg_t *again = message_copy(session->ok);
    if (again)
        server_transaction_respond(session->invite, again);
    session->resend_ms *= 2;
    if (session->resend_ms > (uint64_t)limits->t2_ms)
        session->resend_ms = (uint64_t)limits->t2_ms;
    wheel_arm(session->gw->wheel, &session->resend, session->resend_ms, on_resend);
}

void session_accept(struct session *session, struct server_transaction *st, msg_t *ok)
{
    stop_waiting_for_ack(session);
    session->invite = st;
    session->ok = message_copy(ok);
    server_transaction_own(st, session, on_invite_gone);
    server_transaction_respond(st, ok);
    session->ok_since_ms = clock_now_ms();
    session->resend_ms = (uint64_t)session->gw->conf->limits.t1_ms;
    wheel_arm(session->gw->wheel, &session->resend, session->resend_ms, on_resend);
}

void session_acked(struct session *session)
{
    step(session, SESSION_EV_ACK);
}

int session_act_acked(void *obj, void *arg)
{
    (void)arg;
    stop_waiting_for_ack(obj);
    return FSM_OK;
}

/* --- session timer ---------------------------------------------------------------------------- */

static void on_expiry(struct wheel_timer *timer)
{
    step(of_timer(timer, offsetof(struct session, expiry)), SESSION_EV_EXPIRED);
}

void session_refreshed(struct session *session, uint32_t expires_s)
{
    session->expires_s = expires_s;
    session->due_ms = clock_now_ms() + (uint64_t)expires_s * 1000;
    wheel_arm(session->gw->wheel, &session->expiry, (uint64_t)expires_s * 1000, on_expiry);
}

void session_expire(struct session *session)
{
    wheel_arm(session->gw->wheel, &session->expiry, 0, on_expiry);
}

void session_forgotten(struct session *session)
{
    session->is_forgotten = true;
    session_expire(session);
}

/* --- requests of ours ------------------------------------------------------------------------- */

static void finish_sent(struct session_sent *sent)
{
    struct session *session = sent->session;

    forget_sent(sent);
    if (session->state == SESSION_ENDING && !session->n_sent)
        step(session, SESSION_EV_DONE);
}

/* A final response other than 481 leaves the session alone. So does silence, and the 408 that a
 * proxy may make of it: a real client answers no event at all (csta-rcc 1.6), and vanished ones
 * expire. */
static void event_failed(struct session *session, enum cti_metric metric, char const *why)
{
    cti_count(metric);
    if (session->is_deaf)
        log_debug(session->id, "event not taken by the client why=\"%s\"", why);
    else
        log_info(session->id, "event not taken by the client why=\"%s\"", why);
    session->is_deaf = true;
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct session_sent *sent = ctx;
    sip_t const *sip = sip_object(response);
    int status = sip->sip_status->st_status;

    (void)ct;
    if (status < 200 || !session_is_open(sent->session))
        return;
    if (status == 481)
        session_forgotten(sent->session);
    else if (sent->on_answer)
        sent->on_answer(sent->session, sip);
    else if (status >= 300)
        event_failed(sent->session, status == 408 ? M_events_unanswered : M_events_refused,
                     sip->sip_status->st_phrase);
    /* Mostly from the proxy: the event has not come to the client, who hears so before it hears
     * more. */
    if (!sent->on_answer && status == 503)
        sent->session->events_lost = true;
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct session_sent *sent = ctx;
    char const *reason = why == TRANSACTION_TIMEOUT ? "no answer" : "not sent";

    (void)ct;
    if (!session_is_open(sent->session))
        log_debug(sent->session->id, "request not answered reason=\"%s\"", reason);
    else if (!sent->on_answer)
        event_failed(sent->session, M_events_unanswered, reason);
    else if (why == TRANSACTION_TIMEOUT)
        sent->on_answer(sent->session, NULL);
    if (!sent->on_answer && why == TRANSACTION_TRANSPORT)
        sent->session->events_lost = true;
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ct;
    finish_sent(ctx);
}

int session_send(struct session *session, msg_t *request)
{
    return session_ask(session, request, NULL);
}

int session_ask(struct session *session, msg_t *request, session_answer_fn *on_answer)
{
    static struct client_handlers const handlers = { on_response, on_failure, on_gone };
    struct session_sent *sent = calloc(1, sizeof *sent);

    if (!sent) {
        msg_destroy(request);
        return -ENOMEM;
    }
    sent->session = session;
    sent->on_answer = on_answer;
    LIST_INSERT_HEAD(&session->sent, sent, link);
    session->n_sent++;
    sent->outgoing = stack_send_back(session->gw->stack, request, dialog_next_hop(session->dialog),
                                     &session->flow, &handlers, sent);
    if (sent->outgoing)
        return 0;
    forget_sent(sent);
    return -ENOMEM;
}

/* --- ending ----------------------------------------------------------------------------------- */

static void tell_end(struct session *session, char const *why, enum cti_metric metric)
{
    cti_count(metric);
    log_info(session->id, "session ended user=\"%s\" line=%s reason=\"%s\" seconds=%llu",
             session->user, session->number, why,
             (unsigned long long)((clock_now_ms() - session->started_ms) / 1000));
}

/* CSTA ends at once; the client is told in its turn. */
static int leave(struct session *session)
{
    release_csta(session);
    stop_waiting_for_ack(session);
    wheel_disarm(&session->refresh);
    farewell_add(&session->gw->farewell, session);
    return FSM_OK;
}

static int send_bye(struct session *session)
{
    struct session_sent *sent;

    release_csta(session);
    stop_waiting_for_ack(session);
    wheel_disarm(&session->refresh);
    /* Events without an answer do not keep an ending session alive; its BYE does. */
    while ((sent = LIST_FIRST(&session->sent))) {
        outgoing_detach(sent->outgoing);
        forget_sent(sent);
    }
    wheel_arm(session->gw->wheel, &session->expiry, BYE_GUARD_MS, on_expiry);
    msg_t *bye = dialog_request(session->dialog, sip_method_bye, "BYE");
    return bye && session_send(session, bye) == 0 ? FSM_OK : SESSION_EV_DONE;
}

int session_act_expired(void *obj, void *arg)
{
    struct session *session = obj;

    (void)arg;
    if (session->is_forgotten)
        tell_end(session, "the client does not know it any more", M_sessions_forgotten);
    else
        tell_end(session, "expired", M_sessions_expired);
    return send_bye(session);
}

int session_act_lost(void *obj, void *arg)
{
    (void)arg;
    tell_end(obj, "CTI connection lost", M_sessions_lost);
    return leave(obj);
}

int session_act_forbidden(void *obj, void *arg)
{
    (void)arg;
    tell_end(obj, "the user may not control the line any more", M_sessions_forbidden);
    return send_bye(obj);
}

int session_act_stopped(void *obj, void *arg)
{
    struct session *session = obj;

    (void)arg;
    tell_end(session, "the gateway stops", M_sessions_stopped);
    session->is_stopped = true;
    return leave(session);
}

int session_act_turn(void *obj, void *arg)
{
    struct session *session = obj;

    (void)arg;
    farewell_remove(&session->gw->farewell, session);
    if (session->is_stopped)
        system_status_send(session, CSTA_STATUS_disabled);
    return send_bye(session);
}

int session_act_no_ack(void *obj, void *arg)
{
    (void)arg;
    tell_end(obj, "no ACK", M_sessions_not_acked);
    return send_bye(obj);
}

int session_act_bye(void *obj, void *arg)
{
    tell_end(obj, "BYE", M_sessions_ended_bye);
    return session_act_gone(obj, arg);
}

int session_act_gone(void *obj, void *arg)
{
    struct session *session = obj;

    (void)arg;
    session_free(&session);
    return FSM_OK;
}

void session_bye(struct session *session)
{
    step(session, SESSION_EV_BYE);
}

void session_lost(struct session *session)
{
    step(session, SESSION_EV_LOST);
}

void session_forbidden(struct session *session)
{
    step(session, SESSION_EV_FORBIDDEN);
}

void session_turn(struct session *session)
{
    step(session, SESSION_EV_TURN);
}

void session_stopped(struct session *session)
{
    step(session, SESSION_EV_STOPPED);
}

bool session_is_open(struct session const *session)
{
    return session->state == SESSION_SETUP || session->state == SESSION_ACTIVE;
}

char const *session_state_str(struct session const *session)
{
    return session_fsm()->state_names[session->state];
}
