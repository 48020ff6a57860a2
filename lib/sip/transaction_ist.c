/* SPDX-License-Identifier: Apache-2.0 */
/* The INVITE server transaction: RFC 3261 §17.2.1 (figure 7) with the state Accepted of RFC 6026.
 */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "message.h"
#include "sip_metrics.h"
#include "transaction_machine.h"
#include <errno.h>

enum { IST_PROCEEDING, IST_COMPLETED, IST_CONFIRMED, IST_ACCEPTED, IST_DONE, IST_STATES };

static char const *const state_names[IST_STATES] = { "proceeding", "completed", "confirmed",
                                                     "accepted", "done" };

static int trying(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;

    (void)event_arg;
    if (!st->base.wire)
        server_transaction_trying(st);
    return FSM_OK;
}

static int provisional(void *obj, void *event_arg)
{
    server_transaction_send(obj, event_arg);
    return FSM_OK;
}

/* A peer without branches may use Call-ID and CSeq of this INVITE again as soon as it has the final
 * response (csta-rcc 1.6). A stream repeats nothing by itself, so there every request that comes
 * now is a new one. */
static void forget_key(struct server_transaction *st)
{
    if (st->no_branch && st->base.reliable)
        transaction_unhash(&st->base);
}

/* RFC 6026 7.1: from now on the owner alone repeats the 2xx. */
static int accept_invite(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;

    transaction_arm(&st->base, 64 * (uint64_t)st->base.layer->limits->t1_ms); /* Timer L */
    server_transaction_send_final(st, event_arg);
    transaction_drop_wire(&st->base);
    forget_key(st);
    return FSM_OK;
}

static int accept_again(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;

    server_transaction_send(st, event_arg);
    transaction_drop_wire(&st->base);
    return FSM_OK;
}

static int reject_invite(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;
    struct transaction *t = &st->base;
    struct transaction_input *input = event_arg;

    if (st->no_branch) {
        transaction_key_ack(sip_object(input->msg), &st->ack_key);
        htab_insert(&t->layer->acks, &st->ack_entry, st->ack_key.word[0]);
    }
    transaction_arm(t, 64 * (uint64_t)t->layer->limits->t1_ms); /* Timer H */
    if (!t->reliable)
        transaction_arm_retry(t, (uint64_t)t->layer->limits->t1_ms); /* Timer G */
    server_transaction_send_final(st, input);
    forget_key(st);
    return FSM_OK;
}

static int retransmit(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;

    (void)event_arg;
    met_inc(&sip_metrics, M_transaction_retransmitted);
    if (st->base.wire)
        transaction_send(&st->base, false);
    transaction_retry_later(&st->base, st->base.layer->limits->t2_ms);
    return FSM_OK;
}

static int confirm(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;
    struct transaction *t = &st->base;

    (void)event_arg;
    wheel_disarm(&t->retry);
    transport_forget(&t->waiter);
    transaction_drop_wire(t);
    transaction_arm(t, transaction_linger_ms(t, t->layer->limits->t4_ms)); /* Timer I */
    return FSM_OK;
}

/* RFC 6026 7.1: the ACK of a 2xx is the owner's, even if its branch is the INVITE's. */
static int pass_ack(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;
    struct transaction_input *input = event_arg;
    struct transaction_layer *layer = st->base.layer;

    if (layer->handlers->on_ack)
        layer->handlers->on_ack(layer->ctx, input->from, input->msg);
    return FSM_OK;
}

static int cancel(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;
    struct transaction_layer *layer = st->base.layer;

    (void)event_arg;
    if (st->cancelled)
        return FSM_OK;
    st->cancelled = true;
    if (layer->handlers->on_cancel)
        layer->handlers->on_cancel(layer->ctx, st);
    return FSM_OK;
}

static int never_acknowledged(void *obj, void *event_arg)
{
    struct server_transaction *st = obj;

    (void)event_arg;
    met_inc(&sip_metrics, M_transaction_ack_missing);
    log_info(st->base.id, "no ACK came call_id=\"%s\"", st->base.call->call_id);
    server_transaction_end(st);
    return FSM_OK;
}

#define PROCEEDING FSM_IN(IST_PROCEEDING)
#define COMPLETED  FSM_IN(IST_COMPLETED)
#define CONFIRMED  FSM_IN(IST_CONFIRMED)
#define ACCEPTED   FSM_IN(IST_ACCEPTED)

/* clang-format off */
static struct fsm_row const rows[] = {
    { PROCEEDING,                       TX_TIMEOUT, trying,                    FSM_STAY },
    { PROCEEDING,                       TX_REQUEST, server_transaction_repeat, FSM_STAY },
    { PROCEEDING,                       TX_1XX,     provisional,               FSM_STAY },
    { PROCEEDING,                       TX_2XX,     accept_invite,             IST_ACCEPTED },
    { PROCEEDING,                       TX_3XX,     reject_invite,             IST_COMPLETED },
    { PROCEEDING,                       TX_CANCEL,  cancel,                    FSM_STAY },
    { PROCEEDING,                       TX_ACK,     NULL,                      FSM_STAY },
    { COMPLETED,                        TX_REQUEST, server_transaction_repeat, FSM_STAY },
    { COMPLETED,                        TX_RETRY,   retransmit,                FSM_STAY },
    { COMPLETED,                        TX_ACK,     confirm,                   IST_CONFIRMED },
    { COMPLETED,                        TX_TIMEOUT, never_acknowledged,        IST_DONE },
    { CONFIRMED,                        TX_REQUEST, server_transaction_absorb, FSM_STAY },
    { CONFIRMED,                        TX_ACK,     server_transaction_absorb, FSM_STAY },
    { CONFIRMED,                        TX_TIMEOUT, server_transaction_finish, IST_DONE },
    { ACCEPTED,                         TX_REQUEST, server_transaction_absorb, FSM_STAY },
    { ACCEPTED,                         TX_ACK,     pass_ack,                  FSM_STAY },
    { ACCEPTED,                         TX_2XX,     accept_again,              FSM_STAY },
    { ACCEPTED,                         TX_TIMEOUT, server_transaction_finish, IST_DONE },
    { COMPLETED | CONFIRMED | ACCEPTED, TX_CANCEL,  NULL,                      FSM_STAY },
    /* No memory for an answer. */
    { PROCEEDING,                       TX_BROKEN,  server_transaction_finish, IST_DONE },
    /* A final response could not be sent: RFC 6026 7.1. */
    { COMPLETED | ACCEPTED,             TX_BROKEN,  NULL,                      FSM_STAY },
};
/* clang-format on */

struct fsm_table const transaction_ist = {
    .name = "ist",
    .state_names = state_names,
    .event_names = transaction_event_names,
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .n_states = IST_STATES,
    .n_events = TX_EVENTS,
    .initial = IST_PROCEEDING,
    .final = FSM_IN(IST_DONE),
    .timeout_event = TX_TIMEOUT,
};
