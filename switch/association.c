/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the application session of a link: its life, and what is sent and received in it. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "association.h"
#include "buf.h"
#include "clock.h"
#include "exchange.h"
#include "log.h"
#include "password.h"
#include "services.h"
#include "switch_conf.h"
#include "switch_metrics.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { INVOKE_LIMIT = 9999, MESSAGE_MAX = CSTA_FRAME_MAX - CSTA_FRAME_HEADER };

struct association_held {
    STAILQ_ENTRY(association_held) next;
    size_t len;
    char xml[];
};

static struct association *of_timer(struct wheel_timer *timer, size_t offset)
{
    return (struct association *)((char *)timer - offset);
}

/* --- sending ---------------------------------------------------------------------------------- */

static void send_event_now(struct association *as, char const *xml, size_t len)
{
    int error = link_send(as->link, CSTA_INVOKE_EVENT, xml, len);
    if (error == 0) {
        met_inc(&switch_metrics, M_events_sent);
        return;
    }
    met_inc(&switch_metrics, M_events_lost);
    log_debug(link_name(as->link), "event lost error=%d", error);
}

static void hold_event(struct association *as, char const *xml, size_t len)
{
    struct association_held *held = malloc(sizeof *held + len);
    if (!held) {
        met_inc(&switch_metrics, M_events_lost);
        log_error(link_name(as->link), "no memory for an event");
        return;
    }
    held->len = len;
    memcpy(held->xml, xml, len);
    STAILQ_INSERT_TAIL(&as->held, held, next);
}

static void release_events(struct association *as)
{
    struct association_held *held;
    while ((held = STAILQ_FIRST(&as->held))) {
        STAILQ_REMOVE_HEAD(&as->held, next);
        send_event_now(as, held->xml, held->len);
        free(held);
    }
}

static void drop_events(struct association *as)
{
    struct association_held *held;
    while ((held = STAILQ_FIRST(&as->held))) {
        STAILQ_REMOVE_HEAD(&as->held, next);
        free(held);
    }
}

/* Not an answer, but what follows one: never before it. */
static void send_unasked(void *ctx, struct csta_msg const *message)
{
    struct association *as = ctx;
    struct buf xml;
    buf_init(&xml, MESSAGE_MAX);
    if (csta_encode(message, &xml) < 0 || !buf_ok(&xml)) {
        met_inc(&switch_metrics, M_events_lost);
        log_error(link_name(as->link), "event not encoded type=%s", csta_type_str(message->type));
    } else if (as->answering) {
        hold_event(as, xml.data, xml.len);
    } else {
        send_event_now(as, xml.data, xml.len);
    }
    buf_fini(&xml);
}

void association_send_event(struct monitor *monitor, struct csta_msg const *message)
{
    send_unasked(monitor->ctx, message);
}

static void send_message(struct association *as, unsigned invoke_id, struct csta_msg const *message)
{
    struct buf xml;
    buf_init(&xml, MESSAGE_MAX);
    if (csta_encode(message, &xml) < 0 || !buf_ok(&xml))
        log_error(link_name(as->link), "message not encoded type=%s", csta_type_str(message->type));
    else
        link_send(as->link, invoke_id, xml.data, xml.len);
    buf_fini(&xml);
}

/* --- the session's life ----------------------------------------------------------------------- */

static void on_deadline(struct wheel_timer *timer)
{
    struct association *as = of_timer(timer, offsetof(struct association, deadline));
    enum switch_metric why = as->open ? M_sessions_expired : M_sessions_missing;
    met_inc(&switch_metrics, why);
    if (as->open)
        log_warn(link_name(as->link), "session expired id=%s", as->session_id);
    else
        log_warn(link_name(as->link), "no session started in time");
    link_close(as->link, as->open ? "session-expired" : "no-session");
}

static void on_silence(struct wheel_timer *timer)
{
    struct association *as = of_timer(timer, offsetof(struct association, silence));
    met_inc(&switch_metrics, M_sessions_silent);
    log_warn(link_name(as->link), "peer silent id=%s", as->session_id);
    link_close(as->link, "silent");
}

static void send_status(struct association *as)
{
    struct csta_msg status = { .type = CSTA_SystemStatus,
                               .edition = as->edition,
                               .register_id = as->registration.id[0] ? as->registration.id : NULL,
                               .system_status = as->ex->status };
    send_message(as, as->invoke_id, &status);
    as->invoke_id = (as->invoke_id + 1) % INVOKE_LIMIT;
}

/* The bits of the filter are states, not messages; the heartbeat comes in any case. */
static bool is_muted(struct association const *as, enum csta_system_status status)
{
    return as->registration.muted.bits[0] >> status & 1;
}

void association_announce(struct exchange *ex, enum csta_system_status status)
{
    struct association *as;
    ex->status = status;
    log_info(NULL, "system status set status=%s", csta_system_status_str(status));
    TAILQ_FOREACH(as, &ex->associations, next)
    {
        if (as->open && as->registration.id[0] && !is_muted(as, status))
            send_status(as);
    }
}

void association_say_goodbye(struct exchange *ex)
{
    struct association *as;
    ex->status = CSTA_STATUS_disabled;
    TAILQ_FOREACH(as, &ex->associations, next)
    {
        if (!as->open || !as->registration.id[0])
            continue;
        as->owes_answer = true;
        send_status(as);
    }
}

bool association_owes_answer(struct exchange const *ex)
{
    struct association const *as;
    TAILQ_FOREACH(as, &ex->associations, next)
    {
        if (as->owes_answer)
            return true;
    }
    return false;
}

static void on_beat(struct wheel_timer *timer)
{
    struct association *as = of_timer(timer, offsetof(struct association, beat));
    send_status(as);
    wheel_arm(as->ex->wheel, timer, (uint64_t)as->ex->conf->heartbeat_s * 1000, on_beat);
}

static void arm_deadline(struct association *as, uint64_t seconds)
{
    wheel_arm(as->ex->wheel, &as->deadline, seconds * 1000, on_deadline);
}

static void stop_session(struct association *as)
{
    if (!as->open)
        return;
    as->open = false;
    as->registration = (struct services_registration){ .id = "" };
    wheel_disarm(&as->silence);
    wheel_disarm(&as->beat);
    monitor_stop_all(&as->ex->monitors, &as->monitors);
    met_add(&switch_metrics, M_sessions, -1);
    log_info(link_name(as->link), "session ended id=%s", as->session_id);
}

static enum csta_edition edition_of(char const *version)
{
    for (enum csta_edition e = CSTA_ED2; e <= CSTA_ED6; e++)
        if (version && strcmp(version, csta_namespace(e)) == 0)
            return e;
    return 0;
}

struct refusal {
    char const *reason; /* for the log */
    char const *value;  /* definedError of ECMA-354 */
};

/* Both comparisons always run, so that the time says nothing about which one failed. */
static struct refusal const *why_refused(struct association *as, struct csta_msg const *request)
{
    static struct refusal const credentials = { "wrong user or password",
                                                "invalidApplicationInfo" };
    static struct refusal const version = { "protocol version not supported",
                                            "requestedProtocolVersionNotSupported" };
    bool user = password_matches(request->user ? request->user : "", as->ex->conf->user);
    bool password = password_matches(request->password ? request->password : "", as->ex->password);
    if (!user || !password)
        return &credentials;
    return edition_of(request->protocol_version) ? NULL : &version;
}

static void refuse_session(struct association *as, unsigned invoke_id,
                           struct csta_msg const *request, struct refusal const *refusal)
{
    struct csta_msg no = {
        .type = CSTA_StartApplicationSessionNegResponse,
        .error.value = refusal->value,
    };
    met_inc(&switch_metrics, M_sessions_refused);
    log_warn(link_name(as->link), "session refused reason=\"%s\" user=\"%s\"", refusal->reason,
             request->user ? request->user : "");
    send_message(as, invoke_id, &no);
    wheel_disarm(&as->deadline);
    link_finish(as->link, "session-refused");
}

static void grant_duration(struct association *as, uint64_t wanted_s)
{
    uint64_t most = (uint64_t)as->ex->conf->session_max_s;
    as->duration_s = wanted_s == 0 || wanted_s > most ? most : wanted_s;
    arm_deadline(as, as->duration_s);
}

static void start_session(struct association *as, unsigned invoke_id,
                          struct csta_msg const *request)
{
    struct refusal const *refusal = why_refused(as, request);
    if (refusal) {
        refuse_session(as, invoke_id, request, refusal);
        return;
    }
    as->open = true;
    as->edition = edition_of(request->protocol_version);
    call_id_next(&as->ex->session_ids, as->session_id);
    grant_duration(as, request->session_duration_s);
    uint64_t beat_ms = (uint64_t)as->ex->conf->heartbeat_s * 1000;
    wheel_arm(as->ex->wheel, &as->beat, beat_ms, on_beat);
    wheel_arm(as->ex->wheel, &as->silence, 2 * beat_ms, on_silence);
    met_inc(&switch_metrics, M_sessions);
    met_inc(&switch_metrics, M_sessions_started);
    log_info(link_name(as->link), "session started id=%s application=\"%s\" duration_s=%" PRIu64,
             as->session_id, request->application_id ? request->application_id : "",
             as->duration_s);
    struct csta_msg yes = {
        .type = CSTA_StartApplicationSessionPosResponse,
        .session_id = as->session_id,
        .protocol_version = csta_namespace(as->edition),
        .session_duration_s = (uint32_t)as->duration_s,
    };
    send_message(as, invoke_id, &yes);
}

/* --- receiving -------------------------------------------------------------------------------- */

/* Whether @p request names this session; if not, @p no is sent. */
static bool names_session(struct association *as, unsigned invoke_id,
                          struct csta_msg const *request, enum csta_type no)
{
    if (request->session_id && strcmp(request->session_id, as->session_id) == 0)
        return true;
    struct csta_msg reply = { .type = no, .error.value = "invalidSessionID" };
    met_inc(&switch_metrics, M_requests_refused);
    log_warn(link_name(as->link), "session request refused type=%s session=\"%s\"",
             csta_type_str(request->type), request->session_id ? request->session_id : "");
    send_message(as, invoke_id, &reply);
    return false;
}

static void on_reset_timer(struct association *as, unsigned invoke_id,
                           struct csta_msg const *request)
{
    if (!names_session(as, invoke_id, request, CSTA_ResetApplicationSessionTimerNegResponse))
        return;
    grant_duration(as, request->session_duration_s);
    struct csta_msg yes = {
        .type = CSTA_ResetApplicationSessionTimerPosResponse,
        .session_duration_s = (uint32_t)as->duration_s,
    };
    send_message(as, invoke_id, &yes);
}

static void on_stop(struct association *as, unsigned invoke_id, struct csta_msg const *request)
{
    if (!names_session(as, invoke_id, request, CSTA_StopApplicationSessionNegResponse))
        return;
    struct csta_msg yes = { .type = CSTA_StopApplicationSessionPosResponse };
    stop_session(as);
    send_message(as, invoke_id, &yes);
    arm_deadline(as, (uint64_t)as->ex->conf->start_timeout_s);
}

static void run_service(struct association *as, unsigned invoke_id, struct csta_msg const *request,
                        su_home_t *home)
{
    struct services_client client = { &as->monitors, &as->registration, send_unasked, as };
    struct csta_msg reply;
    met_inc(&switch_metrics, M_requests);
    as->answering = true;
    services_run(as->ex, &client, request, home, &reply);
    as->answering = false;
    if (reply.type == CSTA_CSTAErrorCode) {
        met_inc(&switch_metrics, M_requests_refused);
        log_info(link_name(as->link), "request refused type=%s error=%s/%s",
                 csta_type_str(request->type), csta_error_category_str(reply.error.category),
                 reply.error.value ? reply.error.value : "");
    }
    send_message(as, invoke_id, &reply);
    release_events(as);
}

static void on_message(struct association *as, unsigned invoke_id, struct csta_msg const *message,
                       su_home_t *home)
{
    switch (message->type) {
    case CSTA_ResetApplicationSessionTimer:
        on_reset_timer(as, invoke_id, message);
        return;
    case CSTA_StopApplicationSession:
        on_stop(as, invoke_id, message);
        return;
    case CSTA_SystemStatusResponse:
    case CSTA_CSTAErrorCode: /* of a peer that does not know our heartbeat: it lives */
        as->owes_answer = false;
        return;
    default:
        break;
    }
    if (csta_is_service(message->type)) {
        run_service(as, invoke_id, message, home);
        return;
    }
    met_inc(&switch_metrics, M_requests_unexpected);
    log_warn(link_name(as->link), "message not expected type=%s", csta_type_str(message->type));
}

static void on_bad_message(struct association *as, unsigned invoke_id, struct csta_fault *fault)
{
    if (fault->kind == CSTA_FAULT_NOT_XML || fault->kind == CSTA_FAULT_NOT_CSTA) {
        met_inc(&switch_metrics, M_frames_not_csta);
        log_warn(link_name(as->link), "frame refused reason=\"%s\"", fault->text);
        link_close(as->link, "not-csta");
        return;
    }
    struct csta_msg reply;
    if (fault->edition == 0)
        fault->edition = as->edition;
    services_refuse(fault, &reply);
    met_inc(&switch_metrics, M_requests);
    met_inc(&switch_metrics, M_requests_refused);
    log_warn(link_name(as->link), "request refused error=%s reason=\"%s\"", reply.error.value,
             fault->text);
    send_message(as, invoke_id, &reply);
}

static void on_frame(void *user, struct csta_frame const *frame)
{
    struct association *as = user;
    su_home_t home[1] = { SU_HOME_INIT(home) };
    su_home_init(home);
    struct csta_msg message;
    struct csta_fault fault;
    int error = csta_decode(home, frame->xml, frame->len, &message, &fault);

    as->heard_ms = clock_now_ms();
    if (as->open)
        wheel_arm(as->ex->wheel, &as->silence, (uint64_t)as->ex->conf->heartbeat_s * 2000,
                  on_silence);
    if (!as->open && (error || message.type != CSTA_StartApplicationSession)) {
        met_inc(&switch_metrics, M_sessions_missing);
        log_warn(link_name(as->link), "first request is no session start reason=\"%s\"",
                 error ? fault.text : csta_type_str(message.type));
        link_close(as->link, "no-session");
    } else if (error) {
        on_bad_message(as, frame->invoke_id, &fault);
    } else if (!as->open) {
        start_session(as, frame->invoke_id, &message);
    } else {
        on_message(as, frame->invoke_id, &message, home);
    }
    su_home_deinit(home);
}

static void *on_open(void *ctx, struct link *link)
{
    struct exchange *ex = ctx;
    struct association *as = calloc(1, sizeof *as);
    if (!as)
        return NULL;
    as->ex = ex;
    as->link = link;
    as->heard_ms = clock_now_ms();
    TAILQ_INIT(&as->monitors);
    STAILQ_INIT(&as->held);
    TAILQ_INSERT_TAIL(&ex->associations, as, next);
    arm_deadline(as, (uint64_t)ex->conf->start_timeout_s);
    return as;
}

static void on_close(void *user)
{
    struct association *as = user;
    stop_session(as);
    wheel_disarm(&as->deadline);
    drop_events(as);
    TAILQ_REMOVE(&as->ex->associations, as, next);
    free(as);
}

const struct link_host association_host = {
    .on_open = on_open,
    .on_frame = on_frame,
    .on_close = on_close,
};
