/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a branch: see branch.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "branch.h"
#include "admission.h"
#include "branch_message.h"
#include "clock.h"
#include "forward.h"
#include "fsm.h"
#include "identity.h"
#include "log.h"
#include "message.h"
#include "peer_watch.h"
#include "proxy.h"
#include "proxy_metrics.h"
#include "response.h"
#include "text.h"
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>

enum branch_event {
    EV_START,
    EV_RESOLVED,
    EV_NOWHERE,     /* there is no address (left) to try */
    EV_PROVISIONAL, /* 101 to 199; event_arg of all responses is the msg_t */
    EV_ACCEPTED,    /* 2xx to INVITE */
    EV_UNAVAILABLE, /* 503 */
    EV_FINAL,       /* every other final response */
    EV_BROKEN,      /* no response will come: the transport failed */
    EV_SILENT,      /* none came in time */
    EV_CANCEL,
    EV_TIMER_C,
    EV_GONE, /* the transaction has ended by itself */
    EVENTS
};

static char const *const state_names[BRANCH_STATES] = {
    "waiting", "resolving", "calling", "proceeding", "cancelling", "accepted", "done",
};
static char const *const event_names[EVENTS] = {
    "start", "resolved", "nowhere", "provisional", "accepted", "unavailable",
    "final", "broken",   "silent",  "cancel",      "timer_c",  "gone",
};

static struct client_handlers const branch_handlers;

static void step(struct branch *branch, enum branch_event event, void *event_arg)
{
    (void)fsm_step(&branch_fsm, &branch->state, branch, (int)event, event_arg,
                   branch->forward->loop_hash);
}

/* --- letting go --------------------------------------------------------------------------------
 */

static void drop_client(struct branch *branch)
{
    if (branch->ct)
        client_transaction_detach(branch->ct);
    branch->ct = NULL;
}

static void drop_request(struct branch *branch)
{
    msg_destroy(branch->request);
    branch->request = NULL;
    if (branch->query)
        resolve_cancel(&branch->query);
    wheel_disarm(&branch->timer_c);
}

void branch_init(struct branch *branch, struct forward *forward, struct route_hop const *hop)
{
    branch->forward = forward;
    branch->hop = *hop;
    branch->to = &branch->only;
}

void branch_fini(struct branch *branch)
{
    drop_request(branch);
    drop_client(branch);
    msg_destroy(branch->challenge);
    if (branch->to != &branch->only)
        free(branch->to);
}

bool branch_is_trusted(struct branch const *branch, struct net_addr const *addr)
{
    return branch->hop.internal || admission_trusts(branch->forward->generation, addr);
}

char const *branch_target(struct branch const *branch, char text[static NET_ADDR_TEXT])
{
    if (branch->hop.name)
        return branch->hop.name;
    return branch->next_to > 0 ? net_addr_print(&branch->to[branch->next_to - 1].addr, text) : "";
}

/* --- the request of a branch -------------------------------------------------------------------
 */

/* Is the context's request ours alone? */
static bool is_sole(struct branch const *branch)
{
    return branch->forward->n_branches == 1;
}

/* Where to send, or NULL when out of memory. */
static url_t const *edit_request(struct branch *branch)
{
    msg_t *shared = branch->forward->request;
    bool share = is_sole(branch) || branch_message_is_unchanged(&branch->hop);
    branch->request = share ? msg_ref_create(shared) : message_copy(shared);
    return branch->request ? branch_message_edit(branch->request, &branch->hop) : NULL;
}

static struct egress_hint hint_of(struct branch const *branch)
{
    struct forward const *forward = branch->forward;
    return egress_hint_of(forward->worker, forward->generation->table, &branch->hop,
                          forward->in_listener, forward->out_listener);
}

/* --- health of the next hop --------------------------------------------------------------------
 */

static void report(struct branch *branch, struct peer_evidence evidence)
{
    bool found = evidence.outcome != PEER_UNRESOLVED;
    if (!branch->peer)
        return;
    evidence.started_ms = found ? branch->tried_ms : clock_now_ms();
    peers_report(branch->peer, found ? &branch->to[branch->next_to - 1] : NULL, &evidence);
}

/* The first answer of a try says that its address is up, or 503 that it is not. 100 may come from
 * one who has nobody to send to. */
static void report_answer(struct branch *branch, msg_t *response, int status)
{
    if (status == 503)
        report(branch, (struct peer_evidence){ .outcome = PEER_UNAVAILABLE,
                                               .status = status,
                                               .retry_after_ms = response_retry_after(response) });
    else if (status > 100 && !branch->rang)
        report(branch, (struct peer_evidence){ .outcome = PEER_ANSWERED });
    branch->heard = true;
}

/* --- tries -------------------------------------------------------------------------------------
 */

static void resolved(void *ctx, struct destination const *list, size_t n, char const *why_not)
{
    struct branch *branch = ctx;
    struct destination *to = n > 1 ? calloc(n, sizeof *to) : &branch->only;
    branch->query = NULL;
    if (n > 0 && to) {
        memcpy(to, list, n * sizeof *list);
        branch->to = to;
        branch->n_to = n;
        branch->n_usable = branch->peer ? peers_order(branch->peer, to, n) : n;
    } else {
        branch->refusal = n > 0 ? REFUSAL_memory : REFUSAL_unresolved;
        if (n == 0)
            report(branch,
                   (struct peer_evidence){ .outcome = PEER_UNRESOLVED, .why_not = why_not });
        log_debug(branch->forward->loop_hash, "next hop not resolved reason=\"%s\"",
                  n > 0 ? "memory" : why_not);
    }
    if (!branch->resolving)
        step(branch, EV_RESOLVED, NULL);
}

static int resolve(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    struct worker *worker = branch->forward->worker;
    struct egress_hint const hint = hint_of(branch);
    (void)event_arg;
    branch->uri = edit_request(branch);
    branch->peer = branch->hop.uri
                       ? peer_watch_find(branch->forward->generation->watch, branch->hop.uri)
                       : NULL;
    branch->refusal = REFUSAL_memory;
    if (!branch->uri)
        return EV_NOWHERE;
    branch->resolving = true;
    branch->query =
        egress_resolve(worker, sip_object(branch->request), branch->uri, &hint, resolved, branch);
    branch->resolving = false;
    return branch->query ? FSM_OK : EV_RESOLVED;
}

static void timer_c_fired(struct wheel_timer *timer)
{
    struct branch *branch = (struct branch *)((char *)timer - offsetof(struct branch, timer_c));
    met_inc(&proxy_metrics, M_timer_c);
    branch->timer_c_fired = true;
    step(branch, EV_TIMER_C, NULL);
}

/* RFC 3261 §16.6 step 11, §16.7 step 2, §16.8 */
static void restart_timer_c(struct branch *branch)
{
    struct worker *worker = branch->forward->worker;
    if (branch->forward->invite)
        wheel_arm(worker->wheel, &branch->timer_c, (uint64_t)worker->proxy->limits.timer_c_ms,
                  timer_c_fired);
}

/* The request as @p to may see it; NULL when out of memory. */
static msg_t *request_for(struct branch *branch, struct destination const *to)
{
    if (!identity_is_claimed(sip_object(branch->request)) || branch_is_trusted(branch, &to->addr))
        return msg_ref_create(branch->request);
    msg_t *msg = message_copy(branch->request);
    if (msg && identity_conceal(msg))
        met_inc(&proxy_metrics, M_identities_concealed);
    return msg;
}

static int send_try(struct branch *branch, struct destination const *to)
{
    struct forward const *forward = branch->forward;
    struct stack *stack = forward->worker->stack;
    msg_t *msg;
    char lines[BRANCH_MESSAGE_LINES] TEXT_UNINITIALIZED;
    struct client_extra const extra = { forward->loop_hash, lines };
    branch->heard = branch->rang = false;
    if (branch->peer)
        branch->tried_ms = clock_now_ms();
    branch->refusal = REFUSAL_busy;
    if (branch_message_lines(sip_object(branch->request), stack_transport(stack),
                             forward->in_listener, to->listener, branch->breadth, lines) == 0 &&
        (msg = request_for(branch, to)))
        branch->ct = client_transaction_new(stack_transactions(stack), msg, to, &extra,
                                            &branch_handlers, branch);
    if (!branch->ct)
        return EV_NOWHERE;
    met_inc(&proxy_metrics, M_forwarded);
    if (branch->next_to > 1)
        met_inc(&proxy_metrics, M_hop_failovers);
    restart_timer_c(branch);
    return FSM_OK;
}

/* An address that rests is tried only if there is nowhere else to go. */
static bool has_next(struct branch const *branch)
{
    struct forward const *forward = branch->forward;
    bool elsewhere = !forward->closed && forward->next < forward->n_branches;
    return branch->next_to < branch->n_to &&
           (branch->next_to == 0 || branch->next_to < branch->n_usable || !elsewhere);
}

/* branch->refusal says why the former one failed. */
static int try_next(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    struct egress_hint const hint = hint_of(branch);
    (void)event_arg;
    while (has_next(branch)) {
        struct destination *to = &branch->to[branch->next_to++];
        to->no_switch = egress_is_udp_only(&branch->hop);
        to->server_name = branch->uri->url_host;
        if (egress_choose_listener(branch->forward->worker, to, &hint) == 0)
            return send_try(branch, to);
        branch->refusal = REFUSAL_unreachable;
    }
    return EV_NOWHERE;
}

static int unavailable(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    drop_client(branch);
    response_unavailable(branch, event_arg);
    branch->rang = false;
    branch->refusal = REFUSAL_unreachable;
    return try_next(branch, NULL);
}

static int broken(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    branch->refusal = REFUSAL_unreachable;
    return branch->rang ? EV_NOWHERE : try_next(branch, event_arg);
}

static int silent(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    branch->refusal = REFUSAL_timeout;
    return branch->forward->invite ? try_next(branch, event_arg) : EV_NOWHERE;
}

/* --- ends --------------------------------------------------------------------------------------
 */

static int fail(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    (void)event_arg;
    drop_request(branch);
    response_none(branch, branch->refusal);
    return FSM_OK;
}

static int fail_cancelled(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    branch->refusal = branch->timer_c_fired ? REFUSAL_timeout : REFUSAL_cancelled;
    return fail(branch, event_arg);
}

/* From here on the transaction limits the wait: without a final response 64*T1 after the CANCEL it
 * fails (RFC 3261 §9.1). */
static int cancel(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    (void)event_arg;
    drop_request(branch);
    client_transaction_cancel(branch->ct);
    return FSM_OK;
}

static int provisional(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    branch->rang = true;
    if (branch->state == BRANCH_PROCEEDING)
        restart_timer_c(branch);
    response_provisional(branch, event_arg);
    return FSM_OK;
}

static int accepted(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    drop_request(branch);
    response_accepted(branch, event_arg);
    return FSM_OK;
}

static int finish(void *obj, void *event_arg)
{
    struct branch *branch = obj;
    drop_client(branch);
    drop_request(branch);
    response_final(branch, event_arg);
    return FSM_OK;
}

static int leave(void *obj, void *event_arg)
{
    (void)event_arg;
    forward_branch_ended(obj, false);
    return FSM_OK;
}

#define WAITING    FSM_IN(BRANCH_WAITING)
#define RESOLVING  FSM_IN(BRANCH_RESOLVING)
#define CALLING    FSM_IN(BRANCH_CALLING)
#define PROCEEDING FSM_IN(BRANCH_PROCEEDING)
#define CANCELLING FSM_IN(BRANCH_CANCELLING)
#define ACCEPTED   FSM_IN(BRANCH_ACCEPTED)
#define DONE       FSM_IN(BRANCH_DONE)

/* clang-format off */
static struct fsm_row const rows[] = {
    { WAITING,                           EV_START,       resolve,        BRANCH_RESOLVING },
    { WAITING,                           EV_CANCEL,      NULL,           BRANCH_DONE },
    { RESOLVING,                         EV_RESOLVED,    try_next,       BRANCH_CALLING },
    { RESOLVING,                         EV_CANCEL,      fail_cancelled, BRANCH_DONE },
    { RESOLVING | CALLING,               EV_NOWHERE,     fail,           BRANCH_DONE },
    { CALLING | PROCEEDING,              EV_PROVISIONAL, provisional,    BRANCH_PROCEEDING },
    { CALLING | PROCEEDING,              EV_UNAVAILABLE, unavailable,    BRANCH_CALLING },
    { CALLING | PROCEEDING,              EV_BROKEN,      broken,         BRANCH_CALLING },
    { CALLING | PROCEEDING,              EV_SILENT,      silent,         BRANCH_CALLING },
    { CALLING | PROCEEDING,              EV_CANCEL,      cancel,         BRANCH_CANCELLING },
    { CALLING | PROCEEDING,              EV_TIMER_C,     cancel,         BRANCH_CANCELLING },
    { CALLING | PROCEEDING | CANCELLING, EV_ACCEPTED,    accepted,        BRANCH_ACCEPTED },
    { CALLING | PROCEEDING | CANCELLING, EV_FINAL,       finish,         BRANCH_DONE },
    { CANCELLING,                        EV_PROVISIONAL, provisional,    FSM_STAY },
    { CANCELLING,                        EV_UNAVAILABLE, finish,         BRANCH_DONE },
    { CANCELLING,                        EV_BROKEN,      fail_cancelled, BRANCH_DONE },
    { CANCELLING,                        EV_SILENT,      fail_cancelled, BRANCH_DONE },
    { ACCEPTED,                          EV_ACCEPTED,    accepted,        FSM_STAY },
    { ACCEPTED,                          EV_GONE,        leave,          BRANCH_DONE },
    { CANCELLING | ACCEPTED | DONE,      EV_CANCEL,      NULL,           FSM_STAY },
};
/* clang-format on */

/* No event bounds every state: the resolver bounds RESOLVING, the transaction all that follow, and
 * timer C its silence after 1xx. */
struct fsm_table const branch_fsm = {
    .name = "branch",
    .state_names = state_names,
    .event_names = event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = BRANCH_STATES,
    .n_events = EVENTS,
    .initial = BRANCH_WAITING,
    .final = DONE,
    .timeout_event = -1,
};

/* --- events ------------------------------------------------------------------------------------
 */

void branch_start(struct branch *branch, unsigned breadth)
{
    branch->breadth = breadth;
    step(branch, EV_START, NULL);
}

void branch_cancel(struct branch *branch)
{
    step(branch, EV_CANCEL, NULL);
}

static enum branch_event event_of(struct branch const *branch, int status)
{
    if (status < 200)
        return EV_PROVISIONAL;
    if (status <= 299 && branch->forward->invite)
        return EV_ACCEPTED;
    return status == 503 ? EV_UNAVAILABLE : EV_FINAL;
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct branch *branch = ctx;
    int status = sip_object(response)->sip_status->st_status;
    (void)ct;
    if (branch->state != BRANCH_ACCEPTED)
        report_answer(branch, response, status);
    if (status > 100) /* 100 was for us */
        step(branch, event_of(branch, status), response);
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct branch *branch = ctx;
    int error = client_transaction_error(ct);
    drop_client(branch);
    if (why == TRANSACTION_TRANSPORT)
        report(branch, (struct peer_evidence){ .outcome = PEER_BROKEN, .error = error });
    else if (!branch->heard)
        report(branch, (struct peer_evidence){ .outcome = PEER_SILENT });
    step(branch, why == TRANSACTION_TIMEOUT ? EV_SILENT : EV_BROKEN, NULL);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct branch *branch = ctx;
    (void)ct;
    branch->ct = NULL;
    step(branch, EV_GONE, NULL);
}

static struct client_handlers const branch_handlers = {
    .on_response = on_response,
    .on_failure = on_failure,
    .on_gone = on_gone,
};
