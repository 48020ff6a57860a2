/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are written whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "cert_file.h"
#include "secure_rig.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int setup(void **state)
{
    (void)secure_rig_begin(state, NULL, 0);
    return 0;
}

static int put(char const *path, char const *text, struct cert_file_how const *how)
{
    struct buf bytes;

    buf_init(&bytes, 1024);
    buf_puts(&bytes, text);
    int error = cert_file_write(path, &bytes, how);
    buf_fini(&bytes);
    return error;
}

static void assert_file(char const *path, char const *text, mode_t mode)
{
    char read_text[64] = "";
    struct stat st;
    FILE *in = fopen(path, "r");

    assert_non_null(in);
    assert_non_null(fgets(read_text, sizeof read_text, in));
    fclose(in);
    assert_string_equal(read_text, text);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, mode);
}

static int count_files(struct secure_rig const *rig)
{
    DIR *dir = opendir(rig->dir);
    struct dirent const *entry;
    int n = 0;

    while ((entry = readdir(dir)))
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static void test_modes(void **state)
{
    struct cert_file_how const open = { 0 }, secret = { .is_secret = true };
    struct cert_file_how const replace = { .replace = true };
    struct cert_file_how const replace_secret = { .is_secret = true, .replace = true };
    char a[SECURE_RIG_PATH], b[SECURE_RIG_PATH];

    secure_rig_path(*state, "a", a);
    secure_rig_path(*state, "b", b);
    assert_int_equal(put(a, "1", &open), 0);
    assert_file(a, "1", 0644);
    assert_int_equal(put(a, "2", &open), -EEXIST);
    assert_file(a, "1", 0644);
    assert_int_equal(chmod(a, 0640), 0);
    assert_int_equal(put(a, "2", &replace), 0);
    assert_file(a, "2", 0640);
    assert_int_equal(put(a, "3", &replace_secret), 0); /* never left open */
    assert_file(a, "3", 0600);
    assert_int_equal(put(b, "1", &secret), 0);
    assert_file(b, "1", 0600);
    assert_int_equal(count_files(*state), 2); /* nothing temporary stays */
}

static void test_links_are_not_followed(void **state)
{
    struct cert_file_how const open = { 0 }, replace = { .replace = true };
    char a[SECURE_RIG_PATH], link[SECURE_RIG_PATH];
    struct stat st;

    secure_rig_path(*state, "a", a);
    secure_rig_path(*state, "link", link);
    assert_int_equal(symlink("a", link), 0);
    assert_int_equal(put(link, "4", &open), -EEXIST);
    assert_int_equal(put(link, "4", &replace), 0);
    assert_file(link, "4", 0644);
    assert_file(a, "3", 0600);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(unlink(link), 0);
    assert_int_equal(symlink("nowhere", link), 0);
    assert_int_equal(put(link, "5", &open), -EEXIST);
}

static void test_old_is_kept(void **state)
{
    struct cert_file_how const replace = { .replace = true };
    char c[SECURE_RIG_PATH], old[SECURE_RIG_PATH];

    secure_rig_path(*state, "c", c);
    secure_rig_path(*state, "c.old", old);
    assert_int_equal(cert_file_keep_old(c), 0); /* there is nothing to keep */
    assert_int_equal(put(c, "1", &replace), 0);
    for (int i = 0; i < 2; i++) { /* the second time, both names are of one file */
        assert_int_equal(cert_file_keep_old(c), 0);
        assert_file(old, "1", 0644);
        assert_file(c, "1", 0644);
    }
    assert_int_equal(put(c, "2", &replace), 0);
    assert_file(old, "1", 0644);
    assert_int_equal(cert_file_keep_old(c), 0);
    assert_file(old, "2", 0644);
}

static void test_faults(void **state)
{
    struct cert_file_how const replace = { .replace = true };
    char path[SECURE_RIG_PATH];
    struct buf bytes;
    int before = count_files(*state);

    secure_rig_path(*state, "no/such/folder", path);
    assert_int_equal(put(path, "1", &replace), -ENOENT);
    assert_int_equal(put(((struct secure_rig *)*state)->dir, "1", &replace), -EISDIR);
    buf_init(&bytes, 1);
    buf_puts(&bytes, "too long");
    secure_rig_path(*state, "never", path);
    assert_int_equal(cert_file_write(path, &bytes, &replace), -ENOMEM);
    buf_fini(&bytes);
    assert_int_equal(count_files(*state), before);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_links_are_not_followed),
        cmocka_unit_test(test_old_is_kept),
        cmocka_unit_test(test_faults),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
