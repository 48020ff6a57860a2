/* SPDX-License-Identifier: Apache-2.0 */
/* What the proxy has decided about a request, in one line for the tap: by which entry it was
 * admitted, which step decided and why, and where the request goes first. `explain` says the same
 * at length. Every request gets it, so it is put together without printf. */
#pragma once
#include "refusal.h"

struct route_decision;
struct server_transaction;
struct worker;
struct origin;

/** Of a request that goes on, is answered or refused. */
void decision_note(struct worker const *worker, struct server_transaction *st,
                   struct route_decision const *decision);

/** Of one that is refused, whoever has decided that. */
void decision_note_refusal(struct server_transaction *st, struct refusal_row const *row);

/** Of one that the access list has refused. */
void decision_note_stranger(struct worker const *worker, struct origin const *from);
