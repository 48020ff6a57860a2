/* SPDX-License-Identifier: Apache-2.0 */
/* What a request becomes on its way to one hop (RFC 3261 §16.6 steps 2 to 6): pure edits, so that
 * whoever explains a request shows what the proxy would send. */
#pragma once
#include "egress.h"
#include "route_decide.h"
#include <sofia-sip/sip.h>
#include <stdint.h>

struct transport;

/** Takes Max-Breadth out of a request and returns its value; @p max if there was none, or a wrong
 *  one, or more than that (RFC 5393 §5.3.1). */
unsigned branch_message_take_breadth(msg_t *msg, unsigned max);

/** Share of one of @p waiting branches in @p breadth, at least 1 (RFC 5393 §5.3). */
unsigned branch_message_share(unsigned breadth, unsigned waiting);

/** Does branch_message_edit() leave a message for @p hop as it is? */
bool branch_message_is_unchanged(struct route_hop const *hop);

/** Request-URI and Route set for @p hop (RFC 3261 §16.6 steps 2 and 6, RFC 3327 §5.3). Returns
 * where to send, borrowed from hop or message, or NULL when out of memory. */
url_t const *branch_message_edit(msg_t *msg, struct route_hop const *hop);

enum { BRANCH_MESSAGE_LINES = 40 + 2 * EGRESS_LINE_MAX };

/** The way out is known: prints the header lines that the request gets on top, Max-Breadth, and
 *  Record-Route if it makes a dialog. Returns 0 or a negative errno. */
int branch_message_lines(sip_t const *sip, struct transport const *transport, uint16_t in_listener,
                         uint16_t out_listener, unsigned breadth,
                         char ret[static BRANCH_MESSAGE_LINES]);
