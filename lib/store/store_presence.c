/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the tables of the presence server: read at the start, written by jobs. */
#include "store_presence.h"
#include "store_copy.h"
#include "store_db.h"
#include "store_write.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- reading ---------------------------------------------------------------------------------- */

/* The columns of a row in their order. */
struct reader {
    sqlite3_stmt *row;
    int column;
    bool is_damaged;
};

static char const *read_text(struct reader *reader)
{
    int column = reader->column++;
    char const *text = store_copy_peek(reader->row, column);

    if (sqlite3_column_type(reader->row, column) != SQLITE_TEXT ||
        strlen(text) != (size_t)sqlite3_column_bytes(reader->row, column))
        reader->is_damaged = true;
    return text;
}

static int64_t read_number(struct reader *reader, int64_t max)
{
    int column = reader->column++;
    int64_t number = sqlite3_column_int64(reader->row, column);

    if (sqlite3_column_type(reader->row, column) != SQLITE_INTEGER || number < 0 || number > max)
        reader->is_damaged = true;
    return number;
}

/* Calls the function of whoever reads. */
typedef int hand_fn(struct reader *reader, void *walk);

static int walk_rows(struct store *store, enum store_statement id, hand_fn *hand, void *walk)
{
    sqlite3_stmt *rows = store_db_use(store_job_db(store), id);
    int error;

    while ((error = store_db_step(rows)) == 1) {
        struct reader reader = { .row = rows };
        if ((error = hand(&reader, walk)) < 0)
            break;
    }
    sqlite3_reset(rows);
    return error;
}

struct subscription_walk {
    int (*fn)(void *ctx, struct store_presence_subscription const *row);
    void *ctx;
};

static int hand_subscription(struct reader *reader, void *vwalk)
{
    struct subscription_walk const *walk = vwalk;
    struct store_presence_subscription row;

    row.tag = read_text(reader);
    row.user = read_text(reader);
    row.watcher = read_text(reader);
    row.package = read_text(reader);
    row.event_id = read_text(reader);
    row.profile = read_text(reader);
    row.call_id = read_text(reader);
    row.remote_tag = read_text(reader);
    row.local = read_text(reader);
    row.remote = read_text(reader);
    row.remote_uri = read_text(reader);
    row.contact = read_text(reader);
    row.target = read_text(reader);
    row.routes = read_text(reader);
    row.is_list = read_number(reader, 1);
    row.remote_cseq = (uint32_t)read_number(reader, UINT32_MAX);
    row.cseq = (uint32_t)read_number(reader, INT32_MAX);
    row.interval_s = (uint32_t)read_number(reader, UINT32_MAX);
    row.begun_s = read_number(reader, INT64_MAX);
    row.expires_s = read_number(reader, INT64_MAX);
    row.adhoc_end_s = read_number(reader, INT64_MAX);
    return walk->fn(walk->ctx, reader->is_damaged ? NULL : &row);
}

int store_presence_each_subscription(struct store *store,
                                     int (*fn)(void *ctx,
                                               struct store_presence_subscription const *row),
                                     void *ctx)
{
    struct subscription_walk walk = { fn, ctx };

    return walk_rows(store, STORE_SQL_presence_subscriptions_all, hand_subscription, &walk);
}

struct publication_walk {
    int (*fn)(void *ctx, struct store_presence_publication const *row);
    void *ctx;
};

static int hand_publication(struct reader *reader, void *vwalk)
{
    struct publication_walk const *walk = vwalk;
    struct store_presence_publication row;

    row.user = read_text(reader);
    row.name = read_text(reader);
    row.etag = read_text(reader);
    row.package = read_text(reader);
    row.body = read_text(reader);
    row.by_partner = read_number(reader, 1);
    row.changed_ms = read_number(reader, INT64_MAX);
    row.expires_s = read_number(reader, INT64_MAX);
    return walk->fn(walk->ctx, reader->is_damaged ? NULL : &row);
}

int store_presence_each_publication(struct store *store,
                                    int (*fn)(void *ctx,
                                              struct store_presence_publication const *row),
                                    void *ctx)
{
    struct publication_walk walk = { fn, ctx };

    return walk_rows(store, STORE_SQL_presence_publications_all, hand_publication, &walk);
}

struct note_walk {
    int (*fn)(void *ctx, struct store_presence_note const *row);
    void *ctx;
};

static int hand_note(struct reader *reader, void *vwalk)
{
    struct note_walk const *walk = vwalk;
    struct store_presence_note row;

    row.user = read_text(reader);
    row.what = read_text(reader);
    row.expires_s = read_number(reader, INT64_MAX);
    return walk->fn(walk->ctx, reader->is_damaged ? NULL : &row);
}

int store_presence_each_note(struct store *store,
                             int (*fn)(void *ctx, struct store_presence_note const *row), void *ctx)
{
    struct note_walk walk = { fn, ctx };

    return walk_rows(store, STORE_SQL_presence_notes_all, hand_note, &walk);
}

struct statement_walk {
    int (*fn)(void *ctx, struct store_presence_statement const *row);
    void *ctx;
};

static int hand_statement(struct reader *reader, void *vwalk)
{
    struct statement_walk const *walk = vwalk;
    struct store_presence_statement row;

    row.user = read_text(reader);
    row.kind = read_text(reader);
    row.state = read_text(reader);
    row.note = read_text(reader);
    row.said_ms = read_number(reader, INT64_MAX);
    row.expires_s = read_number(reader, INT64_MAX);
    return walk->fn(walk->ctx, reader->is_damaged ? NULL : &row);
}

int store_presence_each_statement(struct store *store,
                                  int (*fn)(void *ctx, struct store_presence_statement const *row),
                                  void *ctx)
{
    struct statement_walk walk = { fn, ctx };

    return walk_rows(store, STORE_SQL_presence_statements_all, hand_statement, &walk);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Columns are of affinity INTEGER, so a number may come as text. */
struct number {
    char text[24];
};
#define NUMBER(value) (number_text((int64_t)(value), &(struct number){ "" }))

static char const *number_text(int64_t value, struct number *number)
{
    (void)snprintf(number->text, sizeof number->text, "%" PRId64, value);
    return number->text;
}

int store_presence_put_subscription(struct store_link *link,
                                    struct store_presence_subscription const *row,
                                    store_done_fn *done, void *ctx)
{
    return store_write_submit(
        link, STORE_SQL_presence_subscription_put,
        STORE_TEXTS(row->tag, row->user, row->watcher, row->package, row->event_id, row->profile,
                    row->call_id, row->remote_tag, row->local, row->remote, row->remote_uri,
                    row->contact, row->target, row->routes, NUMBER(row->is_list),
                    NUMBER(row->remote_cseq), NUMBER(row->cseq), NUMBER(row->interval_s),
                    NUMBER(row->begun_s), NUMBER(row->expires_s), NUMBER(row->adhoc_end_s)),
        done, ctx);
}

int store_presence_raise_cseq(struct store_link *link, char const *tag, uint32_t cseq,
                              store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_cseq_raise, STORE_TEXTS(tag, NUMBER(cseq)),
                              done, ctx);
}

int store_presence_drop_subscription(struct store_link *link, char const *tag, store_done_fn *done,
                                     void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_subscription_drop, STORE_TEXTS(tag), done,
                              ctx);
}

int store_presence_put_publication(struct store_link *link,
                                   struct store_presence_publication const *row,
                                   store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_publication_put,
                              STORE_TEXTS(row->user, row->name, row->etag, row->package, row->body,
                                          NUMBER(row->by_partner), NUMBER(row->changed_ms),
                                          NUMBER(row->expires_s)),
                              done, ctx);
}

int store_presence_renew_publication(struct store_link *link,
                                     struct store_presence_publication const *row,
                                     store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_publication_renew,
                              STORE_TEXTS(row->user, row->name, row->etag, NUMBER(row->expires_s)),
                              done, ctx);
}

int store_presence_drop_publication(struct store_link *link, char const *user, char const *name,
                                    store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_publication_drop, STORE_TEXTS(user, name),
                              done, ctx);
}

int store_presence_put_note(struct store_link *link, struct store_presence_note const *row,
                            store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_note_put,
                              STORE_TEXTS(row->user, row->what, NUMBER(row->expires_s)), done, ctx);
}

int store_presence_drop_note(struct store_link *link, char const *user, char const *what,
                             store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_note_drop, STORE_TEXTS(user, what), done,
                              ctx);
}

int store_presence_put_statement(struct store_link *link,
                                 struct store_presence_statement const *row, store_done_fn *done,
                                 void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_statement_put,
                              STORE_TEXTS(row->user, row->kind, row->state, row->note,
                                          NUMBER(row->said_ms), NUMBER(row->expires_s)),
                              done, ctx);
}

int store_presence_drop_statement(struct store_link *link, char const *user, char const *kind,
                                  int64_t said_ms, store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_presence_statement_drop,
                              STORE_TEXTS(user, kind, NUMBER(said_ms)), done, ctx);
}

int store_presence_purge(struct store_link *link, int64_t before_s)
{
    static enum store_statement const all[] = { STORE_SQL_presence_subscriptions_purge,
                                                STORE_SQL_presence_publications_purge,
                                                STORE_SQL_presence_notes_purge,
                                                STORE_SQL_presence_statements_purge };
    int error = 0;

    for (size_t i = 0; error == 0 && i < sizeof all / sizeof *all; i++)
        error = store_write_submit(link, all[i], STORE_TEXTS(NUMBER(before_s)), NULL, NULL);
    return error;
}
