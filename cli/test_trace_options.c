/* SPDX-License-Identifier: Apache-2.0 */
/* Words of crosspoint trace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace_options.h"
#include <string.h>

enum { WORDS = 8 };

static int parse(char const *const words[static WORDS], struct trace_options *ret, char *fault)
{
    char *argv[WORDS + 1] = { NULL };
    int argc = 0;

    for (; argc < WORDS && words[argc]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc];
    return trace_options_parse(argc, argv, ret, fault);
}

static void test_right(void **state)
{
    char fault[TRACE_OPTIONS_FAULT];
    struct trace_options options;

    (void)state;
    assert_int_equal(parse((char const *[WORDS]){ NULL }, &options, fault), 0);
    assert_int_equal(options.n_files, 0);
    assert_int_equal(options.max_messages, 100000);
    assert_int_equal(options.max_bytes, 128 << 20);
    assert_false(options.unmask || options.plain || options.history);
    assert_int_equal(parse((char const *[WORDS]){ "--history", "a", "--memory", "2", "-",
                                                  "--unmask", "--messages", "7" },
                           &options, fault),
                     0);
    assert_int_equal(options.n_files, 2);
    assert_string_equal(options.files[1], "-");
    assert_int_equal(options.max_messages, 7);
    assert_int_equal(options.max_bytes, 2 << 20);
    assert_true(options.unmask && options.history && !options.plain);
    assert_int_equal(parse((char const *[WORDS]){ "--user", "alice", "--filter", "udp", "--text",
                                                  "--x", "--lines" },
                           &options, fault),
                     0);
    assert_string_equal(options.filter.user, "alice");
    assert_string_equal(options.filter.expression, "udp");
    assert_string_equal(options.filter.text, "--x");
    assert_null(options.filter.peer);
    assert_null(options.interface);
    assert_true(options.plain);
}

static struct {
    char const *words[WORDS], *fault;
} const wrong[] = {
    { { "--nothing" }, "unknown option, or no value for it: --nothing" },
    { { "a", "--user" }, "unknown option, or no value for it: --user" },
    { { "--messages", "0" }, "--messages wants a number from 1 to 10000000" },
    { { "--messages", "10000001" }, "--messages wants a number from 1 to 10000000" },
    { { "--messages", "99999999999999999999999" }, "--messages wants a number from 1 to 10000000" },
    { { "--memory", "-1" }, "--memory wants a number from 1 to 65536" },
    { { "--memory", "1M" }, "--memory wants a number from 1 to 65536" },
    { { "-i", "eth0", "a" }, "-i shows what comes on an interface, and nothing else" },
    { { "--history", "-i", "eth0" }, "-i shows what comes on an interface, and nothing else" },
    { { "--memory", "" }, "--memory wants a number from 1 to 65536" },
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char fault[TRACE_OPTIONS_FAULT] = "";
        struct trace_options options;

        assert_int_equal(parse(wrong[i].words, &options, fault), -1);
        assert_string_equal(fault, wrong[i].fault);
    }
}

static void test_many_files(void **state)
{
    char *argv[TRACE_OPTIONS_FILES + 1], file[] = "a", fault[TRACE_OPTIONS_FAULT];
    struct trace_options options;

    (void)state;
    for (int i = 0; i <= TRACE_OPTIONS_FILES; i++)
        argv[i] = file;
    assert_int_equal(trace_options_parse(TRACE_OPTIONS_FILES, argv, &options, fault), 0);
    assert_int_equal(trace_options_parse(TRACE_OPTIONS_FILES + 1, argv, &options, fault), -1);
    assert_string_equal(fault, "at most 64 files");
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_right), cmocka_unit_test(test_wrong),
                                        cmocka_unit_test(test_many_files) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
