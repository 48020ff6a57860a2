/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the folder: nothing leaves it, nothing is overwritten, nothing breaks off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "job_folder.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/crosspoint-folder-XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/capture", dir);
    return 0;
}

static void test_makes_folder_and_files(void **state)
{
    struct job_folder folder;
    struct stat status;
    (void)state;

    assert_int_equal(job_folder_init(&folder, path, 0), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    int fd = job_folder_create(&folder, "a.pcapng");
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    close(fd);
    assert_int_equal(job_folder_create(&folder, "a.pcapng"), -EEXIST);
    job_folder_remove(&folder, "a.pcapng");
    job_folder_remove(&folder, "a.pcapng");
    job_folder_fini(&folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void test_stays_in_folder(void **state)
{
    static char const *const names[] = { "", ".", "..", "../x", "/tmp/x", "a/b", ".hidden" };
    char link[96];
    struct job_folder folder;
    (void)state;

    assert_int_equal(job_folder_init(&folder, path, 0), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(job_folder_create(&folder, names[i]), -EINVAL);
    (void)snprintf(link, sizeof link, "%s/link", path);
    assert_int_equal(symlink("/tmp/crosspoint-must-not-be-made", link), 0);
    assert_int_equal(job_folder_create(&folder, "link"), -EEXIST);
    assert_int_not_equal(access("/tmp/crosspoint-must-not-be-made", F_OK), 0);
    job_folder_remove(&folder, "link");
    job_folder_fini(&folder);
    rmdir(path);
    rmdir(dir);
}

static void test_folder_cannot_be_made(void **state)
{
    struct job_folder folder;
    (void)state;

    assert_int_equal(job_folder_init(&folder, "/nonexistent/x", 0), -ENOENT);
    job_folder_fini(&folder);
    assert_int_equal(job_folder_init(&folder, "/dev/null", 0), -ENOTDIR);
    job_folder_fini(&folder);
    rmdir(dir);
}

static void test_append_is_whole_or_nothing(void **state)
{
    struct rlimit before, limit;
    struct job_folder folder;
    struct stat status;
    uint64_t size = 0;
    char bytes[4096] = { 0 };
    (void)state;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = (struct rlimit){ 5000, before.rlim_max };
    assert_int_equal(job_folder_init(&folder, path, 0), 0);
    int fd = job_folder_create(&folder, "a");
    setrlimit(RLIMIT_FSIZE, &limit);
    assert_int_equal(job_folder_append(&folder, fd, &size, bytes, sizeof bytes), 0);
    int error = job_folder_append(&folder, fd, &size, bytes, sizeof bytes);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(error, -EFBIG);
    assert_int_equal(size, sizeof bytes);
    fstat(fd, &status);
    assert_int_equal(status.st_size, sizeof bytes);
    folder.min_free = UINT64_C(1) << 60;
    assert_int_equal(job_folder_append(&folder, fd, &size, bytes, 1), -ENOSPC);
    folder.min_free = 1;
    assert_int_equal(job_folder_append(&folder, fd, &size, bytes, 1), 0);
    close(fd);
    /* Writing to it always finds the disk full. */
    fd = open("/dev/full", O_WRONLY);
    size = 0;
    assert_int_equal(job_folder_append(&folder, fd, &size, bytes, 1), -ENOSPC);
    assert_int_equal(size, 0);
    close(fd);
    job_folder_remove(&folder, "a");
    job_folder_fini(&folder);
    rmdir(path);
    rmdir(dir);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup(test_makes_folder_and_files, setup),
        cmocka_unit_test_setup(test_stays_in_folder, setup),
        cmocka_unit_test_setup(test_folder_cannot_be_made, setup),
        cmocka_unit_test_setup(test_append_is_whole_or_nothing, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
