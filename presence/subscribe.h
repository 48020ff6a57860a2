/* SPDX-License-Identifier: Apache-2.0 */
/* SUBSCRIBE (RFC 6665 4.2.1): who may watch whom, for how long, and in which form. */
#pragma once

struct event_server;
struct server_transaction;

/** Answers @p st. */
void subscribe_take(struct event_server *server, struct server_transaction *st);
