/* SPDX-License-Identifier: Apache-2.0 */
/* A user whose presence somebody publishes or watches: its sources, what they come to, and who is
 * told.
 *
 * The sources are composed anew whenever one of them changes. If what watchers see changes by that
 * they are told in turn: at most change_rate users a second, each with its latest state. */
#pragma once
#include "htab.h"
#include "statement.h"
#include "winfo.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct composed;
struct event_server;
struct phone_user;
struct pidf_profile;
struct publication;
struct rls_leaf;
struct subscription;

/* What a watcher is shown. */
enum presentity_view { PRESENTITY_OFFLINE, PRESENTITY_FULL, PRESENTITY_VIEWS };

struct presentity_document {
    LIST_ENTRY(presentity_document) link;
    struct pidf_profile const *profile;
    enum presentity_view view;
    uint64_t tag; /* the same for the same text, while the program runs; never 0 */
    size_t len;
    char text[];
};

struct presentity {
    struct htab_entry by_address;
    struct event_server *server;
    LIST_HEAD(, publication) publications;
    LIST_HEAD(, subscription) subscriptions;       /* to its presence */
    LIST_HEAD(, phone_user) phones;                /* lines that say something */
    struct statement *statements[STATEMENT_KINDS]; /* or NULL */
    uint64_t manual;    /* number of the state set by hand that counts; 0: none does */
    uint64_t manuals;   /* the last such number */
    int64_t cleared_ms; /* since 1970: until when that is over; at a restart only, else 0 */
    unsigned n_cleared; /* how often it was over because the last client had signed out */
    LIST_HEAD(, subscription) followers; /* to who watches it */
    LIST_HEAD(, subscription) dialogs;   /* to the dialogs of its lines */
    LIST_HEAD(, subscription) lists;     /* to its contact list */
    LIST_HEAD(, rls_leaf) leaves;        /* of lists that hold it */
    struct winfo winfo;                  /* who watches it */
    TAILQ_ENTRY(presentity) waiting;     /* while is_waiting */
    unsigned n_publications, n_subscriptions, n_followers, n_phones,
        n_leaves;                               /* followers: of lists and dialogs, too */
    unsigned n_refused;                         /* of leaves: by policy */
    unsigned n_coming[2];                       /* publications being written: own, of partners */
    unsigned n_holds;                           /* of who must not lose it */
    struct composed *composed;                  /* what its sources come to; NULL: not yet */
    LIST_HEAD(, presentity_document) documents; /* made of that, as they are asked for */
    bool is_waiting;
    bool is_urgent; /* it has signed out, and watchers have not been told */
    char address[];
};

/** That of a user who has presence here; made if there is none. NULL: out of memory, or too many.
 *  presentity_release() when it is not used after all. */
struct presentity *presentity_get(struct event_server *server, char const *address);
struct presentity *presentity_find(struct event_server *server, char const *address);

/** Who watches it, by a subscription or a list that is not refused. */
size_t presentity_watchers(struct presentity const *presentity);

/** Frees it if nobody publishes or watches it, and no phone says anything. */
void presentity_release(struct presentity *presentity);

/** Frees it, with the watchers that it only remembers: when the program ends and nobody uses it. */
void presentity_free(struct presentity *presentity);

/** A state is set by hand, by a publication or a statement, and the one before is over: the number
 *  of who has done so counts from now on. */
uint64_t presentity_new_manual(struct presentity *presentity);

/** What was set by hand is over, also for publications that go on. */
void presentity_clear_manual(struct presentity *presentity);

/** After a restart: of what was set by hand the newest counts, if it is not over and a client is
 *  signed in. The caller releases it. */
void presentity_settle_manual(struct presentity *presentity);

/** One of its sources has changed. Frees it if nothing holds it any more. When the last client has
 *  signed out by that, what was set by hand is over (guide 1.6). */
void presentity_changed(struct presentity *presentity);

/** What such a watcher is shown now. NULL: out of memory. Borrowed until a source changes. */
struct presentity_document const *presentity_show(struct presentity *presentity,
                                                  enum presentity_view view,
                                                  struct pidf_profile const *profile);
