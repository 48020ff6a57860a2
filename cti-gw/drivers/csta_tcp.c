/* SPDX-License-Identifier: Apache-2.0 */
/* Driver csta_tcp: CSTA XML over TCP (ECMA-323 annex G) inside an application session (ECMA-354).
 *
 * A connection is a small state machine: connect, start the session with user and password, be up
 * with heartbeats, and after any loss try again. Requests carry invoke IDs; each has a time limit.
 * A peer silent for two heartbeats is dead, even if TCP has not noticed. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "csta_tcp.h"
#include "buf.h"
#include "clock.h"
#include "csta_link.h"
#include "csta_requests.h"
#include "driver.h"
#include "fsm.h"
#include "log.h"
#include "tap.h"
#include "token.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING, CONNECTING, STARTING, UP, STATES };
enum { EV_RETRY, EV_OPEN, EV_STARTED, EV_REFUSED, EV_LOST, EV_TIMEOUT, EVENTS };
static char const *const state_names[] = { "waiting", "connecting", "starting", "up" };
static char const *const event_names[] = {
    "retry", "open", "started", "refused", "lost", "timeout"
};

enum { SESSION_S = 180, START_MS = 5000, FAULT_TEXT = 200 };

struct driver_conn {
    struct driver_options options;
    struct driver_host const *host;
    void *ctx;
    struct net_addr address;
    uint8_t state;
    struct csta_link *link;
    struct wheel_timer retry, beat, renew;
    struct csta_requests requests;
    uint64_t heard_ms;
    uint64_t beat_us;   /* when the heartbeat that is under way was sent; 0: none is */
    uint32_t session_s; /* what the switch granted */
    bool features_known;
    struct csta_set features; /* what the switch says it can do */
    char identity[13];
    char session_id[64];
    char const *reason;
};

static void step(struct driver_conn *conn, int event);

/* --- requests --------------------------------------------------------------------------------- */

static int encode(struct csta_msg const *msg, struct buf *xml)
{
    int err = csta_encode(msg, xml);

    return err == 0 && !buf_ok(xml) ? -EMSGSIZE : err;
}

static int send_message(struct driver_conn *conn, unsigned invoke_id, struct csta_msg const *msg)
{
    struct csta_msg masked = *msg;
    struct buf xml, shown;

    if (!conn->link)
        return -ENOTCONN;
    buf_init(&xml, CSTA_FRAME_MAX - CSTA_FRAME_HEADER);
    buf_init(&shown, CSTA_FRAME_MAX);
    masked.password = "***";
    int err = encode(msg, &xml);
    if (err == 0 && msg->password)
        err = encode(&masked, &shown);
    if (err == 0)
        err = csta_link_send(conn->link, invoke_id, &xml, msg->password ? &shown : &xml,
                             msg->sake_call_id);
    buf_fini(&xml);
    buf_fini(&shown);
    return err;
}

static int send_request(struct driver_conn *conn, struct csta_msg const *request,
                        driver_reply_fn *reply, void *ctx)
{
    int id = csta_requests_add(&conn->requests, request, reply, ctx);

    if (id < 0)
        return id;
    int err = send_message(conn, (unsigned)id, request);
    if (err < 0)
        csta_requests_forget(&conn->requests, (unsigned)id);
    return err;
}

static int forward(struct driver_conn *conn, struct csta_msg const *request, driver_reply_fn *reply,
                   void *ctx)
{
    if (conn->state != UP)
        return -ENOTCONN;
    if (conn->requests.n_asked >= conn->options.max_requests)
        return -EBUSY;
    struct csta_msg copy = *request;
    copy.edition = CSTA_ED3;
    return send_request(conn, &copy, reply, ctx);
}

/* --- what comes in ---------------------------------------------------------------------------- */

static void take_system_status(struct driver_conn *conn, unsigned invoke_id,
                               struct csta_msg const *msg)
{
    struct csta_msg response = { .type = CSTA_SystemStatusResponse, .edition = CSTA_ED3 };

    send_message(conn, invoke_id, &response);
    if (conn->state == UP)
        conn->host->on_status(conn->ctx, msg->system_status);
}

static void on_renew(struct wheel_timer *timer);

static void arm_renewal(struct driver_conn *conn)
{
    wheel_arm(conn->options.wheel, &conn->renew, (uint64_t)conn->session_s * 1000 / 3, on_renew);
}

/* The switch may grant less than was asked for; it need not say. */
static void take_duration(struct driver_conn *conn, struct csta_msg const *msg)
{
    uint32_t granted_s = msg->session_duration_s;

    conn->session_s = granted_s > 0 && granted_s < SESSION_S ? granted_s : SESSION_S;
    arm_renewal(conn);
}

/* What answers no request of ours changes nothing. */
static bool take_answer(struct driver_conn *conn, unsigned invoke_id, struct csta_msg const *msg)
{
    int err = csta_requests_answer(&conn->requests, invoke_id, msg);
    char what[FAULT_TEXT];

    if (err == 0)
        return true;
    snprintf(what, sizeof what, "%s invoke_id=%u: %s", csta_type_str(msg->type), invoke_id,
             err == -EPROTO ? "another answer is waited for" : "nobody waits for it");
    conn->host->on_fault(conn->ctx, DRIVER_FAULT_ANSWER, what);
    return false;
}

static void session_renewed(struct driver_conn *conn, unsigned invoke_id,
                            struct csta_msg const *msg)
{
    if (take_answer(conn, invoke_id, msg))
        take_duration(conn, msg);
}

/* The switch has ended the session, and the monitors with it. */
static void session_ended(struct driver_conn *conn)
{
    conn->reason = "session refused by the switch";
    step(conn, EV_LOST);
}

static void session_started(struct driver_conn *conn, struct csta_msg const *msg)
{
    snprintf(conn->session_id, sizeof conn->session_id, "%s",
             msg->session_id ? msg->session_id : "");
    TOKEN_FILL(conn->identity);
    take_duration(conn, msg);
    step(conn, EV_STARTED);
}

/* A switch that does not say what it can do is taken to do everything. */
static void take_features(struct driver_conn *conn, unsigned invoke_id, struct csta_msg const *msg)
{
    if (!take_answer(conn, invoke_id, msg))
        return;
    conn->features_known = true;
    conn->features = msg->features;
}

/* Of SystemStatus and RequestSystemStatus, which stands for the first heartbeat. */
static void beat_answered(struct driver_conn *conn)
{
    if (conn->beat_us && conn->state == UP)
        conn->host->on_beat(conn->ctx, clock_now_us() - conn->beat_us);
    conn->beat_us = 0;
}

static void take_status_answer(struct driver_conn *conn, unsigned invoke_id,
                               struct csta_msg const *msg)
{
    if (!take_answer(conn, invoke_id, msg))
        return;
    beat_answered(conn);
    conn->host->on_status(conn->ctx, msg->system_status);
}

static void take_beat_answer(struct driver_conn *conn, unsigned invoke_id,
                             struct csta_msg const *msg)
{
    if (take_answer(conn, invoke_id, msg))
        beat_answered(conn);
}

static void take_message(struct driver_conn *conn, unsigned invoke_id, struct csta_msg const *msg)
{
    if (msg->type == CSTA_StartApplicationSessionPosResponse && conn->state == STARTING)
        session_started(conn, msg);
    else if (msg->type == CSTA_StartApplicationSessionNegResponse && conn->state == STARTING)
        step(conn, EV_REFUSED);
    else if (msg->type == CSTA_ResetApplicationSessionTimerPosResponse && conn->state == UP)
        session_renewed(conn, invoke_id, msg);
    else if (msg->type == CSTA_ResetApplicationSessionTimerNegResponse && conn->state == UP)
        session_ended(conn);
    else if (msg->type == CSTA_GetCSTAFeaturesResponse && conn->state == UP)
        take_features(conn, invoke_id, msg);
    else if (msg->type == CSTA_RequestSystemStatusResponse && conn->state == UP)
        take_status_answer(conn, invoke_id, msg);
    else if (msg->type == CSTA_SystemStatusResponse)
        take_beat_answer(conn, invoke_id, msg);
    else if (csta_is_event(msg->type) && conn->state == UP)
        conn->host->on_event(conn->ctx, msg);
    else if (msg->type == CSTA_SystemStatus)
        take_system_status(conn, invoke_id, msg);
    else
        take_answer(conn, invoke_id, msg);
}

/* A message that cannot be understood harms nothing but the request that it answers. */
static void skip_message(struct driver_conn *conn, unsigned invoke_id, struct csta_msg const *msg,
                         char const *fault)
{
    conn->host->on_fault(conn->ctx, DRIVER_FAULT_MESSAGE, fault);
    csta_requests_skip(&conn->requests, invoke_id, msg->type);
}

/* For whose sake it was sent, as far as that is known. */
static char const *sake_of(struct driver_conn const *conn, struct csta_frame const *frame,
                           struct csta_msg const *msg)
{
    if (!csta_is_event(msg->type))
        return csta_is_service(msg->type) ? ""
                                          : csta_requests_sake(&conn->requests, frame->invoke_id);
    return msg->monitor_xref && conn->host->whose ? conn->host->whose(conn->ctx, msg->monitor_xref)
                                                  : "";
}

static void note_fault(struct driver_conn *conn, uint64_t serial, char const *fault)
{
    char text[TAP_NOTE];
    int len = snprintf(text, sizeof text, "skipped fault=\"%s\"", fault);

    tap_note(conn->options.tap, serial, text, (size_t)len < sizeof text ? (size_t)len : 0);
}

static void on_frame(void *ctx, struct csta_frame const *frame)
{
    struct driver_conn *conn = ctx;
    su_home_t *home = su_home_new(sizeof *home);
    struct csta_msg msg = { 0 };
    struct csta_fault fault;
    int err = home ? csta_decode(home, frame->xml, frame->len, &msg, &fault) : -ENOMEM;
    bool is_nonsense =
        err < 0 && home && (fault.kind == CSTA_FAULT_NOT_XML || fault.kind == CSTA_FAULT_NOT_CSTA);

    uint64_t serial = csta_link_tap(conn->link, frame, sake_of(conn, frame, &msg));
    if (err < 0 && home)
        note_fault(conn, serial, fault.text);
    if (!is_nonsense) /* which is no sign of life */
        conn->heard_ms = clock_now_ms();
    if (err == 0)
        take_message(conn, frame->invoke_id, &msg);
    else if (home)
        skip_message(conn, frame->invoke_id, &msg, fault.text);
    /* Only a peer that has started the session is known to speak CSTA at all. */
    if (is_nonsense && conn->state == STARTING) {
        conn->reason = "peer sent a broken message";
        step(conn, EV_LOST);
    }
    su_home_unref(home);
}

static void on_open(void *ctx)
{
    step(ctx, EV_OPEN);
}

static void on_lost(void *ctx, enum driver_fault fault, char const *reason)
{
    struct driver_conn *conn = ctx;

    conn->link = NULL;
    conn->reason = reason;
    if (fault)
        conn->host->on_fault(conn->ctx, fault, reason);
    step(conn, EV_LOST);
}

/* --- the machine ------------------------------------------------------------------------------ */

static void on_retry(struct wheel_timer *timer)
{
    struct driver_conn *conn =
        (struct driver_conn *)((char *)timer - offsetof(struct driver_conn, retry));

    step(conn, conn->state == WAITING ? EV_RETRY : EV_TIMEOUT);
}

static void start_request(struct driver_conn *conn, enum csta_type type)
{
    struct csta_msg msg = { .type = type,
                            .edition = CSTA_ED3,
                            .session_id = conn->session_id,
                            .session_duration_s = SESSION_S,
                            .system_status = CSTA_STATUS_normal };

    csta_set_add(&msg.request_types, CSTA_SystemStatus);
    int err = send_request(conn, &msg, NULL, NULL);

    if (err < 0)
        log_debug(conn->options.address, "request not sent type=%s error=%d", csta_type_str(type),
                  err);
}

/* One is measured at a time, so that an answer belongs to its own request. */
static void send_beat(struct driver_conn *conn, enum csta_type type)
{
    if (!conn->beat_us)
        conn->beat_us = clock_now_us();
    start_request(conn, type);
}

/* The session's own timer (ECMA-354): two resets may be lost. */
static void on_renew(struct wheel_timer *timer)
{
    struct driver_conn *conn =
        (struct driver_conn *)((char *)timer - offsetof(struct driver_conn, renew));

    start_request(conn, CSTA_ResetApplicationSessionTimer);
    arm_renewal(conn);
}

/* Four times a heartbeat: silence is noticed. A heartbeat goes out when its time has come; the
 * quarter keeps "two heartbeats" exact enough. */
static void on_beat(struct wheel_timer *timer)
{
    struct driver_conn *conn =
        (struct driver_conn *)((char *)timer - offsetof(struct driver_conn, beat));
    uint64_t now = clock_now_ms(), beat_ms = (uint64_t)conn->options.heartbeat_s * 1000;

    if (now - conn->heard_ms >= 2 * beat_ms) {
        conn->reason = "silent for two heartbeats";
        step(conn, EV_TIMEOUT);
        return;
    }
    if (now - conn->heard_ms >= beat_ms / 2)
        send_beat(conn, CSTA_SystemStatus);
    wheel_arm(conn->options.wheel, &conn->beat, beat_ms / 4, on_beat);
}

static int act_connect(void *obj, void *arg)
{
    static struct csta_link_handlers const handlers = { on_open, on_frame, on_lost };
    struct driver_conn *conn = obj;

    (void)arg;
    wheel_arm(conn->options.wheel, &conn->retry, START_MS, on_retry);
    conn->link = csta_link_open(&conn->options, &conn->address, &handlers, conn);
    conn->reason = "cannot connect";
    return conn->link ? FSM_OK : EV_LOST;
}

static int act_start(void *obj, void *arg)
{
    struct driver_conn *conn = obj;
    struct csta_msg msg = { .type = CSTA_StartApplicationSession,
                            .application_id = "crosspoint-cti",
                            .user = conn->options.user,
                            .password = conn->options.password,
                            .protocol_version = csta_namespace(CSTA_ED3),
                            .session_duration_s = SESSION_S };

    (void)arg;
    wheel_arm(conn->options.wheel, &conn->retry, START_MS, on_retry);
    conn->reason = "session not started";
    return send_message(conn, 0, &msg) < 0 ? EV_LOST : FSM_OK;
}

static int act_up(void *obj, void *arg)
{
    struct driver_conn *conn = obj;

    (void)arg;
    wheel_disarm(&conn->retry);
    wheel_arm(conn->options.wheel, &conn->beat, (uint64_t)conn->options.heartbeat_s * 250, on_beat);
    log_info(conn->options.address, "CTI connection up identity=%s", conn->identity);
    conn->features_known = false;
    conn->beat_us = 0;
    start_request(conn, CSTA_GetCSTAFeatures);
    start_request(conn, CSTA_SystemRegister);
    send_beat(conn, CSTA_RequestSystemStatus);
    conn->host->on_up(conn->ctx, conn->identity);
    return FSM_OK;
}

static void let_go(struct driver_conn *conn)
{
    csta_link_close(&conn->link);
    wheel_disarm(&conn->beat);
    wheel_disarm(&conn->renew);
    csta_requests_fail_all(&conn->requests);
    wheel_arm(conn->options.wheel, &conn->retry, (uint64_t)conn->options.retry_ms, on_retry);
}

static int act_not_up(void *obj, void *arg)
{
    struct driver_conn *conn = obj;

    (void)arg;
    let_go(conn);
    log_debug(conn->options.address, "CTI connection not up reason=\"%s\"", conn->reason);
    conn->host->on_down(conn->ctx, conn->reason);
    return FSM_OK;
}

static int act_refused(void *obj, void *arg)
{
    struct driver_conn *conn = obj;

    (void)arg;
    conn->reason = "user or password refused";
    log_warn(conn->options.address, "CTI session refused user=\"%s\"", conn->options.user);
    let_go(conn);
    conn->host->on_down(conn->ctx, conn->reason);
    return FSM_OK;
}

static int act_down(void *obj, void *arg)
{
    struct driver_conn *conn = obj;

    (void)arg;
    log_warn(conn->options.address, "CTI connection lost reason=\"%s\"", conn->reason);
    let_go(conn);
    conn->host->on_down(conn->ctx, conn->reason);
    return FSM_OK;
}

static struct fsm_row const rows[] = {
    { FSM_IN(WAITING), EV_RETRY, act_connect, CONNECTING },
    { FSM_IN(WAITING), EV_TIMEOUT, act_connect, CONNECTING },
    { FSM_IN(CONNECTING), EV_OPEN, act_start, STARTING },
    { FSM_IN(STARTING), EV_STARTED, act_up, UP },
    { FSM_IN(STARTING), EV_REFUSED, act_refused, WAITING },
    { FSM_IN(CONNECTING) | FSM_IN(STARTING), EV_LOST, act_not_up, WAITING },
    { FSM_IN(CONNECTING) | FSM_IN(STARTING), EV_TIMEOUT, act_not_up, WAITING },
    { FSM_IN(UP), EV_LOST, act_down, WAITING },
    { FSM_IN(UP), EV_TIMEOUT, act_down, WAITING },
};

static struct fsm_table const table = { .name = "cti connection",
                                        .state_names = state_names,
                                        .event_names = event_names,
                                        .rows = rows,
                                        .n_rows = sizeof rows / sizeof rows[0],
                                        .n_states = STATES,
                                        .n_events = EVENTS,
                                        .initial = WAITING,
                                        .timeout_event = EV_TIMEOUT };

static void step(struct driver_conn *conn, int event)
{
    fsm_step(&table, &conn->state, conn, event, NULL, conn->options.address);
}

struct fsm_table const *csta_tcp_fsm(void)
{
    return &table;
}

/* --- the driver ------------------------------------------------------------------------------- */

static struct driver_conn *csta_tcp_open(struct driver_options const *options,
                                         struct driver_host const *host, void *ctx)
{
    struct driver_conn *conn = calloc(1, sizeof *conn);

    if (!conn || net_addr_parse(&conn->address, options->address, 2750) < 0) {
        free(conn);
        return NULL;
    }
    conn->options = *options;
    conn->host = host;
    conn->ctx = ctx;
    conn->reason = "not tried yet";
    csta_requests_init(&conn->requests, options->wheel, options->request_ms, options->address);
    wheel_arm(options->wheel, &conn->retry, 0, on_retry);
    return conn;
}

static void csta_tcp_close(struct driver_conn **pconn)
{
    struct driver_conn *conn = *pconn;

    if (!conn)
        return;
    if (conn->state == UP)
        start_request(conn, CSTA_StopApplicationSession);
    wheel_disarm(&conn->retry);
    wheel_disarm(&conn->beat);
    wheel_disarm(&conn->renew);
    csta_link_close(&conn->link);
    csta_requests_fail_all(&conn->requests);
    csta_requests_fini(&conn->requests);
    *pconn = NULL;
    free(conn);
}

static void csta_tcp_narrow(struct driver_conn const *conn, struct csta_set *set)
{
    for (size_t i = 0; conn->features_known && i < sizeof set->bits / sizeof set->bits[0]; i++)
        set->bits[i] &= conn->features.bits[i];
}

/* Every service goes to the switch, which refuses what it does not know; the gateway keeps its own
 * to itself. Every event comes from it. */
#define FORWARD_SERVICE(type) [CSTA_##type] = forward,
#define FORWARD_RESPONSE(type)
#define FORWARD_EVENT(type)
#define FORWARD_NOTICE(type)
#define FORWARD_ERROR(type)
#define FORWARD_SESSION(type)
#define SLOT(type, kind) FORWARD_##kind(type)

#define IS_SERVICE                 0
#define IS_RESPONSE                0
#define IS_EVENT                   1
#define IS_NOTICE                  0
#define IS_ERROR                   0
#define IS_SESSION                 0
#define EVENT_IN(type, kind, word) | (IS_##kind ? CSTA_BIT(CSTA_##type, word) : 0)
#define EVENT_IN_0(type, kind)     EVENT_IN(type, kind, 0)
#define EVENT_IN_1(type, kind)     EVENT_IN(type, kind, 1)
_Static_assert(CSTA_TYPES <= 128, "EVENT_IN of two words");
struct driver const driver_csta_tcp = {
    .name = "csta_tcp",
    .help = "CSTA XML over TCP with an ECMA-354 application session",
    .open = csta_tcp_open,
    .close = csta_tcp_close,
    .narrow = csta_tcp_narrow,
    .service = { CSTA_TYPE_LIST(SLOT) },
    .events = { .bits = { 0 CSTA_TYPE_LIST(EVENT_IN_0), 0 CSTA_TYPE_LIST(EVENT_IN_1) } },
};
