/* SPDX-License-Identifier: Apache-2.0 */
/* Binding and running: see store_write.h. */
#include "store_write.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int store_write_texts(struct store_db *db, enum store_statement id,
                      char const *const texts[static STORE_TEXTS_MAX])
{
    sqlite3_stmt *write = store_db_use(db, id);

    for (int i = 0; write && i < STORE_TEXTS_MAX && texts[i]; i++)
        sqlite3_bind_text(write, i + 1, texts[i], -1, SQLITE_STATIC);
    return store_db_step(write);
}

static int check_revision(struct store_db *db, enum store_statement revision, int64_t known)
{
    sqlite3_stmt *row = store_db_use(db, revision);
    int error = store_db_step(row);

    if (error < 0)
        return error;
    bool is_known = error == 1 && sqlite3_column_int64(row, 0) == known;
    sqlite3_reset(row);
    return is_known ? 0 : -ESTALE;
}

int store_write_begin(struct store_db *db, enum store_statement revision, int64_t known)
{
    int error = store_write_texts(db, STORE_SQL_begin, STORE_TEXTS(NULL));

    if (error == 0 && known && (error = check_revision(db, revision, known)) < 0)
        (void)store_write_texts(db, STORE_SQL_rollback, STORE_TEXTS(NULL));
    return error;
}

int store_write_end(struct store_db *db, enum store_statement bump, bool commit)
{
    int error = commit ? store_write_texts(db, bump, STORE_TEXTS(NULL)) : 0;

    if (commit && error == 0)
        error = store_write_texts(db, STORE_SQL_commit, STORE_TEXTS(NULL));
    if (!commit || error < 0)
        (void)store_write_texts(db, STORE_SQL_rollback, STORE_TEXTS(NULL));
    return error;
}

struct change {
    struct store_job job;
    enum store_statement statement;
    char const *texts[STORE_TEXTS_MAX]; /* which stand behind it */
};

/* A job with copies of @p texts behind it. */
static struct change *change_new(char const *const texts[static STORE_TEXTS_MAX])
{
    size_t sizes[STORE_TEXTS_MAX] = { 0 }, all = 0;

    for (size_t i = 0; i < STORE_TEXTS_MAX && texts[i]; i++)
        all += sizes[i] = strlen(texts[i]) + 1;
    struct change *change = calloc(1, sizeof *change + all);
    if (!change)
        return NULL;
    char *at = (char *)(change + 1);
    for (size_t i = 0; i < STORE_TEXTS_MAX && texts[i]; at += sizes[i++])
        change->texts[i] = memcpy(at, texts[i], sizes[i]);
    return change;
}

static int run_change(struct store_db *db, struct store_job const *job)
{
    struct change const *change = (struct change const *)job;

    return store_write_texts(db, change->statement, change->texts);
}

int store_write_submit(struct store_link *link, enum store_statement statement,
                       char const *const texts[static STORE_TEXTS_MAX], store_done_fn *done,
                       void *ctx)
{
    struct change *change = change_new(texts);

    if (!change)
        return -ENOMEM;
    change->job.run = run_change;
    change->statement = statement;
    return store_job_submit(link, &change->job, done, ctx);
}
