/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a CSTA request: decode, check what it may touch, ask the driver, answer. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "service.h"
#include "auto_hold.h"
#include "buf.h"
#include "csta_fault_map.h"
#include "cti_conf.h"
#include "cti_features.h"
#include "cti_metrics.h"
#include "cti_monitor.h"
#include "cti_note.h"
#include "cti_refusal.h"
#include "device_echo.h"
#include "dialog.h"
#include "line_uri.h"
#include "log.h"
#include "message.h"
#include "number_rules.h"
#include "peer_class.h"
#include "service_rules.h"
#include "session.h"
#include "session_device.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_BYTES = 65536 };

/* An error is a 200 with it, unless the client is of a kind that looks at the status only. */
static int status_of(struct session const *session, struct csta_msg const *reply)
{
    if (reply->type != CSTA_CSTAErrorCode || !session->peer ||
        session->peer->error_style == PEER_ERROR_BODY200)
        return 200;
    return csta_fault_map_status(&reply->error);
}

/* What is longer is not sent at all; only a large body makes it so. */
static bool fits(struct session const *session, msg_t *response, size_t body)
{
    size_t most = (size_t)session->gw->conf->limits.max_message_bytes;
    struct buf whole;

    if (body < most / 2)
        return true;
    buf_init(&whole, most);
    bool fits = message_print(response, &whole) == 0;
    buf_fini(&whole);
    return fits;
}

/* NULL: out of memory, or it would be too large. */
static msg_t *answer_message(struct session const *session, struct server_transaction *st,
                             struct csta_msg const *reply)
{
    int status = status_of(session, reply);
    struct buf xml;
    msg_t *response = NULL;

    buf_init(&xml, ANSWER_BYTES);
    if (csta_encode(reply, &xml) == 0 && buf_ok(&xml))
        response = message_response(server_transaction_request(st), status,
                                    sip_status_phrase(status), server_transaction_to_tag(st));
    if (response &&
        (message_add(response, "Content-Disposition: signal;handling=required") < 0 ||
         message_set_body(response, "application/csta+xml", buf_text(&xml), xml.len) < 0 ||
         !fits(session, response, xml.len))) {
        msg_destroy(response);
        response = NULL;
    }
    buf_fini(&xml);
    return response;
}

static void answer(struct session const *session, struct server_transaction *st,
                   struct csta_msg const *reply)
{
    msg_t *response = answer_message(session, st, reply);

    if (!response) {
        struct csta_msg error = csta_fault_map(CTI_FAULT_UNSPECIFIED, reply->edition);
        cti_count(M_service_errors);
        log_warn(session->id, "answer does not fit into a message type=%s",
                 csta_type_str(reply->type));
        response = answer_message(session, st, &error);
    }
    if (response)
        server_transaction_respond(st, response);
    else
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
}

void service_fail(struct service_request *r, enum cti_fault fault, char const *why)
{
    struct csta_msg error = csta_fault_map(fault, r->msg.edition);

    cti_count(M_service_errors);
    log_info(r->session->id, "service refused service=%s error=%s device=\"%s\" why=\"%s\"",
             csta_type_str(r->msg.type), error.error.value, r->device, why);
    cti_note_refusal(r->st, error.error.value, why);
    answer(r->session, r->st, &error);
}

void service_reply(struct service_request *r, struct csta_msg reply)
{
    reply.edition = r->msg.edition;
    reply.type = csta_response_of(r->msg.type);
    answer(r->session, r->st, &reply);
}

/* --- what the request names: client's names become the driver's --------------------------------
 */

/* The user's own line in @p text; NULL after an error. */
static char const *own_line(struct service_request *r, char const *text)
{
    struct users const *users = r->session->gw->directory.users;
    struct line_uri device;

    if (line_uri_parse(text, &device) < 0)
        service_fail(r, CTI_FAULT_DEVICE_UNKNOWN, "not a device");
    else if (users_may_control(users, r->session->user, device.number))
        return su_strdup(r->home, device.number);
    else if (!users_have_line(users, device.number))
        service_fail(r, CTI_FAULT_DEVICE_UNKNOWN, "nobody has this line");
    else
        service_fail(r,
                     r->msg.type == CSTA_MakeCall ? CTI_FAULT_CALLING_NOT_ALLOWED
                                                  : CTI_FAULT_DEVICE_NOT_ALLOWED,
                     "the line is somebody else's");
    return NULL;
}

/* Of a choice between a device and a connection, the one that the request has. */
static unsigned choose(struct csta_msg const *msg, unsigned members)
{
    unsigned const choice = SERVICE_DEVICE | SERVICE_CONN;

    if ((members & choice) != choice)
        return members;
    return members & ~(unsigned)(msg->device ? SERVICE_CONN : SERVICE_DEVICE);
}

/* Members without a value mean the line of the session. The first one is echoed as it was written.
 */
static bool translate_own(struct service_request *r, unsigned members)
{
    bool first = true;

    for (unsigned member = 1; member < SERVICE_MEMBERS; member <<= 1) {
        if (!(members & member))
            continue;
        char const **text = service_rules_member(&r->msg, (enum service_member)member);
        char const *written = *text ? *text : r->session->line_text;
        if (first)
            r->device = written;
        char const *number = own_line(r, written);
        if (!number)
            return false;
        *text = session_device_name(r->session, number, r->home);
        if (first)
            r->number = number;
        first = false;
    }
    return true;
}

/* The one place where a number that a client dials or names becomes one of the driver's. */
static char const *number_of_others(struct service_request *r, char const *text)
{
    char dialled[NUMBER_RULES_TEXT];
    struct line_uri uri;

    if (number_rules_apply(r->session->gw->inbound, text, dialled) >= 0)
        text = su_strdup(r->home, dialled);
    return line_uri_parse(text, &uri) < 0 ? text : su_strdup(r->home, uri.number);
}

static void translate_others(struct service_request *r, unsigned members)
{
    for (unsigned member = 1; member < SERVICE_MEMBERS; member <<= 1) {
        char const **text = service_rules_member(&r->msg, (enum service_member)member);
        if (members & member && *text)
            *text = number_of_others(r, *text);
    }
}

/* Our crossRefID becomes the driver's. */
static bool translate_monitor(struct service_request *r)
{
    if (!r->msg.monitor_xref)
        return true;
    struct cti_monitor *monitor = cti_monitor_of_session(r->session, r->msg.monitor_xref);
    if (monitor)
        r->msg.monitor_xref = monitor->driver_xref;
    else
        service_fail(r, CTI_FAULT_MONITOR_UNKNOWN, "");
    return monitor != NULL;
}

static bool translate(struct service_request *r, struct service_rule const *rule)
{
    if (!translate_monitor(r) || !translate_own(r, choose(&r->msg, rule->own)))
        return false;
    translate_others(r, rule->others);
    return true;
}

/* --- services of the driver ------------------------------------------------------------------- */

static void service_free(struct service *service)
{
    if (service->session) {
        LIST_REMOVE(service, link);
        service->session->n_services--;
        service->session->is_flooding &= service->session->n_services > 0;
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

    if (monitor) {
        monitor->filter = reply->filter = service->filter;
        reply->monitor_xref = monitor->xref;
    } else
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
    log_info(
        service->session ? service->session->id : NULL,
        "service refused service=%s error=%s device=\"%s\" why=\"answer of the CTI connection\"",
        csta_type_str(service->type), reply->error.value ? reply->error.value : "",
        service->device);
}

/* The rules of the gateway that the reply comes to; nobody reads one without a session. */
static struct number_rules *outbound_of(struct service const *service)
{
    return service->session ? service->session->gw->outbound : NULL;
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
        struct device_echo echo = { service->number, service->device, home, outbound_of(service) };
        device_echo_apply(&echo, &reply);
        cti_features_permit(service->session, &reply);
        answer(service->session, service->st, &reply);
    }
    su_home_unref(home);
    service_free(service);
}

static struct service *service_new(struct service_request *r, char const *monitor)
{
    struct service *service = calloc(1, sizeof *service);

    if (!service)
        return NULL;
    service->type = r->msg.type;
    service->edition = r->msg.edition;
    service->filter = r->msg.filter;
    service->device = strdup(r->device);
    service->number = strdup(r->number);
    service->monitor = monitor ? strdup(monitor) : NULL;
    service->session = r->session;
    LIST_INSERT_HEAD(&r->session->services, service, link);
    r->session->n_services++;
    if (!service->device || !service->number || (monitor && !service->monitor)) {
        service_free(service);
        return NULL;
    }
    return service;
}

static void refuse_by_limit(struct service_request *r, enum cti_fault fault, char const *why)
{
    cti_count(M_refused_limit);
    service_fail(r, fault, why);
}

/* One line for a flood, until what it has asked for is answered. */
static void refuse_flood(struct service_request *r)
{
    struct session *session = r->session;
    struct csta_msg error = csta_fault_map(CTI_FAULT_REQUEST_LIMIT, r->msg.edition);

    if (session->is_flooding) {
        cti_count(M_refused_limit);
        cti_count(M_service_errors);
        answer(session, r->st, &error);
    } else {
        refuse_by_limit(r, CTI_FAULT_REQUEST_LIMIT, "too many services of the session wait");
    }
    session->is_flooding = true;
}

static bool limits_are_kept(struct service_request *r)
{
    struct session *session = r->session;
    struct cti_conf const *conf = session->gw->conf;

    if (r->msg.type == CSTA_MonitorStart &&
        session->n_monitors >= (unsigned)conf->max_monitors_per_session)
        refuse_by_limit(r, CTI_FAULT_MONITOR_LIMIT, "");
    else if (session->n_services >= (unsigned)conf->max_requests_per_session)
        refuse_flood(r);
    else
        return true;
    return false;
}

static int send_request(struct service_request *r, struct service *service)
{
    struct session *session = r->session;
    struct provider *provider = session->gw->provider;
    struct csta_msg request = r->msg;

    request.sake_call_id = dialog_call_id(session->dialog);
    request.filter = (struct csta_set){ 0 }; /* the gateway filters, so that it can change */
    if (request.type == CSTA_AnswerCall && session->gw->conf->auto_hold)
        return auto_hold_answer(provider, session->connection, &request, on_reply, service);
    return provider_request(provider, session->connection, &request, on_reply, service);
}

static void ask_driver(struct service_request *r, struct service_rule const *rule)
{
    char const *monitor = r->msg.monitor_xref;

    if (!limits_are_kept(r) || !translate(r, rule))
        return;
    struct service *service = service_new(r, monitor);
    int err = service ? send_request(r, service) : -ENOMEM;
    if (err < 0) {
        if (service)
            service_free(service);
        /* Not this user's fault: all together ask for too much. */
        if (err == -EBUSY)
            refuse_by_limit(r, CTI_FAULT_PERFORMANCE, "too many services of the connection wait");
        else
            service_fail(r, CTI_FAULT_NO_CONNECTION, "");
        return;
    }
    service->st = r->st;
    server_transaction_own(r->st, service, on_info_gone);
}

/* Names the policy, for whoever wonders where a button has gone. */
static void refuse_by_policy(struct service_request *r)
{
    struct gateway const *gw = r->session->gw;
    struct users_person const *user = users_by_id(gw->directory.users, r->session->user);
    char const *name = policy_denier(&gw->conf->policies, r->session->user,
                                     user ? &user->groups : NULL, r->msg.type);
    char why[100];

    (void)snprintf(why, sizeof why, "taken by policy %s", name ? name : "");
    service_fail(r, CTI_FAULT_SERVICE_UNKNOWN, why);
}

static void serve(struct service_request *r)
{
    struct session *session = r->session;
    struct service_rule const *rule = service_rules_of(r->msg.type);

    cti_count(M_services);
    cti_note_session(session, r->st, csta_type_str(r->msg.type));
    log_debug(session->id, "service asked service=%s", csta_type_str(r->msg.type));
    if (!rule)
        service_fail(r, CTI_FAULT_SERVICE_UNKNOWN, "not served here");
    else if (!rule->here &&
             !provider_serves(session->gw->provider, session->connection, r->msg.type))
        service_fail(r, CTI_FAULT_SERVICE_UNKNOWN, "the switch cannot do it");
    else if (!policy_allows(&session->policy, r->msg.type))
        refuse_by_policy(r);
    else if (rule->here)
        rule->here(r);
    else
        ask_driver(r, rule);
}

static void refuse_fault(struct service_request *r, struct csta_fault const *fault)
{
    static struct cti_refusal const bad_body = { 400, "Bad Request", M_refused_body, NULL };

    r->msg.edition = fault->edition ? fault->edition : CSTA_ED3;
    if (fault->kind == CSTA_FAULT_UNKNOWN)
        service_fail(r, CTI_FAULT_SERVICE_UNKNOWN, fault->text);
    else if (fault->kind == CSTA_FAULT_PARAMETER)
        service_fail(r, CTI_FAULT_PARAMETER, fault->text);
    else
        cti_refusal_send(r->st, &bad_body, "%s", fault->text);
}

void service_take(struct session *session, struct server_transaction *st)
{
    sip_t const *sip = sip_object(server_transaction_request(st));
    su_home_t *home = su_home_new(sizeof *home);
    struct service_request r = { .session = session,
                                 .st = st,
                                 .home = home,
                                 .device = session->line_text,
                                 .number = session->number };
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
