/* SPDX-License-Identifier: Apache-2.0 */
/* Features by name, and the words behind `bundle`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "bundle_feature.h"
#include "bundle_options.h"
#include <string.h>

/* The guide's table 41, as far as it is the core of this product. */
static void test_names_of_the_guide(void **state)
{
    static char const *const names[] = {
        "sipd_core",
        "remote_call_control",
        "sip_inter_federation",
        "xcp_core",
        "sip_partitioned_federation",
        "xmpp_inter_federation",
        "pe_core",
        "presence_im_exchange",
        "pws",
        "certificates",
        "user_connectivity",
        "user_rosters",
        "text_conference",
        "imdb",
    };
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!bundle_feature_find(names[i]))
            fail_msg("no feature %s", names[i]);
    for (struct bundle_feature const *row = bundle_feature_table; row->name; row++) {
        assert_non_null(row->help);
        assert_ptr_equal(bundle_feature_find(row->name), row);
    }
    assert_null(bundle_feature_find("sipd"));
    assert_string_equal(bundle_feature_nearest("sipdcore"), "sipd_core");
    assert_null(bundle_feature_nearest("lunch"));
}

static void test_programs(void **state)
{
    struct bundle_feature const *rcc = bundle_feature_find("remote_call_control");
    (void)state;

    assert_true(bundle_feature_has_program(rcc, "proxy"));
    assert_true(bundle_feature_has_program(rcc, "cti"));
    assert_true(bundle_feature_has_program(rcc, "switch"));
    assert_false(bundle_feature_has_program(rcc, "presence"));
    assert_false(bundle_feature_has_program(rcc, "prox"));
    assert_false(bundle_feature_has_program(rcc, "proxyx"));
    assert_true(bundle_feature_has_program(bundle_feature_find("general_core"), "presence"));
}

static void test_tables(void **state)
{
    struct bundle_feature const *tls = bundle_feature_find("certificates");
    (void)state;

    assert_true(bundle_feature_has_table(tls, "show tls failures"));
    assert_true(bundle_feature_has_table(tls, "status"));
    assert_true(bundle_feature_has_table(tls, "show counters"));
    assert_true(bundle_feature_has_table(tls, "show log"));
    assert_false(bundle_feature_has_table(tls, "show peers"));
    assert_false(bundle_feature_has_table(tls, "show l"));
    assert_true(bundle_feature_has_table(bundle_feature_find("general_core"), "show peers"));
}

static void test_words(void **state)
{
    static struct {
        char const *words[8];
        char const *fault;
    } const rows[] = {
        { { "--feature", "sipd_core", "--days", "2", "--out", "x" }, NULL },
        { { "--unmask", "--list" }, NULL },
        { { "--days", "3650" }, NULL },
        { { "--feature" }, "no value" },
        { { "--feature", "sipdcore" }, "did you mean \"sipd_core\"?" },
        { { "--feature", "lunch" }, "see: crosspoint bundle --list" },
        { { "--days", "0" }, "--days wants" },
        { { "--days", "-1" }, "--days wants" },
        { { "--days", "2x" }, "--days wants" },
        { { "--days", "" }, "--days wants" },
        { { "--days", "3651" }, "--days wants" },
        { { "--days", "99999999999999999999" }, "--days wants" },
        { { "--out", "" }, "no value" },
        { { "--other", "x" }, "unknown option" },
        { { "x" }, "unknown option" },
    };
    char fault[BUNDLE_OPTIONS_FAULT];
    struct bundle_options options;
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int n = 0;
        while (rows[i].words[n])
            n++;
        int rc = bundle_options_parse(n, (char **)rows[i].words, &options, fault);
        assert_int_equal(rc, rows[i].fault ? -1 : 0);
        if (rows[i].fault && !strstr(fault, rows[i].fault))
            fail_msg("row %zu: %s", i, fault);
    }
}

static void test_values(void **state)
{
    char const *words[] = { "--feature", "pws", "--feature", "imdb", "--feature", "pws",
                            "--days",    "7",   "--out",     "here", "--unmask" };
    char fault[BUNDLE_OPTIONS_FAULT];
    struct bundle_options options;
    (void)state;

    assert_int_equal(bundle_options_parse(11, (char **)words, &options, fault), 0);
    assert_int_equal(options.n, 2);
    assert_string_equal(options.features[1]->name, "imdb");
    assert_int_equal(options.days, 7);
    assert_string_equal(options.out, "here");
    assert_true(options.unmask);
    assert_false(options.list);

    assert_int_equal(bundle_options_parse(0, NULL, &options, fault), 0);
    assert_int_equal(options.n, 1);
    assert_string_equal(options.features[0]->name, "general_core");
    assert_int_equal(options.days, 1);
    assert_false(options.unmask);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_names_of_the_guide),
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests_name("bundle_options", tests, NULL, NULL);
}
