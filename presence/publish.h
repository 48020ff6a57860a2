/* SPDX-License-Identifier: Apache-2.0 */
/* PUBLISH (RFC 3903 6): who may publish for whom, under which condition, and what. A user publishes
 * for nobody else; a partner, whom the proxy has led to partner_listen as it does the trunk
 * (trunk.h), for every user. */
#pragma once
#include <stdint.h>

struct event_server;
struct server_transaction;

/** Answers @p st. */
void publish_take(struct event_server *server, struct server_transaction *st);

/** The 200 of a publication that has the tag @p etag for @p expires_s. */
void publish_answer(struct server_transaction *st, char const *etag, uint32_t expires_s);
