/* SPDX-License-Identifier: Apache-2.0 */
/* CSTA events from the driver to the client: one INFO each, in order, never waiting for the 200 of
 * the one before (real clients do not answer, csta-rcc 1.6). */
#pragma once
#include "csta.h"

struct gateway;
struct session;

/** An event of connection @p index; those of unknown monitors are faults of the switch. */
void cti_events_take(struct gateway *gw, unsigned index, struct csta_msg const *event);

/** The session that has the driver's monitor @p xref of connection @p index, or NULL. */
struct session *cti_events_session(struct gateway *gw, unsigned index, char const *xref);

/** Sends @p msg in an INFO of the session. Returns 0 or a negative errno. */
int cti_events_send(struct session *session, struct csta_msg const *msg);
