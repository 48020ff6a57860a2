/* SPDX-License-Identifier: Apache-2.0 */
/* The client side of the layer: what the owner of a request calls, and how requests leave. */
#define LOG_SUBSYSTEM LOG_SIP
#include "buf.h"
#include "log.h"
#include "message.h"
#include "sip_metrics.h"
#include "text.h"
#include "transaction_machine.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for our Via and two values of Record-Route. */
enum { TOP_SIZE = 2048 };

/* The lines on top: our Via (RFC 3261 §18.1.1) and those of the owner. Settles which listener
 * sends. */
static int print_top(struct transaction_layer *layer, struct destination *to, char const *branch,
                     struct client_extra const *extra, char ret[static TOP_SIZE])
{
    struct transport *transport = layer->transport;
    int listener = transport_pick_listener(transport, to->kind, &to->addr, to->listener);

    if (listener < 0)
        return listener;
    to->listener = (uint16_t)listener;
    int error = transaction_via_print(transport, to->listener, branch, ret);
    if (error < 0)
        return error;
    struct text line;
    size_t len = strlen(ret);
    text_begin(&line, ret + len, TOP_SIZE - len);
    text_puts(&line, "\r\n");
    text_puts(&line, extra ? extra->lines : "");
    return line.cut ? -EMSGSIZE : 0;
}

static char const *loop_hash_of(struct client_extra const *extra)
{
    return extra ? extra->loop_hash : NULL;
}

/* Enters a client transaction; `branch` must be set. Takes nothing of @p request. */
static int begin(struct transaction_layer *layer, struct client_transaction *ct, sip_t const *sip,
                 struct destination const *to)
{
    char const *method = sip->sip_request->rq_method_name;
    bool invite = sip->sip_request->rq_method == sip_method_invite;

    ct->base.to = *to;
    ct->base.reliable = to->kind != TRANSPORT_UDP;
    transaction_key_client(ct->branch, method, &ct->base.key);
    return transaction_begin(layer, &ct->base, invite ? &transaction_ict : &transaction_nict,
                             sip->sip_call_id->i_id);
}

/* First transmission: Timers A and B, or E and F (RFC 3261 §17.1.1.2, §17.1.2.2). */
static void start(struct client_transaction *ct, int error)
{
    struct transaction *t = &ct->base;

    transaction_arm(t, 64 * (uint64_t)t->layer->limits->t1_ms);
    if (!t->reliable)
        transaction_arm_retry(t, (uint64_t)t->layer->limits->t1_ms);
    if (!error)
        error = transaction_send(t, true);
    if (error && client_transaction_fall_back(ct))
        return;
    ct->error = error;
    if (error)
        transaction_break(t);
    else if (t->reliable && t->table == &transaction_nict && !ct->switched && !t->waiter.reused)
        transaction_drop_wire(t); /* nothing will be sent again */
}

static int print_request(struct client_transaction *ct, msg_t *request,
                         struct client_extra const *extra)
{
    struct transaction *t = &ct->base;
    char top[TOP_SIZE] TEXT_UNINITIALIZED;
    int error = print_top(t->layer, &t->to, ct->branch, extra, top);

    return error ? error : transaction_print(t, request, top);
}

/* Prints the request for the way that its size allows. */
static int dress(struct client_transaction *ct, msg_t *request, struct client_extra const *extra)
{
    struct transaction *t = &ct->base;
    int error = print_request(ct, request, extra);

    if (error || !transaction_switch_is_due(t->layer, &t->to, t->wire_len))
        return error;
    met_inc(&sip_metrics, M_udp_switched);
    log_debug(t->id, "large request goes by TCP bytes=%lu", (unsigned long)t->wire_len);
    ct->udp_listener = t->to.listener;
    ct->switched = t->reliable = true;
    transaction_switch_to_tcp(t->layer, &t->to);
    return print_request(ct, request, extra);
}

bool client_transaction_fall_back(struct client_transaction *ct)
{
    struct transaction *t = &ct->base;

    if (!ct->switched || transaction_switch_back(t, ct->branch, ct->udp_listener) < 0)
        return false;
    met_inc(&sip_metrics, M_udp_switch_failed);
    log_info(t->id, "large request goes by UDP after all call_id=\"%s\"", t->call->call_id);
    ct->switched = false;
    start(ct, 0);
    return true;
}

bool client_transaction_reconnect(struct client_transaction *ct, int error)
{
    struct transaction *t = &ct->base;
    bool is_hung_up = error == -ECONNRESET || error == -EPIPE;

    if (!t->waiter.reused || !is_hung_up || ct->reconnected || t->state != t->table->initial)
        return false;
    ct->reconnected = true;
    t->to.connection = 0;
    t->to.context = t->waiter.context;
    t->to.server_name = t->waiter.server_name;
    ct->error = transaction_send(t, true);
    if (ct->error)
        return false;
    met_inc(&sip_metrics, M_transaction_reconnected);
    log_info(t->id, "request sent again reason=\"connection just closed\" call_id=\"%s\"",
             t->call->call_id);
    return true;
}

struct client_transaction *client_transaction_new(struct transaction_layer *layer, msg_t *request,
                                                  struct destination const *to,
                                                  struct client_extra const *extra,
                                                  struct client_handlers const *handlers, void *ctx)
{
    struct client_transaction *ct = NULL;
    sip_t const *sip = request ? sip_object(request) : NULL;

    if (!sip || layer->closing || transaction_is_full(layer, sip->sip_call_id->i_id, true))
        goto fail;
    ct = calloc(1, sizeof *ct);
    if (!ct)
        goto fail;
    transaction_branch_make(ct->branch, layer->worker, loop_hash_of(extra));
    if (begin(layer, ct, sip, to) < 0)
        goto fail;
    ct->handlers = handlers;
    ct->ctx = ctx;
    start(ct, dress(ct, request, extra));
    msg_destroy(request);
    return ct;

fail:
    free(ct);
    msg_destroy(request);
    return NULL;
}

void client_transaction_cancel(struct client_transaction *ct)
{
    if (ct->base.table == &transaction_ict)
        transaction_step(&ct->base, TX_CANCEL, NULL);
}

int client_transaction_error(struct client_transaction const *ct)
{
    return ct->error;
}

void client_transaction_detach(struct client_transaction *ct)
{
    ct->handlers = NULL;
    /* Only an INVITE that proceeds runs without a timer of its own. */
    if (!ct->base.timer.armed)
        transaction_arm(&ct->base, (uint64_t)ct->base.layer->limits->timer_c_ms);
}

/* A large ACK goes by TCP, too. If nobody listens there it is lost, and the next one, which the
 * next 2xx brings, goes by UDP. */
int transaction_send_ack(struct transaction_layer *layer, msg_t *request, struct destination *to,
                         struct client_extra const *extra)
{
    char branch[TRANSACTION_BRANCH_SIZE], top[TOP_SIZE] TEXT_UNINITIALIZED;
    struct buf out;

    buf_init(&out, (size_t)layer->limits->max_message_bytes);
    transaction_branch_make(branch, layer->worker, loop_hash_of(extra));
    int rc = print_top(layer, to, branch, extra, top);
    if (!rc)
        rc = message_print_under(request, top, &out);
    if (!rc && transaction_switch_is_due(layer, to, out.len)) {
        transaction_switch_to_tcp(layer, to);
        buf_reset(&out);
        rc = print_top(layer, to, branch, extra, top);
        if (!rc)
            rc = message_print_under(request, top, &out);
    }
    if (!rc)
        rc = transport_send(layer->transport, to, out.data, out.len, NULL);
    buf_fini(&out);
    msg_destroy(request);
    return rc;
}

/* --- for the machines ---------------------------------------------------------------------------
 */

void client_transaction_end(struct client_transaction *ct)
{
    struct client_handlers const *handlers = ct->handlers;

    ct->handlers = NULL;
    transport_forget(&ct->base.waiter);
    if (handlers)
        handlers->on_gone(ct->ctx, ct);
    transaction_end(&ct->base);
}

void client_transaction_deliver(struct client_transaction *ct, msg_t *response)
{
    if (ct->handlers)
        ct->handlers->on_response(ct->ctx, ct, response);
}

void client_transaction_fail(struct client_transaction *ct, enum transaction_failure why)
{
    transaction_unhash(&ct->base);
    if (why == TRANSACTION_TIMEOUT) {
        char to[NET_ADDR_TEXT];

        met_inc(&sip_metrics, M_transaction_timeouts);
        log_info(ct->base.id, "request timed out to=%s:%s call_id=\"%s\"",
                 transport_kind_name(ct->base.to.kind), net_addr_print(&ct->base.to.addr, to),
                 ct->base.call->call_id);
    }
    if (ct->handlers && ct->handlers->on_failure)
        ct->handlers->on_failure(ct->ctx, ct, why);
    client_transaction_end(ct);
}

int client_transaction_pass(void *ct, void *input)
{
    client_transaction_deliver(ct, ((struct transaction_input *)input)->msg);
    return FSM_OK;
}

int client_transaction_expire(void *ct, void *input)
{
    (void)input;
    client_transaction_fail(ct, TRANSACTION_TIMEOUT);
    return FSM_OK;
}

int client_transaction_lose(void *ct, void *input)
{
    (void)input;
    client_transaction_fail(ct, TRANSACTION_TRANSPORT);
    return FSM_OK;
}

int client_transaction_finish(void *ct, void *input)
{
    (void)input;
    client_transaction_end(ct);
    return FSM_OK;
}

void client_transaction_transmit(struct client_transaction *ct)
{
    met_inc(&sip_metrics, M_transaction_retransmitted);
    /* A lost retransmission is what the next one is for. */
    transaction_send(&ct->base, false);
}

/* RFC 3261 §9.1: same branch, same destination, and if no final response follows in 64*T1, the
 * INVITE is over. */
void client_transaction_send_cancel(struct client_transaction *ct)
{
    struct transaction *invite = &ct->base;
    struct client_transaction *cancel = NULL;
    msg_t *msg = NULL;

    if (ct->cancel_sent)
        return;
    ct->cancelled = ct->cancel_sent = true;
    transaction_arm(invite, 64 * (uint64_t)invite->layer->limits->t1_ms);
    msg = transaction_hop_cancel(invite->wire, invite->wire_len);
    cancel = calloc(1, sizeof *cancel);
    if (!msg || !cancel)
        goto fail;
    memcpy(cancel->branch, ct->branch, sizeof cancel->branch);
    if (begin(invite->layer, cancel, sip_object(msg), &invite->to) < 0)
        goto fail;
    start(cancel, transaction_print(&cancel->base, msg, ""));
    msg_destroy(msg);
    return;

fail:
    log_error(invite->id, "CANCEL not sent call_id=\"%s\"", invite->call->call_id);
    free(cancel);
    msg_destroy(msg);
}
