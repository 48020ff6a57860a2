/* SPDX-License-Identifier: Apache-2.0 */
/* Which class a client is of. What is wrong in the list: test_cti_conf.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "peer_class.h"

static struct peer_class classes[] = {
    { .name = "r2", .user_agent = "UCCP/3.5" },
    { .name = "communicator", .user_agent = "UCCP/" },
    { .name = "sipe", .user_agent = "Purple/" },
};
static struct cfg_groups const list = { .v = classes, .n = 3 };

/* clang-format off */
static struct {
    char const *user_agent, *name;
} const vectors[] = {
    { "UCCP/3.5.6907.0 OC/3.5.6907.0 (Microsoft Office Communicator 2007 R2)", "r2" },
    { "UCCP/2.0.6362.0 OC/2.0.6362.0 (Microsoft Office Communicator)", "communicator" },
    { "Purple/2.14.12 Sipe/1.25.0", "sipe" },
    { "uccp/2.0", NULL },
    { "A UCCP/2.0", NULL },
    { "", NULL },
    { NULL, NULL },
};
/* clang-format on */

static void test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct peer_class const *class = peer_class_of(&list, vectors[i].user_agent);
        assert_int_equal(class != NULL, vectors[i].name != NULL);
        if (class)
            assert_string_equal(class->name, vectors[i].name);
    }
}

static void test_any(void **state)
{
    struct peer_class any = { .name = "any", .user_agent = "" };
    struct cfg_groups const one = { .v = &any, .n = 1 }, none = { 0 };
    (void)state;

    assert_ptr_equal(peer_class_of(&one, NULL), &any);
    assert_ptr_equal(peer_class_of(&one, "x"), &any);
    assert_null(peer_class_of(&none, "x"));
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
