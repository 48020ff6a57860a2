/* SPDX-License-Identifier: Apache-2.0 */
/* Reading tables into a copy that never changes, and reading it anew in the store's thread when its
 * revision is another one. Inner part of lib/store; what the rows mean is said by those who use it.
 */
#pragma once
#include "store_arena.h"
#include "store_db.h"
#include "store_job.h"
#include <stdbool.h>
#include <stdint.h>

/** Reads one row into @p copy; returns 0 or a negative errno, which ends the reading. */
typedef int store_copy_row_fn(void *copy, sqlite3_stmt *row);

struct store_copy_table {
    enum store_statement id;
    store_copy_row_fn *fn;
};

/** Reads @p tables in their order. Returns 0, or a negative errno after logging why, with @p what
 *  the copy is of. */
int store_copy_read(struct store_db *db, struct store_copy_table const *tables, size_t n,
                    void *copy, char const *what);

/** A text column as it stands in the row; "" for NULL. */
char const *store_copy_peek(sqlite3_stmt *row, int column);

/** A copy of a text column, "" without taking memory; clears *@p ok when there was no memory. */
char const *store_copy_keep(struct store_arena *arena, sqlite3_stmt *row, int column, bool *ok);

/** Whoever takes a copy has a function of an own type, which only the kind knows. */
typedef void store_copy_any_fn(void);

/** What a copy is made of. */
struct store_copy_kind {
    enum store_statement revision; /* gives it as one number */
    int (*read)(struct store_db *db, void **ret);
    void (*hand)(store_copy_any_fn *take, void *ctx, void *copy); /* calls it */
};

/** Reads @p kind in the store's thread if its revision is not @p known, and hands the copy (which
 *  the callee owns) to @p take there. @p done is called in either case, as for every job. */
int store_copy_refresh(struct store_link *link, struct store_copy_kind const *kind, int64_t known,
                       store_copy_any_fn *take, store_done_fn *done, void *ctx);
