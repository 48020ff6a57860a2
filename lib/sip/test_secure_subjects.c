/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and files of TLS peer subjects. */
#include "secure_rig.h"
#include "secure_subjects.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char const *const list[] = { "Zeta.test", "alpha.test.", "beta with space", "10.0.0.1" };

static struct {
    char const *name;
    bool is_there;
} const names[] = {
    { "zeta.test", true }, { "ALPHA.test", true }, { "alpha.test.", true },
    { "alpha", false },    { "alpha.tes", false }, { "alpha.test1", false },
    { "", false },         { "10.0.0.1", true },   { "in.file.test", true },
    { "also.test", true }, { "commented", false }, { "beta with space", true },
};

static void test_found(void **state)
{
    struct secure_rig *rig = *state;
    struct secure_subjects subjects = { .n = 0 };
    struct secure_fault fault;
    char path[SECURE_RIG_PATH];

    secure_rig_write(rig, "subjects",
                     "# TLS peers\n\n  in.file.test \t# a note\r\nalso.test\n#commented\n");
    assert_int_equal(secure_subjects_read(&subjects, list, sizeof list / sizeof *list,
                                          secure_rig_path(rig, "subjects", path), &fault),
                     0);
    assert_int_equal(subjects.n, 6);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (secure_subjects_has(&subjects, names[i].name) != names[i].is_there)
            fail_msg("\"%s\"", names[i].name);
    assert_true(secure_subjects_has_like(&subjects, "*.file.test"));
    assert_false(secure_subjects_has_like(&subjects, "*.test"));
    assert_false(secure_subjects_has_like(&subjects, "*.0.0.1"));
    secure_subjects_fini(&subjects);
    secure_subjects_fini(&subjects);
    assert_int_equal(secure_subjects_read(&subjects, NULL, 0, "", &fault), 0);
    assert_int_equal(subjects.n, 0);
    assert_false(secure_subjects_has(&subjects, "a"));
    secure_subjects_fini(&subjects);
}

static struct {
    char const *entry, *file; /* NULL: none */
    char const *setting, *text;
} const faults[] = {
    { "", NULL, "subjects", "entry 1 is empty" },
    { "CN=a.test", NULL, "subjects", "entry 1 wants the name alone" },
    { "sip:a.test", NULL, "subjects", "entry 1 wants the name alone" },
    { NULL, "a.test\n# x\nDNS:b.test\n", "subjects_file", ", line 3: wants the name alone" },
};

static void test_faults(void **state)
{
    struct secure_rig *rig = *state;
    char path[SECURE_RIG_PATH];
    struct secure_subjects subjects = { .n = 0 };
    struct secure_fault fault;

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i].file)
            secure_rig_write(rig, "subjects", faults[i].file);
        assert_int_equal(
            secure_subjects_read(&subjects, &faults[i].entry, faults[i].entry ? 1 : 0,
                                 faults[i].file ? secure_rig_path(rig, "subjects", path) : NULL,
                                 &fault),
            -1);
        assert_string_equal(fault.setting, faults[i].setting);
        if (!strstr(fault.text, faults[i].text))
            fail_msg("%s", fault.text);
        secure_subjects_fini(&subjects);
    }
    assert_int_equal(
        secure_subjects_read(&subjects, NULL, 0, secure_rig_path(rig, "none", path), &fault), -1);
    assert_non_null(strstr(fault.text, "No such file"));
    secure_subjects_fini(&subjects);
    assert_int_equal(secure_subjects_read(&subjects, NULL, 0, rig->dir, &fault), -1);
    assert_non_null(strstr(fault.text, "Is a directory"));
    secure_subjects_fini(&subjects);
}

static void test_many(void **state)
{
    struct secure_subjects subjects = { .n = 0 };
    struct secure_fault fault;
    static char text[SECURE_SUBJECTS_MAX + 1][16];
    char const **all = calloc(SECURE_SUBJECTS_MAX + 1, sizeof *all);

    (void)state;
    for (int i = 0; i <= SECURE_SUBJECTS_MAX; i++) {
        (void)snprintf(text[i], sizeof *text, "n%d.test", i);
        all[i] = text[i];
    }
    assert_int_equal(secure_subjects_read(&subjects, all, SECURE_SUBJECTS_MAX, NULL, &fault), 0);
    for (int i = 0; i <= SECURE_SUBJECTS_MAX; i++)
        assert_int_equal(secure_subjects_has(&subjects, text[i]), i < SECURE_SUBJECTS_MAX);
    secure_subjects_fini(&subjects);
    assert_int_equal(secure_subjects_read(&subjects, all, SECURE_SUBJECTS_MAX + 1, NULL, &fault),
                     -1);
    assert_string_equal(fault.text, "entry 10001 is one too many");
    secure_subjects_fini(&subjects);
    free(all);
}

static int setup(void **state)
{
    (void)secure_rig_begin(state, NULL, 0);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_many),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
