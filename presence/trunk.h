/* SPDX-License-Identifier: Apache-2.0 */
/* The SIP publish trunk of the call manager (guide part 2, 1.8): PUBLISH for each line of a phone.
 *
 * Who may: the proxy knows the trunk by its address, host name or TLS subject, and a method route
 * of its own brings the trunk's PUBLISH to listeners that are for nothing else (trunk_listen). No
 * header is believed, for a header can be written by anybody. A request that a sender has led there
 * itself, by a Route, or by the listener's address as Request-URI, is refused.
 */
#pragma once
#include <stdbool.h>

struct event_server;
struct server_transaction;

/** Is the PUBLISH @p st the trunk's, or about a line, so that trunk_take() is to answer it? */
bool trunk_concerns(struct event_server *server, struct server_transaction *st);

/** Answers @p st. */
void trunk_take(struct event_server *server, struct server_transaction *st);
