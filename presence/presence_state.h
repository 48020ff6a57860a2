/* SPDX-License-Identifier: Apache-2.0 */
/* What survives a restart: subscriptions, publications, and what was said by command, in the file
 * presence.store.
 *
 * What a request or command changes is written first; the change and its answer follow when it is
 * on disk, so nothing acknowledged is lost, and on a full disk nothing changes. A NOTIFY costs no
 * write: the row of a subscription holds a CSeq that none sent so far has reached (cseq_limit).
 *
 * At the start all is read back (presence_state_restore.c). Policy judges every watcher anew, and
 * each is told once, restore_rate a second; who cannot be reached is tried again for
 * restore_patience. What was observed live, such as phones, is stale until it is said again.
 * Without a store everything is in memory only, and every function here is right all the same. */
#pragma once
#include "statement.h"
#include "store.h"
#include "wheel.h"
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct event_server;
struct phone_line;
struct presentity;
struct publication;
struct server_transaction;
struct subscription;

struct presence_state {
    struct event_server *server;
    struct store *store;     /* NULL: there is none */
    struct store_link *link; /* NULL: not yet, or not any more */
    size_t untold;           /* restored subscriptions whose watcher has not been told again */
    uint64_t restored_ms, patience_until_ms;
    struct wheel_timer stale; /* of what nobody has said again */
};

/** What has become of a change. */
struct presence_state_change {
    struct server_transaction *st;     /* NULL: nobody waits any more */
    struct subscription *subscription; /* NULL: it has gone meanwhile */
    struct publication *publication;   /* NULL: likewise, or it is a new one */
    int error; /* 0, or a negative errno and nothing has changed; -ECANCELED: the server ends, and
                  nobody is to be answered */
};
typedef void presence_state_done_fn(void *ctx, struct presence_state_change const *change);

/** A publication as it is to be. */
struct presence_state_publication {
    char const *user, *name, *etag, *package;
    char const *body; /* NULL: as before */
    bool by_partner;
    int64_t changed_ms;
    uint32_t expires_s;
};

/** Opens the store of the configuration. Returns 0, or a negative errno after logging why; fini is
 *  right after either. */
int presence_state_init(struct presence_state *state, struct event_server *server);

/** Reads back what was kept and starts to write; once all else of the server stands. As init. */
int presence_state_restore(struct presence_state *state, uv_loop_t *loop);

/** Tells those who wait; what they wait for is still written. From now on nothing is. */
void presence_state_fini(struct presence_state *state);

/* @p done is called exactly once: at once if there is no store or the change cannot be handed over,
 * else when it is on disk. Until then subscription or publication are busy, and take no other. */

/** @p subscription goes on for @p expires_s; 0: it is over. */
void presence_state_put_subscription(struct subscription *subscription, uint32_t expires_s,
                                     struct server_transaction *st, presence_state_done_fn *done,
                                     void *ctx);

/** @p old: NULL if @p row is a new one; @p row->expires_s 0: it is over. */
void presence_state_put_publication(struct event_server *server, struct publication *old,
                                    struct presence_state_publication const *row,
                                    struct server_transaction *st, presence_state_done_fn *done,
                                    void *ctx);

/** What is said of @p presentity, in the place of what was said of that kind; COMPOSE_UNKNOWN: that
 *  is over. */
void presence_state_put_statement(struct presentity const *presentity,
                                  struct statement_said const *said, store_done_fn *done,
                                  void *ctx);

/** Answers @p st, whose change could not be written. */
void presence_state_refuse(struct event_server *server, struct server_transaction *st, int error);

/** It is freed, or over without a request: nobody waits for its row to go. */
void presence_state_forget_subscription(struct subscription *subscription);
void presence_state_forget_publication(struct publication *publication);

/** The same of what was said of that kind at @p time_ms. */
void presence_state_forget_statement(struct presentity const *presentity, enum statement_kind kind,
                                     int64_t time_ms);

/** What was set by hand, by whomever, is over without a command. */
void presence_state_clear_manual(struct presentity const *presentity);

/** One more was restored, and is to be told; one has been told, or has gone. */
void presence_state_expect(struct event_server *server);
void presence_state_told(struct event_server *server);

/** May it be told? Not with a CSeq that a restart would use again. */
bool presence_state_may_tell(struct subscription *subscription);

/** @p watcher waits for the decision of @p user, for so long; 0: no longer. */
void presence_state_note_waiting(struct event_server *server, char const *user, char const *watcher,
                                 uint32_t expires_s);

/** The state of @p line is known, or not any more. */
void presence_state_note_line(struct event_server *server, struct phone_line const *line,
                              bool is_known);
