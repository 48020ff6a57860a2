/* SPDX-License-Identifier: Apache-2.0 */
/* Lines: whose they are by the list, and which of two ways counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "phone_conf.h"
#include "phone_line.h"
#include "pidf.h"

/* clang-format off */
static struct {
    int64_t trunk_ms, gateway_ms; /* when each spoke; negative: it is unknown since */
    int counts;                   /* enum phone_way; -1: neither */
} const states[] = {
    { 0, 0, -1 },
    { 5, 0, PHONE_TRUNK },
    { 0, 5, PHONE_GATEWAY },
    { 5, 6, PHONE_GATEWAY },
    { 6, 5, PHONE_TRUNK },
    { -9, 5, PHONE_GATEWAY },
    { 5, -9, PHONE_TRUNK },
    { -5, -9, -1 },
};
/* clang-format on */

static void set(struct phone_report *report, int64_t time_ms, struct pidf *doc)
{
    report->time_ms = time_ms < 0 ? -time_ms : time_ms;
    report->doc = time_ms > 0 ? doc : NULL;
}

static void test_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct phone_line line = { .number = "2001" };
        struct pidf doc;

        print_message("# %zu\n", i);
        set(&line.reports[PHONE_TRUNK], states[i].trunk_ms, &doc);
        set(&line.reports[PHONE_GATEWAY], states[i].gateway_ms, &doc);
        struct phone_report const *counts = phone_line_state(&line);
        if (states[i].counts < 0)
            assert_null(counts);
        else
            assert_ptr_equal(counts, &line.reports[states[i].counts]);
    }
}

static void count(void *ctx, struct phone_conf_line const *entry)
{
    (void)entry;
    ++*(unsigned *)ctx;
}

static void test_table(void **state)
{
    char const *users_v[] = { "alice", "zoe@other.test" };
    struct phone_conf_line v[] = {
        { .line = "2001", .user = "alice" }, { .line = "2001", .user = "zoe@other.test" },
        { .line = "2002", .user = "alice" }, { .line = "2002", .user = "sip:alice@EXAMPLE.test" },
        { .line = "2003", .user = "bob" },   { .line = NULL, .user = "alice" },
        { .line = "2004", .user = NULL },
    };
    struct cfg_strings const users = { .v = users_v, .n = 2 };
    struct cfg_groups const entries = { v, sizeof v / sizeof v[0] };
    unsigned faults = 0;
    struct phone_lines_faults const found = { count, count, &faults };
    struct phone_lines lines;
    struct own_users own;

    (void)state;
    assert_int_equal(own_users_init(&own, &users, "example.test"), 0);
    assert_int_equal(phone_lines_init(&lines, &entries, &own, false, &found), 0);
    assert_int_equal(faults, 2); /* one twice, one stranger */
    assert_int_equal(lines.by_number.n, 2);
    struct phone_line const *line = phone_lines_find(&lines, "2001");
    assert_non_null(line);
    assert_true(phone_line_is_of(line, "alice@example.test"));
    assert_true(phone_line_is_of(line, "zoe@other.test"));
    assert_false(phone_line_is_of(phone_lines_find(&lines, "2002"), "zoe@other.test"));
    assert_null(phone_lines_find(&lines, "2003"));
    phone_lines_fini(&lines);

    /* With a store only who stands twice is at fault. */
    faults = 0;
    assert_int_equal(phone_lines_init(&lines, &entries, &own, true, &found), 0);
    assert_int_equal(faults, 1);
    assert_true(phone_line_is_of(phone_lines_find(&lines, "2003"), "bob@example.test"));
    phone_lines_fini(&lines);
    own_users_fini(&own);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_state),
                                        cmocka_unit_test(test_table) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
