/* SPDX-License-Identifier: Apache-2.0 */
/* An archive is there as a whole, for its owner only, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bundle_archive.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1795286400, LARGE = 1 << 20 };

static char folder[] = "/tmp/test_bundle_archive.XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/test_bundle_archive.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.tar.gz", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    rmdir(folder);
    return 0;
}

static void expect(struct archive *archive, char const *name, char const *text)
{
    struct archive_entry *entry;
    char found[64] = "";

    assert_int_equal(archive_read_next_header(archive, &entry), ARCHIVE_OK);
    assert_string_equal(archive_entry_pathname(entry), name);
    assert_int_equal(archive_entry_perm(entry), 0600);
    assert_int_equal(archive_entry_mtime(entry), NOW);
    assert_int_equal(archive_read_data(archive, found, sizeof found - 1), strlen(text));
    assert_string_equal(found, text);
}

static void test_files(void **state)
{
    struct bundle_archive *a;
    struct archive_entry *entry;
    struct stat st;
    FILE *file = tmpfile();
    (void)state;

    fputs("from a file", file);
    assert_int_equal(bundle_archive_open(&a, path, "stem", NOW), 0);
    assert_int_equal(bundle_archive_add(a, "one", "first", 5), 0);
    assert_int_equal(bundle_archive_add_file(a, "two/three", file), 0);
    assert_int_equal(bundle_archive_close(&a), 0);
    assert_null(a);
    fclose(file);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    struct archive *in = archive_read_new();
    archive_read_support_filter_gzip(in);
    archive_read_support_format_tar(in);
    assert_int_equal(archive_read_open_filename(in, path, 10240), ARCHIVE_OK);
    expect(in, "stem/one", "first");
    expect(in, "stem/two/three", "from a file");
    assert_int_equal(archive_read_next_header(in, &entry), ARCHIVE_EOF);
    archive_read_free(in);

    assert_int_equal(bundle_archive_open(&a, path, "stem", NOW), -EEXIST);
    assert_int_equal(bundle_archive_open(&a, "/nowhere/x", "stem", NOW), -ENOENT);
}

/* What does not compress fills the disk soon. */
static void test_full_disk(void **state)
{
    static unsigned char noise[LARGE];
    struct rlimit limit, before;
    struct bundle_archive *a;
    uint32_t seed = 1;
    (void)state;

    for (size_t i = 0; i < sizeof noise; i++) {
        seed = seed * 1664525 + 1013904223;
        noise[i] = (unsigned char)(seed >> 24);
    }
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = (struct rlimit){ 65536, before.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(bundle_archive_open(&a, path, "stem", NOW), 0);
    (void)bundle_archive_add(a, "noise", noise, sizeof noise);
    (void)bundle_archive_add(a, "more", "x", 1);
    int error = bundle_archive_close(&a);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(error, -EFBIG);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
    };
    return cmocka_run_group_tests_name("bundle_archive", tests, NULL, NULL);
}
