/* SPDX-License-Identifier: Apache-2.0 */
/* The server side of the layer: what the owner of a request calls, and how responses leave. */
#define LOG_SUBSYSTEM LOG_SIP
#include "log.h"
#include "message.h"
#include "secure_identity.h"
#include "sip_metrics.h"
#include "token.h"
#include "transaction_machine.h"
#include <errno.h>
#include <sofia-sip/sip_status.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRYING_AFTER_MS = 200 }; /* RFC 3261 17.2.1 */
enum { WARNING_BYTES = 256 };

/* RFC 4320 4.1: the time after which Timer E of the client has been reset to T2. */
static uint64_t late_trying_ms(struct stack_limits const *limits)
{
    uint64_t sum = 0;

    for (int64_t interval = limits->t1_ms; interval < limits->t2_ms; interval *= 2)
        sum += (uint64_t)interval;
    return sum;
}

/* A peer without branches that begins its next INVITE has forgotten the former: an ACK without
 * CSeq that comes now must not find it. */
static void forget_former_ack(struct transaction_layer *layer, sip_t const *invite)
{
    struct transaction_key key;
    struct server_transaction *former;

    transaction_key_ack(invite, &key);
    former = server_transaction_find_ack(layer, &key);
    if (former)
        htab_remove(&layer->acks, &former->ack_entry);
}

struct server_transaction *server_transaction_new(struct transaction_layer *layer,
                                                  struct origin const *from, msg_t *request,
                                                  struct transaction_key const *key)
{
    struct server_transaction *st = calloc(1, sizeof *st);
    sip_t const *sip = sip_object(request);
    bool invite = sip->sip_request->rq_method == sip_method_invite;

    if (!st)
        goto fail;
    st->base.key = *key;
    st->base.reliable = from->kind != TRANSPORT_UDP;
    st->from = *from;
    secure_identity_ref(st->from.identity); /* outlives its connection */
    st->no_branch = !message_has_branch(sip->sip_via);
    transaction_response_route(sip->sip_via, from, &st->base.to);
    TOKEN_FILL(st->to_tag);
    if (invite && st->no_branch)
        forget_former_ack(layer, sip);
    if (transaction_begin(layer, &st->base, invite ? &transaction_ist : &transaction_nist,
                          sip->sip_call_id->i_id) < 0)
        goto fail;
    st->request = request;
    transaction_arm(&st->base, invite ? TRYING_AFTER_MS : late_trying_ms(layer->limits));
    return st;

fail:
    log_error(NULL, "request dropped reason=\"out of memory\" call_id=\"%s\"",
              sip->sip_call_id->i_id);
    msg_destroy(request);
    if (st)
        secure_identity_unref(&st->from.identity);
    free(st);
    return NULL;
}

void server_transaction_end(struct server_transaction *st)
{
    if (st->on_gone)
        st->on_gone(st->owner, st);
    server_transaction_release(st);
    secure_identity_unref(&st->from.identity);
    htab_remove(&st->base.layer->acks, &st->ack_entry);
    transaction_end(&st->base);
}

static bool ack_matches(struct htab_entry const *entry, void const *key)
{
    struct server_transaction const *st =
        (void const *)((char const *)entry - offsetof(struct server_transaction, ack_entry));
    return transaction_key_equal(&st->ack_key, key);
}

struct server_transaction *server_transaction_find_ack(struct transaction_layer *layer,
                                                       struct transaction_key const *key)
{
    struct htab_entry *entry = htab_find(&layer->acks, key->word[0], ack_matches, key);

    return entry ? (void *)((char *)entry - offsetof(struct server_transaction, ack_entry)) : NULL;
}

void server_transaction_release(struct server_transaction *st)
{
    msg_destroy(st->request);
    st->request = NULL;
}

/* --- the owner's calls --------------------------------------------------------------------------
 */

msg_t *server_transaction_request(struct server_transaction const *st)
{
    return st->request;
}

struct origin const *server_transaction_origin(struct server_transaction const *st)
{
    return &st->from;
}

void server_transaction_note(struct server_transaction *st, char const *text, size_t len)
{
    transport_note(st->base.layer->transport, &st->from, text, len);
}

void server_transaction_vouch(struct server_transaction *st)
{
    transport_vouch(st->base.layer->transport, st->from.connection);
}

void server_transaction_own(struct server_transaction *st, void *owner,
                            void (*on_gone)(void *owner, struct server_transaction *st))
{
    st->owner = owner;
    st->on_gone = on_gone;
}

void *server_transaction_owner(struct server_transaction const *st)
{
    return st->owner;
}

void server_transaction_drop(struct server_transaction *st)
{
    st->on_gone = NULL;
    server_transaction_end(st);
}

char const *server_transaction_to_tag(struct server_transaction const *st)
{
    return st->to_tag;
}

/* Without memory for an answer the transaction still has to end. */
static int give_up(struct server_transaction *st)
{
    if (st->request)
        transaction_break(&st->base);
    return -ENOMEM;
}

int server_transaction_respond(struct server_transaction *st, msg_t *response)
{
    struct transaction_input input = { .msg = response };
    sip_t const *sip = response ? sip_object(response) : NULL;
    int rc = -EINVAL;

    if (!response)
        return give_up(st);
    if (!sip || !sip->sip_status || !sip->sip_via || !sip->sip_from || !sip->sip_to ||
        !sip->sip_call_id)
        goto out;
    int status = sip->sip_status->st_status;
    if (status < 100 || status > 699)
        goto out;
    rc = transaction_step(&st->base,
                          status < 200   ? TX_1XX
                          : status < 300 ? TX_2XX
                                         : TX_3XX,
                          &input);
    if (!rc)
        rc = input.error;

out:
    msg_destroy(response);
    return rc;
}

static void add(struct server_transaction *st, msg_t *response, char const *line)
{
    if (message_add(response, line) < 0)
        log_error(st->base.id, "header not added header=\"%s\"", line);
}

int server_transaction_refuse_why(struct server_transaction *st, int status, char const *phrase,
                                  char const *extra, char const *why)
{
    char warning[WARNING_BYTES];

    if (!st->request)
        return -EPROTO; /* there was a final response */
    msg_t *response =
        message_response(st->request, status, phrase ? phrase : sip_status_phrase(status),
                         status > 100 ? st->to_tag : NULL);
    if (!response)
        return give_up(st);
    if (why) { /* RFC 3261 20.43: 399 is for people */
        (void)snprintf(warning, sizeof warning, "Warning: 399 crosspoint \"%s\"", why);
        add(st, response, warning);
    }
    if (extra)
        add(st, response, extra);
    return server_transaction_respond(st, response);
}

int server_transaction_refuse(struct server_transaction *st, int status, char const *phrase,
                              char const *extra)
{
    return server_transaction_refuse_why(st, status, phrase, extra, NULL);
}

/* --- for the machines ---------------------------------------------------------------------------
 */

void server_transaction_trying(struct server_transaction *st)
{
    struct transaction_input input = { .msg = NULL };

    input.msg = message_response(st->request, SIP_100_TRYING, NULL);
    if (!input.msg)
        return;
    server_transaction_send(st, &input);
    msg_destroy(input.msg);
}

static void send_response(struct server_transaction *st, struct transaction_input *input,
                          bool final)
{
    struct transaction *t = &st->base;

    transaction_drop_wire(t);
    input->error = transaction_print(t, input->msg, "");
    if (input->error)
        return;
    if (final && transaction_reply_is_due(t->layer, &t->to))
        input->error = transaction_reply_send(t->layer, &t->to, sip_object(input->msg)->sip_via,
                                              t->wire, t->wire_len);
    else
        /* Of a stream nobody needs to hear: what is lost with it cannot be repeated on it. */
        input->error = transaction_send(t, final && !t->reliable);
}

void server_transaction_send(struct server_transaction *st, struct transaction_input *input)
{
    send_response(st, input, false);
}

void server_transaction_send_final(struct server_transaction *st, struct transaction_input *input)
{
    transaction_settle(&st->base);
    send_response(st, input, true);
    server_transaction_release(st);
    /* RFC 6026 7.1: an INVITE stays what it is, so that its repetitions are no new requests. */
    if (input->error && st->base.table == &transaction_nist)
        transaction_break(&st->base);
}

int server_transaction_absorb(void *st, void *input)
{
    (void)st;
    (void)input;
    met_inc(&sip_metrics, M_transaction_absorbed);
    return FSM_OK;
}

int server_transaction_repeat(void *obj, void *input)
{
    struct server_transaction *st = obj;

    if (st->base.wire)
        transaction_send(&st->base, false);
    return server_transaction_absorb(st, input);
}

int server_transaction_finish(void *st, void *input)
{
    (void)input;
    server_transaction_end(st);
    return FSM_OK;
}
