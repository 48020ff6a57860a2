/* SPDX-License-Identifier: Apache-2.0 */
/* The INVITE client transaction: RFC 3261 §17.1.1 (figure 5) with the state Accepted of RFC 6026.
 */
#include "message.h"
#include "transaction_machine.h"

enum { TIMER_D_MIN_MS = 32000 };
enum { ICT_CALLING, ICT_PROCEEDING, ICT_COMPLETED, ICT_ACCEPTED, ICT_DONE, ICT_STATES };

static char const *const state_names[ICT_STATES] = { "calling", "proceeding", "completed",
                                                     "accepted", "done" };

static int send_again(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;

    (void)event_arg;
    client_transaction_transmit(ct);
    transaction_retry_later(&ct->base, INT32_MAX); /* Timer A has no ceiling */
    return FSM_OK;
}

/* From the first provisional response on nothing is retransmitted, and nothing of ours limits the
 * wait: Timer C is the owner's (RFC 3261 §16.6 step 11). */
static int first_provisional(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;
    struct transaction_input *input = event_arg;

    wheel_disarm(&ct->base.retry);
    wheel_disarm(&ct->base.timer);
    if (!ct->handlers)
        transaction_arm(&ct->base, (uint64_t)ct->base.layer->limits->timer_c_ms);
    if (ct->cancelled)
        client_transaction_send_cancel(ct);
    client_transaction_deliver(ct, input->msg);
    return FSM_OK;
}

static void stop_waiting(struct client_transaction *ct)
{
    transaction_settle(&ct->base);
    wheel_disarm(&ct->base.retry);
    transport_forget(&ct->base.waiter);
}

/* RFC 6026 §8.4: Timer M, in which 2xx of other forks and retransmissions still reach the owner. */
static int accepted(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;
    struct transaction_input *input = event_arg;

    stop_waiting(ct);
    transaction_drop_wire(&ct->base);
    transaction_arm(&ct->base, 64 * (uint64_t)ct->base.layer->limits->t1_ms);
    client_transaction_deliver(ct, input->msg);
    return FSM_OK;
}

/* At least 32 s, whatever T1 is here: the other side has one of its own (RFC 6026 8.4). */
static int64_t timer_d_ms(struct stack_limits const *limits)
{
    return 64 * limits->t1_ms < TIMER_D_MIN_MS ? TIMER_D_MIN_MS : 64 * limits->t1_ms;
}

/* The ACK goes where the INVITE went (RFC 3261 §17.1.1.3) and takes its place in `wire`, to answer
 * retransmissions of the response. */
static int rejected(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;
    struct transaction *t = &ct->base;
    struct transaction_input *input = event_arg;
    msg_t *ack = transaction_hop_ack(t->wire, t->wire_len, sip_object(input->msg));

    stop_waiting(ct);
    transaction_arm(t, transaction_linger_ms(t, timer_d_ms(t->layer->limits)));
    if (ack && transaction_print(t, ack, "") == 0)
        transaction_send(t, false);
    else
        transaction_drop_wire(t);
    msg_destroy(ack);
    client_transaction_deliver(ct, input->msg);
    return FSM_OK;
}

static int acknowledge_again(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;

    (void)event_arg;
    if (ct->base.wire)
        transaction_send(&ct->base, false);
    return FSM_OK;
}

static int cancel_later(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;

    (void)event_arg;
    ct->cancelled = true;
    return FSM_OK;
}

static int cancel_now(void *obj, void *event_arg)
{
    (void)event_arg;
    client_transaction_send_cancel(obj);
    return FSM_OK;
}

#define CALLING    FSM_IN(ICT_CALLING)
#define PROCEEDING FSM_IN(ICT_PROCEEDING)
#define COMPLETED  FSM_IN(ICT_COMPLETED)
#define ACCEPTED   FSM_IN(ICT_ACCEPTED)

/* clang-format off */
static struct fsm_row const rows[] = {
    { CALLING,              TX_RETRY,   send_again,                FSM_STAY },
    { CALLING,              TX_1XX,     first_provisional,         ICT_PROCEEDING },
    { PROCEEDING,           TX_1XX,     client_transaction_pass,   FSM_STAY },
    { CALLING | PROCEEDING, TX_2XX,     accepted,                  ICT_ACCEPTED },
    { CALLING | PROCEEDING, TX_3XX,     rejected,                  ICT_COMPLETED },
    { CALLING,              TX_CANCEL,  cancel_later,              FSM_STAY },
    { PROCEEDING,           TX_CANCEL,  cancel_now,                FSM_STAY },
    /* In Proceeding only after CANCEL (RFC 3261 9.1) or without an owner. */
    { CALLING | PROCEEDING, TX_TIMEOUT, client_transaction_expire, ICT_DONE },
    { CALLING | PROCEEDING, TX_BROKEN,  client_transaction_lose,   ICT_DONE },
    { COMPLETED,            TX_3XX,     acknowledge_again,         FSM_STAY },
    { COMPLETED,            TX_1XX,     NULL,                      FSM_STAY },
    { COMPLETED,            TX_2XX,     NULL,                      FSM_STAY },
    { ACCEPTED,             TX_2XX,     client_transaction_pass,   FSM_STAY },
    { ACCEPTED,             TX_1XX,     NULL,                      FSM_STAY },
    { ACCEPTED,             TX_3XX,     NULL,                      FSM_STAY },
    { COMPLETED | ACCEPTED, TX_CANCEL,  NULL,                      FSM_STAY },
    { COMPLETED | ACCEPTED, TX_TIMEOUT, client_transaction_finish, ICT_DONE },
};
/* clang-format on */

struct fsm_table const transaction_ict = {
    .name = "ict",
    .state_names = state_names,
    .event_names = transaction_event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = ICT_STATES,
    .n_events = TX_EVENTS,
    .initial = ICT_CALLING,
    .final = FSM_IN(ICT_DONE),
    .timeout_event = TX_TIMEOUT,
};
