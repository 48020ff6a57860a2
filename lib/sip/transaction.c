/* SPDX-License-Identifier: Apache-2.0 */
/* The layer, and what its four machines share: tables, timers, the bytes to send again. */
#define LOG_SUBSYSTEM LOG_SIP
#include "transaction.h"
#include "buf.h"
#include "log.h"
#include "message.h"
#include "secure_cause.h"
#include "sip_metrics.h"
#include "text.h"
#include "transaction_machine.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

char const *const transaction_event_names[TX_EVENTS] = {
    [TX_RETRY] = "retry",     [TX_TIMEOUT] = "timeout", [TX_BROKEN] = "broken",
    [TX_REQUEST] = "request", [TX_ACK] = "ack",         [TX_CANCEL] = "cancel",
    [TX_1XX] = "1xx",         [TX_2XX] = "2xx",         [TX_3XX] = "3xx-6xx",
};

struct transaction_layer *transaction_layer_new(struct transport *transport, struct wheel *wheel,
                                                struct stack_limits const *limits,
                                                struct transaction_handlers const *handlers,
                                                void *ctx)
{
    struct transaction_layer *layer = calloc(1, sizeof *layer);

    if (!layer)
        return NULL;
    layer->transport = transport;
    layer->wheel = wheel;
    layer->limits = limits;
    layer->handlers = handlers;
    layer->ctx = ctx;
    htab_init(&layer->servers);
    htab_init(&layer->clients);
    htab_init(&layer->acks);
    htab_init(&layer->calls);
    LIST_INIT(&layer->all);
    LIST_INIT(&layer->replies);
    return layer;
}

static bool is_client(struct transaction const *t)
{
    return t->table == &transaction_ict || t->table == &transaction_nict;
}

void transaction_layer_number(struct transaction_layer *layer, unsigned worker)
{
    layer->worker = worker;
}

void transaction_layer_free(struct transaction_layer **player)
{
    struct transaction_layer *layer = *player;
    struct transaction *t;

    *player = NULL;
    if (!layer)
        return;
    layer->closing = true;
    transaction_reply_free_all(layer);
    while ((t = LIST_FIRST(&layer->all))) {
        if (is_client(t))
            client_transaction_end((struct client_transaction *)t);
        else
            server_transaction_end((struct server_transaction *)t);
    }
    htab_fini(&layer->servers);
    htab_fini(&layer->clients);
    htab_fini(&layer->acks);
    htab_fini(&layer->calls);
    free(layer);
}

void transaction_layer_use_resolver(struct transaction_layer *layer, struct resolver *resolver)
{
    layer->resolver = resolver;
}

size_t transaction_count(struct transaction_layer const *layer)
{
    return layer->n;
}

/* --- transactions of one Call-ID ----------------------------------------------------------------
 */

static bool call_matches(struct htab_entry const *entry, void const *call_id)
{
    struct transaction_call const *call =
        (void const *)((char const *)entry - offsetof(struct transaction_call, entry));
    return strcmp(call->call_id, call_id) == 0;
}

/* A proxy looks for each Call-ID four times in a row: the one found last is tried first. */
static struct transaction_call *find_call(struct transaction_layer *layer, char const *call_id,
                                          uint64_t *ret_hash)
{
    if (layer->last_call && call_matches(&layer->last_call->entry, call_id))
        return layer->last_call;
    *ret_hash = htab_hash(call_id, strlen(call_id), 0);
    struct htab_entry *entry = htab_find(&layer->calls, *ret_hash, call_matches, call_id);
    if (entry)
        layer->last_call = (void *)((char *)entry - offsetof(struct transaction_call, entry));
    return entry ? layer->last_call : NULL;
}

static struct transaction_call *ref_call(struct transaction_layer *layer, char const *call_id)
{
    uint64_t hash;
    struct transaction_call *call = find_call(layer, call_id, &hash);
    size_t size = strlen(call_id) + 1;

    if (!call) {
        call = calloc(1, sizeof *call + size);
        if (!call)
            return NULL;
        memcpy(call->call_id, call_id, size);
        if (htab_insert(&layer->calls, &call->entry, hash) < 0) {
            free(call);
            return NULL;
        }
        layer->last_call = call;
    }
    call->n++;
    return call;
}

static void unref_call(struct transaction_layer *layer, struct transaction_call *call)
{
    if (--call->n > 0)
        return;
    if (layer->last_call == call)
        layer->last_call = NULL;
    htab_remove(&layer->calls, &call->entry);
    free(call);
}

bool transaction_is_full(struct transaction_layer *layer, char const *call_id, bool as_client)
{
    struct transaction_call const *call;
    uint64_t hash;

    if (layer->n >= (size_t)layer->limits->max_transactions) {
        met_inc(&sip_metrics, M_transaction_limit);
        log_info(NULL, "transaction refused reason=max_transactions live=%zu", layer->n);
        return true;
    }
    call = find_call(layer, call_id, &hash);
    if (call &&
        call->pending[as_client] >= (unsigned long)layer->limits->max_transactions_per_call) {
        met_inc(&sip_metrics, M_transaction_call_limit);
        log_info(NULL,
                 "transaction refused reason=max_transactions_per_call pending=%u call_id=\"%s\"",
                 call->pending[as_client], call_id);
        return true;
    }
    return false;
}

/* --- sending ------------------------------------------------------------------------------------
 */

static void log_not_sent(struct transaction const *t, int error)
{
    char to[NET_ADDR_TEXT];

    met_inc(&sip_metrics, M_transaction_send_failures);
    log_info(t->id, "message not sent to=%s:%s error=\"%s\" call_id=\"%s\"",
             transport_kind_name(t->to.kind), net_addr_print(&t->to.addr, to),
             secure_cause_error_text(error), t->call->call_id);
}

static void on_failed(struct transport_waiter *waiter, int error)
{
    struct transaction *t = (void *)((char *)waiter - offsetof(struct transaction, waiter));
    struct client_transaction *ct = is_client(t) ? (struct client_transaction *)t : NULL;

    if (ct)
        ct->error = error;
    if (ct && ((!waiter->opened && client_transaction_fall_back(ct)) ||
               client_transaction_reconnect(ct, error)))
        return;
    if (t->reliable)
        log_info(t->id, "connection died under a request error=\"%s\" call_id=\"%s\"",
                 secure_cause_error_text(error), t->call->call_id);
    else
        log_not_sent(t, error);
    transaction_step(t, TX_BROKEN, NULL);
}

int transaction_send(struct transaction *t, bool watched)
{
    if (watched)
        transport_forget(&t->waiter);
    int rc = transport_send(t->layer->transport, &t->to, t->wire, t->wire_len,
                            watched ? &t->waiter : NULL);
    if (rc < 0)
        log_not_sent(t, rc);
    return rc;
}

/* --- life ---------------------------------------------------------------------------------------
 */

static struct htab *table_of(struct transaction *t)
{
    return is_client(t) ? &t->layer->clients : &t->layer->servers;
}

int transaction_begin(struct transaction_layer *layer, struct transaction *t,
                      struct fsm_table const *table, char const *call_id)
{
    struct text line;

    t->layer = layer;
    t->table = table;
    t->state = (uint8_t)table->initial;
    t->waiter.on_failed = on_failed;
    text_begin(&line, t->id, sizeof t->id);
    text_puts(&line, "t");
    text_hex(&line, ++layer->serial & 0xffffffffff, 1);
    t->call = ref_call(layer, call_id);
    if (!t->call)
        return -ENOMEM;
    if (htab_insert(table_of(t), &t->entry, t->key.word[0]) < 0) {
        unref_call(layer, t->call);
        return -ENOMEM;
    }
    LIST_INSERT_HEAD(&layer->all, t, link);
    t->pending = true;
    t->call->pending[is_client(t)]++;
    layer->n++;
    met_inc(&sip_metrics, M_transactions);
    log_debug(t->id, "transaction begins machine=%s call_id=\"%s\"", table->name, call_id);
    return 0;
}

void transaction_settle(struct transaction *t)
{
    t->call->pending[is_client(t)] -= t->pending;
    t->pending = false;
}

void transaction_end(struct transaction *t)
{
    transaction_settle(t);
    transaction_unhash(t);
    wheel_disarm(&t->retry);
    wheel_disarm(&t->timer);
    transport_forget(&t->waiter);
    LIST_REMOVE(t, link);
    t->layer->n--;
    met_add(&sip_metrics, M_transactions, -1);
    unref_call(t->layer, t->call);
    free(t->wire);
    free(t);
}

void transaction_unhash(struct transaction *t)
{
    htab_remove(table_of(t), &t->entry);
}

int transaction_step(struct transaction *t, enum transaction_event event,
                     struct transaction_input *input)
{
    return fsm_step(t->table, &t->state, t, (int)event, input, t->id);
}

/* --- bytes --------------------------------------------------------------------------------------
 */

int transaction_print(struct transaction *t, msg_t *msg, char const *lines)
{
    struct buf out;

    buf_init(&out, (size_t)t->layer->limits->max_message_bytes);
    int rc = message_print_under(msg, lines, &out);
    if (rc < 0) {
        buf_fini(&out);
        return rc;
    }
    transaction_drop_wire(t);
    t->wire_len = (uint32_t)out.len;
    t->wire = out.data;
    return 0;
}

void transaction_drop_wire(struct transaction *t)
{
    free(t->wire);
    t->wire = NULL;
    t->wire_len = 0;
}

/* --- timers -------------------------------------------------------------------------------------
 */

static void on_retry(struct wheel_timer *timer)
{
    struct transaction *t = (void *)((char *)timer - offsetof(struct transaction, retry));

    transaction_step(t, TX_RETRY, NULL);
}

static void on_timer(struct wheel_timer *timer)
{
    struct transaction *t = (void *)((char *)timer - offsetof(struct transaction, timer));

    transaction_step(t, TX_TIMEOUT, NULL);
}

static void on_broken(struct wheel_timer *timer)
{
    struct transaction *t = (void *)((char *)timer - offsetof(struct transaction, timer));

    transaction_step(t, TX_BROKEN, NULL);
}

void transaction_arm_retry(struct transaction *t, uint64_t in_ms)
{
    t->retry_ms = (uint32_t)in_ms;
    wheel_arm(t->layer->wheel, &t->retry, in_ms, on_retry);
}

void transaction_arm(struct transaction *t, uint64_t in_ms)
{
    wheel_arm(t->layer->wheel, &t->timer, in_ms, on_timer);
}

void transaction_break(struct transaction *t)
{
    wheel_disarm(&t->retry);
    wheel_arm(t->layer->wheel, &t->timer, 0, on_broken);
}

void transaction_retry_later(struct transaction *t, int64_t max_ms)
{
    uint64_t next = (uint64_t)t->retry_ms * 2;

    transaction_arm_retry(t, next > (uint64_t)max_ms ? (uint64_t)max_ms : next);
}

uint64_t transaction_linger_ms(struct transaction const *t, int64_t unreliable_ms)
{
    return t->reliable ? 0 : (uint64_t)unreliable_ms;
}
