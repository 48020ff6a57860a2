/* SPDX-License-Identifier: Apache-2.0 */
/* Lines in any pieces, too long, and without an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "line_reader.h"
#include <string.h>

static struct line_reader reader;

static void on_line(void *ctx, char const *line)
{
    buf_printf(ctx, "[%s]", line);
}

static void test_pieces(void **state)
{
    static char const text[] = "one\n\ntwo \0 x\nrest";
    struct buf seen;
    (void)state;

    for (size_t piece = 1; piece < sizeof text; piece++) {
        buf_init(&seen, 1000);
        for (size_t at = 0; at < sizeof text - 1; at += piece) {
            size_t left = sizeof text - 1 - at;

            line_reader_feed(&reader, text + at, left < piece ? left : piece, on_line, &seen);
        }
        assert_string_equal(buf_text(&seen), "[one][][two ? x]");
        line_reader_end(&reader, on_line, &seen);
        line_reader_end(&reader, on_line, &seen);
        assert_string_equal(buf_text(&seen), "[one][][two ? x][rest]");
        buf_fini(&seen);
    }
}

static void test_a_long_line_is_cut(void **state)
{
    static char text[LINE_READER_MAX + 10];
    struct buf seen;
    (void)state;

    memset(text, 'x', sizeof text);
    buf_init(&seen, 100000);
    line_reader_feed(&reader, text, sizeof text, on_line, &seen);
    assert_int_equal(seen.len, LINE_READER_MAX + 2);
    line_reader_end(&reader, on_line, &seen);
    assert_int_equal(seen.len, LINE_READER_MAX + 10 + 4);
    buf_fini(&seen);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_a_long_line_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
