/* SPDX-License-Identifier: Apache-2.0 */
/* application/watcherinfo+xml (RFC 3858): who watches a presentity. The version belongs to the
 * subscription that gets the documents: 0 in its first, one more in each that follows. A full
 * document holds every watcher, a partial one those that have changed; terminated ones are told
 * once, in a partial document. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct pidf_limits;

enum watcherinfo_status {
#define STATUS(id, name) WATCHERINFO_##id,
#define EVENT(id, name)
#include "watcherinfo.def"
#undef STATUS
#undef EVENT
    WATCHERINFO_STATUSES
};

enum watcherinfo_event {
#define STATUS(id, name)
#define EVENT(id, name) WATCHERINFO_EVENT_##id,
#include "watcherinfo.def"
#undef STATUS
#undef EVENT
    WATCHERINFO_EVENTS
};

struct watcherinfo_watcher {
    char const *id; /* stable for the life of the subscription */
    char const *uri;
    char const *display_name; /* NULL: none */
    enum watcherinfo_status status;
    enum watcherinfo_event event;
    int64_t expiration_s; /* left of the subscription; -1: not told */
    int64_t duration_s;   /* of it so far; -1: not told */
};

struct watcherinfo {
    char const *resource; /* "sip:joe@example.test" */
    char const *package;  /* "presence" */
    uint32_t version;
    bool is_partial;
    struct watcherinfo_watcher *watchers;
    size_t n_watchers;
};

/** Appends the document. Returns 0, or -ENOMEM if memory or @p out's maximum ran out. */
int watcherinfo_write(struct watcherinfo const *info, struct buf *out);

/** Reads a document with one watcher list; of limits->max_tuples watchers at most. *ret is owned by
 *  the caller. Returns 0, -EINVAL or -ENOMEM with *ret NULL. */
int watcherinfo_read(char const *body, size_t len, struct pidf_limits const *limits,
                     struct watcherinfo **ret);
void watcherinfo_free(struct watcherinfo **pinfo);

/** "pending", "approved". Static. */
char const *watcherinfo_status_name(enum watcherinfo_status status);
char const *watcherinfo_event_name(enum watcherinfo_event event);
