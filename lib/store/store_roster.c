/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table "roster": read at the start, written by jobs. */
#include "store_roster.h"
#include "store_copy.h"
#include "store_db.h"
#include "store_write.h"

int store_roster_each(struct store *store, int (*fn)(void *ctx, struct store_roster_row const *row),
                      void *ctx)
{
    sqlite3_stmt *rows = store_db_use(store_job_db(store), STORE_SQL_roster_all);
    int error;

    while ((error = store_db_step(rows)) == 1) {
        struct store_roster_row const row = { .user = store_copy_peek(rows, 0),
                                              .jid = store_copy_peek(rows, 1),
                                              .state = store_copy_peek(rows, 2) };
        if ((error = fn(ctx, &row)) < 0)
            break;
    }
    sqlite3_reset(rows);
    return error;
}

int store_roster_put(struct store_link *link, struct store_roster_row const *row,
                     store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_roster_put,
                              STORE_TEXTS(row->user, row->jid, row->state), done, ctx);
}

int store_roster_drop(struct store_link *link, char const *user, char const *jid,
                      store_done_fn *done, void *ctx)
{
    return store_write_submit(link, STORE_SQL_roster_drop, STORE_TEXTS(user, jid), done, ctx);
}
