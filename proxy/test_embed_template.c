/* SPDX-License-Identifier: Apache-2.0 */
/* Embed templates: the vectors of the guide (part 2, 1.4), and what is no template. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "embed_template.h"
#include <string.h>

static void test_fits(void **state)
{
    /* clang-format off */
    static struct {
        char const *form, *pattern;
        bool fits;
        char const *why; /* of the guide */
    } const rows[] = {
        { "74..78xxxxx*", "74..7812345*", true, "" },
        { "74..78xxxxx*", "74..7867890*", true, "" },
        { "74..78xxxxx*", "74..7811993*", true, "" },
        { "74..78xxxxx*", "73..7812345*", false, "leading string is not 74" },
        { "74..78xxxxx*", "74..781*", false, "digit count differs" },
        { "74..78xxxxx*", "74...7812345*", false, "number of wildcards differs" },
        { "471....xx*", "471....34*", true, "" },
        { "471....xx*", "471....55*", true, "" },
        { "471....xx*", "47...344*", false, "leading string is not 471" },
        { "471....xx*", "471....4*", false, "length differs" },
        { "471....xx*", "471.450*", false, "number of wildcards differs" },
        /* of our own */
        { "471....xx*", "471....341", false, "a digit where the template has *" },
        { "471....xx*", "471....3x*", false, "x stands for a digit only" },
        { "471....xx*", "471....3.*", false, "x stands for no wildcard" },
        { "471....xx", "471....34", true, "" },
        { "471....xx", "471....34*", false, "length differs" },
        { "\\*6.7", "\\*6.7", true, "" },
        { "\\*6.7", "16.7", false, "an asterisk is an asterisk" },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pattern pattern;
        assert_null(embed_template_check(rows[i].form));
        assert_null(pattern_compile(&pattern, PATTERN_USER, rows[i].pattern));
        assert_true(pattern.has_embedded_dot);
        if (embed_template_fits(rows[i].form, &pattern) != rows[i].fits)
            fail_msg("%s %s: not %d %s", rows[i].form, rows[i].pattern, rows[i].fits, rows[i].why);
    }
}

static void test_what_is_no_template(void **state)
{
    static char const *const texts[] = { "", "74*1", "74\\1", "74", "74..", "74..*", "x*", "7 .x" };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!embed_template_check(texts[i]))
            fail_msg("\"%s\" was taken", texts[i]);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_what_is_no_template),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
