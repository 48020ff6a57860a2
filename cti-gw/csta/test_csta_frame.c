/* SPDX-License-Identifier: Apache-2.0 */
/* Frames whole, split at each byte, several in a row, and lying headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "csta_frame.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct {
    char const *data;
    size_t len;
    int result;
    unsigned invoke_id;
    char const *xml;
} const vectors[] = {
    /* clang-format off */
    { "\0\0\0\x0c"
      "0001<a/>",
      12, 12, 1, "<a/>" },
    { "\0\0\0\x0c"
      "9999<b/>rest",
      16, 12, CSTA_INVOKE_EVENT, "<b/>" },
    { "\0\0\0\x0c"
      "9998<b/>",
      12, 12, 9998, "<b/>" },
    { "\0\0\0\x08"
      "0000",
      8, 8, 0, "" },
    { "", 0, 0, 0, NULL },
    { "\0", 1, 0, 0, NULL },
    { "\0\0\0\x0c"
      "0001<a",
      10, 0, 0, NULL },
    { "\0\0\xff\xff"
      "0001<a/>",
      12, 0, 0, NULL },
    /* another protocol, seen at its first wrong byte */
    { "G", 1, -EPROTO, 0, NULL },
    { "GET / HTTP/1.1\r\n\r\n", 18, -EPROTO, 0, NULL },
    { "<?xml", 5, -EPROTO, 0, NULL },
    { "\0\x01", 2, -EPROTO, 0, NULL },
    { "\x01\0\0\x0c"
      "0001<a/>",
      12, -EPROTO, 0, NULL },
    /* lengths that cannot be */
    { "\0\0\0\0", 4, -EPROTO, 0, NULL },
    { "\0\0\0\x07", 4, -EPROTO, 0, NULL },
    { "\0\0\0\x04"
      "0001",
      8, -EPROTO, 0, NULL },
    /* invoke IDs that are no digits, also when they are not all there yet */
    { "\0\0\0\x0c"
      "00a1<a/>",
      12, -EPROTO, 0, NULL },
    { "\0\0\0\x0c"
      "-001<a/>",
      12, -EPROTO, 0, NULL },
    { "\0\0\0\x0c"
      " 001<a/>",
      12, -EPROTO, 0, NULL },
    { "\0\0\0\x0c"
      "0x",
      6, -EPROTO, 0, NULL },
    { "\0\0\0\x0c"
      "000\xff",
      8, -EPROTO, 0, NULL },
    /* clang-format on */
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct csta_frame frame = { 0 };
        char *copy = malloc(vectors[i].len + 1); /* exact size for the sanitizers */
        memcpy(copy, vectors[i].data, vectors[i].len);
        copy = realloc(copy, vectors[i].len ? vectors[i].len : 1);
        int got = csta_frame_parse(copy, vectors[i].len, &frame);
        if (got != vectors[i].result)
            fail_msg("row %zu: %d", i, got);
        if (got > 0) {
            assert_int_equal(frame.invoke_id, vectors[i].invoke_id);
            assert_int_equal(frame.len, strlen(vectors[i].xml));
            assert_memory_equal(frame.xml, vectors[i].xml, frame.len);
        }
        free(copy);
    }
}

static void test_split_at_each_byte(void **state)
{
    struct csta_frame frame;
    struct buf out;
    (void)state;

    buf_init(&out, 1000);
    assert_int_equal(csta_frame_print(42, "<a>text</a>", 11, &out), 0);
    assert_int_equal(csta_frame_print(CSTA_INVOKE_EVENT, "<b/>", 4, &out), 0);
    assert_int_equal(out.len, 19 + 12);
    for (size_t len = 0; len < 19; len++)
        assert_int_equal(csta_frame_parse(out.data, len, &frame), 0);
    for (size_t len = 19; len <= out.len; len++) {
        assert_int_equal(csta_frame_parse(out.data, len, &frame), 19);
        assert_int_equal(frame.invoke_id, 42);
        assert_int_equal(frame.len, 11);
    }
    buf_consume(&out, 19);
    for (size_t len = 0; len < 12; len++)
        assert_int_equal(csta_frame_parse(out.data, len, &frame), 0);
    assert_int_equal(csta_frame_parse(out.data, 12, &frame), 12);
    assert_int_equal(frame.invoke_id, CSTA_INVOKE_EVENT);
    buf_fini(&out);
}

static void test_print(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 1000);
    assert_int_equal(csta_frame_print(7, "<a/>", 4, &out), 0);
    assert_int_equal(out.len, 12);
    assert_memory_equal(out.data,
                        "\0\0\0\x0c"
                        "0007<a/>",
                        12);
    assert_int_equal(csta_frame_print(10000, "<a/>", 4, &out), -EMSGSIZE);
    assert_int_equal(out.len, 12);
    buf_fini(&out);
}

static void test_largest(void **state)
{
    static char xml[CSTA_FRAME_MAX];
    struct csta_frame frame;
    struct buf out;
    (void)state;

    memset(xml, 'x', sizeof xml);
    buf_init(&out, 1 << 20);
    assert_int_equal(csta_frame_print(1, xml, CSTA_FRAME_MAX - CSTA_FRAME_HEADER, &out), 0);
    assert_int_equal(csta_frame_parse(out.data, out.len, &frame), CSTA_FRAME_MAX);
    assert_int_equal(csta_frame_parse(out.data, out.len - 1, &frame), 0);
    assert_int_equal(csta_frame_print(1, xml, CSTA_FRAME_MAX - CSTA_FRAME_HEADER + 1, &out),
                     -EMSGSIZE);
    assert_int_equal(csta_frame_print(1, xml, SIZE_MAX, &out), -EMSGSIZE);
    assert_int_equal(out.len, CSTA_FRAME_MAX);
    buf_fini(&out);

    buf_init(&out, 10);
    assert_int_equal(csta_frame_print(1, "<a/>", 4, &out), -EMSGSIZE);
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_split_at_each_byte),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_largest),
    };
    return cmocka_run_group_tests_name("csta_frame", tests, NULL, NULL);
}
