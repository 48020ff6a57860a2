/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table "bindings", read at the start and written by jobs. */
#include "store_bindings.h"
#include "store_db.h"
#include "store_job.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STRINGS = 5 };

/* The strings of a binding, in the order of the columns that hold them. */
static char const **string_at(struct store_binding *binding, int i)
{
    char const **const all[STRINGS] = { &binding->contact, &binding->path, &binding->received,
                                        &binding->call_id, &binding->user_agent };
    return all[i];
}

/* --- reading --- */

struct reader {
    int (*fn)(void *ctx, char const *aor, struct store_binding const *list, size_t n);
    void *ctx;
    char *aor; /* whose bindings are being gathered, NULL: nobody's yet */
    struct store_binding *list;
    size_t n, size;
};

static void forget(struct reader *reader)
{
    for (size_t i = 0; i < reader->n; i++)
        for (int s = 0; s < STRINGS; s++)
            free((char *)*string_at(&reader->list[i], s));
    free(reader->aor);
    reader->aor = NULL;
    reader->n = 0;
}

static int hand_over(struct reader *reader)
{
    int error = reader->n ? reader->fn(reader->ctx, reader->aor, reader->list, reader->n) : 0;
    forget(reader);
    return error;
}

static char *copy_column(sqlite3_stmt *row, int column)
{
    char const *text = (char const *)sqlite3_column_text(row, column);
    return text ? strdup(text) : NULL;
}

static int read_binding(struct reader *reader, sqlite3_stmt *row)
{
    static int const columns[STRINGS] = { 1, 2, 3, 4, 8 };
    if (reader->n == reader->size) {
        size_t size = reader->size ? reader->size * 2 : 8;
        void *list = realloc(reader->list, size * sizeof *reader->list);
        if (!list)
            return -ENOMEM;
        reader->list = list;
        reader->size = size;
    }
    struct store_binding *binding = &reader->list[reader->n++];
    *binding = (struct store_binding){
        .cseq = (uint32_t)sqlite3_column_int64(row, 5),
        .q = sqlite3_column_int(row, 6),
        .expires_s = sqlite3_column_int64(row, 7),
    };
    for (int s = 0; s < STRINGS; s++)
        if (!(*string_at(binding, s) = copy_column(row, columns[s])))
            return -ENOMEM;
    return 0;
}

static int read_row(struct reader *reader, sqlite3_stmt *row)
{
    int error = 0;
    char const *aor = (char const *)sqlite3_column_text(row, 0);
    if (!aor)
        return -ENOMEM;
    if (reader->aor && strcmp(reader->aor, aor) != 0)
        error = hand_over(reader);
    if (error == 0 && !reader->aor && !(reader->aor = strdup(aor)))
        error = -ENOMEM;
    return error < 0 ? error : read_binding(reader, row);
}

int store_bindings_each(struct store *store, int64_t now_s,
                        int (*fn)(void *ctx, char const *aor, struct store_binding const *list,
                                  size_t n),
                        void *ctx)
{
    struct reader reader = { .fn = fn, .ctx = ctx };
    sqlite3_stmt *rows = store_db_use(store_job_db(store), STORE_SQL_bindings_all);
    int error;
    sqlite3_bind_int64(rows, 1, now_s);
    while ((error = store_db_step(rows)) == 1 && (error = read_row(&reader, rows)) == 0)
        ;
    sqlite3_reset(rows);
    if (error == 0)
        error = hand_over(&reader);
    forget(&reader);
    free(reader.list);
    return error;
}

/* --- writing --- */

struct replacement {
    struct store_job job;
    char const *aor;
    size_t n;
    struct store_binding list[]; /* the strings stand behind it */
};

static int add_binding(struct store_db *db, char const *aor, struct store_binding const *binding)
{
    sqlite3_stmt *add = store_db_use(db, STORE_SQL_binding_add);
    sqlite3_bind_text(add, 1, aor, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 2, binding->contact, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 3, binding->path, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 4, binding->received, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 5, binding->call_id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(add, 6, binding->cseq);
    sqlite3_bind_int(add, 7, binding->q);
    sqlite3_bind_int64(add, 8, binding->expires_s);
    sqlite3_bind_text(add, 9, binding->user_agent, -1, SQLITE_STATIC);
    return store_db_step(add);
}

static int run_replacement(struct store_db *db, struct store_job const *job)
{
    struct replacement const *all = (struct replacement const *)job;
    sqlite3_stmt *clear = store_db_use(db, STORE_SQL_bindings_clear);
    sqlite3_bind_text(clear, 1, all->aor, -1, SQLITE_STATIC);
    int error = store_db_step(clear);
    for (size_t i = 0; error == 0 && i < all->n; i++)
        error = add_binding(db, all->aor, &all->list[i]);
    return error;
}

static char *append(char **end, char const *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*end, text, size);
    *end += size;
    return copy;
}

static struct replacement *pack(char const *aor, struct store_binding const *list, size_t n)
{
    size_t size = sizeof(struct replacement) + n * sizeof *list, bytes = strlen(aor) + 1;
    struct store_binding binding;
    for (size_t i = 0; i < n; i++) {
        binding = list[i];
        for (int s = 0; s < STRINGS; s++)
            bytes += strlen(*string_at(&binding, s)) + 1;
    }
    struct replacement *all = calloc(1, size + bytes);
    if (!all)
        return NULL;
    char *end = (char *)all + size;
    all->job.run = run_replacement;
    all->aor = append(&end, aor);
    all->n = n;
    for (size_t i = 0; i < n; i++) {
        all->list[i] = list[i];
        for (int s = 0; s < STRINGS; s++) {
            char const **string = string_at(&all->list[i], s);
            *string = append(&end, *string);
        }
    }
    return all;
}

int store_bindings_replace(struct store_link *link, char const *aor,
                           struct store_binding const *list, size_t n, store_done_fn *done,
                           void *ctx)
{
    struct replacement *all = pack(aor, list, n);
    return store_job_submit(link, all ? &all->job : NULL, done, ctx);
}

struct purge {
    struct store_job job;
    int64_t now_s;
};

static int run_purge(struct store_db *db, struct store_job const *job)
{
    sqlite3_stmt *purge = store_db_use(db, STORE_SQL_bindings_purge);
    sqlite3_bind_int64(purge, 1, ((struct purge const *)job)->now_s);
    return store_db_step(purge);
}

int store_bindings_purge(struct store_link *link, int64_t now_s)
{
    struct purge *purge = calloc(1, sizeof *purge);
    if (purge)
        *purge = (struct purge){ .job = { .run = run_purge }, .now_s = now_s };
    return store_job_submit(link, purge ? &purge->job : NULL, NULL, NULL);
}
