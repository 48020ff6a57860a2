/* SPDX-License-Identifier: Apache-2.0 */
/* The non-INVITE server transaction: RFC 3261 §17.2.2 (figure 8) as RFC 4320 changed it: no
 * provisional response but 100, that one late, and never 408. */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "message.h"
#include "sip_metrics.h"
#include "transaction_machine.h"

enum { NIST_TRYING, NIST_PROCEEDING, NIST_COMPLETED, NIST_DONE, NIST_STATES };

static char const *const state_names[NIST_STATES] = { "trying", "proceeding", "completed", "done" };

/* RFC 4320 4.1: 100 is due when the client's Timer E has grown to T2. */
static int trying(void *obj, void *event_arg)
{
    (void)event_arg;
    server_transaction_trying(obj);
    return FSM_OK;
}

/* RFC 4320 4.1: the owner's 100 goes out on a stream, where nothing else stops a proxy's timers;
 * over UDP the layer sends its own when it is due. Other provisional responses are forbidden. */
static int provisional(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;
    struct transaction_input *input = event_arg;

    if (st->base.reliable && sip_object(input->msg)->sip_status->st_status == 100) {
        wheel_disarm(&st->base.timer);
        server_transaction_send(st, input);
    }
    return FSM_OK;
}

static int complete(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;
    struct transaction *t = &st->base;
    struct transaction_input *input = event_arg;

    /* RFC 4320 4.2: who would get a 408 has given up already, and a proxy would forward it. */
    if (sip_object(input->msg)->sip_status->st_status == 408) {
        met_inc(&sip_metrics, M_transaction_408_withheld);
        log_info(t->id, "408 withheld call_id=\"%s\"", t->call->call_id);
        transaction_settle(t);
        server_transaction_release(st);
        transaction_break(t);
        return FSM_OK;
    }
    transaction_arm(t, transaction_linger_ms(t, 64 * t->layer->limits->t1_ms)); /* Timer J */
    server_transaction_send_final(st, input);
    if (t->reliable) {
        /* Timer J is 0, but the wheel needs a tick: a peer without branches may use the same
         * Call-ID and CSeq for its next request at once (csta-rcc 1.6). */
        transaction_drop_wire(t);
        transaction_unhash(t);
    }
    return FSM_OK;
}

#define TRYING     FSM_IN(NIST_TRYING)
#define PROCEEDING FSM_IN(NIST_PROCEEDING)
#define COMPLETED  FSM_IN(NIST_COMPLETED)

/* clang-format off */
static struct fsm_row const rows[] = {
    { TRYING,                          TX_REQUEST, server_transaction_absorb, FSM_STAY },
    { TRYING,                          TX_TIMEOUT, trying,                    NIST_PROCEEDING },
    { PROCEEDING,                      TX_REQUEST, server_transaction_repeat, FSM_STAY },
    /* Only the owner ends a request; its 100 was sent. */
    { PROCEEDING,                      TX_TIMEOUT, NULL,                      FSM_STAY },
    { TRYING,                          TX_1XX,     provisional,               FSM_STAY },
    { PROCEEDING,                      TX_1XX,     NULL,                      FSM_STAY },
    { TRYING | PROCEEDING,             TX_2XX,     complete,                  NIST_COMPLETED },
    { TRYING | PROCEEDING,             TX_3XX,     complete,                  NIST_COMPLETED },
    { COMPLETED,                       TX_REQUEST, server_transaction_repeat, FSM_STAY },
    { COMPLETED,                       TX_TIMEOUT, server_transaction_finish, NIST_DONE },
    { TRYING | PROCEEDING | COMPLETED, TX_BROKEN,  server_transaction_finish, NIST_DONE },
};
/* clang-format on */

struct fsm_table const transaction_nist = {
    .name = "nist",
    .state_names = state_names,
    .event_names = transaction_event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = NIST_STATES,
    .n_events = TX_EVENTS,
    .initial = NIST_TRYING,
    .final = FSM_IN(NIST_DONE),
    .timeout_event = TX_TIMEOUT,
};
