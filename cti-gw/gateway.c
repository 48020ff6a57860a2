/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as they come from the proxy, and the parts of the gateway in their order. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "gateway.h"
#include "cti_conf.h"
#include "cti_events.h"
#include "cti_note.h"
#include "cti_refusal.h"
#include "dialog.h"
#include "feature_request.h"
#include "log.h"
#include "message.h"
#include "number_rules.h"
#include "password.h"
#include "service.h"
#include "session.h"
#include "signin.h"
#include "svc.h"
#include "system_status.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

static struct cti_refusal const no_dialog = { 481, "Call/Transaction Does Not Exist",
                                              M_refused_dialog, NULL };
static struct cti_refusal const bad_cseq = { 500, "CSeq out of order", M_refused_dialog, NULL };
static struct cti_refusal const bad_type = { 415, "Unsupported Media Type", M_refused_body,
                                             "Accept: application/csta+xml" };
static struct cti_refusal const bad_method = { 405, "Method Not Allowed", M_refused_method,
                                               "Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE, "
                                               "OPTIONS, SUBSCRIBE" };

/* --- inside a session ------------------------------------------------------------------------- */

static void take_info(struct session *session, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));

    if (!sip->sip_payload || strcmp(message_content_type(sip), "application/csta+xml") != 0)
        cti_refusal_send(st, &bad_type, "INFO without a CSTA body");
    else
        service_take(session, st);
}

static void take_bye(struct session *session, struct server_transaction *st)
{
    cti_note_session(session, st, "sign-out");
    server_transaction_refuse(st, 200, "OK", NULL);
    session_bye(session);
}

static void take_in_dialog(struct gateway *gw, struct server_transaction *st, sip_t const *sip)
{
    struct session *session = session_find(gw, sip);
    int status = session ? dialog_accept(session->dialog, sip) : 481;
    sip_method_t method = sip->sip_request->rq_method;

    if (status == 0)
        session_heard(session, server_transaction_origin(st));
    if (status == 500)
        cti_refusal_send(st, &bad_cseq, "CSeq %u is out of order", sip->sip_cseq->cs_seq);
    else if (status)
        cti_refusal_send(st, &no_dialog, "no such session");
    else if (method == sip_method_bye)
        take_bye(session, st);
    else if (!session_is_open(session))
        cti_refusal_send(st, &no_dialog, "the session is ending");
    else if (method == sip_method_info)
        take_info(session, st);
    else if (method == sip_method_invite || method == sip_method_update)
        signin_refresh(session, st);
    else if (method == sip_method_options)
        server_transaction_refuse(st, 200, "OK", "Accept: application/csta+xml");
    else
        cti_refusal_send(st, &bad_method, "%s is not served", sip->sip_request->rq_method_name);
}

/* --- what the transaction layer hands up ------------------------------------------------------ */

static void on_request(void *ctx, struct server_transaction *st)
{
    struct gateway *gw = ctx;
    sip_t const *sip = sip_object(server_transaction_request(st));
    sip_method_t method = sip->sip_request->rq_method;

    if (method == sip_method_subscribe)
        feature_request_take(gw, st);
    else if (sip->sip_to->a_tag)
        take_in_dialog(gw, st, sip);
    else if (method == sip_method_invite)
        signin_take(gw, st);
    else if (method == sip_method_options)
        server_transaction_refuse(st, 200, "OK", "Accept: application/csta+xml");
    else if (method == sip_method_info || method == sip_method_bye || method == sip_method_update)
        cti_refusal_send(st, &no_dialog, "no such session");
    else
        cti_refusal_send(st, &bad_method, "%s is not served", sip->sip_request->rq_method_name);
}

/* The real client's ACK has CSeq 1 whatever the INVITE had (csta-rcc 1.6), so only the dialog
 * counts. */
static void on_ack(void *ctx, struct origin const *from, msg_t *msg)
{
    struct session *session = session_find(ctx, sip_object(msg));

    (void)from;
    if (session)
        session_acked(session);
}

static void on_connection_lost(void *ctx, unsigned index, char const *reason)
{
    struct gateway *gw = ctx;
    struct session *session, *next;

    for (session = LIST_FIRST(&gw->all); session; session = next) {
        next = LIST_NEXT(session, link);
        if (session->connection == index && session_is_open(session)) {
            log_debug(session->id, "CTI connection lost reason=\"%s\"", reason);
            session_lost(session);
        }
    }
    feature_line_lost(gw, index);
}

static void on_event(void *ctx, unsigned index, struct csta_msg const *event)
{
    if (!feature_line_take(ctx, index, event))
        cti_events_take(ctx, index, event);
}

static char const *whose(void *ctx, unsigned index, char const *monitor_xref)
{
    struct session const *session = cti_events_session(ctx, index, monitor_xref);

    return session ? dialog_call_id(session->dialog) : "";
}

static void on_status(void *ctx, unsigned index, enum csta_system_status status)
{
    system_status_spread(ctx, index, status);
}

/* --- up and down ------------------------------------------------------------------------------ */

static int open_listeners(struct gateway *gw)
{
    for (size_t i = 0; i < gw->conf->listen.n; i++) {
        int listener = stack_listen(gw->stack, gw->conf->listen.v[i], NULL);
        if (listener < 0) {
            log_error(NULL, "listener not opened listen=\"%s\" error=\"%s\"", gw->conf->listen.v[i],
                      strerror(-listener));
            return listener;
        }
        /* It is the proxy that comes here, with all clients. */
        transport_carries_many(stack_transport(gw->stack), (uint16_t)listener);
    }
    return 0;
}

static int open_provider(struct gateway *gw, struct svc *svc)
{
    static struct provider_handlers const handlers = { on_connection_lost, on_event, on_status,
                                                       whose };
    struct cti_conf const *conf = gw->conf;
    struct driver_options const base = { .loop = svc_loop(svc),
                                         .wheel = gw->wheel,
                                         .tap = svc_tap(svc),
                                         .user = conf->user,
                                         .password = gw->password,
                                         .heartbeat_s = conf->heartbeat,
                                         .retry_ms = conf->retry_ms,
                                         .request_ms = conf->request_ms,
                                         .half_ms = conf->limits.half_message_ms,
                                         .max_requests = conf->max_requests_per_connection };
    int err = password_load(conf->password_file, gw->password);

    if (err < 0) {
        log_error(NULL, "password not read file=\"%s\" error=\"%s\"", conf->password_file,
                  strerror(-err));
        return err;
    }
    gw->provider = provider_new(conf, &base, &handlers, gw);
    return gw->provider ? 0 : -ENOMEM;
}

static int compile_numbers(struct gateway *gw)
{
    struct cti_conf const *conf = gw->conf;

    gw->inbound = number_rules_new(&conf->numbers_inbound, conf->number_match_limit,
                                   conf->number_depth_limit);
    gw->outbound = number_rules_new(&conf->numbers_outbound, conf->number_match_limit,
                                    conf->number_depth_limit);
    return gw->inbound && gw->outbound ? 0 : -ENOMEM;
}

int gateway_init(struct gateway *gw, struct svc *svc)
{
    static struct transaction_handlers const handlers = { .on_request = on_request,
                                                          .on_ack = on_ack };

    *gw = (struct gateway){ .conf = svc_conf(svc), .wheel = svc_wheel(svc) };
    uv_timer_init(svc_loop(svc), &gw->patience);
    LIST_INIT(&gw->all);
    device_ring_init(&gw->rings);
    farewell_init(&gw->farewell, gw->wheel, gw->conf->farewell_batch);
    signin_log_init(&gw->refused, (size_t)gw->conf->refused_signins);
    feature_line_init(&gw->features);
    htab_init(&gw->sessions);
    htab_init(&gw->monitors);
    int err = directory_init(&gw->directory, gw);
    if (err == 0)
        err = compile_numbers(gw);
    if (err == 0) {
        gw->stack = stack_new(svc_loop(svc), gw->wheel, svc_tap(svc), &gw->conf->limits, NULL,
                              &handlers, gw);
        err = gw->stack ? open_listeners(gw) : -ENOMEM;
    }
    return err == 0 ? open_provider(gw, svc) : err;
}

static void on_patience_over(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Runs the loop until every client was told and has answered our BYE, or patience is over. */
static void wait_for_answers(struct gateway *gw)
{
    uv_loop_t *loop = gw->patience.loop;

    while (!TAILQ_EMPTY(&gw->farewell.waiting))
        uv_run(loop, UV_RUN_ONCE);
    uv_timer_start(&gw->patience, on_patience_over, (uint64_t)gw->conf->stop_ms, 0);
    while (!LIST_EMPTY(&gw->all) && uv_is_active((uv_handle_t *)&gw->patience))
        uv_run(loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&gw->patience, NULL);
}

/* A planned stop: each client hears that control is over before its session ends (csta-rcc 1.8),
 * and signs in somewhere else or later instead of waiting for a timeout. */
static void say_goodbye(struct gateway *gw)
{
    struct session *session, *next;

    gw->is_stopping = true;
    for (session = LIST_FIRST(&gw->all); session; session = next) {
        next = LIST_NEXT(session, link);
        if (!session_is_open(session))
            continue;
        session_stopped(session);
    }
    if (gw->patience.loop)
        wait_for_answers(gw);
}

void gateway_fini(struct gateway *gw)
{
    struct session *session;

    say_goodbye(gw);
    while ((session = LIST_FIRST(&gw->all)))
        session_free(&session);
    feature_line_stop(gw);
    farewell_fini(&gw->farewell);
    provider_free(&gw->provider);
    feature_line_fini(&gw->features);
    device_ring_fini(&gw->rings); /* the driver has answered what was under way */
    stack_free(&gw->stack);
    directory_fini(&gw->directory);
    number_rules_free(&gw->inbound);
    number_rules_free(&gw->outbound);
    signin_log_fini(&gw->refused);
    htab_fini(&gw->sessions);
    htab_fini(&gw->monitors);
}
