/* SPDX-License-Identifier: Apache-2.0 */
/* Key logs that grow, are replaced, cut short, or are no files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "key_reader.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(char const *path, char const *mode, char const *text)
{
    FILE *out = fopen(path, mode);

    assert_non_null(out);
    fputs(text, out);
    fclose(out);
}

static void expect(struct key_reader *reader, struct buf *out, char const *text)
{
    buf_reset(out);
    assert_int_equal(key_reader_read(reader, out), 0);
    assert_string_equal(buf_text(out), text);
}

static void test_grows(void **state)
{
    char dir[] = "/tmp/crosspoint-keys-XXXXXX", path[64], other[64];
    struct key_reader reader;
    struct buf out;
    (void)state;

    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/keys", dir);
    (void)snprintf(other, sizeof other, "%s/other", dir);
    buf_init(&out, 16 << 20);
    key_reader_init(&reader, path);
    expect(&reader, &out, "");
    put(path, "w", "one\ntw");
    expect(&reader, &out, "one\n");
    expect(&reader, &out, "");
    put(path, "a", "o\n");
    expect(&reader, &out, "two\n");
    key_reader_rewind(&reader);
    expect(&reader, &out, "one\ntwo\n");
    put(path, "w", "3\n");
    expect(&reader, &out, "3\n");
    put(other, "w", "another, longer than before\n");
    assert_int_equal(rename(other, path), 0);
    expect(&reader, &out, "another, longer than before\n");
    unlink(path);
    expect(&reader, &out, "");
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_true(key_reader_read(&reader, &out) < 0);
    unlink(path);
    assert_int_equal(rmdir(dir), 0);
    buf_fini(&out);
    key_reader_init(&reader, "/dev/zero");
    assert_int_equal(key_reader_read(&reader, &out), -EACCES);
}

/* Of a large one the newest lines. */
static void test_large(void **state)
{
    char path[] = "/tmp/crosspoint-keys-XXXXXX";
    int fd = mkstemp(path);
    struct key_reader reader;
    struct buf out;
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 3 * (off_t)KEY_READER_MAX), 0);
    close(fd);
    put(path, "a", "\nlast\n");
    buf_init(&out, 64 << 20);
    key_reader_init(&reader, path);
    assert_int_equal(key_reader_read(&reader, &out), 0);
    assert_int_equal(out.len, KEY_READER_MAX);
    assert_string_equal(out.data + out.len - 5, "last\n");
    expect(&reader, &out, "");
    buf_fini(&out);
    unlink(path);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
