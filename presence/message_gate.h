/* SPDX-License-Identifier: Apache-2.0 */
/* The gate of messages: a MESSAGE to a user of ours is judged by that user's policy, the one that
 * judges watchers, too (guide part 3, 19.1), and goes on, by the proxy, if it may.
 *
 * A method route of the proxy (side = "outside") leads here; what may pass comes back to the proxy
 * on an internal listener. Nothing is kept: the sender hears what the recipient has answered. Who
 * is blocked hears what the sender to an absent user would, 480, and no reason. */
#pragma once
#include <sofia-sip/url.h>

struct event_server;
struct server_transaction;

struct message_gate {
    url_t *outbound; /* where messages go that may pass */
};

/** Returns 0 or a negative errno; fini is right after either. */
int message_gate_init(struct message_gate *gate, char const *outbound);
void message_gate_fini(struct message_gate *gate);

/** Answers the MESSAGE @p st, now or when the recipient has. */
void message_gate_take(struct event_server *server, struct server_transaction *st);
