/* SPDX-License-Identifier: Apache-2.0 */
/* Messages from the transport: which transaction they belong to, and what becomes of those that
 * belong to none. */
#define LOG_SUBSYSTEM LOG_SIP
#include "buf.h"
#include "log.h"
#include "message.h"
#include "sip_metrics.h"
#include "text.h"
#include "transaction_machine.h"
#include <sofia-sip/sip_status.h>
#include <stdio.h>
#include <string.h>

enum { STATELESS_TAG_SIZE = 1 + 16 + 1, NOTE_BYTES = 256 };

static bool key_matches(struct htab_entry const *entry, void const *key)
{
    struct transaction const *t =
        (void const *)((char const *)entry - offsetof(struct transaction, entry));
    return transaction_key_equal(&t->key, key);
}

static struct transaction *find(struct htab const *table, struct transaction_key const *key)
{
    struct htab_entry *entry = htab_find(table, key->word[0], key_matches, key);

    return entry ? (void *)((char *)entry - offsetof(struct transaction, entry)) : NULL;
}

static void note(struct transaction_layer *layer, struct origin const *from, char const *what,
                 char const *why)
{
    char memory[NOTE_BYTES];
    struct text line;

    text_begin(&line, memory, sizeof memory);
    text_puts(&line, what);
    text_puts(&line, " reason=\"");
    text_puts(&line, why);
    text_puts(&line, "\"");
    transport_note(layer->transport, from, memory, text_len(&line));
}

/* One line for each message that is turned away. */
static void log_refused(struct transaction_layer *layer, char const *text, char const *why,
                        struct origin const *from, sip_t const *sip)
{
    char peer[NET_ADDR_TEXT];

    note(layer, from, text, why);

    log_info(NULL, "%s reason=\"%s\" source=%s:%s call_id=\"%s\"", text, why,
             transport_kind_name(from->kind), net_addr_print(&from->peer, peer),
             sip->sip_call_id ? sip->sip_call_id->i_id : "");
}

/* --- stateless answers --------------------------------------------------------------------------
 */

/* The To tag of our stateless answers: any repetition gets the same one (RFC 3261 §8.2.7), and the
 * ACK that comes back is known by it. */
static void stateless_tag(sip_t const *sip, char ret[static STATELESS_TAG_SIZE])
{
    struct transaction_key key;

    transaction_key_stateless(sip, &key);
    snprintf(ret, STATELESS_TAG_SIZE, "s%016llx", (unsigned long long)key.word[0]);
}

static void answer_stateless(struct transaction_layer *layer, struct origin const *from,
                             msg_t *request, int status, char const *phrase, char const *to_tag,
                             char const *extra)
{
    sip_t const *sip = sip_object(request);
    msg_t *response = NULL;
    struct destination to;
    struct buf out;

    buf_init(&out, (size_t)layer->limits->max_message_bytes);
    bool no_way = message_has_bad_via(sip); /* says nothing of where to: back to the source then */
    if (!sip->sip_via && !no_way)
        goto out; /* nobody to answer */
    response = message_response(request, status, phrase, to_tag);
    if (!response || (extra && message_add(response, extra) < 0) ||
        message_print(response, &out) < 0)
        goto out;
    transaction_response_route(no_way ? NULL : sip->sip_via, from, &to);
    transport_send(layer->transport, &to, out.data, out.len, NULL);

out:
    msg_destroy(response);
    buf_fini(&out);
}

static void refuse_malformed(struct transaction_layer *layer, struct origin const *from,
                             msg_t *request, char const *why)
{
    sip_t const *sip = sip_object(request);
    char phrase[100], tag[STATELESS_TAG_SIZE];

    met_inc(&sip_metrics, M_transaction_bad_requests);
    log_refused(layer, "malformed request", why, from, sip);
    if (sip->sip_request->rq_method == sip_method_ack)
        return; /* RFC 3261 17: ACK is never answered */
    stateless_tag(sip, tag);
    snprintf(phrase, sizeof phrase, "Bad Request (%s)", why);
    if (strcmp(why, MESSAGE_FAULT_VERSION) == 0)
        answer_stateless(layer, from, request, SIP_505_VERSION_NOT_SUPPORTED, tag, NULL);
    else if (strcmp(why, MESSAGE_FAULT_SIZE) == 0)
        answer_stateless(layer, from, request, SIP_413_REQUEST_TOO_LARGE, tag, NULL);
    else
        answer_stateless(layer, from, request, 400, phrase, tag, NULL);
}

/* --- requests -----------------------------------------------------------------------------------
 */

static void receive_ack(struct transaction_layer *layer, struct origin const *from, msg_t *msg)
{
    struct transaction_input input = { .msg = msg, .from = from };
    sip_t const *sip = sip_object(msg);
    struct transaction_key key;
    struct transaction *t = NULL;
    char tag[STATELESS_TAG_SIZE];

    if (message_has_branch(sip->sip_via)) {
        transaction_key_request(sip, "INVITE", &key);
        t = find(&layer->servers, &key);
    } else {
        transaction_key_ack(sip, &key);
        t = (struct transaction *)server_transaction_find_ack(layer, &key);
    }
    if (t) {
        transaction_step(t, TX_ACK, &input);
        return;
    }
    stateless_tag(sip, tag);
    if (sip->sip_to->a_tag && strcmp(sip->sip_to->a_tag, tag) == 0)
        met_inc(&sip_metrics, M_transaction_absorbed);
    else if (layer->handlers->on_ack)
        layer->handlers->on_ack(layer->ctx, from, msg);
}

/* RFC 3261 §9.2. The answer is made without a transaction: a CANCEL that comes again finds the same
 * INVITE and gets the same answer. */
static void receive_cancel(struct transaction_layer *layer, struct origin const *from, msg_t *msg)
{
    sip_t const *sip = sip_object(msg);
    struct transaction_key key;
    char tag[STATELESS_TAG_SIZE];

    transaction_key_request(sip, "INVITE", &key);
    struct transaction *t = find(&layer->servers, &key);
    if (t) {
        answer_stateless(layer, from, msg, SIP_200_OK, ((struct server_transaction *)t)->to_tag,
                         NULL);
        transaction_step(t, TX_CANCEL, NULL);
        return;
    }
    met_inc(&sip_metrics, M_transaction_cancels_unmatched);
    log_refused(layer, "CANCEL refused", "no such INVITE", from, sip);
    stateless_tag(sip, tag);
    answer_stateless(layer, from, msg, SIP_481_NO_TRANSACTION, tag, NULL);
}

static void refuse_overload(struct transaction_layer *layer, struct origin const *from, msg_t *msg)
{
    char tag[STATELESS_TAG_SIZE];

    stateless_tag(sip_object(msg), tag);
    note(layer, from, "refused=503", "too many transactions");
    answer_stateless(layer, from, msg, SIP_503_SERVICE_UNAVAILABLE, tag, "Retry-After: 5");
}

/* --- whom we serve ------------------------------------------------------------------------------
 */

static int ask_owner(struct transaction_layer *layer, struct origin const *from,
                     sip_t const *request, char const **ret_phrase)
{
    if (!layer->handlers->admit)
        return TRANSACTION_ADMITTED;
    return layer->handlers->admit(layer->ctx, from, request, ret_phrase);
}

bool transaction_may_answer(struct transaction_layer *layer, struct origin const *from)
{
    char const *phrase;

    return ask_owner(layer, from, NULL, &phrase) != TRANSACTION_SILENCE;
}

/* A source that is refused keeps nothing here, or a flood of strangers would fill the tables. */
static bool is_admitted(struct transaction_layer *layer, struct origin const *from, msg_t *request)
{
    sip_t const *sip = sip_object(request);
    char tag[STATELESS_TAG_SIZE];
    char const *phrase = NULL;
    int status = ask_owner(layer, from, sip, &phrase);

    if (status > 0 && sip->sip_request->rq_method != sip_method_ack) {
        stateless_tag(sip, tag);
        answer_stateless(layer, from, request, status, phrase, tag, NULL);
    }
    return status == TRANSACTION_ADMITTED;
}

/* Takes @p msg. */
static void receive_request(struct transaction_layer *layer, struct origin const *from, msg_t *msg)
{
    sip_t const *sip = sip_object(msg);
    sip_method_t method = sip->sip_request->rq_method;
    struct transaction_key key;
    struct transaction *t = NULL;
    char const *fault = NULL;

    if (!is_admitted(layer, from, msg)) {
        msg_destroy(msg);
        return;
    }
    fault = message_fault(msg);
    if (fault)
        refuse_malformed(layer, from, msg, fault);
    else if (method == sip_method_ack)
        receive_ack(layer, from, msg);
    else if (method == sip_method_cancel)
        receive_cancel(layer, from, msg);
    else {
        transaction_key_request(sip, sip->sip_request->rq_method_name, &key);
        t = find(&layer->servers, &key);
        if (t)
            transaction_step(t, TX_REQUEST, NULL);
        else if (transaction_is_full(layer, sip->sip_call_id->i_id, false))
            refuse_overload(layer, from, msg);
        else {
            struct server_transaction *st = server_transaction_new(layer, from, msg, &key);
            if (st)
                layer->handlers->on_request(layer->ctx, st);
            return;
        }
    }
    msg_destroy(msg);
}

/* --- responses ----------------------------------------------------------------------------------
 */

static void receive_response(struct transaction_layer *layer, struct origin const *from, msg_t *msg)
{
    struct transaction_input input = { .msg = msg, .from = from };
    sip_t const *sip = sip_object(msg);
    int status = sip->sip_status->st_status;
    struct transaction_key key;
    char const *fault = message_fault(msg);

    if (!fault && (status < 100 || status > 699))
        fault = "status out of range";
    if (fault) {
        met_inc(&sip_metrics, M_transaction_bad_responses);
        log_refused(layer, "malformed response", fault, from, sip);
        return;
    }
    transaction_key_client(sip->sip_via->v_branch, sip->sip_cseq->cs_method_name, &key);
    struct transaction *t = find(&layer->clients, &key);
    if (!t) {
        /* RFC 6026 7.2: not even a proxy forwards it. */
        met_inc(&sip_metrics, M_transaction_strays);
        log_refused(layer, "response dropped", "no such transaction", from, sip);
        return;
    }
    transaction_step(t, status < 200 ? TX_1XX : status < 300 ? TX_2XX : TX_3XX, &input);
}

void transaction_receive(struct transaction_layer *layer, struct origin const *from, msg_t *msg)
{
    sip_t const *sip = sip_object(msg);

    if (sip && sip->sip_request) {
        receive_request(layer, from, msg);
        return;
    }
    if (sip && sip->sip_status)
        receive_response(layer, from, msg);
    msg_destroy(msg);
}
