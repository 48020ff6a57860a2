/* SPDX-License-Identifier: Apache-2.0 */
/* Writing people, devices and lines: see store_people_change.h. */
#include "store_people_change.h"
#include "store_write.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int store_people_begin(struct store *store, int64_t known)
{
    return store_write_begin(store_job_db(store), STORE_SQL_revision_get, known);
}

int store_people_end(struct store *store, bool commit)
{
    return store_write_end(store_job_db(store), STORE_SQL_revision_bump, commit);
}

int store_people_put_user(struct store *store, struct store_person const *person,
                          char const *groups)
{
    sqlite3_stmt *write = store_db_use(store_job_db(store), STORE_SQL_person_put);

    sqlite3_bind_text(write, 1, person->id, -1, SQLITE_STATIC);
    sqlite3_bind_text(write, 2, person->mail, -1, SQLITE_STATIC);
    sqlite3_bind_text(write, 3, person->sip, -1, SQLITE_STATIC);
    sqlite3_bind_int(write, 4, person->rcc);
    sqlite3_bind_text(write, 5, groups, -1, SQLITE_STATIC);
    return store_db_step(write);
}

static int put_owners(struct store_db *db, char const *device, char const *const *users, size_t n)
{
    int error = store_write_texts(db, STORE_SQL_owners_clear_device, STORE_TEXTS(device));

    for (size_t i = 0; error == 0 && i < n; i++)
        error = store_write_texts(db, STORE_SQL_owner_put, STORE_TEXTS(device, users[i]));
    return error;
}

int store_people_put_device(struct store *store, struct store_device const *device,
                            char const *const *users, size_t n)
{
    struct store_db *db = store_job_db(store);
    sqlite3_stmt *write = store_db_use(db, STORE_SQL_device_put);

    sqlite3_bind_text(write, 1, device->name, -1, SQLITE_STATIC);
    sqlite3_bind_int(write, 2, device->soft);
    sqlite3_bind_text(write, 3, device->partition, -1, SQLITE_STATIC);
    sqlite3_bind_int(write, 4, device->registered);
    sqlite3_bind_text(write, 5, device->mobility, -1, SQLITE_STATIC);
    int error = store_db_step(write);
    return error < 0 ? error : put_owners(db, device->name, users, n);
}

int store_people_put_line(struct store *store, char const *number, char const *partition,
                          char const *const *devices, size_t n)
{
    struct store_db *db = store_job_db(store);
    int error = store_write_texts(db, STORE_SQL_line_put, STORE_TEXTS(number, partition));

    if (error == 0)
        error =
            store_write_texts(db, STORE_SQL_appearances_clear_line, STORE_TEXTS(number, partition));
    for (size_t i = 0; error == 0 && i < n; i++) {
        sqlite3_stmt *write = store_db_use(db, STORE_SQL_appearance_put);
        sqlite3_bind_int64(write, 4, (sqlite3_int64)i);
        sqlite3_bind_text(write, 1, number, -1, SQLITE_STATIC);
        sqlite3_bind_text(write, 2, partition, -1, SQLITE_STATIC);
        sqlite3_bind_text(write, 3, devices[i], -1, SQLITE_STATIC);
        error = store_db_step(write);
    }
    return error;
}

/* Drops the thing itself with the first statement, then what belongs to it with the others. */
static int drop(struct store *store, enum store_statement const *statements, size_t n,
                char const *const texts[static STORE_TEXTS_MAX])
{
    struct store_db *db = store_job_db(store);
    int error = 0;

    for (size_t i = 0; error == 0 && i < n; i++) {
        error = store_write_texts(db, statements[i], texts);
        if (i == 0 && error == 0 && !store_db_changed(db))
            error = -ENOENT;
    }
    return error;
}

int store_people_drop_user(struct store *store, char const *id)
{
    static enum store_statement const all[] = { STORE_SQL_person_drop, STORE_SQL_owners_clear_user,
                                                STORE_SQL_mobility_clear_user,
                                                STORE_SQL_choices_clear_user };

    return drop(store, all, sizeof all / sizeof all[0], STORE_TEXTS(id));
}

int store_people_drop_device(struct store *store, char const *name)
{
    static enum store_statement const all[] = { STORE_SQL_device_drop,
                                                STORE_SQL_owners_clear_device,
                                                STORE_SQL_appearances_clear_device,
                                                STORE_SQL_choices_clear_device };

    return drop(store, all, sizeof all / sizeof all[0], STORE_TEXTS(name));
}

int store_people_drop_line(struct store *store, char const *number, char const *partition)
{
    static enum store_statement const all[] = { STORE_SQL_line_drop,
                                                STORE_SQL_appearances_clear_line,
                                                STORE_SQL_choices_clear_line };

    return drop(store, all, sizeof all / sizeof all[0], STORE_TEXTS(number, partition));
}

int store_people_check(struct store *store, unsigned max_devices,
                       void (*fn)(void *ctx, enum store_people_fault fault, char const *name,
                                  char const *of),
                       void *ctx)
{
    static enum store_statement const all[] = {
        [STORE_PEOPLE_NO_DEVICE] = STORE_SQL_check_devices,
        [STORE_PEOPLE_NO_USER] = STORE_SQL_check_users,
        [STORE_PEOPLE_TOO_MANY] = STORE_SQL_check_limit,
    };
    struct store_db *db = store_job_db(store);
    int error = 0;

    for (size_t i = 0; error == 0 && i < sizeof all / sizeof all[0]; i++) {
        sqlite3_stmt *rows = store_db_use(db, all[i]);
        if (i == STORE_PEOPLE_TOO_MANY)
            sqlite3_bind_int64(rows, 1, max_devices ? max_devices : INT64_MAX);
        while ((error = store_db_step(rows)) == 1)
            fn(ctx, (enum store_people_fault)i, (char const *)sqlite3_column_text(rows, 0),
               (char const *)sqlite3_column_text(rows, 1));
    }
    return error;
}

/* --- while the gateway runs ------------------------------------------------------------------- */

int store_people_choose(struct store_link *link, struct store_choice const *choice,
                        store_done_fn *done, void *ctx)
{
    return store_write_submit(
        link, STORE_SQL_choice_put,
        STORE_TEXTS(choice->user, choice->number, choice->partition, choice->device), done, ctx);
}

int store_people_register(struct store_link *link, char const *device, bool is_registered,
                          store_done_fn *done, void *ctx)
{
    /* The column is an integer, and makes one of the text. */
    return store_write_submit(link, STORE_SQL_device_registered,
                              STORE_TEXTS(device, is_registered ? "1" : "0"), done, ctx);
}
