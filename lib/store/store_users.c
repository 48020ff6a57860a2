/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table "users", and all of them in memory under a lock of their own. */
#define LOG_SUBSYSTEM LOG_STORE
#include "store_users.h"
#include "htab.h"
#include "log.h"
#include "store_db.h"
#include "store_job.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct htab_entry link;
    struct store_user user; /* its strings stand behind it */
};

struct store_users {
    pthread_rwlock_t lock;
    struct htab all;
};

struct key {
    char const *name, *domain;
};

/* --- memory --- */

static uint64_t hash_of(struct key const *key)
{
    return htab_hash(key->domain, strlen(key->domain), htab_hash(key->name, strlen(key->name), 0));
}

static bool is_key(struct htab_entry const *link, void const *vkey)
{
    struct store_user const *user = &((struct entry const *)link)->user;
    struct key const *key = vkey;
    return strcmp(user->name, key->name) == 0 && strcmp(user->domain, key->domain) == 0;
}

static struct entry *find(struct store_users *users, struct key const *key)
{
    return (struct entry *)htab_find(&users->all, hash_of(key), is_key, key);
}

static struct key key_of(struct store_user const *user)
{
    return (struct key){ user->name, user->domain };
}

static struct entry *entry_new(struct store_user const *user)
{
    size_t n_name = strlen(user->name) + 1, n_domain = strlen(user->domain) + 1;
    size_t n_realm = strlen(user->realm) + 1;
    struct entry *entry = calloc(1, sizeof *entry + n_name + n_domain + n_realm);
    if (!entry)
        return NULL;
    char *at = (char *)(entry + 1);
    entry->user = *user;
    entry->user.name = memcpy(at, user->name, n_name);
    entry->user.domain = memcpy(at + n_name, user->domain, n_domain);
    entry->user.realm = memcpy(at + n_name + n_domain, user->realm, n_realm);
    return entry;
}

static void insert(struct store_users *users, struct entry *entry)
{
    struct key key = key_of(&entry->user);
    if (htab_insert(&users->all, &entry->link, hash_of(&key)) == 0)
        return;
    log_error(NULL, "user not in memory until the next start user=\"%s\"", entry->user.name);
    free(entry);
}

bool store_users_find(struct store_users *users, char const *name, char const *domain,
                      char const *realm, struct store_secret *ret)
{
    struct key key = { name, domain };
    pthread_rwlock_rdlock(&users->lock);
    struct entry const *entry = find(users, &key);
    bool found = entry && entry->user.enabled && strcmp(entry->user.realm, realm) == 0;
    if (found)
        *ret = entry->user.secret;
    pthread_rwlock_unlock(&users->lock);
    return found;
}

bool store_users_exists(struct store_users *users, char const *name, char const *domain)
{
    struct key key = { name, domain };
    pthread_rwlock_rdlock(&users->lock);
    bool found = find(users, &key) != NULL;
    pthread_rwlock_unlock(&users->lock);
    return found;
}

static int by_name(void const *a, void const *b)
{
    struct entry const *const *x = a, *const *y = b;
    int order = strcmp((*x)->user.name, (*y)->user.name);
    return order ? order : strcmp((*x)->user.domain, (*y)->user.domain);
}

int store_users_each(struct store_users *users,
                     void (*fn)(void *ctx, struct store_user const *user), void *ctx)
{
    int error = 0;
    size_t n = 0;
    pthread_rwlock_rdlock(&users->lock);
    struct entry **sorted = calloc(users->all.n + 1, sizeof *sorted);
    for (struct htab_entry *e = NULL; sorted && (e = htab_next(&users->all, e));)
        sorted[n++] = (struct entry *)e;
    if (sorted)
        qsort(sorted, n, sizeof(struct entry *), by_name);
    else
        error = -ENOMEM;
    for (size_t i = 0; i < n; i++)
        fn(ctx, &sorted[i]->user);
    pthread_rwlock_unlock(&users->lock);
    free(sorted);
    return error;
}

/* --- file --- */

static char const *column_text(sqlite3_stmt *row, int column)
{
    char const *text = (char const *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static void copy_hex(char *ret, size_t size, sqlite3_stmt *row, int column)
{
    char const *text = column_text(row, column);
    if (strlen(text) == size - 1)
        memcpy(ret, text, size);
}

static int read_user(struct store_users *users, sqlite3_stmt *row)
{
    struct store_user user = {
        .name = column_text(row, 0),
        .domain = column_text(row, 1),
        .realm = column_text(row, 2),
        .enabled = sqlite3_column_int(row, 5),
        .created_s = sqlite3_column_int64(row, 6),
    };
    copy_hex(user.secret.md5, sizeof user.secret.md5, row, 3);
    copy_hex(user.secret.sha256, sizeof user.secret.sha256, row, 4);
    struct entry *entry = entry_new(&user);
    if (!entry)
        return -ENOMEM;
    insert(users, entry);
    return 0;
}

int store_users_new(struct store_users **ret, struct store *store)
{
    struct store_users *users = *ret = calloc(1, sizeof *users);
    struct store_db *db = store_job_db(store);
    int error;
    if (!users)
        return -ENOMEM;
    pthread_rwlock_init(&users->lock, NULL);
    htab_init(&users->all);
    sqlite3_stmt *rows = store_db_use(db, STORE_SQL_users_all);
    while ((error = store_db_step(rows)) == 1 && (error = read_user(users, rows)) == 0)
        ;
    if (error == 0)
        return 0;
    log_error(NULL, "users not read reason=\"%s\"", store_db_why(db));
    sqlite3_reset(rows);
    store_users_free(ret);
    return error;
}

void store_users_free(struct store_users **pusers)
{
    struct store_users *users = *pusers;
    struct htab_entry *next;
    *pusers = NULL;
    if (!users)
        return;
    for (struct htab_entry *e = htab_next(&users->all, NULL); e; e = next) {
        next = htab_next(&users->all, e);
        free(e);
    }
    htab_fini(&users->all);
    pthread_rwlock_destroy(&users->lock);
    free(users);
}

/* --- changes --- */

struct change {
    struct store_job job;
    struct store_users *users;
    struct entry *entry; /* NULL once it is in memory */
    enum store_statement statement;
};

static void bind_secrets(sqlite3_stmt *write, struct store_user const *user)
{
    sqlite3_bind_text(write, 3, user->realm, -1, SQLITE_STATIC);
    sqlite3_bind_text(write, 4, user->secret.md5, -1, SQLITE_STATIC);
    sqlite3_bind_text(write, 5, user->secret.sha256, -1, SQLITE_STATIC);
}

static int run_change(struct store_db *db, struct store_job const *job)
{
    struct change const *change = (struct change const *)job;
    struct store_user const *user = &change->entry->user;
    sqlite3_stmt *write = store_db_use(db, change->statement);
    sqlite3_bind_text(write, 1, user->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(write, 2, user->domain, -1, SQLITE_STATIC);
    if (change->statement == STORE_SQL_user_add || change->statement == STORE_SQL_user_set)
        bind_secrets(write, user);
    if (change->statement == STORE_SQL_user_enable)
        sqlite3_bind_int(write, 3, user->enabled);
    if (change->statement == STORE_SQL_user_add) {
        sqlite3_bind_int(write, 6, user->enabled);
        sqlite3_bind_int64(write, 7, user->created_s);
    }
    int error = store_db_step(write);
    return error < 0 ? error : store_db_changed(db) ? 0 : -ENOENT;
}

/* A user's registrations go with the user. */
static int run_delete(struct store_db *db, struct store_job const *job)
{
    struct store_user const *user = &((struct change const *)job)->entry->user;
    sqlite3_stmt *clear = store_db_use(db, STORE_SQL_user_bindings_clear);
    sqlite3_bind_text(clear, 1, user->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(clear, 2, user->domain, -1, SQLITE_STATIC);
    int error = store_db_step(clear);
    return error < 0 ? error : run_change(db, job);
}

/* The file has it: now the memory. What the change does not name stays. */
static void remember(struct store_job *job)
{
    struct change *change = (struct change *)job;
    struct store_users *users = change->users;
    struct store_user *user = &change->entry->user;
    struct key key = key_of(user);
    pthread_rwlock_wrlock(&users->lock);
    struct entry *old = find(users, &key);
    if (old && change->statement == STORE_SQL_user_enable) {
        old->user.enabled = user->enabled;
        old = NULL;
    } else if (old) {
        htab_remove(&users->all, &old->link);
        user->enabled = old->user.enabled;
        user->created_s = old->user.created_s;
    }
    if (change->statement == STORE_SQL_user_add || change->statement == STORE_SQL_user_set) {
        insert(users, change->entry);
        change->entry = NULL;
    }
    pthread_rwlock_unlock(&users->lock);
    free(old);
}

static void forget(struct store_job *job)
{
    free(((struct change *)job)->entry);
}

static struct store_job *change_new(struct store_users *users, struct store_user const *user,
                                    enum store_statement statement)
{
    struct change *change = calloc(1, sizeof *change);
    struct entry *entry = entry_new(user);
    if (!change || !entry) {
        free(entry);
        free(change);
        return NULL;
    }
    change->job.run = statement == STORE_SQL_user_delete ? run_delete : run_change;
    change->job.committed = remember;
    change->job.fini = forget;
    change->users = users;
    change->entry = entry;
    change->statement = statement;
    return &change->job;
}

int store_users_add(struct store_users *users, struct store_link *link,
                    struct store_user const *user, store_done_fn *done, void *ctx)
{
    return store_job_submit(link, change_new(users, user, STORE_SQL_user_add), done, ctx);
}

int store_users_set(struct store_users *users, struct store_link *link,
                    struct store_user const *user, store_done_fn *done, void *ctx)
{
    return store_job_submit(link, change_new(users, user, STORE_SQL_user_set), done, ctx);
}

int store_users_enable(struct store_users *users, struct store_link *link,
                       struct store_user const *user, store_done_fn *done, void *ctx)
{
    return store_job_submit(link, change_new(users, user, STORE_SQL_user_enable), done, ctx);
}

int store_users_delete(struct store_users *users, struct store_link *link,
                       struct store_user const *user, store_done_fn *done, void *ctx)
{
    return store_job_submit(link, change_new(users, user, STORE_SQL_user_delete), done, ctx);
}
