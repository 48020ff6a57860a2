/* SPDX-License-Identifier: Apache-2.0 */
/* Which header lines a message loses and gains on its way through the proxy, for `explain`. */
#pragma once
#include <jansson.h>
#include <sofia-sip/msg_types.h>
#include <stdint.h>

struct transport;

/** Lines of @p before that @p after has not, and those that it has instead, as an array of {change:
 *  "-" or "+", line}, in the order of the messages. The start line counts, the body does not.
 *  Caller owns the result; empty when out of memory. */
json_t *explain_diff(msg_t *before, msg_t *after);

/** Adds the Via that the transaction would put on top when it leaves by @p listener. */
void explain_diff_via(json_t *lines, struct transport const *transport, uint16_t listener);
