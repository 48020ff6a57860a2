/* SPDX-License-Identifier: Apache-2.0 */
/* Opening of good and bad files; jobs in groups, over limits, past the end of their link; a process
 * that is killed after it was told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_bindings.h"
#include "store_metrics.h"
#include "store_rig.h"
#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store_binding const one = { .contact = "sip:a@192.0.2.1",
                                          .path = "",
                                          .received = "",
                                          .call_id = "c",
                                          .user_agent = "",
                                          .expires_s = 2000 };

static int count_one(void *ctx, char const *aor, struct store_binding const *list, size_t n)
{
    (void)aor;
    (void)list;
    *(size_t *)ctx += n;
    return 0;
}

static size_t count(struct store_rig *rig)
{
    size_t n = 0;
    store_rig_open(rig);
    assert_int_equal(store_bindings_each(rig->store, 1000, count_one, &n), 0);
    store_rig_close(rig);
    return n;
}

static void put(struct store_rig *rig, int number)
{
    char aor[32];
    (void)snprintf(aor, sizeof aor, "%d@example.test", number);
    assert_int_equal(store_bindings_replace(rig->link, aor, &one, 1, store_rig_done, rig), 0);
}

static void test_file_is_private_and_opens_again(void **state)
{
    struct store_rig rig;
    struct stat st;
    (void)state;
    store_rig_init(&rig);
    for (int i = 0; i < 2; i++) {
        store_rig_open(&rig);
        assert_int_equal(stat(rig.path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        store_rig_close(&rig);
    }
    store_rig_fini(&rig);
}

static void write_file(struct store_rig *rig, char const *text)
{
    FILE *file = fopen(rig->path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static void make_foreign(struct store_rig *rig, char const *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(rig->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_files_of_others_are_left_alone(void **state)
{
    static char const *const foreign[] = {
        "CREATE TABLE t (a); PRAGMA user_version = 1",
        "PRAGMA application_id = 42; CREATE TABLE t (a)",
    };
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        make_foreign(&rig, foreign[i]);
        assert_int_equal(store_open(&rig.store, rig.path, 1), -EBADMSG);
        assert_null(rig.store);
        assert_int_equal(unlink(rig.path), 0);
    }
    write_file(&rig, "This is a text, long enough to have a place for the header of a database.\n");
    assert_int_equal(store_open(&rig.store, rig.path, 1), -EBADMSG);
    assert_int_equal(unlink(rig.path), 0);

    store_rig_open(&rig);
    store_rig_close(&rig);
    make_foreign(&rig, "PRAGMA user_version = 99");
    assert_int_equal(store_open(&rig.store, rig.path, 1), -EPROTO);
    store_rig_fini(&rig);
}

static void test_no_such_folder(void **state)
{
    struct store *store;
    (void)state;
    assert_int_equal(store_open(&store, "/nonexistent/test.db", 1), -ENOENT);
    assert_null(store);
}

static void test_many_jobs_share_a_commit(void **state)
{
    struct store_rig rig;
    int64_t before = met_get(&store_metrics, M_commits);
    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    /* Before the thread runs, so that all of them have gathered. */
    rig.link = store_link_new(rig.store, &rig.loop);
    for (int i = 0; i < 500; i++)
        put(&rig, i);
    assert_int_equal(met_get(&store_metrics, M_waiting), 500);
    assert_int_equal(store_start(rig.store), 0);
    assert_int_equal(store_rig_wait(&rig, 500), 0);
    assert_int_equal(met_get(&store_metrics, M_commits) - before, 1);
    assert_int_equal(met_get(&store_metrics, M_waiting), 0);
    store_rig_close(&rig);
    assert_int_equal(count(&rig), 500);
    store_rig_fini(&rig);
}

static void test_queue_has_a_limit(void **state)
{
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    assert_int_equal(store_open(&rig.store, rig.path, 2), 0);
    rig.link = store_link_new(rig.store, &rig.loop);
    put(&rig, 1);
    put(&rig, 2);
    assert_int_equal(
        store_bindings_replace(rig.link, "3@example.test", &one, 1, store_rig_done, &rig), -EBUSY);
    assert_int_equal(store_start(rig.store), 0);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    store_rig_close(&rig);
    assert_int_equal(count(&rig), 2);
    store_rig_fini(&rig);
}

/* The link ends before the answer: its owner is told once, the write happens. */
static void test_link_ends_before_its_jobs(void **state)
{
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    rig.link = store_link_new(rig.store, &rig.loop);
    put(&rig, 1);
    put(&rig, 2);
    store_link_free(&rig.link);
    assert_int_equal(rig.told, 2);
    assert_int_equal(rig.error, -ECANCELED);
    assert_int_equal(store_start(rig.store), 0);
    store_rig_close(&rig);
    assert_int_equal(rig.told, 2);
    assert_int_equal(count(&rig), 2);
    store_rig_fini(&rig);
}

/* A group in which one fails: two rows with one key cannot stand together. */
static void test_a_failed_job_takes_nobody_along(void **state)
{
    struct store_binding const twice[2] = { one, one };
    struct store_rig rig;
    (void)state;
    store_rig_init(&rig);
    store_rig_open(&rig);
    rig.link = store_link_new(rig.store, &rig.loop);
    put(&rig, 1);
    assert_int_equal(
        store_bindings_replace(rig.link, "2@example.test", twice, 2, store_rig_done, &rig), 0);
    assert_int_equal(store_start(rig.store), 0);
    assert_int_equal(store_rig_wait(&rig, 2), -EEXIST);
    put(&rig, 3);
    assert_int_equal(store_rig_wait(&rig, 3), 0);
    store_rig_close(&rig);
    assert_int_equal(count(&rig), 2);
    store_rig_fini(&rig);
}

static void limit_file_size(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A full disk: the group fails as a whole and everybody is told so; the next one works. */
static void test_a_group_that_cannot_be_written(void **state)
{
    struct store_rig rig;
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    store_rig_init(&rig);
    store_rig_open(&rig);
    rig.link = store_link_new(rig.store, &rig.loop);
    for (int i = 0; i < 1000; i++)
        put(&rig, i);
    limit_file_size(32768);
    assert_int_equal(store_start(rig.store), 0);
    assert_true(store_rig_wait(&rig, 1000) < 0);
    limit_file_size(RLIM_INFINITY);
    put(&rig, 1);
    assert_int_equal(store_rig_wait(&rig, 1001), 0);
    store_rig_close(&rig);
    assert_int_equal(count(&rig), 1);
    store_rig_fini(&rig);
}

/* The child says over a pipe what it was told is done, and is killed while it goes on writing. */
static void write_until_killed(struct store_rig *rig, int pipe_fd)
{
    store_rig_open(rig);
    store_rig_start(rig);
    for (int i = 0;; i++) {
        put(rig, i);
        if (store_rig_wait(rig, i + 1) < 0 || write(pipe_fd, "x", 1) != 1)
            _exit(1);
    }
}

static void test_nothing_told_is_lost_by_a_kill(void **state)
{
    struct store_rig rig;
    int fds[2], status;
    size_t told = 0;
    char byte;
    (void)state;
    store_rig_init(&rig);
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        write_until_killed(&rig, fds[1]);
    }
    close(fds[1]);
    while (told < 50 && read(fds[0], &byte, 1) == 1)
        told++;
    kill(child, SIGKILL);
    while (read(fds[0], &byte, 1) == 1)
        told++;
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(told >= 50);
    assert_true(count(&rig) >= told);
    store_rig_fini(&rig);
}

/* A process of its own, that opens and closes the store when it is told to: forked before anything
 * is open here, for what SQLite knows of locks must not go with it. */
static pid_t start_visitor(char const *path, int *ret_fd)
{
    int fds[2];
    char go;

    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *store;
        int error = read(fds[0], &go, 1) == 1 ? store_open(&store, path, 10) : -1;
        if (error == 0)
            store_close(&store);
        _exit(error ? 1 : 0);
    }
    close(fds[0]);
    *ret_fd = fds[1];
    return child;
}

/* Two stores of one process, and another one that comes and goes: all still see each other. */
static void test_two_stores_of_one_file(void **state)
{
    struct store *second;
    struct store_rig rig;
    int status, fd;
    char wal[128];

    (void)state;
    store_rig_init(&rig);
    pid_t visitor = start_visitor(rig.path, &fd);
    store_rig_open(&rig);
    store_rig_start(&rig);
    put(&rig, 1);
    assert_int_equal(store_rig_wait(&rig, 1), 0);
    assert_int_equal(store_open(&second, rig.path, 10), 0);
    assert_int_equal(write(fd, "g", 1), 1);
    assert_int_equal(waitpid(visitor, &status, 0), visitor);
    assert_int_equal(status, 0);
    close(fd);
    (void)snprintf(wal, sizeof wal, "%s-wal", rig.path);
    assert_int_equal(access(wal, F_OK), 0);
    put(&rig, 2);
    assert_int_equal(store_rig_wait(&rig, 2), 0);
    size_t n = 0;
    assert_int_equal(store_bindings_each(second, 1000, count_one, &n), 0);
    assert_int_equal(n, 2);
    store_close(&second);
    store_rig_close(&rig);
    store_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_file_is_private_and_opens_again),
        cmocka_unit_test(test_files_of_others_are_left_alone),
        cmocka_unit_test(test_no_such_folder),
        cmocka_unit_test(test_many_jobs_share_a_commit),
        cmocka_unit_test(test_queue_has_a_limit),
        cmocka_unit_test(test_link_ends_before_its_jobs),
        cmocka_unit_test(test_a_failed_job_takes_nobody_along),
        cmocka_unit_test(test_a_group_that_cannot_be_written),
        cmocka_unit_test(test_nothing_told_is_lost_by_a_kill),
        cmocka_unit_test(test_two_stores_of_one_file),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
