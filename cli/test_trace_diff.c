/* SPDX-License-Identifier: Apache-2.0 */
/* Differences between two texts, printed as "-b" for what was taken away and "+c" for what was
 * added. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "trace_diff.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    char const *old, *new, *expected;
};

static struct row const rows[] = {
    { "", "", "" },
    { "a\n", "", "-a\n" },
    { "", "a\n", "+a\n" },
    { "a\nb\nc\n", "a\nb\nc\n", " a\n b\n c\n" },
    { "a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c\n" },
    { "a\nb\nc\nd\n", "b\nd\ne\n", "-a\n b\n-c\n d\n+e\n" },
    { "a\nb\n", "b\na\n", "-a\n b\n+a\n" },
    /* The longest, not the first: greedy matching of x would lose b and c. */
    { "x\nb\nc\n", "b\nc\nx\n", "-x\n b\n c\n+x\n" },
    { "a\na\na\n", "a\na\n", " a\n a\n-a\n" },
    /* The end of a line is no part of it; a last line needs none. */
    { "a\r\nb", "a\nb\n", " a\n b\n" },
    { "a\n\nb\n", "a\nb\n", " a\n-\n b\n" },
    /* A body of XML on one line. */
    { "<a><b>1</b><c/></a>", "<a><b>2</b><c/></a>", " <a>\n-<b>1</b>\n+<b>2</b>\n <c/>\n </a>\n" },
    { "a > <b", "a > <b", " a > <b\n" },
};

static void print(struct trace_diff const *diff, struct buf *out)
{
    for (size_t i = 0; i < diff->n; i++)
        buf_printf(out, "%c%.*s\n", " -+"[diff->lines[i].kind], (int)diff -> lines[i].text.len,
                   diff->lines[i].text.at);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct trace_diff diff;
        struct buf out;

        assert_int_equal(trace_diff_init(&diff,
                                         (struct capture_span){ rows[i].old, strlen(rows[i].old) },
                                         (struct capture_span){ rows[i].new, strlen(rows[i].new) }),
                         0);
        buf_init(&out, 65536);
        print(&diff, &out);
        assert_string_equal(buf_text(&out), rows[i].expected);
        buf_fini(&out);
        trace_diff_fini(&diff);
    }
}

/* Lines 0, step, 2 * step ... below @p n, between two that both texts have. */
static char *numbers(unsigned n, unsigned step)
{
    struct buf out;

    buf_init(&out, 16 << 20);
    buf_puts(&out, "begin\n");
    for (unsigned i = 0; i < n; i += step)
        buf_printf(&out, "%u\n", i);
    buf_puts(&out, "end\n");
    return out.data;
}

static void count(unsigned n, size_t expected[static 3])
{
    char *old = numbers(n, 2), *new = numbers(n, 3);
    struct trace_diff diff;
    size_t counts[3] = { 0 };

    assert_int_equal(trace_diff_init(&diff, (struct capture_span){ old, strlen(old) },
                                     (struct capture_span){ new, strlen(new) }),
                     0);
    for (size_t i = 0; i < diff.n; i++)
        counts[diff.lines[i].kind]++;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(counts[i], expected[i]);
    trace_diff_fini(&diff);
    free(old);
    free(new);
}

/* Multiples of 6 are in both; of texts that are too long only begin and end are compared. */
static void test_bounds(void **state)
{
    (void)state;
    count(3000, (size_t[]){ 502, 1000, 500 });
    count(60000, (size_t[]){ 3, 29999, 19999 });
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows),
                                        cmocka_unit_test(test_bounds) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
