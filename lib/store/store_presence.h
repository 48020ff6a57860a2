/* SPDX-License-Identifier: Apache-2.0 */
/* What the presence server must not lose over a restart: subscriptions of watchers, with all that
 * their dialogs need to go on, publications, what was said of users by command, who waits for a
 * user's decision, and which lines of phones were known. The server works on them in memory; rows
 * are read at the start only.
 *
 * A NOTIFY costs no write: cseq is a number that none sent so far has reached, and whoever goes on
 * after a restart begins with it. Times are wall time, seconds since 1970 unless the name says
 * something else. Strings are never NULL; "" is none. */
#pragma once
#include "store.h"
#include <stdbool.h>
#include <stdint.h>

struct store_presence_subscription {
    char const *tag; /* ours, of the dialog; unique */
    char const *user, *watcher;
    char const *package, *event_id; /* of Event */
    char const *profile;            /* of presence documents */
    char const *call_id, *remote_tag, *local, *remote, *remote_uri, *contact, *target, *routes;
    uint32_t remote_cseq, cseq;
    uint32_t interval_s;
    int64_t begun_s, expires_s;
    int64_t adhoc_end_s; /* 0: none */
    bool is_list;
};

struct store_presence_publication {
    char const *user, *name; /* together unique */
    char const *etag, *package, *body;
    bool by_partner;
    int64_t changed_ms; /* since 1970 */
    int64_t expires_s;
};

/** Somebody who waits for the decision of a user, without a subscription; or, of no user, the
 *  number of a line that was known. */
struct store_presence_note {
    char const *user, *what;
    int64_t expires_s;
};

/** What was said of a user by command, or that whatever was said of that kind is over. */
struct store_presence_statement {
    char const *user, *kind; /* together unique */
    char const *state;       /* "": it is over */
    char const *note;
    int64_t said_ms;   /* since 1970 */
    int64_t expires_s; /* INT64_MAX: not by the clock */
};

/* Each row is handed to the function, borrowed for the call; NULL stands for one that is damaged.
 * Publications come in the order in which they changed, of subscriptions those to presence first.
 * An error of the function ends the walk. Before store_start() only. They return 0 or a negative
 * errno. */
int store_presence_each_subscription(struct store *store,
                                     int (*fn)(void *ctx,
                                               struct store_presence_subscription const *row),
                                     void *ctx);
int store_presence_each_publication(struct store *store,
                                    int (*fn)(void *ctx,
                                              struct store_presence_publication const *row),
                                    void *ctx);
int store_presence_each_note(struct store *store,
                             int (*fn)(void *ctx, struct store_presence_note const *row),
                             void *ctx);
int store_presence_each_statement(struct store *store,
                                  int (*fn)(void *ctx, struct store_presence_statement const *row),
                                  void *ctx);

/* Jobs. Everything is copied, and @p done may be NULL. They return 0, or a negative errno and
 * @p done is not called. */

/** A new one; of one that is there all that a SUBSCRIBE may change. */
int store_presence_put_subscription(struct store_link *link,
                                    struct store_presence_subscription const *row,
                                    store_done_fn *done, void *ctx);

/** Of one that is there. */
int store_presence_raise_cseq(struct store_link *link, char const *tag, uint32_t cseq,
                              store_done_fn *done, void *ctx);
int store_presence_drop_subscription(struct store_link *link, char const *tag, store_done_fn *done,
                                     void *ctx);

/** A new one, or in the place of that of the same user and name. */
int store_presence_put_publication(struct store_link *link,
                                   struct store_presence_publication const *row,
                                   store_done_fn *done, void *ctx);

/** The same document goes on under another tag. */
int store_presence_renew_publication(struct store_link *link,
                                     struct store_presence_publication const *row,
                                     store_done_fn *done, void *ctx);
int store_presence_drop_publication(struct store_link *link, char const *user, char const *name,
                                    store_done_fn *done, void *ctx);

int store_presence_put_note(struct store_link *link, struct store_presence_note const *row,
                            store_done_fn *done, void *ctx);
int store_presence_drop_note(struct store_link *link, char const *user, char const *what,
                             store_done_fn *done, void *ctx);

/** A new one, or in the place of that of the same user and kind. */
int store_presence_put_statement(struct store_link *link,
                                 struct store_presence_statement const *row, store_done_fn *done,
                                 void *ctx);

/** If it still is that of @p said_ms. */
int store_presence_drop_statement(struct store_link *link, char const *user, char const *kind,
                                  int64_t said_ms, store_done_fn *done, void *ctx);

/** Forgets what has expired before @p before_s. */
int store_presence_purge(struct store_link *link, int64_t before_s);
