/* SPDX-License-Identifier: Apache-2.0 */
/* The ACK of a 2xx: forwarded without state along its Route or Request-URI (RFC 3261 §16.11). An
 * ACK is never answered, so whatever is wrong with one only counts. */
#pragma once
#include <sofia-sip/msg_types.h>

struct ack;
struct origin;

/** transaction_handlers.on_ack. */
void ack_arrived(void *vworker, struct origin const *from, msg_t *msg);

/** Drops an ACK that waits for DNS. */
void ack_free(struct ack *ack);
