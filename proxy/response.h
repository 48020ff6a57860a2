/* SPDX-License-Identifier: Apache-2.0 */
/* Responses on their way back (RFC 3261 §16.7): which are sent on, which is the best. Called by
 * branches; where a branch ends, it and its context may be gone when the call returns. */
#pragma once
#include "refusal.h"
#include <sofia-sip/msg_types.h>
#include <stdbool.h>
#include <stdint.h>

struct branch;

/** Is a final response with status @p a to be preferred to one with @p b (RFC 3261 §16.7 step 6)?
 *  b = 0: there is none yet. */
bool response_is_better(int a, int b);

/** Retry-After of a response in milliseconds, 0 if it has none. */
uint64_t response_retry_after(msg_t *response);

/** A 101 to 199: sent back while no final response was. */
void response_provisional(struct branch *branch, msg_t *response);

/** A 2xx: each one to INVITE is sent back (RFC 6026), the first one ends the other branches. */
void response_accepted(struct branch *branch, msg_t *response);

/** A 503: remembered; the branch may have other addresses. */
void response_unavailable(struct branch *branch, msg_t *response);

/** Any other final response: the branch ends. */
void response_final(struct branch *branch, msg_t *response);

/** No response will come, for @p refusal: the branch ends. */
void response_none(struct branch *branch, enum refusal refusal);

/** Sends @p response (borrowed) of @p branch back, our Via taken off. A final response that cannot
 *  go back is replaced, so that the server transaction ends in any case. Returns the status that
 *  was sent, or a negative errno: nothing was. */
int response_send_back(struct branch *branch, msg_t *response);
