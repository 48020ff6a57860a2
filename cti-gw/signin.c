/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-in (csta-rcc 1.3, 1.4) and refresh (1.7, RFC 4028). */
#define LOG_SUBSYSTEM LOG_CSTA
#include "signin.h"
#include "buf.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "cti_refusal.h"
#include "line_uri.h"
#include "log.h"
#include "message.h"
#include "session.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <stdio.h>
#include <string.h>

#define ALLOW "Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS"

enum { URI_BYTES = 300, BODY_BYTES = 4096, LINE_BYTES = 300 };

static struct cti_refusal const bad_body = { 400, "Bad Request", M_refused_body, NULL };
static struct cti_refusal const bad_type = { 415, "Unsupported Media Type", M_refused_body,
                                             "Accept: application/csta+xml" };
static struct cti_refusal const bad_user = { 403, "Forbidden", M_refused_user, NULL };
static struct cti_refusal const bad_line = { 403, "Forbidden", M_refused_line, NULL };
static struct cti_refusal const no_line = { 404, "Not Found", M_refused_line, NULL };

/* A sign-in while it is checked. */
struct attempt {
    struct gateway *gw;
    struct server_transaction *st;
    sip_t const *sip;
    struct users_person const *user;
    struct line_uri line;
    char const *line_text;
    struct device_choice choice;
    struct device_choice_phone phones[USERS_PHONES_MAX];
    enum csta_edition edition;
    int connection;
};

/* --- session timer (RFC 4028) ----------------------------------------------------------------- */

/* What the client asked for, within our limit; 0 after a 422. */
static uint32_t choose_expires(struct gateway *gw, struct server_transaction *st, sip_t const *sip)
{
    int64_t wanted = gw->conf->session_timer;
    char min_se[40];

    if (sip->sip_session_expires) {
        int64_t asked = (int64_t)sip->sip_session_expires->x_delta;
        if (asked < gw->conf->min_session_timer) {
            snprintf(min_se, sizeof min_se, "Min-SE: %d", (int)gw->conf->min_session_timer);
            struct cti_refusal const too_short = { 422, "Session Interval Too Small",
                                                   M_refused_timer, min_se };
            cti_refusal_send(st, &too_short, "session timer of %d s is too short", (int)asked);
            return 0;
        }
        wanted = asked < wanted ? asked : wanted;
    }
    return (uint32_t)wanted;
}

/* The client refreshes: it has the timer, and it may sit behind something that cannot be called. */
static int add_timer(msg_t *response, sip_t const *request, uint32_t expires_s)
{
    char line[60];

    if (message_add(response, ALLOW) < 0 || message_add(response, "Supported: timer") < 0)
        return -1;
    if (!sip_has_feature(request->sip_supported, "timer") && !request->sip_session_expires)
        return 0;
    snprintf(line, sizeof line, "Session-Expires: %u;refresher=uac", expires_s);
    return message_add(response, line);
}

/* --- the answer ------------------------------------------------------------------------------- */

static int add_status(msg_t *response, enum csta_edition edition)
{
    struct csta_msg status = { .type = CSTA_RequestSystemStatusResponse,
                               .edition = edition,
                               .system_status = CSTA_STATUS_normal };
    struct buf xml;

    buf_init(&xml, BODY_BYTES);
    int err = csta_encode(&status, &xml);
    if (err == 0)
        err = message_add(response, "Content-Disposition: signal;handling=required");
    if (err == 0)
        err = message_set_body(response, "application/csta+xml", buf_text(&xml), xml.len);
    buf_fini(&xml);
    return err;
}

static int add_contact(struct gateway *gw, struct server_transaction *st, msg_t *response)
{
    struct transport *t = stack_transport(gw->stack);
    struct origin const *from = server_transaction_origin(st);
    char const *host = transport_listener_host(t, from->listener);
    bool is_v6 = strchr(host, ':') && host[0] != '[';
    char line[LINE_BYTES];

    snprintf(line, sizeof line, "Contact: <sip:cti@%s%s%s:%u;transport=%s>", is_v6 ? "[" : "", host,
             is_v6 ? "]" : "", net_addr_port(transport_listener_addr(t, from->listener)),
             transport_kind_name(from->kind));
    return message_add(response, line);
}

/* 200 with Contact and timer; with the status body if @p edition is given. NULL: out of memory. */
static msg_t *make_ok(struct gateway *gw, struct server_transaction *st, uint32_t expires_s,
                      enum csta_edition edition)
{
    msg_t *request = server_transaction_request(st);
    msg_t *ok = message_response(request, 200, "OK", server_transaction_to_tag(st));

    if (ok && (add_contact(gw, st, ok) < 0 || add_timer(ok, sip_object(request), expires_s) < 0 ||
               (edition && add_status(ok, edition) < 0))) {
        msg_destroy(ok);
        ok = NULL;
    }
    return ok;
}

/* --- checks, in the order of the guide -------------------------------------------------------- */

/* The body must be RequestSystemStatus; @p home holds its strings. */
static bool body_is_right(struct attempt *a, su_home_t *home)
{
    struct csta_msg msg;
    struct csta_fault fault;

    if (strcmp(message_content_type(a->sip), "application/csta+xml") != 0 || !a->sip->sip_payload) {
        cti_refusal_send(a->st, &bad_type, "INVITE without a CSTA body");
        return false;
    }
    if (csta_decode(home, a->sip->sip_payload->pl_data, a->sip->sip_payload->pl_len, &msg,
                    &fault)) {
        cti_refusal_send(a->st, &bad_body, "%s", fault.text);
        return false;
    }
    if (msg.type != CSTA_RequestSystemStatus) {
        cti_refusal_send(a->st, &bad_body, "INVITE wants RequestSystemStatus, not %s",
                         csta_type_str(msg.type));
        return false;
    }
    a->edition = msg.edition;
    a->line_text = msg.line;
    return true;
}

static bool user_is_right(struct attempt *a)
{
    url_t const *from = a->sip->sip_from->a_url;
    char uri[URI_BYTES];

    snprintf(uri, sizeof uri, "sip:%s@%s", from->url_user ? from->url_user : "",
             from->url_host ? from->url_host : "");
    a->user = users_find(a->gw->directory.users, uri);
    if (a->user && a->user->rcc)
        return true;
    cti_refusal_send(a->st, &bad_user,
                     a->user ? "user %s is not enabled for remote call control"
                             : "user %s is not known",
                     uri + 4);
    return false;
}

static bool line_is_right(struct attempt *a, su_home_t *home)
{
    if (!a->line_text)
        a->line_text = su_strdup(home, a->sip->sip_request->rq_url->url_user
                                           ? a->sip->sip_request->rq_url->url_user
                                           : "");
    if (line_uri_parse(a->line_text, &a->line) < 0 ||
        !users_have_line(a->gw->directory.users, a->line.number)) {
        cti_refusal_send(a->st, &no_line, "line %s is not known", a->line_text);
        return false;
    }
    if (users_may_control(a->gw->directory.users, a->user->id, a->line.number))
        return true;
    cti_refusal_send(a->st, &bad_line, "line %s is not a line of user %s", a->line.number,
                     a->user->id);
    return false;
}

/* csta-rcc 1.2: clients report an error for such a line, which is hard to find. */
static void warn_of_form(struct attempt const *a)
{
    if (a->line.number[0] == '+' && a->line.dialstring)
        log_warn(NULL,
                 "line URI of an E.164 number has phone-context=dialstring user=\"%s\" "
                 "line=\"%s\"",
                 a->user->id, a->line_text);
}

static bool device_is_right(struct attempt *a)
{
    struct users const *users = a->gw->directory.users;
    struct device_choice_options const options = {
        .server_type = (enum cti_server_type)a->gw->conf->server_type,
        .named = a->line.device,
        .chosen = users_chosen(users, a->user->id, a->line.number),
        .phones = a->phones,
        .n = users_phones(users, a->user->id, a->line.number, a->line.partition, a->phones,
                          USERS_PHONES_MAX),
    };

    /* Where nobody has written the phones down, the driver knows them. */
    if (!users_has_phones(users, a->line.number))
        a->choice = (struct device_choice){ DEVICE_CHOICE_LINE, 0, "devices are not known" };
    else if (!options.n && *a->line.partition)
        a->choice = (struct device_choice){ DEVICE_CHOICE_REFUSED, 0,
                                            "the user has no device in that partition" };
    else
        a->choice = device_choice_make(&options);
    if (a->choice.kind != DEVICE_CHOICE_REFUSED)
        return true;
    cti_refusal_send(a->st, &bad_line, "line %s of user %s: %s", a->line_text, a->user->id,
                     a->choice.why);
    return false;
}

static bool resources_are_there(struct attempt *a)
{
    char retry_after[40];
    struct cti_refusal refusal = { 503, "Service Unavailable", M_refused_no_connection,
                                   retry_after };

    snprintf(retry_after, sizeof retry_after, "Retry-After: %d", (int)a->gw->conf->retry_after);
    if (a->gw->sessions.n >= (size_t)a->gw->conf->max_sessions) {
        refusal.metric = M_refused_limit;
        cti_refusal_send(a->st, &refusal, "max_sessions is reached");
        return false;
    }
    a->connection = provider_choose(a->gw->provider);
    if (a->connection >= 0)
        return true;
    cti_refusal_send(a->st, &refusal, "no CTI connection is up");
    return false;
}

/* A device that nobody has written down is the driver's to know. */
static char const *chosen_device(struct attempt const *a)
{
    if (a->choice.kind == DEVICE_CHOICE_ONE)
        return a->phones[a->choice.index].name;
    return a->choice.kind == DEVICE_CHOICE_LINE && *a->line.device ? a->line.device : NULL;
}

static void start_session(struct attempt *a, uint32_t expires_s)
{
    msg_t *ok = make_ok(a->gw, a->st, expires_s, a->edition);
    struct session *session = ok ? session_new(a->gw, a->st, a->user, a->line.number, a->line_text,
                                               (unsigned)a->connection)
                                 : NULL;

    if (!session) {
        if (ok)
            msg_destroy(ok);
        cti_refusal_send(a->st, &bad_body, "INVITE makes no dialog (Contact?), or out of memory");
        return;
    }
    session->edition = a->edition;
    char const *device = chosen_device(a);
    session->device = device ? strdup(device) : NULL;
    warn_of_form(a);
    session_refreshed(session, expires_s);
    log_info(session->id,
             "session started user=\"%s\" line=%s call_id=\"%s\" connection=%d device=\"%s\" "
             "because=\"%s\"",
             a->user->id, a->line.number, a->sip->sip_call_id->i_id, a->connection,
             session->device ? session->device : "", a->choice.why);
    session_accept(session, a->st, ok);
    if (a->choice.kind == DEVICE_CHOICE_RING)
        device_ring_start(session, a->phones);
}

void signin_take(struct gateway *gw, struct server_transaction *st)
{
    struct attempt a = { .gw = gw, .st = st, .sip = sip_object(server_transaction_request(st)) };
    su_home_t *home = su_home_new(sizeof *home);
    uint32_t expires_s;

    if (!home)
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
    else if (body_is_right(&a, home) && user_is_right(&a) && line_is_right(&a, home) &&
             device_is_right(&a) && resources_are_there(&a) &&
             (expires_s = choose_expires(gw, st, a.sip)))
        start_session(&a, expires_s);
    su_home_unref(home);
}

void signin_refresh(struct session *session, struct server_transaction *st)
{
    struct gateway *gw = session->gw;
    sip_t const *sip = sip_object(server_transaction_request(st));
    bool is_invite = sip->sip_request->rq_method == sip_method_invite;
    uint32_t expires_s = choose_expires(gw, st, sip);

    if (!expires_s)
        return;
    msg_t *ok = make_ok(gw, st, expires_s, is_invite ? session->edition : 0);
    if (!ok) {
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
        return;
    }
    cti_count(M_sessions_refreshed);
    session_refreshed(session, expires_s);
    log_debug(session->id, "session refreshed by=%s", sip->sip_request->rq_method_name);
    if (is_invite)
        session_accept(session, st, ok);
    else
        server_transaction_respond(st, ok);
}
