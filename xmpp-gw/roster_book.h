/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of a user of ours and a contact in XMPP who are more than strangers (roster_state.h), by
 * their bare JIDs; with xmpp.store, what they have agreed on is on disk before anybody is told. */
#pragma once
#include "htab.h"
#include "roster_limits.h"
#include "roster_seen.h"
#include "store.h"
#include "tally.h"
#include <sys/queue.h>

struct presence_list;
struct roster;
struct roster_link;
struct roster_watch;
struct roster_watcher;

struct roster_pair {
    struct htab_entry by_names;
    struct roster_link *link; /* of their domains */
    LIST_ENTRY(roster_pair) of_link;
    TAILQ_ENTRY(roster_pair) turn;
    bool has_turn;
    uint8_t state;   /* enum roster_state */
    unsigned n_busy; /* who holds it besides */
    struct roster *roster;

    /* The contact follows our user. */
    struct roster_watch *watch; /* NULL: there is no subscription to the user */
    struct presence_list *told; /* what the user shows; NULL: it is not known */
    bool is_asked;              /* a probe waits for it */
    uint64_t gone_ms;           /* when the last resource of the user went; 0: unknown */

    /* Our user follows the contact. */
    LIST_HEAD(, roster_watcher) watchers;
    struct roster_seen seen;

    char *jid; /* in the same memory as `user` */
    char user[];
};

struct roster_book {
    struct htab pairs;
    struct tally users, domains;
    struct roster_limits const *limits; /* borrowed */
    struct store *store;                /* NULL: memory only */
    struct store_link *link;            /* NULL: not yet, or not any more */
};

/** Opens the store at @p path; "": there is none. Returns 0, or a negative errno after logging why;
 *  fini is right after either. */
int roster_book_init(struct roster_book *book, char const *path,
                     struct roster_limits const *limits);

/** Reads what was kept, calls @p fn with each pair, and starts to write. Returns 0 or a negative
 *  errno. */
int roster_book_start(struct roster_book *book, uv_loop_t *loop,
                      void (*fn)(void *ctx, struct roster_pair *pair), void *ctx);

/** Tells those who wait for a write, and writes no more; what was handed over is on disk after
 *  that. */
void roster_book_stop(struct roster_book *book);

/** After stop. Frees what pairs there are, but not what hangs on them. */
void roster_book_fini(struct roster_book *book);

struct roster_pair *roster_book_find(struct roster_book const *book, char const *user,
                                     char const *jid);

/** Made if it is not there. NULL with the limit that is reached, or "memory". */
struct roster_pair *roster_book_get(struct roster_book *book, char const *user, char const *jid,
                                    char const **ret_limit);
void roster_book_drop(struct roster_book *book, struct roster_pair *pair);

/** Keeps its state. @p done is called once, now if there is nothing to wait for. */
void roster_book_write(struct roster_book *book, struct roster_pair const *pair,
                       store_done_fn *done, void *ctx);

/** The domain of a bare JID, which is its end. */
char const *roster_book_domain(char const *jid);
