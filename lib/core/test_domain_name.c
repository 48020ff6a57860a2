/* SPDX-License-Identifier: Apache-2.0 */
/* What is a domain and what is none, by the rules of guide 7.5 and 7.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain_name.h"
#include <string.h>

#define LABEL_50 "a2345678901234567890123456789012345678901234567890"
#define LABEL_63 LABEL_50 "1234567890123"

static void test_names(void **state)
{
    /* clang-format off */
    static struct {
        char const *name;
        char const *wrong; /* part of the reason; NULL: nothing */
    } const rows[] = {
        { "example.test", NULL },
        { "Example.TEST", NULL },
        { "localhost", NULL },
        { "5.cisco.com", NULL },           /* a directory URI may not have it, a domain may */
        { "a-b.x--y.test", NULL },
        { "1.2.3.a4", NULL },
        { "xn--bcher-kva.example", NULL },
        { "", "empty" },
        { ".", "empty" },
        { ".example.test", "empty" },
        { "example.test.", "empty" },
        { "example..test", "empty" },
        { "-example.test", "hyphen" },
        { "example.-test", "hyphen" },
        { "example-.test", "hyphen" },
        { "Abc.1om", "last label" },       /* the guide's own example */
        { "10.10.10.1", "last label" },
        { "[2001:db8::1]", "only letters" },
        { "example_1.test", "only letters" },
        { "example.test:5060", "only letters" },
        { "alice@example.test", "only letters" },
        { "*.example.test", "only letters" },
        { "b\xc3\xbc" "cher.example", "only letters" },
        { "example .test", "only letters" },
        { LABEL_63 ".test", NULL },
        { LABEL_63 "4.test", "longer than 63" },
        { LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL },          /* 255 */
        { LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 ".a", "longer than 255" },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char const *wrong = domain_name_check(rows[i].name);
        if (!wrong != !rows[i].wrong || (wrong && !strstr(wrong, rows[i].wrong)))
            fail_msg("%s: %s", rows[i].name, wrong ? wrong : "taken");
    }
}

static void test_not_set(void **state)
{
    (void)state;
    assert_null(domain_name_check_set("example.test"));
    assert_non_null(domain_name_check_set(""));
    assert_non_null(domain_name_check_set("Abc.1om"));
    assert_string_equal(domain_name_check_set("DOMAIN.NOT.SET"), "the domain was never set");
    assert_string_equal(domain_name_check_set("domain.not.set"), "the domain was never set");
}

static void test_spelling(void **state)
{
    static struct {
        char const *name, *normal; /* NULL: too long */
    } const rows[] = {
        { "Example.TEST", "example.test" },
        { "example.test.", "example.test" },
        { "example.test..", "example.test." },
        { ".", "." },
        { "", "" },
        { LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 ".",
          LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 }, /* 255 */
        { LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 "1", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char normal[DOMAIN_NAME_MAX + 1] = "";
        assert_int_equal(domain_name_normalize(rows[i].name, normal), rows[i].normal != NULL);
        assert_string_equal(normal, rows[i].normal ? rows[i].normal : "");
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_not_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
