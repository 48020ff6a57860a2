/* SPDX-License-Identifier: Apache-2.0 */
/* PUBLISH (RFC 3903 6): who may publish for whom, under which condition, and what. */
#pragma once

struct event_server;
struct server_transaction;

/** Answers @p st. */
void publish_take(struct event_server *server, struct server_transaction *st);
