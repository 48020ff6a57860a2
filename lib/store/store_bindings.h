/* SPDX-License-Identifier: Apache-2.0 */
/* Registrations as they are kept over a restart: the bindings of each address of record (RFC 3261
 * §10.3). The proxy's location table works on them in memory; here is only what must not be lost.
 */
#pragma once
#include "store.h"
#include <stdint.h>

/** Strings are never NULL; "" is none. */
struct store_binding {
    char const *contact;    /* URI, unique in its address of record */
    char const *path;       /* value of Path headers, RFC 3327 */
    char const *received;   /* URI to send to instead of the contact's host, RFC 3581 */
    char const *call_id;    /* of the REGISTER that made or refreshed it */
    char const *user_agent; /* for people */
    uint32_t cseq;
    int q;             /* thousandths */
    int64_t expires_s; /* wall time, seconds since 1970 */
};

/** Calls @p fn with all bindings of each address of record that are alive at @p now_s. All is
 *  borrowed for the call. An error of @p fn ends the walk. Before store_start() only. Returns 0 or
 *  a negative errno. */
int store_bindings_each(struct store *store, int64_t now_s,
                        int (*fn)(void *ctx, char const *aor, struct store_binding const *list,
                                  size_t n),
                        void *ctx);

/** Makes @p list all that @p aor has (@p n 0: it has none), at once or not at all. Everything is
 *  copied. @p done may be NULL. Returns 0, or a negative errno and @p done is not called. */
int store_bindings_replace(struct store_link *link, char const *aor,
                           struct store_binding const *list, size_t n, store_done_fn *done,
                           void *ctx);

/** Forgets what has expired at @p now_s. Returns 0 or a negative errno. */
int store_bindings_purge(struct store_link *link, int64_t now_s);
