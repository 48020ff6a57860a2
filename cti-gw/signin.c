/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-in (csta-rcc 1.3, 1.4) and refresh (1.7, RFC 4028). */
#define LOG_SUBSYSTEM LOG_CSTA
#include "signin.h"
#include "buf.h"
#include "cti_conf.h"
#include "cti_metrics.h"
#include "cti_note.h"
#include "log.h"
#include "message.h"
#include "refresh.h"
#include "session.h"
#include "signin_check.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <string.h>

#define ALLOW "Allow: INVITE, ACK, BYE, CANCEL, INFO, UPDATE, OPTIONS"

enum { URI_BYTES = 300, BODY_BYTES = 4096, LINE_BYTES = 300, WHY_BYTES = 200 };

static struct cti_refusal const bad_body = { 400, "Bad Request", M_refused_body, NULL };
static struct cti_refusal const bad_type = { 415, "Unsupported Media Type", M_refused_body,
                                             "Accept: application/csta+xml" };

/* A sign-in while it is checked. */
struct attempt {
    struct gateway *gw;
    struct server_transaction *st;
    sip_t const *sip;
    struct signin_check check;
    char uri[URI_BYTES];   /* of From */
    char const *line_text; /* of the body, else who is called */
    enum csta_edition edition;
    int connection;
};

/* --- session timer (RFC 4028) ----------------------------------------------------------------- */

/* What the client asked for, within our limit; 0 after a 422. */
static uint32_t choose_expires(struct gateway *gw, struct server_transaction *st, sip_t const *sip)
{
    char min_se[40];

    if (sip->sip_session_expires &&
        (int64_t)sip->sip_session_expires->x_delta < gw->conf->min_session_timer) {
        snprintf(min_se, sizeof min_se, "Min-SE: %d", (int)gw->conf->min_session_timer);
        struct cti_refusal const too_short = { 422, "Session Interval Too Small", M_refused_timer,
                                               min_se };
        cti_refusal_send(st, &too_short, "session timer of %d s is too short",
                         (int)sip->sip_session_expires->x_delta);
        return 0;
    }
    return refresh_interval(sip, (uint32_t)gw->conf->session_timer);
}

/* RFC 4028 9: a client that has to refresh must know that it has to. */
static int add_timer(msg_t *response, sip_t const *request, uint32_t expires_s)
{
    bool is_ours = refresh_is_ours(request);
    char line[60];

    snprintf(line, sizeof line, "Session-Expires: %u;refresher=%s", expires_s,
             is_ours ? "uas" : "uac");
    if (message_add(response, ALLOW) < 0 || message_add(response, "Supported: timer") < 0 ||
        (!is_ours && message_add(response, "Require: timer") < 0))
        return -1;
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

/* Says no, and keeps it for who looks for the cause. */
static bool refuse(struct attempt *a, struct cti_refusal const *refusal, char const *why)
{
    char peer[NET_ADDR_TEXT];
    char const *line = a->line_text ? a->line_text : "";

    cti_refusal_send(a->st, refusal, "%s", why);
    signin_log_add(&a->gw->refused, a->uri + 4, line,
                   net_addr_print(&server_transaction_origin(a->st)->peer, peer), refusal->status,
                   why);
    return false;
}

/* The body must be RequestSystemStatus; @p home holds its strings. */
static bool body_is_right(struct attempt *a, su_home_t *home)
{
    struct csta_msg msg;
    struct csta_fault fault;
    char why[WHY_BYTES];

    if (strcmp(message_content_type(a->sip), "application/csta+xml") != 0 || !a->sip->sip_payload)
        return refuse(a, &bad_type, "INVITE without a CSTA body");
    if (csta_decode(home, a->sip->sip_payload->pl_data, a->sip->sip_payload->pl_len, &msg, &fault))
        return refuse(a, &bad_body, fault.text);
    if (msg.type != CSTA_RequestSystemStatus) {
        (void)snprintf(why, sizeof why, "INVITE wants RequestSystemStatus, not %s",
                       csta_type_str(msg.type));
        return refuse(a, &bad_body, why);
    }
    a->edition = msg.edition;
    a->line_text = msg.line;
    return true;
}

/* As the check says, with the Retry-After of what may pass. */
static bool refuse_checked(struct attempt *a)
{
    char retry_after[40];
    struct cti_refusal refusal = *a->check.refusal;

    (void)snprintf(retry_after, sizeof retry_after, "Retry-After: %d",
                   (int)a->gw->conf->retry_after);
    if (refusal.status == 503)
        refusal.header = retry_after;
    return refuse(a, &refusal, a->check.why);
}

/* User, line, phone, room, connection. */
static bool check_is_passed(struct attempt *a, su_home_t *home)
{
    char const *called = a->sip->sip_request->rq_url->url_user;

    if (!a->line_text)
        a->line_text = su_strdup(home, called ? called : "");
    a->check.gw = a->gw;
    if (!signin_check_user(&a->check, a->uri) ||
        !signin_check_line(&a->check, a->line_text ? a->line_text : "") ||
        !signin_check_device(&a->check) || !signin_check_room(&a->check) ||
        !signin_check_connection(&a->check))
        return refuse_checked(a);
    a->connection = provider_choose(a->gw->provider);
    return true;
}

static void warn_of_form(struct signin_check const *check)
{
    if (signin_check_form_is_odd(check))
        log_warn(NULL,
                 "line URI of an E.164 number has phone-context=dialstring user=\"%s\" "
                 "line=\"%s\"",
                 check->user->id, check->line_text);
}

static void start_session(struct attempt *a, uint32_t expires_s)
{
    struct signin_check const *check = &a->check;
    msg_t *ok = make_ok(a->gw, a->st, expires_s, a->edition);
    struct session *session = ok ? session_new(a->gw, a->st, check->user, check->line.number,
                                               check->line_text, (unsigned)a->connection)
                                 : NULL;

    if (!session) {
        if (ok)
            msg_destroy(ok);
        cti_refusal_send(a->st, &bad_body, "INVITE makes no dialog (Contact?), or out of memory");
        return;
    }
    session->edition = a->edition;
    char const *device = signin_check_device_name(check);
    session->device = device ? strdup(device) : NULL;
    warn_of_form(check);
    refresh_learn(session, a->sip);
    session_refreshed(session, expires_s);
    refresh_plan(session, refresh_is_ours(a->sip));
    log_info(session->id,
             "session started user=\"%s\" line=%s call_id=\"%s\" connection=%d device=\"%s\" "
             "because=\"%s\"",
             check->user->id, check->line.number, a->sip->sip_call_id->i_id, a->connection,
             session->device ? session->device : "", check->choice.why);
    cti_note_session(session, a->st, "sign-in");
    session_accept(session, a->st, ok);
    if (check->choice.kind == DEVICE_CHOICE_RING)
        device_ring_start(session, check->phones);
}

void signin_take(struct gateway *gw, struct server_transaction *st)
{
    struct attempt a = { .gw = gw, .st = st, .sip = sip_object(server_transaction_request(st)) };
    url_t const *from = a.sip->sip_from->a_url;
    su_home_t *home = su_home_new(sizeof *home);
    uint32_t expires_s;

    (void)snprintf(a.uri, sizeof a.uri, "sip:%s@%s", from->url_user ? from->url_user : "",
                   from->url_host ? from->url_host : "");
    if (!home)
        server_transaction_refuse(st, 500, "Server Internal Error", NULL);
    else if (body_is_right(&a, home) && check_is_passed(&a, home) &&
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
    cti_note_session(session, st, "refresh");
    session_refreshed(session, expires_s);
    refresh_learn(session, sip);
    refresh_plan(session, refresh_is_ours(sip));
    log_debug(session->id, "session refreshed by=%s", sip->sip_request->rq_method_name);
    if (is_invite)
        session_accept(session, st, ok);
    else
        server_transaction_respond(st, ok);
}
