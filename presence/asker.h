/* SPDX-License-Identifier: Apache-2.0 */
/* Who sends a request, and about whom: what SUBSCRIBE and PUBLISH have in common. */
#pragma once
#include "presence_address.h"
#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stdint.h>

struct event_server;
struct server_transaction;

/** The package that Event names, "" without. */
char const *asker_package(sip_t const *request);

/** Whose presence the Request-URI names. Returns false after refusing: 404. */
bool asker_user(struct event_server *server, struct server_transaction *st,
                char ret[static PRESENCE_ADDRESS_BYTES]);

/** Who asks, by the word of a proxy of ours: P-Asserted-Identity, else From. Returns false after
 *  refusing: 403. */
bool asker_identity(struct event_server *server, struct server_transaction *st,
                    char ret[static PRESENCE_ADDRESS_BYTES]);

/** Is all that a SUBSCRIBE or PUBLISH requires served here (RFC 3261 8.2.2.3), and its body in
 * clear? Returns false after refusing: 420 or 415. */
bool asker_serves(struct server_transaction *st);

/** Expires of @p request, @p otherwise without; at most @p max. */
uint32_t asker_expires(sip_t const *request, int64_t otherwise, int64_t max);

/** A value of a header that the parser leaves alone. NULL if it stands there more than once, too:
 *  *@p ret_n says how often. */
char const *asker_header(sip_t const *request, char const *name, unsigned *ret_n);

/** Is there a body? */
bool asker_has_body(sip_t const *request);

/** Tag of SIP-If-Match of a PUBLISH (RFC 3903 6 step 3), NULL without; then there is a body.
 *  Returns false after refusing: 400. */
bool asker_condition(struct server_transaction *st, char const **ret_etag);

/** Expires of a PUBLISH. Returns false after refusing: 423, less than @p min_s. */
bool asker_publish_expires(struct event_server *server, struct server_transaction *st,
                           int64_t min_s, uint32_t *ret_s);
