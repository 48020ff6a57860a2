/* SPDX-License-Identifier: Apache-2.0 */
/* Response processing: see response.h.
 *
 * A 503 with Retry-After makes the client avoid whoever sent it, here: us. RFC 3261 §16.7 step 6
 * therefore lets a proxy send it back only if further requests would fare the same. We map it to
 * 500 when the next hop was found by Request-URI or Route of a request outside a dialog (another
 * domain is down, we are not); we keep it when it came from a configured target (the service itself
 * is down, and Retry-After says until when) or inside a dialog (no other way leads there). */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "response.h"
#include "clock.h"
#include "forward.h"
#include "log.h"
#include "message.h"
#include "proxy_metrics.h"
#include "request.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>

/* Place of a class in the choice: 6xx first, then the lowest class. Among 4xx those that tell the
 * client how to do better come first; a 503 is the last of its class. */
static int rank(int status)
{
    switch (status) {
    case 401:
    case 407:
    case 415:
    case 420:
    case 484:
        return 400;
    case 503:
        return 599;
    default:
        return status >= 600 ? 0 : status / 100 * 100 + 50;
    }
}

bool response_is_better(int a, int b)
{
    return b == 0 || rank(a) < rank(b);
}

static int count_sent(int error, int status, struct forward const *forward)
{
    if (error == 0) {
        met_inc(&proxy_metrics, M_responses_forwarded);
        return status;
    }
    met_inc(&proxy_metrics, M_responses_failed);
    log_debug(forward->loop_hash, "response not sent back error=%d", error);
    return error;
}

/* RFC 3261 §16.7 step 3: without a Via below ours it was meant for us alone. We asked for none, and
 * the client must not wait for ever. */
static int refuse_without_via(struct forward *forward, int status)
{
    if (status < 200 || forward->answered)
        return count_sent(-EBADMSG, 0, forward);
    request_refuse(forward->st, REFUSAL_bad_response, "");
    return refusal_row(REFUSAL_bad_response)->status;
}

int response_send_back(struct forward *forward, msg_t *response)
{
    int status = sip_object(response)->sip_status->st_status;
    msg_t *msg = message_copy(response);
    if (!msg)
        return count_sent(server_transaction_respond(forward->st, NULL), 0, forward);
    sip_t *sip = sip_object(msg);
    (void)sip_via_remove(msg, sip);
    if (!sip->sip_via) {
        msg_destroy(msg);
        return refuse_without_via(forward, status);
    }
    if (status == 503 && !forward->keep_503) {
        met_inc(&proxy_metrics, M_mapped_503);
        msg_destroy(msg);
        return count_sent(
            server_transaction_refuse(forward->st, 500, "Next hop is not available", NULL), 500,
            forward);
    }
    return count_sent(server_transaction_respond(forward->st, msg), status, forward);
}

static void take_provisional(struct forward *forward, msg_t *response, int status)
{
    forward->provisional = true;
    if (status == 100)
        return;
    forward_restart_timer_c(forward);
    (void)response_send_back(forward, response);
}

static void take_final(struct forward *forward, msg_t *response, int status)
{
    int best = forward->best ? sip_object(forward->best)->sip_status->st_status : 0;
    if (response_is_better(status, best)) {
        msg_destroy(forward->best);
        forward->best = msg_ref_create(response);
    }
    client_transaction_detach(forward->ct);
    forward->ct = NULL;
    /* RFC 3263 §4.3: 503 means: try the next address. */
    if (status != 503 || forward_try_next(forward) != REFUSAL_NONE)
        forward_give_up(forward, REFUSAL_unreachable);
}

static void on_response(void *ctx, struct client_transaction *ct, msg_t *response)
{
    struct forward *forward = ctx;
    int status = sip_object(response)->sip_status->st_status;
    (void)ct;
    if (forward->answered) {
        /* RFC 6026: every further 2xx goes back, nothing else does. */
        if (status >= 200 && status <= 299)
            (void)response_send_back(forward, response);
        return;
    }
    if (status < 200) {
        take_provisional(forward, response, status);
    } else if (status <= 299) {
        status = response_send_back(forward, response);
        forward_finish(forward, status > 0 ? status : 0);
    } else {
        take_final(forward, response, status);
    }
}

static void on_failure(void *ctx, struct client_transaction *ct, enum transaction_failure why)
{
    struct forward *forward = ctx;
    client_transaction_detach(ct);
    forward->ct = NULL;
    if (forward->answered)
        return;
    if (why == TRANSACTION_TIMEOUT && !forward->invite) {
        /* RFC 4320 §4.2: the transaction ends without sending it. */
        met_inc(&proxy_metrics, M_unanswered);
        (void)server_transaction_refuse(forward->st, 408, NULL, NULL);
        forward_finish(forward, 0);
        return;
    }
    if (forward->cancelled)
        forward_give_up(forward, forward->timer_c_fired ? REFUSAL_timeout : REFUSAL_cancelled);
    /* RFC 3263 §4.3: an address that has answered nothing has failed, whatever the cause. */
    else if (forward->provisional || forward_try_next(forward) != REFUSAL_NONE)
        forward_give_up(forward,
                        why == TRANSACTION_TIMEOUT ? REFUSAL_timeout : REFUSAL_unreachable);
}

static void on_gone(void *ctx, struct client_transaction *ct)
{
    struct forward *forward = ctx;
    (void)ct;
    forward->ct = NULL;
    if (forward->answered)
        forward_free(forward);
}

struct client_handlers const response_handlers = {
    .on_response = on_response,
    .on_failure = on_failure,
    .on_gone = on_gone,
};
