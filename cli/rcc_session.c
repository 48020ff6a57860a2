/* SPDX-License-Identifier: Apache-2.0 */
/* Actions of the rcc client's state machine. */
#define LOG_SUBSYSTEM LOG_CSTA
#include "rcc_session.h"
#include "cli.h"
#include "rcc_calls.h"
#include "rcc_fsm.h"
#include "wheel.h"
#include <stdlib.h>
#include <string.h>

enum { XREF_MAX = 128, NUMBER_MAX = 128, SEEN_MAX = 64, LEAVE_MS = 5000 };

struct rcc_session {
    struct rcc_session_options const *options;
    struct rcc_report const *report;
    struct rcc_wire *wire;
    struct wheel *wheel;
    void (*on_done)(void *ctx, int code);
    void *ctx;
    uint8_t state;           /* enum rcc_state, assigned by fsm_step only */
    int at;                  /* step in hand */
    char const *doing, *arg; /* what a failure is reported as */
    char xref[XREF_MAX];     /* "": no monitor */
    bool monitor_asked, monitored, looked, interrupted, signing_out, done;
    int code;
    struct rcc_failure const *failure; /* of the event in hand; NULL once reported */
    char call[RCC_CALLS_ID];           /* what the request of the step is about */
    struct rcc_calls calls;
    enum csta_type seen[SEEN_MAX]; /* events that no wait has looked at, oldest first */
    size_t n_seen;
    struct wheel_timer limit;
};

static struct rcc_step const *step_in_hand(struct rcc_session const *s)
{
    return s->at < s->options->n_steps ? &s->options->steps[s->at] : NULL;
}

/* What comes after a step: the machine decides nothing itself in RCC_READY. */
static enum rcc_event next_event(struct rcc_session const *s)
{
    struct rcc_step const *step = step_in_hand(s);

    if (!step)
        return RCC_EV_END;
    if (step->verb == RCC_WAIT)
        return RCC_EV_WAIT;
    return step->verb == RCC_MONITOR ? RCC_EV_WATCH : RCC_EV_SERVE;
}

static void event(struct rcc_session *s, enum rcc_event event, void const *arg)
{
    fsm_step(&rcc_fsm, &s->state, s, event, (void *)arg, "rcc");
    while (s->state == RCC_READY)
        fsm_step(&rcc_fsm, &s->state, s, next_event(s), NULL, "rcc");
    if (s->state == RCC_DONE && !s->done) {
        s->done = true;
        wheel_disarm(&s->limit);
        rcc_wire_forget(s->wire);
        s->on_done(s->ctx, s->code);
    }
}

static void on_limit(struct wheel_timer *timer)
{
    event((struct rcc_session *)((char *)timer - offsetof(struct rcc_session, limit)),
          RCC_EV_TIMEOUT, NULL);
}

static void arm(struct rcc_session *s, uint64_t ms)
{
    wheel_arm(s->wheel, &s->limit, ms, on_limit);
}

static void arm_wait(struct rcc_session *s)
{
    arm(s, (uint64_t)s->options->wait_s * 1000);
}

static void report_failure(struct rcc_session *s, struct rcc_failure const *failure)
{
    s->failure = NULL;
    s->code = failure->unreachable && s->code == CLI_OK ? EX_UNAVAILABLE : CLI_FAILED;
    rcc_report_failed(s->report, s->doing, s->arg, failure);
}

/* Reports a failure in our own words. */
static void report_words(struct rcc_session *s, char const *text)
{
    struct rcc_failure failure = { 0 };

    snprintf(failure.text, sizeof failure.text, "%s", text);
    report_failure(s, &failure);
}

/* --- signing in ------------------------------------------------------------------------------- */

static struct csta_msg request(enum csta_type type)
{
    return (struct csta_msg){ .type = type, .edition = CSTA_ED3 };
}

/* Sends @p msg in INFO; a failure to do so is the machine's REFUSED. */
static int ask(struct rcc_session *s, struct csta_msg const *msg)
{
    arm_wait(s);
    if (rcc_wire_ask(s->wire, msg) == 0)
        return FSM_OK;
    report_words(s, "the request could not be sent");
    return RCC_EV_REFUSED;
}

int rcc_act_invite(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    struct csta_msg msg = request(CSTA_RequestSystemStatus);
    (void)arg;

    s->doing = "sign-in";
    msg.line = s->options->line;
    arm_wait(s);
    if (rcc_wire_invite(s->wire, &msg) == 0)
        return FSM_OK;
    report_words(s, "the INVITE could not be sent");
    return RCC_EV_REFUSED;
}

int rcc_act_cancel(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    report_words(s, s->interrupted ? "interrupted" : "no answer in time");
    rcc_wire_cancel(s->wire);
    arm(s, LEAVE_MS);
    return FSM_OK;
}

static int ask_monitor(struct rcc_session *s)
{
    struct csta_msg msg = request(CSTA_MonitorStart);

    msg.device = s->options->line;
    s->monitor_asked = true;
    return ask(s, &msg);
}

int rcc_act_ask(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    struct csta_msg msg = request(CSTA_GetCSTAFeatures);
    char text[128];
    int rc;
    (void)arg;

    snprintf(text, sizeof text, "RequestSystemStatus, status normal, session timer %u s",
             rcc_wire_session_s(s->wire));
    rcc_report_done(s->report, s->doing, NULL, text);
    s->doing = "sign-in features";
    msg.line = s->options->line;
    rc = ask(s, &msg);
    return rc == FSM_OK && s->options->like_client ? ask_monitor(s) : rc;
}

int rcc_act_features(void *obj, void *arg)
{
    struct rcc_session *s = obj;

    (void)arg;
    rcc_report_done(s->report, s->doing, NULL, "GetCSTAFeatures");
    s->doing = "sign-in monitor";
    if (s->monitored)
        return RCC_EV_MONITORED;
    return s->monitor_asked ? FSM_OK : ask_monitor(s);
}

static void keep_xref(struct rcc_session *s, struct csta_msg const *msg)
{
    snprintf(s->xref, sizeof s->xref, "%s", msg->monitor_xref ? msg->monitor_xref : "");
}

int rcc_act_monitored_early(void *obj, void *arg)
{
    struct rcc_session *s = obj;

    keep_xref(s, arg);
    s->monitored = true;
    return FSM_OK;
}

int rcc_act_monitored(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    char text[XREF_MAX + 32];

    if (!s->monitored)
        keep_xref(s, arg);
    snprintf(text, sizeof text, "MonitorStart, monitor %s", s->xref);
    rcc_report_done(s->report, s->doing, NULL, text);
    wheel_disarm(&s->limit);
    return FSM_OK;
}

/* --- steps that ask for a service ------------------------------------------------------------- */

/* A dial string as a tel: URI, without what people write for the eye; other URIs as they are. */
static char const *dial_uri(char const *typed, char ret[static NUMBER_MAX])
{
    size_t n = 0;

    if (strchr(typed, ':'))
        return typed;
    n = (size_t)snprintf(ret, NUMBER_MAX, "tel:");
    for (char const *p = typed; *p && n + 1 < NUMBER_MAX; p++)
        if (!strchr(" ()-./", *p))
            ret[n++] = *p;
    ret[n] = '\0';
    if (*typed != '+')
        snprintf(ret + n, NUMBER_MAX - n, ";phone-context=dialstring");
    return ret;
}

static int snapshot(struct rcc_session *s)
{
    struct csta_msg msg = request(CSTA_SnapshotDevice);

    msg.device = s->options->line;
    return ask(s, &msg);
}

/* A service on a call of the line. When the events so far told of no fitting call, the switch is
 * asked once: the call may be older than the session. */
static int ask_about_call(struct rcc_session *s, struct rcc_step const *step)
{
    struct csta_msg msg = request(step->service);
    char text[80];

    msg.conn.device_id = s->options->line;
    msg.conn.call_id = rcc_calls_pick(&s->calls, step->verb);
    if (msg.conn.call_id) {
        snprintf(s->call, sizeof s->call, "%s", msg.conn.call_id);
        return ask(s, &msg);
    }
    if (!s->looked)
        return snapshot(s);
    snprintf(text, sizeof text, "the line has no call %s", rcc_calls_wanted(step->verb));
    report_words(s, text);
    return RCC_EV_REFUSED;
}

int rcc_act_serve(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    struct rcc_step const *step = step_in_hand(s);
    struct csta_msg msg = request(step->service);
    char number[NUMBER_MAX];
    (void)arg;

    s->doing = step->name;
    s->arg = step->arg;
    switch (step->verb) {
    case RCC_CALL:
        msg.device = s->options->line;
        msg.directory_number = dial_uri(step->arg, number);
        msg.auto_originate = CSTA_ORIGINATE_doNotPrompt;
        return ask(s, &msg);
    case RCC_FEATURES:
        msg.line = s->options->line;
        return ask(s, &msg);
    case RCC_SNAPSHOT:
        return snapshot(s);
    default:
        return ask_about_call(s, step);
    }
}

/* State of the call once the switch has agreed; the event may come later. */
static enum csta_connection_state state_after(enum rcc_verb verb)
{
    switch (verb) {
    case RCC_HOLD:
        return CSTA_STATE_hold;
    case RCC_CLEAR:
        return CSTA_STATE_null;
    default:
        return CSTA_STATE_connected;
    }
}

static void note_served(struct rcc_session *s, struct rcc_step const *step,
                        struct csta_msg const *answer)
{
    char text[RCC_CALLS_ID + 64];

    if (step->verb == RCC_CALL)
        snprintf(s->call, sizeof s->call, "%s", answer->conn.call_id ? answer->conn.call_id : "");
    snprintf(text, sizeof text, "%s, call %s", csta_type_str(step->service), s->call);
    rcc_report_done(s->report, step->name, step->arg, text);
    /* Events of a new call may have come before the answer. */
    if (step->verb != RCC_CALL)
        rcc_calls_set(&s->calls, s->call, state_after(step->verb));
    else if (!rcc_calls_has(&s->calls, s->call))
        rcc_calls_set(&s->calls, s->call, CSTA_STATE_initiated);
}

int rcc_act_served(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    struct rcc_step const *step = step_in_hand(s);
    struct csta_msg const *answer = arg;

    wheel_disarm(&s->limit);
    if (answer->type == CSTA_SnapshotDeviceResponse)
        rcc_calls_snapshot(&s->calls, answer);
    if (answer->type == CSTA_SnapshotDeviceResponse && step->verb != RCC_SNAPSHOT) {
        s->looked = true; /* the step itself is still to be done */
        return FSM_OK;
    }
    if (step->verb == RCC_SNAPSHOT)
        rcc_report_snapshot(s->report, answer);
    else if (step->verb == RCC_FEATURES)
        rcc_report_features(s->report, step->name, answer);
    else
        note_served(s, step, answer);
    s->looked = false;
    s->at++;
    return FSM_OK;
}

/* --- steps that listen ------------------------------------------------------------------------ */

/* Looks for @p type among the events not looked at; forgets it and those before it. */
static bool take_seen(struct rcc_session *s, enum csta_type type)
{
    for (size_t i = 0; i < s->n_seen; i++) {
        if (s->seen[i] != type)
            continue;
        s->n_seen -= i + 1;
        memmove(s->seen, s->seen + i + 1, s->n_seen * sizeof s->seen[0]);
        return true;
    }
    return false;
}

int rcc_act_wait(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    struct rcc_step const *step = step_in_hand(s);
    (void)arg;

    s->doing = step->name;
    s->arg = step->arg;
    arm_wait(s);
    return take_seen(s, step->event) ? RCC_EV_SEEN : FSM_OK;
}

int rcc_act_seen(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    wheel_disarm(&s->limit);
    rcc_report_done(s->report, s->doing, s->arg, "");
    s->at++;
    return FSM_OK;
}

int rcc_act_watch(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    s->doing = step_in_hand(s)->name;
    s->arg = NULL;
    if (s->options->watch_s)
        arm(s, (uint64_t)s->options->watch_s * 1000);
    return FSM_OK;
}

int rcc_act_watched(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    rcc_report_done(s->report, s->doing, NULL, "");
    s->at++;
    return FSM_OK;
}

/* --- the end ---------------------------------------------------------------------------------- */

/* A failure that an action found itself is reported already. */
int rcc_act_fail(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    if (s->failure)
        report_failure(s, s->failure);
    return FSM_OK;
}

int rcc_act_stop(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    struct csta_msg msg = request(CSTA_MonitorStop);
    (void)arg;

    s->signing_out = true;
    s->doing = "sign-out";
    s->arg = NULL;
    rcc_wire_forget(s->wire);
    msg.monitor_xref = s->xref;
    if (!*s->xref || rcc_wire_ask(s->wire, &msg) < 0)
        return RCC_EV_ANSWERED;
    arm(s, LEAVE_MS);
    return FSM_OK;
}

int rcc_act_fail_in_dialog(void *obj, void *arg)
{
    rcc_act_fail(obj, arg);
    return rcc_act_stop(obj, NULL);
}

int rcc_act_interrupt(void *obj, void *arg)
{
    (void)arg;
    report_words(obj, "interrupted");
    return rcc_act_stop(obj, NULL);
}

int rcc_act_timeout(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    char text[64];
    (void)arg;

    snprintf(text, sizeof text, "%s within %u s",
             s->state == RCC_WAITING ? "no such event" : "no answer", s->options->wait_s);
    report_words(s, text);
    return RCC_EV_REFUSED;
}

int rcc_act_leave(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    s->signing_out = true;
    s->doing = "sign-out";
    s->arg = NULL;
    rcc_wire_forget(s->wire);
    arm(s, LEAVE_MS);
    if (rcc_wire_bye(s->wire) == 0)
        return FSM_OK;
    report_words(s, "the BYE could not be sent");
    return RCC_EV_REFUSED;
}

int rcc_act_leave_anyway(void *obj, void *arg)
{
    struct rcc_session *s = obj;

    if (s->failure)
        report_failure(s, s->failure);
    else
        report_words(s, "no answer to MonitorStop");
    return rcc_act_leave(obj, arg);
}

int rcc_act_left(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    (void)arg;

    rcc_report_done(s->report, s->doing, NULL, "MonitorStop, BYE");
    return FSM_OK;
}

int rcc_act_bye(void *obj, void *arg)
{
    struct rcc_session *s = obj;
    char const *reason = arg;
    char text[256];

    if (s->signing_out)
        return FSM_OK;
    snprintf(text, sizeof text, "the gateway ended the session%s%s", *reason ? ": " : "", reason);
    report_words(s, text);
    return FSM_OK;
}

/* --- what the wire tells ---------------------------------------------------------------------- */

static enum rcc_event event_of(struct rcc_session const *s, enum csta_type service,
                               struct csta_msg const *answer)
{
    if (service == CSTA_RequestSystemStatus)
        return answer->system_status == CSTA_STATUS_normal ? RCC_EV_ACCEPTED : RCC_EV_USELESS;
    if (service == CSTA_MonitorStart)
        return RCC_EV_MONITORED;
    return s->state == RCC_ASKING ? RCC_EV_FEATURES : RCC_EV_ANSWERED;
}

static void failed(struct rcc_session *s, enum rcc_event what, struct rcc_failure const *failure)
{
    s->failure = failure;
    event(s, what, NULL);
    s->failure = NULL;
}

static void on_answer(void *ctx, enum csta_type service, struct csta_msg const *answer,
                      struct rcc_failure const *failure)
{
    struct rcc_session *s = ctx;
    struct rcc_failure words = { 0 };
    enum rcc_event what;

    if (failure) {
        failed(s,
               service == CSTA_RequestSystemStatus && failure->in_dialog ? RCC_EV_USELESS
                                                                         : RCC_EV_REFUSED,
               failure);
        return;
    }
    what = event_of(s, service, answer);
    if (what == RCC_EV_USELESS) {
        snprintf(words.text, sizeof words.text, "the system status is \"%s\", not normal",
                 answer->system_status ? csta_system_status_str(answer->system_status) : "");
        failed(s, what, &words);
    } else {
        event(s, what, answer);
    }
}

static void on_event(void *ctx, struct csta_msg const *msg)
{
    struct rcc_session *s = ctx;
    struct rcc_step const *step = step_in_hand(s);

    rcc_report_event(s->report, msg);
    rcc_calls_event(&s->calls, msg);
    if (s->n_seen == SEEN_MAX) {
        s->n_seen--;
        memmove(s->seen, s->seen + 1, s->n_seen * sizeof s->seen[0]);
    }
    s->seen[s->n_seen++] = msg->type;
    if (s->state == RCC_WAITING && step && take_seen(s, step->event))
        event(s, RCC_EV_SEEN, NULL);
}

static void on_end(void *ctx, char const *reason)
{
    event(ctx, RCC_EV_BYE, reason);
}

static void on_lost(void *ctx, struct rcc_failure const *failure)
{
    failed(ctx, RCC_EV_REFUSED, failure);
}

struct rcc_wire_handlers const rcc_session_handlers = { on_answer, on_event, on_end, on_lost };

/* --- life ------------------------------------------------------------------------------------- */

struct rcc_session *rcc_session_new(struct wheel *wheel, struct rcc_session_options const *options,
                                    struct rcc_report const *report,
                                    void (*on_done)(void *ctx, int code), void *ctx)
{
    struct rcc_session *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->wheel = wheel;
    s->options = options;
    s->report = report;
    s->on_done = on_done;
    s->ctx = ctx;
    return s;
}

void rcc_session_free(struct rcc_session **psession)
{
    struct rcc_session *s = *psession;

    *psession = NULL;
    if (!s)
        return;
    wheel_disarm(&s->limit);
    free(s);
}

void rcc_session_start(struct rcc_session *s, struct rcc_wire *wire)
{
    s->wire = wire;
    event(s, RCC_EV_START, NULL);
}

void rcc_session_interrupt(struct rcc_session *s)
{
    s->interrupted = true;
    event(s, RCC_EV_INTERRUPT, NULL);
}
