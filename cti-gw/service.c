/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a CSTA request: decode, check what it may touch, ask the driver, answer. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "service.h"
#include "buf.h"
#include "csta_fault_map.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "cti_monitor.h"
#include "cti_refusal.h"
#include "device_echo.h"
#include "line_uri.h"
#include "log.h"
#include "message.h"
#include "session.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES = 65536 };

/* A request while it is checked. */
struct request {
    struct session *session;
    struct server_transaction *st;
    struct csta_msg msg;
    struct line_uri device;  /* the device it is about */
    char const *device_text; /* as the client wrote it */
};

static msg_t *answer_message(struct server_transaction *st, struct csta_msg const *reply)
{
    struct buf xml;
    msg_t *response = NULL;

    buf_init(&xml, ANSWER_BYTES);
    if (csta_encode(reply, &xml) == 0 && buf_ok(&xml))
        response = message_response(server_transaction_request(st), 200, "OK",
                                    server_transaction_to_tag(st));
    if (response &&
        (message_add(response, "Content-Disposition: signal;handling=required") < 0 ||
         message_set_body(response, "application/csta+xml", buf_text(&xml), xml.len) < 0)) {
        msg_destroy(response);
        response = NULL;
    }
    buf_fini(&xml);
    return response;
}

void service_answer(struct server_transaction *st, struct csta_msg const *reply)
{
    msg_t *response = answer_message(st, reply);

    if (response)
        server_transaction_respond(st, response);
    else
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
}

static void fail_because(struct request *r, enum cti_fault fault, char const *why)
{
    struct csta_msg error = csta_fault_map(fault, r->msg.edition);

    cti_count(M_service_errors);
    log_info(r->session->id, "service refused service=%s error=%s device=\"%s\" why=\"%s\"",
             csta_type_str(r->msg.type), error.error.value, r->device_text ? r->device_text : "",
             why);
    service_answer(r->st, &error);
}

static void fail(struct request *r, enum cti_fault fault)
{
    fail_because(r, fault, "");
}

/* --- which device, and may it be touched ------------------------------------------------------ */

/* Every service names a device, or a connection of one; without either it is the session's line. */
static bool device_is_allowed(struct request *r)
{
    struct session *session = r->session;
    char const *text = r->msg.device ? r->msg.device : r->msg.conn.device_id;

    r->device_text = text ? text : session->line_text;
    if (line_uri_parse(r->device_text, &r->device) < 0) {
        fail(r, CTI_FAULT_DEVICE_UNKNOWN);
        return false;
    }
    if (users_may_control(session->gw->directory.users, session->user, r->device.number))
        return true;
    if (!users_have_line(session->gw->directory.users, r->device.number))
        fail(r, CTI_FAULT_DEVICE_UNKNOWN);
    else
        fail(r, r->msg.type == CSTA_MakeCall ? CTI_FAULT_CALLING_NOT_ALLOWED
                                             : CTI_FAULT_DEVICE_NOT_ALLOWED);
    return false;
}

/* --- services of our own ---------------------------------------------------------------------- */

static void answer_type(struct request *r, struct csta_msg reply)
{
    reply.edition = r->msg.edition;
    reply.type = csta_response_of(r->msg.type);
    service_answer(r->st, &reply);
}

static void get_features(struct request *r)
{
    struct csta_msg reply = { 0 };

    provider_features(r->session->gw->provider, &reply.features);
    csta_set_add(&reply.features, CSTA_GetCSTAFeatures);
    csta_set_add(&reply.features, CSTA_RequestSystemStatus);
    csta_set_add(&reply.features, CSTA_SystemStatus);
    answer_type(r, reply);
}

/* Services that the gateway answers itself; true if this was one. */
static bool serve_here(struct request *r)
{
    switch (r->msg.type) {
    case CSTA_RequestSystemStatus:
        answer_type(r, (struct csta_msg){ .system_status = CSTA_STATUS_normal });
        return true;
    case CSTA_SystemStatus:
        answer_type(r, (struct csta_msg){ 0 });
        return true;
    case CSTA_GetCSTAFeatures:
        get_features(r);
        return true;
    default:
        return false;
    }
}

/* --- services of the driver ------------------------------------------------------------------- */

static void service_free(struct service *service)
{
    if (service->session) {
        LIST_REMOVE(service, link);
        service->session->n_services--;
    }
    if (service->st)
        server_transaction_own(service->st, NULL, NULL);
    free(service->device);
    free(service->number);
    free(service->monitor);
    free(service);
}

static void on_info_gone(void *owner, struct server_transaction *st)
{
    struct service *service = owner;

    (void)st;
    service->st = NULL;
}

/* A new monitor is there before its answer goes out, so no event can miss it. */
static void monitor_started(struct service *service, struct csta_msg *reply)
{
    struct cti_monitor *monitor = cti_monitor_new(
        service->session, reply->monitor_xref, service->device, service->number, service->edition);

    if (monitor)
        reply->monitor_xref = monitor->xref;
    else
        *reply = csta_fault_map(CTI_FAULT_MONITOR_LIMIT, service->edition);
}

static void monitor_stopped(struct service *service)
{
    struct cti_monitor *monitor = cti_monitor_of_session(service->session, service->monitor);

    cti_monitor_free(&monitor);
}

static void count_error(struct service *service, struct csta_msg const *reply)
{
    cti_count(M_service_errors);
    log_info(service->session ? service->session->id : NULL,
             "service refused service=%s error=%s device=\"%s\" why=\"the switch says so\"",
             csta_type_str(service->type), reply->error.value ? reply->error.value : "",
             service->device);
}

static void on_reply(void *ctx, struct csta_msg const *from_driver)
{
    struct service *service = ctx;
    struct csta_msg reply = *from_driver;
    su_home_t *home = su_home_new(sizeof *home);

    reply.edition = service->edition;
    if (reply.type == CSTA_CSTAErrorCode)
        count_error(service, &reply);
    else if (service->session && reply.type == CSTA_MonitorStartResponse)
        monitor_started(service, &reply);
    else if (service->session && reply.type == CSTA_MonitorStopResponse)
        monitor_stopped(service);
    if (service->st && home) {
        struct device_echo echo = { service->number, service->device, home };
        device_echo_apply(&echo, &reply);
        service_answer(service->st, &reply);
    }
    su_home_unref(home);
    service_free(service);
}

static struct service *service_new(struct request *r)
{
    struct service *service = calloc(1, sizeof *service);

    if (!service)
        return NULL;
    service->type = r->msg.type;
    service->edition = r->msg.edition;
    service->device = strdup(r->device_text);
    service->number = strdup(r->device.number);
    service->monitor = r->msg.type == CSTA_MonitorStop ? strdup(r->msg.monitor_xref) : NULL;
    service->session = r->session;
    LIST_INSERT_HEAD(&r->session->services, service, link);
    r->session->n_services++;
    if (!service->device || !service->number ||
        (r->msg.type == CSTA_MonitorStop && !service->monitor)) {
        service_free(service);
        return NULL;
    }
    return service;
}

/* Puts the driver's names for things into the request. */
static bool translate(struct request *r, struct csta_msg *ret)
{
    *ret = r->msg;
    if (r->msg.type == CSTA_MonitorStop) {
        struct cti_monitor *monitor = cti_monitor_of_session(r->session, r->msg.monitor_xref);
        if (!monitor) {
            fail(r, CTI_FAULT_MONITOR_UNKNOWN);
            return false;
        }
        ret->monitor_xref = monitor->driver_xref;
    }
    if (ret->device)
        ret->device = r->device.number;
    ret->conn.device_id = ret->conn.call_id || ret->conn.device_id ? r->device.number : NULL;
    return true;
}

static void ask_driver(struct request *r)
{
    struct session *session = r->session;
    struct cti_conf const *conf = session->gw->conf;
    struct csta_msg request;

    if (r->msg.type == CSTA_MonitorStart &&
        session->n_monitors >= (unsigned)conf->max_monitors_per_session) {
        fail(r, CTI_FAULT_MONITOR_LIMIT);
        return;
    }
    if (session->n_services >= (unsigned)conf->max_requests_per_session) {
        fail(r, CTI_FAULT_REQUEST_LIMIT);
        return;
    }
    if (!device_is_allowed(r) || !translate(r, &request))
        return;
    struct service *service = service_new(r);
    int err = service ? provider_request(session->gw->provider, session->connection, &request,
                                         on_reply, service)
                      : -ENOMEM;
    if (err < 0) {
        if (service)
            service_free(service);
        fail(r, err == -EBUSY ? CTI_FAULT_REQUEST_LIMIT : CTI_FAULT_NO_CONNECTION);
        return;
    }
    service->st = r->st;
    server_transaction_own(r->st, service, on_info_gone);
}

static void serve(struct request *r)
{
    cti_count(M_services);
    log_debug(r->session->id, "service asked service=%s", csta_type_str(r->msg.type));
    if (serve_here(r))
        return;
    if (!csta_is_service(r->msg.type) || !provider_serves(r->session->gw->provider, r->msg.type))
        fail(r, CTI_FAULT_SERVICE_UNKNOWN);
    else
        ask_driver(r);
}

static void refuse_fault(struct request *r, struct csta_fault const *fault)
{
    static struct cti_refusal const bad_body = { 400, "Bad Request", M_refused_body, NULL };

    r->msg.edition = fault->edition ? fault->edition : CSTA_ED3;
    if (fault->kind == CSTA_FAULT_UNKNOWN)
        fail_because(r, CTI_FAULT_SERVICE_UNKNOWN, fault->text);
    else if (fault->kind == CSTA_FAULT_PARAMETER)
        fail_because(r, CTI_FAULT_PARAMETER, fault->text);
    else
        cti_refusal_send(r->st, &bad_body, "%s", fault->text);
}

void service_take(struct session *session, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    struct request r = { .session = session, .st = st };
    su_home_t *home = su_home_new(sizeof *home);
    struct csta_fault fault;

    if (!home) {
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
        return;
    }
    if (csta_decode(home, sip->sip_payload->pl_data, sip->sip_payload->pl_len, &r.msg, &fault) < 0)
        refuse_fault(&r, &fault);
    else
        serve(&r);
    su_home_unref(home);
}

void service_abandon(struct service *service)
{
    struct server_transaction *st = service->st;

    LIST_REMOVE(service, link);
    service->session->n_services--;
    service->session = NULL;
    service->st = NULL;
    if (st) {
        server_transaction_own(st, NULL, NULL);
        server_transaction_refuse(st, 481, "Call/Transaction Does Not Exist", NULL);
    }
}
