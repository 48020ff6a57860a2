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
#include "admission.h"
#include "forward.h"
#include "identity.h"
#include "log.h"
#include "message.h"
#include "proxy_metrics.h"
#include "request.h"
#include "worker.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>

/* Place of a class in the choice: 6xx first, then the lowest class. Among 4xx those that tell the
 * client how to do better come first, and those that only say that time is over last; a 503 is the
 * last of its class. */
static int rank(int status)
{
    switch (status) {
    case 401:
    case 407:
    case 415:
    case 420:
    case 484:
        return 400;
    case 408:
    case 487:
        return 490;
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

uint64_t response_retry_after(msg_t *response)
{
    sip_retry_after_t const *header = sip_object(response)->sip_retry_after;
    return header ? (uint64_t)header->af_delta * 1000 : 0;
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

/* RFC 3261 §16.7 step 7: the client can only answer the challenges that it sees. */
static int add_challenges(struct branch const *best, msg_t *msg)
{
    struct forward const *forward = best->forward;
    for (unsigned i = 0; i < forward->n_branches; i++) {
        struct branch const *other = &forward->branches[i];
        if (other == best || !other->challenge)
            continue;
        sip_t const *sip = sip_object(other->challenge);
        if (sip_add_dup(msg, sip_object(msg), (sip_header_t const *)sip->sip_www_authenticate) <
                0 ||
            sip_add_dup(msg, sip_object(msg), (sip_header_t const *)sip->sip_proxy_authenticate) <
                0)
            return -ENOMEM;
    }
    return 0;
}

/* RFC 3325 §5: what the next hop says of its users, and what the client may know of them. */
static void guard_identity(struct branch const *branch, msg_t *response)
{
    struct forward const *forward = branch->forward;
    if (!identity_is_claimed(sip_object(response)) || branch->next_to == 0)
        return;
    if (!branch_is_trusted(branch, &branch->to[branch->next_to - 1].addr) &&
        identity_distrust(response))
        met_inc(&proxy_metrics, M_identities_removed);
    if (!worker_is_internal(forward->worker, forward->in_listener) &&
        !admission_trusts(forward->generation, &forward->from) && identity_conceal(response))
        met_inc(&proxy_metrics, M_identities_concealed);
}

/* Takes our Via off and adds what the client needs besides. Each response is sent back once. */
static int edit_answer(struct branch const *branch, msg_t *response, int status)
{
    (void)sip_via_remove(response, sip_object(response));
    guard_identity(branch, response);
    return status == 401 || status == 407 ? add_challenges(branch, response) : 0;
}

int response_send_back(struct branch *branch, msg_t *response)
{
    struct forward *forward = branch->forward;
    int status = sip_object(response)->sip_status->st_status;
    if (!forward->st)
        return -ENOTCONN;
    bool configured = branch->hop.uri && !branch->hop.contact;
    if (status == 503 && !configured && !forward->in_dialog) {
        met_inc(&proxy_metrics, M_mapped_503);
        return count_sent(
            server_transaction_refuse(forward->st, 500, "Next hop is not available", NULL), 500,
            forward);
    }
    if (edit_answer(branch, response, status) < 0)
        return count_sent(server_transaction_respond(forward->st, NULL), 0, forward);
    if (!sip_object(response)->sip_via)
        return refuse_without_via(forward, status);
    return count_sent(server_transaction_respond(forward->st, msg_ref_create(response)), status,
                      forward);
}

/* --- what a branch tells
 * -------------------------------------------------------------------------------
 */

/* Of two that are as good, one that was received says more than one of ours. */
static void keep_best(struct branch *branch, int status, msg_t *response, enum refusal refusal)
{
    struct forward_best *best = &branch->forward->best;
    bool better = response_is_better(status, best->status) ||
                  (response && !best->msg && !response_is_better(best->status, status));
    if (!better || branch->forward->answered)
        return;
    msg_destroy(best->msg);
    *best = (struct forward_best){ status, response ? msg_ref_create(response) : NULL, refusal,
                                   branch };
}

void response_provisional(struct branch *branch, msg_t *response)
{
    if (!branch->forward->answered)
        (void)response_send_back(branch, response);
}

void response_accepted(struct branch *branch, msg_t *response)
{
    struct forward *forward = branch->forward;
    int status = response_send_back(branch, response);
    if (!forward->answered)
        forward_finish(forward, branch, status > 0 ? status : 0);
}

void response_unavailable(struct branch *branch, msg_t *response)
{
    keep_best(branch, 503, response, REFUSAL_unreachable);
}

/* What a callee says is final, but that of one of several contacts: see forward.h. */
static bool others_may_follow(struct branch const *branch, int status)
{
    if (branch->hop.contact)
        return status < 600;
    return status == 503 || (status == 408 && !branch->rang);
}

void response_final(struct branch *branch, msg_t *response)
{
    struct forward *forward = branch->forward;
    int status = sip_object(response)->sip_status->st_status;
    if (status <= 299) { /* to a request other than INVITE: step 5 */
        response_accepted(branch, response);
        return;
    }
    keep_best(branch, status, response, REFUSAL_NONE);
    if ((status == 401 || status == 407) && !forward->answered)
        branch->challenge = msg_ref_create(response);
    if (status >= 600) /* step 5 */
        forward_cancel_branches(forward);
    forward_branch_ended(branch, others_may_follow(branch, status));
}

void response_none(struct branch *branch, enum refusal refusal)
{
    /* The client of a request other than INVITE has given up by then, and must not be surprised by
     * an effect of its request. */
    bool late = refusal == REFUSAL_timeout && !branch->forward->invite;
    keep_best(branch, refusal_row(refusal)->status, NULL, refusal);
    forward_branch_ended(branch, !late && (!branch->rang || branch->hop.contact));
}
