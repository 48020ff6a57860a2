/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry of profiles a watcher comes under, and that the names are those of the dialects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pidf_write.h"
#include "profile_conf.h"
#include <string.h>

static struct {
    char const *watchers, *agent; /* of the entry */
    char const *watcher, *says;   /* who asks */
    bool is_about;
} const vectors[] = {
    { "", "", "bob@x.test", NULL, true },
    { "x.test", "", "bob@x.test", "any", true },
    { "X.Test", "", "bob@x.test", NULL, true },
    { "x.test", "", "bob@sub.x.test", NULL, false },
    { "x.test", "", "x.test@y.test", NULL, false },
    { "bob@x.test", "", "bob@x.test", NULL, true },
    { "bob@X.TEST", "", "bob@x.test", NULL, true },
    { "bob@x.test", "", "rob@x.test", NULL, false },
    { "", "Cisco-CP", "bob@x.test", "Cisco-CP8841/12.0", true },
    { "", "cisco-cp", "bob@x.test", "Cisco-CP8841/12.0", true },
    { "", "Cisco-CP", "bob@x.test", "Cisco", false },
    { "", "Cisco-CP", "bob@x.test", "My Cisco-CP", false },
    { "", "Cisco-CP", "bob@x.test", NULL, false },
    { "x.test", "Cisco-CP", "bob@y.test", "Cisco-CP8841", false },
    { "x.test", "Cisco-CP", "bob@x.test", "Cisco-CP8841", true },
};

static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct profile_conf const entry = { .watchers = vectors[i].watchers,
                                            .user_agent = vectors[i].agent };
        if (profile_conf_is_about(&entry, vectors[i].watcher, vectors[i].says) !=
            vectors[i].is_about)
            fail_msg("vector %zu", i);
    }
}

/* Each dialect has its name, and no name another dialect. */
static void test_names(void **state)
{
    struct cfg_row const *row = profile_conf_schema.rows;
    struct pidf_profile const *profile = pidf_profiles();
    int i = 0;

    (void)state;
    while (strcmp(row->name, "profile") != 0)
        row++;
    for (; row->names[i] && profile[i].name; i++) {
        struct profile_conf const entry = { .profile = i };
        assert_string_equal(row->names[i], profile[i].name);
        assert_ptr_equal(profile_conf_profile(&entry), &profile[i]);
    }
    assert_null(row->names[i]);
    assert_null(profile[i].name);
}

static void test_check(void **state)
{
    struct cfg_row const *row = profile_conf_schema.rows;

    (void)state;
    assert_string_equal(row->name, "watchers");
    assert_null(row->check(""));
    assert_null(row->check("x.test"));
    assert_null(row->check("bob@x.test"));
    assert_non_null(row->check("@x.test"));
    assert_non_null(row->check("bob@"));
    assert_non_null(row->check("a.test, b.test"));
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_vectors),
                                        cmocka_unit_test(test_names),
                                        cmocka_unit_test(test_check) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
