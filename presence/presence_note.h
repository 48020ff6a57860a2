/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided about a request, for the tap. */
#pragma once

struct server_transaction;

/** @p what: "publish", "subscribe"; @p user: whose presence; @p by: who asks; @p rule: what decided
 *  it, or NULL. */
void presence_note(struct server_transaction *st, char const *what, char const *user,
                   char const *by, char const *rule);

/** @p phrase: that of the answer. */
void presence_note_refusal(struct server_transaction *st, char const *phrase, char const *why);
