/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and asking SQLite: see store_db.h. */
#define LOG_SUBSYSTEM LOG_STORE
#include "store_db.h"
#include "log.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { APPLICATION_ID = 0x43725074, BUSY_MS = 5000, RETRY_MS = 10 };

/* Step i brings a file from version i to i + 1; a step that was released never changes. */
static char const *const migrations[] = {
    "CREATE TABLE users (name TEXT NOT NULL, domain TEXT NOT NULL, realm TEXT NOT NULL,"
    " ha1_md5 TEXT NOT NULL, ha1_sha256 TEXT NOT NULL, enabled INTEGER NOT NULL,"
    " created INTEGER NOT NULL, PRIMARY KEY (name, domain)) WITHOUT ROWID;"
    "CREATE TABLE bindings (aor TEXT NOT NULL, contact TEXT NOT NULL, path TEXT NOT NULL,"
    " received TEXT NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL, q INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, user_agent TEXT NOT NULL, PRIMARY KEY (aor, contact))"
    " WITHOUT ROWID;",
    "CREATE TABLE people (id TEXT NOT NULL PRIMARY KEY, mail TEXT NOT NULL, sip TEXT NOT NULL,"
    " rcc INTEGER NOT NULL, member_of TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX people_mail ON people (mail COLLATE NOCASE) WHERE mail != '';"
    "CREATE UNIQUE INDEX people_sip ON people (sip COLLATE NOCASE) WHERE sip != '';"
    "CREATE TABLE devices (name TEXT NOT NULL PRIMARY KEY, soft INTEGER NOT NULL,"
    " partition TEXT NOT NULL, registered INTEGER NOT NULL, mobility TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX devices_mobility ON devices (mobility) WHERE mobility != '';"
    "CREATE TABLE device_users (device TEXT NOT NULL, user TEXT NOT NULL,"
    " PRIMARY KEY (device, user)) WITHOUT ROWID;"
    "CREATE INDEX device_users_user ON device_users (user);"
    "CREATE TABLE lines (number TEXT NOT NULL, partition TEXT NOT NULL,"
    " PRIMARY KEY (number, partition)) WITHOUT ROWID;"
    "CREATE TABLE appearances (number TEXT NOT NULL, partition TEXT NOT NULL, device TEXT NOT NULL,"
    " position INTEGER NOT NULL, PRIMARY KEY (number, partition, device)) WITHOUT ROWID;"
    "CREATE INDEX appearances_device ON appearances (device);"
    "CREATE TABLE choices (user TEXT NOT NULL, number TEXT NOT NULL, partition TEXT NOT NULL,"
    " device TEXT NOT NULL, PRIMARY KEY (user, number, partition)) WITHOUT ROWID;"
    "CREATE INDEX choices_device ON choices (device);"
    "CREATE TABLE people_revision (value INTEGER NOT NULL);"
    "INSERT INTO people_revision VALUES (1);",
    "CREATE TABLE contacts (owner TEXT NOT NULL, contact TEXT NOT NULL, nickname TEXT NOT NULL,"
    " PRIMARY KEY (owner, contact)) WITHOUT ROWID;"
    "CREATE INDEX contacts_contact ON contacts (contact);"
    "CREATE TABLE contact_groups (owner TEXT NOT NULL, contact TEXT NOT NULL, name TEXT NOT NULL,"
    " PRIMARY KEY (owner, contact, name)) WITHOUT ROWID;"
    "CREATE INDEX contact_groups_contact ON contact_groups (contact);"
    "CREATE TABLE enterprise_groups (owner TEXT NOT NULL, name TEXT NOT NULL,"
    " PRIMARY KEY (owner, name)) WITHOUT ROWID;"
    "CREATE TABLE policy_entries (owner TEXT NOT NULL, who TEXT NOT NULL, allow INTEGER NOT NULL,"
    " PRIMARY KEY (owner, who)) WITHOUT ROWID;"
    "CREATE INDEX policy_entries_who ON policy_entries (who);"
    "CREATE TABLE policies (owner TEXT NOT NULL PRIMARY KEY, fallback INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE contacts_revision (value INTEGER NOT NULL);"
    "INSERT INTO contacts_revision VALUES (1);",
    "CREATE TABLE presence_subscriptions (tag TEXT NOT NULL PRIMARY KEY, user TEXT NOT NULL,"
    " watcher TEXT NOT NULL, package TEXT NOT NULL, event_id TEXT NOT NULL, profile TEXT NOT NULL,"
    " call_id TEXT NOT NULL, remote_tag TEXT NOT NULL, local TEXT NOT NULL, remote TEXT NOT NULL,"
    " remote_uri TEXT NOT NULL, contact TEXT NOT NULL, target TEXT NOT NULL, routes TEXT NOT NULL,"
    " is_list INTEGER NOT NULL, remote_cseq INTEGER NOT NULL, cseq INTEGER NOT NULL,"
    " interval INTEGER NOT NULL, begun INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " adhoc_end INTEGER NOT NULL);"
    "CREATE TABLE presence_publications (user TEXT NOT NULL, name TEXT NOT NULL,"
    " etag TEXT NOT NULL, package TEXT NOT NULL, body TEXT NOT NULL, by_partner INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (user, name));"
    "CREATE TABLE presence_notes (user TEXT NOT NULL, what TEXT NOT NULL,"
    " expires INTEGER NOT NULL, PRIMARY KEY (user, what)) WITHOUT ROWID;",
    ("CREATE TABLE roster (user TEXT NOT NULL, jid TEXT NOT NULL, state TEXT NOT NULL,"
     " PRIMARY KEY (user, jid)) WITHOUT ROWID;"),
    ("CREATE TABLE presence_statements (user TEXT NOT NULL, kind TEXT NOT NULL,"
     " state TEXT NOT NULL, note TEXT NOT NULL, said INTEGER NOT NULL, expires INTEGER NOT NULL,"
     " PRIMARY KEY (user, kind)) WITHOUT ROWID;"),
};
enum { VERSION = sizeof migrations / sizeof *migrations };

static char const *const texts[STORE_STATEMENTS] = {
#define SQL(name, text) [STORE_SQL_##name] = text,
#include "statements.def"
#undef SQL
};

struct store_db {
    sqlite3 *sqlite;
    sqlite3_stmt *statements[STORE_STATEMENTS]; /* NULL until first used */
};

static int error_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
        return 0;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_CONSTRAINT:
        return -EEXIST;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return -EBADMSG;
    default:
        return -EIO;
    }
}

static int execute(struct store_db *db, char const *sql)
{
    return error_of(sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

static int get_pragma(struct store_db *db, char const *sql, int *ret)
{
    sqlite3_stmt *statement = NULL;
    int error = error_of(sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL));
    if (error == 0 && sqlite3_step(statement) == SQLITE_ROW)
        *ret = sqlite3_column_int(statement, 0);
    else if (error == 0)
        error = error_of(sqlite3_extended_errcode(db->sqlite));
    sqlite3_finalize(statement);
    return error;
}

/* All at one moment: another program may be making the file. */
static int look(struct store_db *db, int *ret_id, int *ret_version, int *ret_tables)
{
    int error = execute(db, "BEGIN");
    if (error == 0)
        error = get_pragma(db, "PRAGMA application_id", ret_id);
    if (error == 0)
        error = get_pragma(db, "PRAGMA user_version", ret_version);
    if (error == 0)
        error = get_pragma(db, "SELECT count(*) FROM sqlite_master", ret_tables);
    return error < 0 ? error : execute(db, "COMMIT");
}

/* A file of somebody else's must not be written to, nor one of a later Crosspoint. */
static int check_owner(struct store_db *db, char const *path, int *ret_version)
{
    int id = 0, tables = 0;
    int error = look(db, &id, ret_version, &tables);
    if (error < 0)
        return error;
    if (id != APPLICATION_ID && (id || tables)) {
        log_error(NULL, "store not opened path=\"%s\" reason=\"not a store of Crosspoint\"", path);
        return -EBADMSG;
    }
    if (*ret_version < 0 || *ret_version > VERSION) {
        log_error(NULL,
                  "store not opened path=\"%s\" reason=\"version %d is of a later Crosspoint\"",
                  path, *ret_version);
        return -EPROTO;
    }
    return 0;
}

/* A step that fails is undone when the caller closes. Another program may have taken it since we
 * looked: the version counts that is there under the lock. */
static int migrate(struct store_db *db, int version)
{
    char sql[120];
    int error = 0;
    while (error == 0 && version < VERSION) {
        if ((error = execute(db, "BEGIN IMMEDIATE")) < 0 ||
            (error = get_pragma(db, "PRAGMA user_version", &version)) < 0)
            return error;
        if (version < VERSION && (error = execute(db, migrations[version++])) < 0)
            return error;
        (void)snprintf(sql, sizeof sql,
                       "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
                       APPLICATION_ID, version);
        error = execute(db, sql);
    }
    return error;
}

/* SQLite gives its side files the mode of the main one, so that one must be private from its
 * birth: it holds what passwords are checked with. One that is there is not opened: to close it
 * would take the locks from another store of this process (POSIX), and the next program that ends
 * would remove its WAL. */
static int make_private(char const *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : -errno;
    close(fd);
    return 0;
}

/* SQLite does not wait for those who read just now when it changes to WAL. */
static int use_wal(struct store_db *db)
{
    int error = -EBUSY;
    for (int waited_ms = 0; error == -EBUSY && waited_ms < BUSY_MS; waited_ms += RETRY_MS) {
        if (waited_ms)
            sqlite3_sleep(RETRY_MS);
        error = execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    }
    return error;
}

int store_db_open(struct store_db **ret, char const *path)
{
    int version = 0, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    struct store_db *db = *ret = calloc(1, sizeof *db);
    int error = db ? make_private(path) : -ENOMEM;
    if (error < 0) {
        log_error(NULL, "store not opened path=\"%s\" error=\"%s\"", path, strerror(-error));
        goto fail;
    }
    error = error_of(sqlite3_open_v2(path, &db->sqlite, flags, NULL));
    if (error == 0)
        error = error_of(sqlite3_busy_timeout(db->sqlite, BUSY_MS));
    if (error == 0 && (error = check_owner(db, path, &version)) < 0 &&
        sqlite3_errcode(db->sqlite) == SQLITE_OK)
        goto fail; /* it has said why */
    if (error == 0)
        error = use_wal(db);
    if (error == 0)
        error = migrate(db, version);
    if (error == 0)
        return 0;
    log_error(NULL, "store not opened path=\"%s\" reason=\"%s\"", path, store_db_why(db));
fail:
    store_db_close(ret);
    return error;
}

void store_db_close(struct store_db **pdb)
{
    struct store_db *db = *pdb;
    *pdb = NULL;
    if (!db)
        return;
    for (size_t i = 0; i < STORE_STATEMENTS; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close(db->sqlite);
    free(db);
}

sqlite3_stmt *store_db_use(struct store_db *db, enum store_statement id)
{
    sqlite3_stmt **place = &db->statements[id];
    if (*place) {
        sqlite3_clear_bindings(*place);
        return *place;
    }
    if (sqlite3_prepare_v3(db->sqlite, texts[id], -1, SQLITE_PREPARE_PERSISTENT, place, NULL) !=
        SQLITE_OK)
        log_error(NULL, "store cannot prepare sql=\"%s\" reason=\"%s\"", texts[id],
                  store_db_why(db));
    return *place;
}

int store_db_step(sqlite3_stmt *statement)
{
    int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;
    if (code == SQLITE_ROW)
        return 1;
    int error = error_of(code);
    sqlite3_reset(statement);
    return error;
}

int store_db_changed(struct store_db const *db)
{
    return sqlite3_changes(db->sqlite);
}

char const *store_db_why(struct store_db const *db)
{
    return db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory";
}
