/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a MESSAGE, and passing it on as a proxy does (RFC 3261 16): same Call-ID, one hop less.
 */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "message_gate.h"
#include "asker.h"
#include "event_server.h"
#include "log.h"
#include "message.h"
#include "presence_conf.h"
#include "presence_note.h"
#include "presence_refusal.h"
#include "user_policy.h"
#include "watcher_policy.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <stdlib.h>

static struct presence_refusal const forbidden = { 403, "Forbidden", M_refused_message, NULL };
static struct presence_refusal const no_hops = { 483, "Too Many Hops", M_refused_hops, NULL };
static struct presence_refusal const no_way = { 503, "Service Unavailable", M_message_failures,
                                                NULL };
static struct presence_refusal const no_memory = { 500, "Server Internal Error", M_message_failures,
                                                   NULL };

/* A message on its way. */
struct passage {
    struct server_transaction *st;
    struct outgoing *outgoing;
};

/* --- its way ---------------------------------------------------------------------------------- */

static void passage_free(struct passage *passage)
{
    if (passage->outgoing)
        outgoing_detach(passage->outgoing);
    if (passage->st)
        server_transaction_own(passage->st, NULL, NULL);
    free(passage);
}

static void on_sender_gone(void *owner, struct server_transaction *st)
{
    struct passage *passage = owner;

    (void)st;
    passage->st = NULL;
    passage_free(passage);
}

/* RFC 3261 16.7 step 3: below our Via is that of the proxy, or the answer was for us alone. */
static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct passage *passage = ctx;
    struct server_transaction *st = passage->st;

    (void)ct;
    if (sip_object(response)->sip_status->st_status < 200)
        return;
    (void)sip_via_remove(response, sip_object(response));
    passage_free(passage);
    if (sip_object(response)->sip_via)
        server_transaction_respond(st, msg_ref_create(response));
    else
        presence_refusal_send(st, &no_way, "an answer without Via");
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct passage *passage = ctx;
    struct server_transaction *st = passage->st;

    (void)ct;
    passage_free(passage);
    if (why == TRANSACTION_TRANSPORT) {
        presence_refusal_send(st, &no_way, "presence.message_outbound cannot be reached");
        return;
    }
    /* RFC 4320: the sender has given up at the same moment. */
    presence_count(M_message_failures);
    server_transaction_drop(st);
}

/* Never called: passage_free() has detached it. */
static void on_gone(void *ctx, struct client_transaction *ct)
{
    (void)ctx;
    (void)ct;
}

static msg_t *make_next(struct server_transaction *st)
{
    msg_t *next = message_copy(server_transaction_request(st));
    sip_t *sip = next ? sip_object(next) : NULL;

    if (sip && sip->sip_max_forwards) {
        sip->sip_max_forwards->mf_count--;
        message_edited(next, sip->sip_max_forwards);
    }
    return next;
}

static void pass(struct event_server *server, struct server_transaction *st)
{
    static struct client_handlers const handlers = { on_response, on_failure, on_gone };
    struct passage *passage = calloc(1, sizeof *passage);
    msg_t *next = passage ? make_next(st) : NULL;

    if (next)
        passage->outgoing =
            stack_send(server->stack, next, server->gate.outbound, &handlers, passage);
    if (!passage || !passage->outgoing) {
        free(passage);
        presence_refusal_send(st, &no_memory, "out of memory");
        return;
    }
    passage->st = st;
    server_transaction_own(st, passage, on_sender_gone);
    presence_count(M_messages_passed);
}

/* --- may it pass ------------------------------------------------------------------------------ */

/* To the sender this is a user who is not there, so there is no reason in it. */
static void block(struct server_transaction *st, char const *to, char const *from, char const *rule)
{
    sip_t const *sip = sip_object(server_transaction_request(st));

    presence_count(M_messages_blocked);
    presence_note(st, "message blocked", to, from, rule);
    log_info(sip->sip_call_id->i_id, "message blocked from=\"%s\" to=\"%s\" rule=%s", from, to,
             rule);
    server_transaction_refuse(st, 480, "Temporarily Unavailable", NULL);
}

/* Policy is that of a user: a phone that is nobody's presence has none, and gets its messages. */
static struct user_policy_decision judge(struct event_server *server, url_t const *target,
                                         char const *from, char to[static PRESENCE_ADDRESS_BYTES])
{
    static struct user_policy_rule const nobody = { .name = "no-user" };
    struct user_policy_decision free_to_pass = { USER_POLICY_ALLOW, &nobody };

    if (presence_address_of(target, to) < 0)
        *to = '\0';
    if (server->conf->messages && !event_server_has_user(server, to))
        return free_to_pass;
    return watcher_policy_ask(server, USER_POLICY_MESSAGE, to, from, 0, false);
}

void message_gate_take(struct event_server *server, struct server_transaction *st)
{
    char to[PRESENCE_ADDRESS_BYTES], from[PRESENCE_ADDRESS_BYTES];
    sip_t const *sip = sip_object(server_transaction_request(st));

    if (!asker_identity(server, st, from))
        return;
    if (sip->sip_max_forwards && sip->sip_max_forwards->mf_count == 0) {
        presence_refusal_send(st, &no_hops, "Max-Forwards is 0");
        return;
    }
    struct user_policy_decision decision = judge(server, sip->sip_request->rq_url, from, to);
    if (decision.verdict == USER_POLICY_BLOCK) {
        block(st, to, from, decision.rule->name);
        return;
    }
    if (decision.verdict != USER_POLICY_ALLOW) {
        presence_refusal_send(st, &forbidden, "rule %s: %s", decision.rule->name,
                              user_policy_outcome(USER_POLICY_MESSAGE, decision.verdict));
        return;
    }
    presence_note(st, "message", to, from, decision.rule->name);
    pass(server, st);
}

/* --- up and down ------------------------------------------------------------------------------ */

int message_gate_init(struct message_gate *gate, char const *outbound)
{
    gate->outbound = url_hdup(NULL, (url_t const *)outbound);
    return gate->outbound ? 0 : -ENOMEM;
}

void message_gate_fini(struct message_gate *gate)
{
    su_free(NULL, gate->outbound);
    gate->outbound = NULL;
}
