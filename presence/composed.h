/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of a user come to: the bridge between publications and compose.h. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct buf;
struct composed;
struct pidf;
struct pidf_profile;
struct presentity;
struct publication;

/** Of the sources as they are. NULL: out of memory. */
struct composed *composed_new(struct presentity const *presentity);
void composed_free(struct composed **pcomposed);

/** Do watchers see the same of both? */
bool composed_equal(struct composed const *a, struct composed const *b);

/** Is a client signed in? Has the last one gone, and what was set by hand is over? */
bool composed_has_client(struct composed const *composed);
bool composed_clears_manual(struct composed const *composed);

/** Is the user there by any source? */
bool composed_is_signed_in(struct composed const *composed);

/** Has the user wished to seem signed out, so that nothing else is shown? */
bool composed_is_hidden(struct composed const *composed);

/** The row that has decided, for people. */
char const *composed_rule(struct composed const *composed);

/** The overall state, for people: "available". */
char const *composed_state(struct composed const *composed);

/** Appends the document as watchers who may see it get it; with @p is_full false, that of somebody
 *  who is offline. Returns 0 or -ENOMEM. */
int composed_write(struct composed const *composed, bool is_full,
                   struct pidf_profile const *profile, struct buf *out);

/** What a line's document says: "idle", "ringing", "engaged", "dnd", "nothing". Static. */
char const *composed_phone_says(struct pidf const *doc);

/** Of two documents of a line, that with the higher rank counts: do not disturb, engaged, ringing,
 *  idle. */
unsigned composed_phone_rank(struct pidf const *doc);

/** One source of a user, for people. */
struct composed_source {
    char const *name, *kind; /* "calendar" */
    char const *says;        /* what it alone would come to: "away", of a line "ringing". Static */
    char const *marks;       /* "over", "stale", "suspended", "override"; "": none. Static */
    int64_t time_ms;         /* since 1970: when it said so */
    uint64_t due_ms;         /* when it ends; 0: not by the clock */
};

typedef void composed_source_fn(void *ctx, struct composed_source const *source);

/** Calls @p fn for each. */
void composed_sources(struct presentity const *presentity, composed_source_fn *fn, void *ctx);

/** What @p publication alone would come to: "away", of a line "ringing". Static. */
char const *composed_says(struct publication const *publication);
