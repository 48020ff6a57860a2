/* SPDX-License-Identifier: Apache-2.0 */
/* Look-up of commands, the nearest name, and help printed from rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "command.h"

static struct command const table[] = {
    { .name = "run", .help = "Start all." },
    { .name = "ladder", .args = "[-r]", .help = "Draw.", .more = "Arrows.\n" },
    { .name = "rcc", .args = "--user U --line L VERB ...", .help = "Client." },
    { 0 },
};

static void test_find_is_exact(void **state)
{
    (void)state;

    assert_ptr_equal(command_find(table, "ladder"), &table[1]);
    assert_null(command_find(table, "ladde"));
    assert_null(command_find(table, "ladders"));
    assert_null(command_find(table, ""));
}

static void test_help_comes_from_the_rows(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 4096);
    command_print_list(table, &out);
    assert_string_equal(buf_text(&out), "  run                         Start all.\n"
                                        "  ladder [-r]                 Draw.\n"
                                        "  rcc --user U --line L VERB ...\n"
                                        "                              Client.\n");
    buf_reset(&out);
    command_print(&table[1], &out);
    assert_string_equal(buf_text(&out), "usage: crosspoint [-c FILE] [--json] ladder [-r]\n\n"
                                        "Draw.\n\nArrows.\n");
    buf_fini(&out);
}

static struct {
    char const *typed, *nearest;
} const typos[] = {
    { "show cals", "show calls" },
    { "show lins", "show lines" },
    { "shw calls", "show calls" },
    { "statsu", "status" },
    { "phon", "phone" },
    { "phone", "phone" },
    { "restart", NULL }, /* too far from status to be meant */
    { "x", NULL },
    { "completely different", NULL },
};

static void test_nearest(void **state)
{
    static char const *const names[] = { "show calls", "show lines", "status", "phone" };
    (void)state;

    for (size_t i = 0; i < sizeof typos / sizeof typos[0]; i++) {
        char const *found = command_nearest(typos[i].typed, names, 4);

        if (typos[i].nearest)
            assert_string_equal(found, typos[i].nearest);
        else
            assert_null(found);
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_find_is_exact),
        cmocka_unit_test(test_help_comes_from_the_rows),
        cmocka_unit_test(test_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
