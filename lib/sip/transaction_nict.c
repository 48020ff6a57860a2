/* SPDX-License-Identifier: Apache-2.0 */
/* The non-INVITE client transaction: RFC 3261 §17.1.2 (figure 6). */
#include "transaction_machine.h"

enum { NICT_TRYING, NICT_PROCEEDING, NICT_COMPLETED, NICT_DONE, NICT_STATES };

static char const *const state_names[NICT_STATES] = { "trying", "proceeding", "completed", "done" };

static int send_again(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;

    (void)event_arg;
    client_transaction_transmit(ct);
    transaction_retry_later(&ct->base, ct->base.layer->limits->t2_ms);
    return FSM_OK;
}

static int send_again_slowly(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;

    (void)event_arg;
    client_transaction_transmit(ct);
    transaction_arm_retry(&ct->base, (uint64_t)ct->base.layer->limits->t2_ms);
    return FSM_OK;
}

static int completed(void *obj, void *event_arg)
{
    struct client_transaction *ct = obj;
    struct transaction *t = &ct->base;
    struct transaction_input *input = event_arg;

    transaction_settle(t);
    wheel_disarm(&t->retry);
    transport_forget(&ct->base.waiter);
    transaction_drop_wire(t);
    transaction_arm(t, transaction_linger_ms(t, t->layer->limits->t4_ms)); /* Timer K */
    client_transaction_deliver(ct, input->msg);
    return FSM_OK;
}

#define TRYING     FSM_IN(NICT_TRYING)
#define PROCEEDING FSM_IN(NICT_PROCEEDING)
#define COMPLETED  FSM_IN(NICT_COMPLETED)

/* clang-format off */
static struct fsm_row const rows[] = {
    { TRYING,              TX_RETRY,   send_again,                FSM_STAY },
    { PROCEEDING,          TX_RETRY,   send_again_slowly,         FSM_STAY },
    { TRYING | PROCEEDING, TX_1XX,     client_transaction_pass,   NICT_PROCEEDING },
    { TRYING | PROCEEDING, TX_2XX,     completed,                 NICT_COMPLETED },
    { TRYING | PROCEEDING, TX_3XX,     completed,                 NICT_COMPLETED },
    { TRYING | PROCEEDING, TX_TIMEOUT, client_transaction_expire, NICT_DONE },
    { TRYING | PROCEEDING, TX_BROKEN,  client_transaction_lose,   NICT_DONE },
    { COMPLETED,           TX_1XX,     NULL,                      FSM_STAY },
    { COMPLETED,           TX_2XX,     NULL,                      FSM_STAY },
    { COMPLETED,           TX_3XX,     NULL,                      FSM_STAY },
    { COMPLETED,           TX_TIMEOUT, client_transaction_finish, NICT_DONE },
};
/* clang-format on */

struct fsm_table const transaction_nict = {
    .name = "nict",
    .state_names = state_names,
    .event_names = transaction_event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = NICT_STATES,
    .n_events = TX_EVENTS,
    .initial = NICT_TRYING,
    .final = FSM_IN(NICT_DONE),
    .timeout_event = TX_TIMEOUT,
};
