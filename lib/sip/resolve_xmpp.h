/* SPDX-License-Identifier: Apache-2.0 */
/* Where the servers of an XMPP domain are (RFC 6120 3.2, XEP-0368): the targets of _xmpps-server
 * and _xmpp-server in one order, by priority and drawn weight, and of each its addresses; a domain
 * without either is asked for its own addresses. Results are kept as those of resolve.h are.
 *
 * A destination of TRANSPORT_TLS begins with TLS (XEP-0368); of TRANSPORT_TCP it does not. */
#pragma once
#include "resolve.h"

enum { RESOLVE_XMPP_PORT = 5269 };

struct resolve_xmpp;

/** Asks where @p domain is, in A-labels or numeric. @p note is told what the DNS said, and asks it
 *  anew; NULL: what is known will do. Calls @p fn exactly once, perhaps before it returns: NULL
 *  then, else a handle for resolve_xmpp_cancel(). */
struct resolve_xmpp *resolve_xmpp_start(struct resolver *resolver, char const *domain,
                                        resolve_note_fn *note, resolve_fn *fn, void *ctx);

/** Forgets the question: fn will not be called. Accepts NULL inside. */
void resolve_xmpp_cancel(struct resolve_xmpp **pquery);
