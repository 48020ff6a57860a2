/* SPDX-License-Identifier: Apache-2.0 */
/* Final responses whose connection is gone (RFC 3261 §18.2.2, RFC 3263 §5): to the address that the
 * request came from, at the port of the Via; if nobody listens there, to where the DNS says that
 * the host of the Via is. Each such response lives on its own, for at most 64*T1. Nothing waits for
 * it.
 */
#pragma once
#include "transaction.h"
#include <sofia-sip/sip.h>
#include <sys/queue.h>

struct transaction_reply;

LIST_HEAD(transaction_replies, transaction_reply);

/** Is this the way: a stream whose connection is there no more? */
bool transaction_reply_is_due(struct transaction_layer const *layer, struct destination const *to);

/** Sends the bytes (copied) to @p to, then to where @p via leads. Returns 0 or a negative errno:
 *  -ENOMEM, -EBUSY when max_late_replies are under way. */
int transaction_reply_send(struct transaction_layer *layer, struct destination const *to,
                           sip_via_t const *via, void const *bytes, size_t len);

/** Drops all of them. */
void transaction_reply_free_all(struct transaction_layer *layer);
