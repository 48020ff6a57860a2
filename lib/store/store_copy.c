/* SPDX-License-Identifier: Apache-2.0 */
/* Rows into memory: see store_copy.h. */
#define LOG_SUBSYSTEM LOG_STORE
#include "store_copy.h"
#include "log.h"
#include <errno.h>
#include <stdlib.h>

char const *store_copy_peek(sqlite3_stmt *row, int column)
{
    char const *text = (char const *)sqlite3_column_text(row, column);

    return text ? text : "";
}

char const *store_copy_keep(struct store_arena *arena, sqlite3_stmt *row, int column, bool *ok)
{
    char const *text = store_copy_peek(row, column);
    char const *copy = *text ? store_arena_text(arena, text) : "";

    *ok &= copy != NULL;
    return copy;
}

static int read_rows(struct store_db *db, struct store_copy_table const *table, void *copy)
{
    sqlite3_stmt *rows = store_db_use(db, table->id);
    int error;

    while ((error = store_db_step(rows)) == 1)
        if ((error = table->fn(copy, rows)) < 0) {
            sqlite3_reset(rows);
            return error;
        }
    return error;
}

int store_copy_read(struct store_db *db, struct store_copy_table const *tables, size_t n,
                    void *copy, char const *what)
{
    int error = 0;

    for (size_t i = 0; error == 0 && i < n; i++)
        error = read_rows(db, &tables[i], copy);
    if (error < 0)
        log_error(NULL, "%s not read reason=\"%s\"", what, store_db_why(db));
    return error;
}

struct refresh {
    struct store_job job;
    struct store_copy_kind const *kind;
    int64_t known;
    store_copy_any_fn *take;
};

static int run_refresh(struct store_db *db, struct store_job const *job)
{
    struct refresh const *refresh = (struct refresh const *)job;
    sqlite3_stmt *row = store_db_use(db, refresh->kind->revision);
    void *copy;
    int error = store_db_step(row);
    int64_t revision = error == 1 ? sqlite3_column_int64(row, 0) : 0;

    if (error < 0)
        return error;
    sqlite3_reset(row);
    if (revision == refresh->known)
        return 0;
    error = refresh->kind->read(db, &copy);
    if (error == 0)
        refresh->kind->hand(refresh->take, job->ctx, copy);
    return error;
}

int store_copy_refresh(struct store_link *link, struct store_copy_kind const *kind, int64_t known,
                       store_copy_any_fn *take, store_done_fn *done, void *ctx)
{
    struct refresh *refresh = calloc(1, sizeof *refresh);

    if (!refresh)
        return -ENOMEM;
    refresh->job.run = run_refresh;
    refresh->kind = kind;
    refresh->known = known;
    refresh->take = take;
    return store_job_submit(link, &refresh->job, done, ctx);
}
