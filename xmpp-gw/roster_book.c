/* SPDX-License-Identifier: Apache-2.0 */
/* See roster_book.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "roster_book.h"
#include "log.h"
#include "roster_state.h"
#include "store_roster.h"
#include "xmpp_metrics.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { BOOK_JOBS = 100000 };

struct names {
    char const *user, *jid;
};

static uint64_t hash_names(struct names const *names)
{
    return htab_hash(names->user, strlen(names->user) + 1,
                     htab_hash(names->jid, strlen(names->jid) + 1, 0));
}

static bool is_pair(struct htab_entry const *entry, void const *key)
{
    struct roster_pair const *pair = (struct roster_pair const *)entry;
    struct names const *names = key;

    return strcmp(pair->user, names->user) == 0 && strcmp(pair->jid, names->jid) == 0;
}

char const *roster_book_domain(char const *jid)
{
    char const *at = strrchr(jid, '@');

    return at ? at + 1 : jid;
}

struct roster_pair *roster_book_find(struct roster_book const *book, char const *user,
                                     char const *jid)
{
    struct names const names = { user, jid };

    return (struct roster_pair *)htab_find(&book->pairs, hash_names(&names), is_pair, &names);
}

static char const *limit_of(struct roster_book const *book, struct names const *names)
{
    struct roster_limits const *limits = book->limits;

    if (book->pairs.n >= (size_t)limits->max_pairs)
        return "presence_max_pairs";
    if (tally_of(&book->users, names->user) >= (size_t)limits->max_per_user)
        return "presence_max_per_user";
    if (tally_of(&book->domains, roster_book_domain(names->jid)) >= (size_t)limits->max_per_domain)
        return "presence_max_per_domain";
    return NULL;
}

static int count_in(struct roster_book *book, struct names const *names)
{
    int err = tally_add(&book->users, names->user);

    if (err == 0 && (err = tally_add(&book->domains, roster_book_domain(names->jid))) < 0)
        tally_drop(&book->users, names->user);
    return err;
}

static void count_out(struct roster_book *book, struct names const *names)
{
    tally_drop(&book->users, names->user);
    tally_drop(&book->domains, roster_book_domain(names->jid));
}

static struct roster_pair *make(struct roster_book *book, struct names const *names)
{
    size_t user_size = strlen(names->user) + 1, jid_size = strlen(names->jid) + 1;
    struct roster_pair *pair = calloc(1, sizeof *pair + user_size + jid_size);

    if (!pair || count_in(book, names) < 0) {
        free(pair);
        return NULL;
    }
    memcpy(pair->user, names->user, user_size);
    pair->jid = memcpy(pair->user + user_size, names->jid, jid_size);
    LIST_INIT(&pair->watchers);
    if (htab_insert(&book->pairs, &pair->by_names, hash_names(names)) < 0) {
        count_out(book, names);
        free(pair);
        return NULL;
    }
    xmpp_gauge(M_presence_pairs, 1);
    return pair;
}

struct roster_pair *roster_book_get(struct roster_book *book, char const *user, char const *jid,
                                    char const **ret_limit)
{
    struct names const names = { user, jid };
    struct roster_pair *pair = roster_book_find(book, user, jid);

    *ret_limit = NULL;
    if (pair)
        return pair;
    *ret_limit = limit_of(book, &names);
    if (!*ret_limit && !(pair = make(book, &names)))
        *ret_limit = "memory";
    return pair;
}

void roster_book_drop(struct roster_book *book, struct roster_pair *pair)
{
    struct names const names = { pair->user, pair->jid };

    htab_remove(&book->pairs, &pair->by_names);
    count_out(book, &names);
    roster_seen_forget(&pair->seen);
    free(pair);
    xmpp_gauge(M_presence_pairs, -1);
}

/* --- on disk ---------------------------------------------------------------------------------- */

void roster_book_write(struct roster_book *book, struct roster_pair const *pair,
                       store_done_fn *done, void *ctx)
{
    struct store_roster_row const row = { pair->user, pair->jid,
                                          roster_state_name((enum roster_state)pair->state) };
    int error = 0;

    if (book->link)
        error = pair->state == ROSTER_NONE
                    ? store_roster_drop(book->link, row.user, row.jid, done, ctx)
                    : store_roster_put(book->link, &row, done, ctx);
    if (!book->link || error < 0)
        done(ctx, error);
}

struct reading {
    struct roster_book *book;
    void (*fn)(void *ctx, struct roster_pair *pair);
    void *ctx;
};

/* One row that is damaged costs no other; what was agreed on is above any limit. */
static int take_row(void *vreading, struct store_roster_row const *row)
{
    struct reading const *reading = vreading;
    struct names const names = { row->user, row->jid };
    enum roster_state state = roster_state_find(row->state);

    if (state == ROSTER_STATES || !strchr(row->user, '@') || !strchr(row->jid, '@')) {
        log_warn(NULL, "stored pair is damaged user=\"%s\" jid=\"%s\" state=\"%s\"", row->user,
                 row->jid, row->state);
        return 0;
    }
    struct roster_pair *pair = make(reading->book, &names);
    if (!pair)
        return -ENOMEM;
    pair->state = (uint8_t)state;
    reading->fn(reading->ctx, pair);
    return 0;
}

int roster_book_init(struct roster_book *book, char const *path, struct roster_limits const *limits)
{
    *book = (struct roster_book){ .limits = limits };
    htab_init(&book->pairs);
    tally_init(&book->users);
    tally_init(&book->domains);
    return *path ? store_open(&book->store, path, BOOK_JOBS) : 0;
}

int roster_book_start(struct roster_book *book, uv_loop_t *loop,
                      void (*fn)(void *ctx, struct roster_pair *pair), void *ctx)
{
    struct reading reading = { book, fn, ctx };
    int error = book->store ? store_roster_each(book->store, take_row, &reading) : 0;

    if (!book->store || error < 0)
        return error;
    error = store_start(book->store);
    if (error == 0 && !(book->link = store_link_new(book->store, loop)))
        error = -ENOMEM;
    return error;
}

void roster_book_stop(struct roster_book *book)
{
    struct store_link *link = book->link;

    book->link = NULL;
    store_link_free(&link);
    store_close(&book->store);
}

void roster_book_fini(struct roster_book *book)
{
    struct htab_entry *entry;

    while ((entry = htab_next(&book->pairs, NULL)))
        roster_book_drop(book, (struct roster_pair *)entry);
    htab_fini(&book->pairs);
    tally_fini(&book->users);
    tally_fini(&book->domains);
}
