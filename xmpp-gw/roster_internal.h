/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the roster share: see roster.h. */
#pragma once
#include "roster.h"
#include "roster_state.h"

/** The step is on disk (0), or has not been made (a negative errno); -ECANCELED: the gateway ends,
 *  and nobody is to be answered. */
typedef void roster_after_fn(void *ctx, struct roster_pair *pair, struct roster_step const *step,
                             int error);

/** Changes the state of @p pair by @p event; @p after is called once, now if nothing has to be
 *  written. The pair may be gone after that. */
void roster_step(struct roster_pair *pair, enum roster_event event, roster_after_fn *after,
                 void *ctx);

/** Frees it if nobody needs it any more. */
void roster_settle(struct roster_pair *pair);

/** The pair of these two bare JIDs, made if it is not there. NULL: a limit is reached. */
struct roster_pair *roster_get(struct roster *roster, char const *user, char const *jid,
                               char const **ret_limit);

/** Sends a <presence/> of @p type from @p user to @p jid. @p matters: it is asked for until the
 *  other server has it. */
void roster_send(struct roster *roster, char const *user, char const *jid, char const *type,
                 bool matters);

/** Asks the contact's server what there is: subscribe if that is not answered, else a probe. */
void roster_ask(struct roster_pair *pair);

/** The domain of the contact is reached again: both sides say what there is. */
void roster_greet(struct roster_pair *pair);

/** Appends the URI of a bare JID. False: it has none. */
bool roster_uri(char const *jid, struct buf *out);
