/* SPDX-License-Identifier: Apache-2.0 */
/* One publication (RFC 3903): a document of one source of a user, in force until it expires, also
 * over a restart: its publisher was promised that, and has to confirm nothing before.
 *
 * Its entity tag is new after every success, so that a publisher that acts on an old one is told
 * (412). What it says is one source of the user's presence; who makes or changes one tells
 * the presentity when the publisher has its answer. */
#pragma once
#include "htab.h"
#include "wheel.h"
#include <stdbool.h>
#include <sys/queue.h>

struct event_server;
struct presence_state_wait;
struct presentity;
struct published;

enum { PUBLICATION_ETAG = 16, PUBLICATION_NAME = 8 };

struct publication {
    struct htab_entry by_etag;
    LIST_ENTRY(publication) link; /* of its presentity */
    struct event_server *server;
    struct presentity *presentity;
    struct published *content;        /* owned */
    struct presence_state_wait *wait; /* a change of it is being written */
    struct wheel_timer expiry;
    uint64_t due_ms;
    int64_t changed_ms; /* since 1970 */
    uint64_t manual;    /* of a state set by hand: its number, see statement.h */
    bool by_partner;    /* another network says it */
    char etag[PUBLICATION_ETAG + 1];
    char name[PUBLICATION_NAME + 1]; /* of the source; stays the same */
};

/** What a publication is known by. */
struct publication_id {
    char etag[PUBLICATION_ETAG + 1];
    char name[PUBLICATION_NAME + 1];
    int64_t changed_ms; /* since 1970: when it began to say what it says */
    bool by_partner;
};

/** A new one, changed now. */
void publication_id_make(struct publication_id *ret);

/** Makes one of @p presentity, which is not told yet, with @p content (taken, also on failure).
 * NULL: out of memory. */
struct publication *publication_new(struct presentity *presentity, struct published *content,
                                    struct publication_id const *id, uint32_t expires_s);

/** That which @p etag names, whosever it is, or NULL. */
struct publication *publication_find(struct event_server *server, char const *etag);

/** Goes on for @p expires_s under the tag of @p id, with @p content (taken) in the place of what it
 *  said, NULL: with that. Returns 0, or -ENOMEM: it has no tag any more, and will expire. */
int publication_renew(struct publication *publication, struct published *content,
                      struct publication_id const *id, uint32_t expires_s);

/** Ends it, and tells the presentity, which may be gone then. */
void publication_end(struct publication **ppublication);

/** Frees without a word to anybody, at the end of the program. */
void publication_free(struct publication **ppublication);
