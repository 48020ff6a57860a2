/* SPDX-License-Identifier: Apache-2.0 */
/* What users of ours and users of XMPP have agreed on about each other's presence (RFC 6121 3): a
 * row for each pair that is not strangers. The gateway works on them in memory; rows are read at
 * the start only. Both names are bare JIDs. Strings are never NULL. */
#pragma once
#include "store.h"

struct store_roster_row {
    char const *user, *jid;
    char const *state; /* its name, which is the gateway's */
};

/** Calls @p fn with each row, borrowed for the call. An error of @p fn ends the walk. Before
 *  store_start() only. Returns 0 or a negative errno. */
int store_roster_each(struct store *store, int (*fn)(void *ctx, struct store_roster_row const *row),
                      void *ctx);

/** Everything is copied. @p done may be NULL. Return 0, or a negative errno and @p done is not
 *  called. */
int store_roster_put(struct store_link *link, struct store_roster_row const *row,
                     store_done_fn *done, void *ctx);
int store_roster_drop(struct store_link *link, char const *user, char const *jid,
                      store_done_fn *done, void *ctx);
