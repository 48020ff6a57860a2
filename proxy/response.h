/* SPDX-License-Identifier: Apache-2.0 */
/* Responses on their way back (RFC 3261 §16.7): which are sent on, which is the best. */
#pragma once
#include <sofia-sip/msg_types.h>
#include <stdbool.h>

struct forward;

/** Handlers of the client transactions of a struct forward. */
extern struct client_handlers const response_handlers;

/** Is a final response with status @p a to be preferred to one with @p b (RFC 3261 §16.7 step 6)?
 *  b = 0: there is none yet. */
bool response_is_better(int a, int b);

/** Sends @p response (borrowed) back, our Via taken off. A final response that cannot go back is
 *  replaced, so that the server transaction ends in any case. Returns the status that was sent, or
 *  a negative errno: nothing was. */
int response_send_back(struct forward *forward, msg_t *response);
