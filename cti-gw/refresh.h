/* SPDX-License-Identifier: Apache-2.0 */
/* The session timer (RFC 4028): who refreshes, and our own refreshes.
 *
 * The client refreshes if it can: it may sit behind something that cannot be called. It is us if it
 * says so (refresher=uas), or does not know the timer. We send UPDATE at half of the interval and,
 * once a client has refused that, re-INVITE. A session that is not refreshed ends at its expiry. */
#pragma once
#include <sofia-sip/sip.h>
#include <stdbool.h>
#include <stdint.h>

struct session;

/** Whether the side that answers @p request has to refresh (RFC 4028 9, table 2). */
bool refresh_is_ours(sip_t const *request);

/** The interval for @p request (INVITE or UPDATE): what it asks for, no more than @p most_s unless
 *  its Min-SE demands it; never more than a day, or a client that has vanished would stay. */
uint32_t refresh_interval(sip_t const *request, uint32_t most_s);

/** Remembers the Min-SE of a request or response of the client, for our own refreshes. */
void refresh_learn(struct session *session, sip_t const *sip);

/** The session was started or refreshed, and the next refresh is ours or the client's. */
void refresh_plan(struct session *session, bool is_ours);
