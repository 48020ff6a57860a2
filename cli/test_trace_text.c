/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of bytes before a terminal gets them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "trace_grid.h"
#include "trace_text.h"
#include <locale.h>
#include <string.h>

struct row {
    char const *bytes, *expected;
};

static struct row const rows[] = {
    { "plain ~", "plain ~" },
    { "\x1b[2J\x1b]0;x\x07", "?[2J?]0;x?" },
    { "a\tb\r\n\x7f", "a b???" },
    { "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
    { "\xe4\xb8\xad", "\xe4\xb8\xad" },
    /* C1 controls, alone and as UTF-8; cut; too long a form; half of a pair; too large. */
    { "\x9b\x32J", "?2J" },
    { "\xc2\x9b\x32J", "?2J" },
    { "\xc3", "?" },
    { "\xe4\xb8x", "??x" },
    { "\xc0\x9b", "??" },
    { "\xe0\x80\x9b", "???" },
    { "\xed\xa0\x80", "???" },
    { "\xf4\x90\x80\x80", "????" },
    /* What has no width of its own: right-to-left override, joiner, combining accent, BOM. */
    { "a\xe2\x80\xae\xe2\x80\x8d\xcc\x81\xef\xbb\xbf", "a????" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out;

        buf_init(&out, 65536);
        trace_text_add(&out, rows[i].bytes, strlen(rows[i].bytes));
        assert_string_equal(buf_text(&out), rows[i].expected);
        buf_fini(&out);
    }
}

/* Of any two bytes nothing is left that is a control. */
static void test_all(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        char const bytes[] = { (char)(i >> 8), (char)i };
        struct buf out;

        buf_init(&out, 64);
        trace_text_add(&out, bytes, 2);
        for (size_t at = 0; at < out.len; at++)
            assert_false((unsigned char)out.data[at] < ' ' || out.data[at] == 0x7f);
        assert_false(out.len == 2 && (unsigned char)out.data[0] == 0xc2 &&
                     (unsigned char)out.data[1] < 0xa0);
        buf_fini(&out);
    }
}

static void test_holds(void **state)
{
    (void)state;
    assert_true(trace_text_holds("abcDEF", 6, "cde"));
    assert_true(trace_text_holds("abc", 3, "abc"));
    assert_true(trace_text_holds("abc", 3, ""));
    assert_false(trace_text_holds("abcd", 3, "abcd"));
    assert_false(trace_text_holds("", 0, "a"));
}

static void assert_grid(struct trace_grid const *grid, char const *expected)
{
    struct buf out;

    buf_init(&out, 4096);
    trace_grid_print(grid, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
}

static void test_grid(void **state)
{
    struct trace_grid grid = { 0 };

    (void)state;
    assert_int_equal(trace_grid_resize(&grid, 3, 6), 0);
    assert_int_equal(trace_grid_puts(&grid, 0, 2, TRACE_PLAIN, "abcdef"), 6);
    assert_int_equal(trace_grid_puts(&grid, 1, -2, TRACE_FAULT, "abc\x1b"), 2);
    trace_grid_puts(&grid, 3, 0, TRACE_PLAIN, "below");
    trace_grid_puts(&grid, -1, 0, TRACE_PLAIN, "above");
    assert_grid(&grid, "  abcd\nc?\n\n");
    assert_int_equal(grid.cells[6].style, TRACE_FAULT);
    trace_grid_set_row(&grid, 1, TRACE_CURSOR);
    assert_int_equal(grid.cells[11].style, TRACE_CURSOR);
    trace_grid_set_row(&grid, 3, TRACE_CURSOR);
    assert_int_equal(trace_grid_resize(&grid, 0, 0), 0);
    trace_grid_puts(&grid, 0, 0, TRACE_PLAIN, "nowhere");
    assert_grid(&grid, "");
    trace_grid_fini(&grid);
}

/* Characters of two cells: at an edge, and half written over, there is a blank. */
static void test_wide(void **state)
{
    struct trace_grid grid = { 0 };

    (void)state;
    assert_int_equal(trace_grid_resize(&grid, 1, 5), 0);
    trace_grid_puts(&grid, 0, 0, TRACE_PLAIN, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad");
    assert_grid(&grid, "\xe4\xb8\xad\xe4\xb8\xad\n");
    trace_grid_puts(&grid, 0, 1, TRACE_PLAIN, "x");
    assert_grid(&grid, " x\xe4\xb8\xad\n");
    trace_grid_puts(&grid, 0, 2, TRACE_PLAIN, "y");
    assert_grid(&grid, " xy\n");
    trace_grid_puts(&grid, 0, -1, TRACE_PLAIN, "\xe4\xb8\xad");
    assert_grid(&grid, " xy\n");
    trace_grid_fini(&grid);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows), cmocka_unit_test(test_all),  cmocka_unit_test(test_holds),
        cmocka_unit_test(test_grid), cmocka_unit_test(test_wide),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
