/* SPDX-License-Identifier: Apache-2.0 */
/* The course of a probe at one address: see probe_attempt.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "probe_attempt.h"
#include "buf.h"
#include "clock.h"
#include "log.h"
#include "message.h"
#include "probe_stream.h"
#include "proxy.h"
#include "secure_identity.h"
#include "secure_link.h"
#include "tap.h"
#include <errno.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum attempt_event {
    EV_START,
    EV_ASK,       /* nothing is in the way of the question (any more) */
    EV_CONNECTED, /* and TLS comes next */
    EV_SECURED,
    EV_PAUSE,    /* before the question */
    EV_ANSWERED, /* event_arg: the sip_t */
    EV_STRANGE,  /* event_arg: the finding; an answer that the proxy would drop */
    EV_FAILED,   /* event_arg: the errno */
    EV_END,      /* the step has failed; what is wrong is noted */
    EV_TIMEOUT,
    EVENTS
};

static char const *const state_names[PROBE_ATTEMPT_STATES] = {
    "new", "connecting", "shaking", "pausing", "asking", "done",
};
static char const *const event_names[EVENTS] = {
    "start",    "ask",     "connected", "secured", "pause",
    "answered", "strange", "failed",    "end",     "timeout",
};

/* How long a peer that was shown a certificate has for refusing it before the question; what
 * becomes of the alert after that depends on which side is quicker. */
enum { PAUSE_MS = 200, OUT_MAX = 65536 };

static void step(struct probe_attempt *attempt, enum attempt_event event, void *event_arg)
{
    (void)fsm_step(&probe_attempt_fsm, &attempt->state, attempt, (int)event, event_arg,
                   attempt->id);
}

/* --- steps -------------------------------------------------------------------------------------
 */

static void on_late(struct wheel_timer *timer)
{
    struct probe_attempt *attempt =
        (struct probe_attempt *)((char *)timer - offsetof(struct probe_attempt, timer));
    step(attempt, EV_TIMEOUT, NULL);
}

static void arm(struct probe_attempt *attempt, int64_t ms)
{
    wheel_arm(attempt->plan->worker->wheel, &attempt->timer, (uint64_t)ms, on_late);
}

static void begin_step(struct probe_attempt *attempt, enum probe_step_id id, int64_t limit_ms)
{
    attempt->step = id;
    attempt->steps[id].begun_us = clock_now_us();
    arm(attempt, limit_ms);
}

/* A step may be judged again: a peer's word on our certificate may come late. */
static void end_step(struct probe_attempt *attempt, enum probe_verdict verdict,
                     struct probe_finding finding)
{
    struct probe_step *now = &attempt->steps[attempt->step];
    now->verdict = verdict;
    now->finding = finding;
    if (!now->took_us)
        now->took_us = clock_now_us() - now->begun_us;
}

static void pass_step(struct probe_attempt *attempt)
{
    end_step(attempt, PROBE_OK, (struct probe_finding){ NULL, NULL, NULL });
}

static int fail_step(struct probe_attempt *attempt, struct probe_finding finding)
{
    end_step(attempt, PROBE_FAILED, finding);
    return EV_END;
}

static void note_detail(struct probe_attempt *attempt, char const *text)
{
    (void)snprintf(attempt->steps[attempt->step].detail, PROBE_DETAIL, "%s", text);
}

/* --- what is heard -----------------------------------------------------------------------------
 */

static struct tap_record record_of(struct probe_attempt const *attempt, enum tap_direction way)
{
    struct tap_record like = {
        .direction = way, .protocol = TAP_SIP, .local = attempt->local, .remote = attempt->to.addr
    };
    (void)snprintf(like.transport, sizeof like.transport, "%s",
                   transport_kind_name(attempt->to.kind));
    return like;
}

static void heard(struct probe_attempt *attempt, sip_t const *sip)
{
    enum probe_options_reply reply = probe_options_judge(sip, attempt->call_id, attempt->branch);
    struct probe_finding finding = probe_cause_find(PROBE_CAUSE_wrong_via);
    if (reply == PROBE_OPTIONS_FINAL)
        step(attempt, EV_ANSWERED, (void *)sip);
    else if (reply == PROBE_OPTIONS_WRONG)
        finding = probe_cause_find(PROBE_CAUSE_wrong_answer);
    if (reply == PROBE_OPTIONS_WRONG || reply == PROBE_OPTIONS_WRONG_VIA)
        step(attempt, EV_STRANGE, &finding);
}

static void on_message(void *ctx, char const *bytes, size_t len)
{
    struct probe_attempt *attempt = ctx;
    struct tap_record const like = record_of(attempt, TAP_RECEIVED);
    msg_t *msg = message_parse(bytes, len);
    tap_add(attempt->plan->tap, &like, bytes, len);
    /* After EV_ANSWERED the attempt may be gone. */
    if (msg)
        heard(attempt, sip_object(msg));
    msg_destroy(msg);
}

static void on_connected(void *ctx)
{
    struct probe_attempt *attempt = ctx;
    attempt->local = probe_stream_local(attempt->stream);
    step(attempt, attempt->to.kind == TRANSPORT_TLS ? EV_CONNECTED : EV_ASK, NULL);
}

static void on_secured(void *ctx)
{
    step(ctx, EV_SECURED, NULL);
}

static void on_stream_failed(void *ctx, int error)
{
    step(ctx, EV_FAILED, &error);
}

static struct probe_stream_handlers const stream_handlers = {
    .on_connected = on_connected,
    .on_secured = on_secured,
    .on_message = on_message,
    .on_failed = on_stream_failed,
};

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct probe_attempt *attempt = ctx;
    (void)ct;
    if (sip_object(response)->sip_status->st_status >= 200)
        step(attempt, EV_ANSWERED, sip_object(response));
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    int error = client_transaction_error(ct);
    if (why == TRANSACTION_TIMEOUT)
        step(ctx, EV_TIMEOUT, NULL);
    else
        step(ctx, EV_FAILED, &error);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct probe_attempt *attempt = ctx;
    int error = -ECANCELED;
    (void)ct;
    attempt->ct = NULL;
    step(attempt, EV_FAILED, &error);
}

static struct client_handlers const client_handlers = { on_response, on_failure, on_gone };

/* --- actions: on the way -----------------------------------------------------------------------
 */

static struct stack_limits const *limits_of(struct probe_attempt const *attempt)
{
    return &attempt->plan->worker->proxy->limits;
}

static int start(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    struct worker *worker = attempt->plan->worker;
    (void)event_arg;
    begin_step(attempt, PROBE_CONNECT, limits_of(attempt)->connect_ms);
    if (egress_choose_listener(worker, &attempt->to, &attempt->plan->hint) < 0)
        return fail_step(attempt, probe_cause_find(PROBE_CAUSE_no_listener));
    if (attempt->to.kind == TRANSPORT_TLS && !attempt->plan->context)
        return fail_step(attempt, probe_cause_find(PROBE_CAUSE_no_context));
    attempt->local = *transport_listener_addr(stack_transport(worker->stack), attempt->to.listener);
    if (attempt->to.kind == TRANSPORT_UDP)
        return EV_ASK;
    int error = probe_stream_new(&attempt->stream, worker->loop, &attempt->to.addr, &attempt->local,
                                 &stream_handlers, attempt);
    return error < 0 ? fail_step(attempt, probe_cause_of_connect(error)) : FSM_OK;
}

static int shake(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    struct probe_plan const *plan = attempt->plan;
    (void)event_arg;
    pass_step(attempt);
    begin_step(attempt, PROBE_TLS, limits_of(attempt)->tls_handshake_ms);
    attempt->has_tls = true;
    int error =
        probe_stream_secure(attempt->stream, plan->context, plan->server_name, &attempt->sight);
    return error < 0 ? fail_step(attempt, probe_cause_of_connect(error)) : FSM_OK;
}

static void note_tls(struct probe_attempt *attempt)
{
    struct secure_link const *link = probe_stream_link(attempt->stream);
    (void)snprintf(attempt->version, sizeof attempt->version, "%s", secure_link_version(link));
    (void)snprintf(attempt->cipher, sizeof attempt->cipher, "%s", secure_link_cipher(link));
    if (!attempt->identity)
        attempt->identity = secure_identity_ref(secure_link_claims(link));
}

/* The proxy would not go on with a certificate that its context does not accept, and so the
 * question is not asked. */
static int judge(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    struct secure_sight const *sight = &attempt->sight;
    (void)event_arg;
    note_tls(attempt);
    note_detail(attempt, sight->detail);
    if (sight->cause && !sight->is_ignored)
        return fail_step(attempt, probe_cause_of_secure(sight->cause));
    pass_step(attempt);
    if (sight->cause)
        end_step(attempt, PROBE_WARNING, probe_cause_find(PROBE_CAUSE_cert_ignored));
    return sight->is_asked && strcmp(attempt->version, "TLSv1.3") == 0 ? EV_PAUSE : EV_ASK;
}

static int rest(void *obj, void *event_arg)
{
    (void)event_arg;
    arm(obj, PAUSE_MS);
    return FSM_OK;
}

/* Over a stream of our own, there is no transaction: nothing is sent twice. */
static int send_on_stream(struct probe_attempt *attempt, msg_t *options)
{
    struct worker *worker = attempt->plan->worker;
    struct tap_record const like = record_of(attempt, TAP_SENT);
    struct buf out;
    transaction_branch_make(attempt->branch, worker->number, NULL);
    buf_init(&out, OUT_MAX);
    int error = probe_options_print(options, stack_transport(worker->stack), attempt->to.listener,
                                    attempt->branch, &out);
    if (error == 0) {
        probe_stream_send(attempt->stream, out.data, out.len);
        tap_add(attempt->plan->tap, &like, out.data, out.len);
    }
    buf_fini(&out);
    msg_destroy(options);
    return error;
}

static int send_by_transaction(struct probe_attempt *attempt, msg_t *options)
{
    struct transaction_layer *layer = stack_transactions(attempt->plan->worker->stack);
    attempt->to.no_switch = true;
    attempt->ct =
        client_transaction_new(layer, options, &attempt->to, NULL, &client_handlers, attempt);
    return attempt->ct ? 0 : -ENOMEM;
}

static int ask(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    struct probe_plan const *plan = attempt->plan;
    (void)event_arg;
    if (attempt->to.kind == TRANSPORT_TCP)
        pass_step(attempt);
    begin_step(attempt, PROBE_OPTIONS, plan->generation->conf->probe_answer_ms);
    msg_t *options =
        probe_options_new(plan->name, plan->uri, plan->generation->domain, attempt->call_id);
    int error = -ENOMEM;
    if (options && attempt->stream)
        error = send_on_stream(attempt, options);
    else if (options)
        error = send_by_transaction(attempt, options);
    return error < 0 ? fail_step(attempt, probe_cause_find(PROBE_CAUSE_memory)) : FSM_OK;
}

/* --- actions: the end --------------------------------------------------------------------------
 */

static void let_go(struct probe_attempt *attempt)
{
    wheel_disarm(&attempt->timer);
    if (attempt->ct)
        client_transaction_detach(attempt->ct);
    attempt->ct = NULL;
    probe_stream_free(&attempt->stream);
}

static int finish(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    (void)event_arg;
    let_go(attempt);
    attempt->plan->done(attempt->plan->ctx);
    return FSM_OK;
}

static int answered(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    struct net_addr from;
    probe_options_read(event_arg, &attempt->answer);
    attempt->is_answered = true;
    int status = attempt->answer.status;
    struct probe_finding finding = probe_cause_of_status(status);
    bool is_down = status == 503 || status == 408;
    end_step(attempt, !finding.id ? PROBE_OK : is_down ? PROBE_FAILED : PROBE_WARNING, finding);
    if (attempt->ct && !finding.id &&
        probe_options_search(attempt->plan->tap, attempt->call_id, &from) == PROBE_OPTIONS_FINAL &&
        !net_addr_equal(&from, &attempt->to.addr)) {
        char text[NET_ADDR_TEXT];
        end_step(attempt, PROBE_WARNING, probe_cause_find(PROBE_CAUSE_wrong_source));
        note_detail(attempt, net_addr_print(&from, text));
    }
    return finish(attempt, NULL);
}

static int strange(void *obj, void *event_arg)
{
    (void)fail_step(obj, *(struct probe_finding const *)event_arg);
    return finish(obj, NULL);
}

/* Of the handshake, or of an alert that came after it. */
static struct probe_finding tls_finding(struct probe_attempt *attempt, int error)
{
    struct secure_link const *link = probe_stream_link(attempt->stream);
    enum secure_cause cause = error == -EPROTO ? secure_link_cause(link) : SECURE_closed;
    attempt->step = PROBE_TLS;
    note_tls(attempt);
    note_detail(attempt, error == -EPROTO       ? secure_link_detail(link)
                         : error == -ECONNRESET ? ""
                                                : strerror(-error));
    return probe_cause_of_handshake(&attempt->sight, cause);
}

static struct probe_finding finding_of(struct probe_attempt *attempt, int error)
{
    if (attempt->step == PROBE_TLS || (attempt->has_tls && attempt->sight.alert))
        return tls_finding(attempt, error);
    if (error == -EBADMSG)
        return probe_cause_find(PROBE_CAUSE_not_sip);
    if (attempt->step == PROBE_OPTIONS && attempt->stream)
        return probe_cause_find(PROBE_CAUSE_no_answer_closed);
    struct probe_finding finding = probe_cause_of_connect(error);
    note_detail(attempt, strerror(-error));
    return finding;
}

static int failed(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    struct probe_finding finding = finding_of(attempt, *(int const *)event_arg);
    attempt->steps[PROBE_OPTIONS].verdict = PROBE_SKIPPED;
    return fail_step(attempt, finding);
}

static int late_answer(struct probe_attempt *attempt)
{
    struct net_addr from;
    char text[NET_ADDR_TEXT];
    enum probe_cause cause = attempt->stream ? PROBE_CAUSE_no_answer : PROBE_CAUSE_no_answer_udp;
    /* What the transaction layer has dropped is in the tap. */
    if (!attempt->stream) {
        enum probe_options_reply reply =
            probe_options_search(attempt->plan->tap, attempt->call_id, &from);
        if (reply == PROBE_OPTIONS_WRONG_VIA)
            cause = PROBE_CAUSE_wrong_via;
        else if (reply == PROBE_OPTIONS_WRONG)
            cause = PROBE_CAUSE_wrong_answer;
        if (cause != PROBE_CAUSE_no_answer_udp)
            note_detail(attempt, net_addr_print(&from, text));
    }
    return fail_step(attempt, probe_cause_find(cause));
}

static int late(void *obj, void *event_arg)
{
    struct probe_attempt *attempt = obj;
    (void)event_arg;
    if (attempt->step == PROBE_OPTIONS)
        return late_answer(attempt);
    if (attempt->step == PROBE_CONNECT)
        return fail_step(attempt, probe_cause_of_connect(-ETIMEDOUT));
    note_tls(attempt);
    return fail_step(attempt, probe_cause_of_handshake(&attempt->sight, SECURE_late));
}

/* clang-format off */
static struct fsm_row const rows[] = {
    { FSM_IN(PROBE_ATTEMPT_NEW),        EV_START,     start,    PROBE_ATTEMPT_CONNECTING },
    { FSM_IN(PROBE_ATTEMPT_CONNECTING), EV_CONNECTED, shake,    PROBE_ATTEMPT_SHAKING },
    { FSM_IN(PROBE_ATTEMPT_SHAKING),    EV_SECURED,   judge,    FSM_STAY },
    { FSM_IN(PROBE_ATTEMPT_SHAKING),    EV_PAUSE,     rest,     PROBE_ATTEMPT_PAUSING },
    { FSM_IN(PROBE_ATTEMPT_CONNECTING) | FSM_IN(PROBE_ATTEMPT_SHAKING),
                                        EV_ASK,       ask,      PROBE_ATTEMPT_ASKING },
    { FSM_IN(PROBE_ATTEMPT_PAUSING),    EV_TIMEOUT,   ask,      PROBE_ATTEMPT_ASKING },
    { FSM_IN(PROBE_ATTEMPT_ASKING),     EV_ANSWERED,  answered, PROBE_ATTEMPT_DONE },
    { FSM_IN(PROBE_ATTEMPT_ASKING),     EV_STRANGE,   strange,  PROBE_ATTEMPT_DONE },
    { FSM_IN(PROBE_ATTEMPT_CONNECTING) | FSM_IN(PROBE_ATTEMPT_SHAKING) |
      FSM_IN(PROBE_ATTEMPT_PAUSING) | FSM_IN(PROBE_ATTEMPT_ASKING),
                                        EV_FAILED,    failed,   FSM_STAY },
    { FSM_IN(PROBE_ATTEMPT_NEW) | FSM_IN(PROBE_ATTEMPT_CONNECTING) |
      FSM_IN(PROBE_ATTEMPT_SHAKING) | FSM_IN(PROBE_ATTEMPT_ASKING),
                                        EV_TIMEOUT,   late,     FSM_STAY },
    { FSM_IN(PROBE_ATTEMPT_CONNECTING) | FSM_IN(PROBE_ATTEMPT_SHAKING) |
      FSM_IN(PROBE_ATTEMPT_PAUSING) | FSM_IN(PROBE_ATTEMPT_ASKING),
                                        EV_END,       finish,   PROBE_ATTEMPT_DONE },
};
/* clang-format on */

struct fsm_table const probe_attempt_fsm = {
    .name = "probe",
    .state_names = state_names,
    .event_names = event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = PROBE_ATTEMPT_STATES,
    .n_events = EVENTS,
    .initial = PROBE_ATTEMPT_NEW,
    .final = FSM_IN(PROBE_ATTEMPT_DONE),
    .timeout_event = EV_TIMEOUT,
};

/* --- life --------------------------------------------------------------------------------------
 */

struct probe_attempt *probe_attempt_new(struct probe_plan const *plan, struct destination const *to,
                                        unsigned number)
{
    struct probe_attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt)
        return NULL;
    attempt->plan = plan;
    attempt->to = *to;
    attempt->state = PROBE_ATTEMPT_NEW;
    (void)snprintf(attempt->id, sizeof attempt->id, "probe-%u", number);
    return attempt;
}

void probe_attempt_start(struct probe_attempt *attempt)
{
    step(attempt, EV_START, NULL);
}

void probe_attempt_free(struct probe_attempt **pattempt)
{
    struct probe_attempt *attempt = *pattempt;
    *pattempt = NULL;
    if (!attempt)
        return;
    let_go(attempt);
    secure_identity_unref(&attempt->identity);
    free(attempt);
}

enum probe_verdict probe_attempt_verdict(struct probe_attempt const *attempt)
{
    enum probe_verdict worst = PROBE_SKIPPED;
    for (size_t i = 0; i < PROBE_STEPS; i++)
        if (attempt->steps[i].verdict > worst)
            worst = attempt->steps[i].verdict;
    return worst;
}
