/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of several programs become one sorted list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "fault_list.h"

static void test_sorted_by_place_and_once(void **state)
{
    struct fault_list *list = fault_list_new();
    struct buf out;
    (void)state;

    buf_init(&out, 10000);
    assert_int_equal(fault_list_add(list, "a.conf:12: cti: b\na.conf:2: node: x\n"), 0);
    assert_int_equal(fault_list_add(list, "a.conf:2: node: x\n\na.conf:100: proxy: c"), 0);
    assert_int_equal(fault_list_add(list, "something without a place\n"), 0);
    assert_int_equal(fault_list_add(list, "conf.d/z:1.conf:1: colons: in the name\n"), 0);
    fault_list_sort(list);
    fault_list_print(list, &out);
    assert_string_equal(buf_text(&out), "a.conf:2: node: x\n"
                                        "a.conf:12: cti: b\n"
                                        "a.conf:100: proxy: c\n"
                                        "conf.d/z:1.conf:1: colons: in the name\n"
                                        "something without a place\n");
    assert_int_equal(fault_list_count(list), 5);
    fault_list_free(&list);
    buf_fini(&out);
}

static void test_json(void **state)
{
    struct fault_list *list = fault_list_new();
    json_t *wanted = json_loads("[{\"file\": \"z:1.conf\", \"line\": 7, \"text\": \"k: v: w\"},"
                                " {\"text\": \"no place: 12\"}]",
                                0, NULL);
    json_t *got;
    (void)state;

    fault_list_add(list, "z:1.conf:7: k: v: w\nno place: 12\n");
    fault_list_sort(list);
    got = fault_list_json(list, false);
    assert_true(json_equal(got, wanted));
    json_decref(got);
    json_decref(wanted);
    fault_list_free(&list);
}

static void test_warnings_are_no_faults(void **state)
{
    struct fault_list *list = fault_list_new();
    struct buf out;
    (void)state;

    buf_init(&out, 10000);
    assert_int_equal(fault_list_add(list, "a:7: proxy: k\na:3: warning: odd\n"), 0);
    assert_int_equal(fault_list_add_warnings(list, "a:2: warning: w\na:1: k\nall is well\n"), 0);
    fault_list_sort(list);
    fault_list_print(list, &out);
    assert_string_equal(buf_text(&out), "a:2: warning: w\na:3: warning: odd\na:7: proxy: k\n");
    assert_int_equal(fault_list_count(list), 1);
    json_t *faults = fault_list_json(list, false), *warnings = fault_list_json(list, true);
    assert_int_equal(json_array_size(faults), 1);
    assert_int_equal(json_array_size(warnings), 2);
    json_decref(faults);
    json_decref(warnings);
    fault_list_free(&list);
    buf_fini(&out);
}

static void test_nothing(void **state)
{
    struct fault_list *list = fault_list_new();
    (void)state;

    assert_int_equal(fault_list_add(list, "\n\n"), 0);
    fault_list_sort(list);
    assert_int_equal(fault_list_count(list), 0);
    fault_list_free(&list);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_sorted_by_place_and_once),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_warnings_are_no_faults),
        cmocka_unit_test(test_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
