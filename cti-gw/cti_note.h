/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway has decided about a SIP request, for the tap: whose session it belongs to, over
 * which CTI connection it goes on, or why it was refused. */
#pragma once

struct server_transaction;
struct session;

/** @p what: "sign-in", "HoldCall", "BYE". */
void cti_note_session(struct session const *session, struct server_transaction *st,
                      char const *what);

/** @p error: a CSTA error, or the reason phrase of the answer. */
void cti_note_refusal(struct server_transaction *st, char const *error, char const *why);
