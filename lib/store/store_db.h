/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite connection of a store: opening, versions, prepared statements. Inner part of
 * lib/store, and with its .c file the only place that knows how SQLite is opened and asked. Used
 * by one thread at a time: the opening one until store_start(), then the store's. */
#pragma once
#include <sqlite3.h>

struct store_db;

enum store_statement {
#define SQL(name, text) STORE_SQL_##name,
#include "statements.def"
#undef SQL
    STORE_STATEMENTS
};

/** Opens, checks that the file is ours, migrates. Returns 0, or a negative errno after logging why.
 */
int store_db_open(struct store_db **ret, char const *path);
void store_db_close(struct store_db **pdb);

/** The prepared statement, reset and with nothing bound; NULL after logging why. Borrowed. */
sqlite3_stmt *store_db_use(struct store_db *db, enum store_statement id);

/** Moves @p statement on, or to its end if it gives no rows. Returns 1 for a row; 0 at the end or a
 *  negative errno, and the statement is reset: -EEXIST for a key that is there already, -EIO for
 *  NULL. */
int store_db_step(sqlite3_stmt *statement);

/** Rows that the last statement changed. */
int store_db_changed(struct store_db const *db);

/** What the library says of the last failure, for the log. Borrowed until the next call. */
char const *store_db_why(struct store_db const *db);
