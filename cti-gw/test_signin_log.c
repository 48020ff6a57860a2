/* SPDX-License-Identifier: Apache-2.0 */
/* The list of refused sign-ins: newest first, bounded, one entry for the same again. */
#include "ctl.h"
#include "signin_log.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX = 3, FLOOD = 1000, LONG = 5000 };

/* "user*times ..." of the list. */
static void assert_list(struct signin_log const *log, char const *wanted)
{
    struct signin_log_entry const *entry;
    char text[500];
    size_t len = 0;

    text[0] = '\0';
    TAILQ_FOREACH(entry, &log->entries, link)
    {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%s*%d", len ? " " : "",
                                entry->user, (int)entry->times);
    }
    assert_string_equal(text, wanted);
}

static void add(struct signin_log *log, char const *user)
{
    signin_log_add(log, user, "tel:1", "192.0.2.7:5060", 403, "no");
}

static void test_order(void **state)
{
    struct signin_log log;
    (void)state;

    signin_log_init(&log, MAX);
    assert_list(&log, "");
    add(&log, "a");
    add(&log, "b");
    add(&log, "c");
    assert_list(&log, "c*1 b*1 a*1");
    add(&log, "a");
    assert_list(&log, "a*2 c*1 b*1");
    add(&log, "d");
    assert_list(&log, "d*1 a*2 c*1");
    signin_log_add(&log, "a", "tel:1", "192.0.2.7:5060", 403, "another reason");
    assert_list(&log, "a*1 d*1 a*2");
    assert_int_equal(log.n, MAX);
    signin_log_fini(&log);
}

static void test_flood(void **state)
{
    struct signin_log log;
    (void)state;

    signin_log_init(&log, MAX);
    add(&log, "b");
    for (int i = 0; i < FLOOD; i++)
        add(&log, "a");
    assert_list(&log, "a*1000 b*1");
    signin_log_fini(&log);
}

static void test_none(void **state)
{
    struct signin_log log;
    (void)state;

    signin_log_init(&log, 0);
    add(&log, "a");
    assert_list(&log, "");
    signin_log_fini(&log);
}

/* What stands in the request may be anything; the table is JSON all the same. */
static void test_foreign_text(void **state)
{
    struct signin_log log;
    char line[LONG + 1];
    json_t *table = ctl_table("time", "user", "line", "from", "status", "reason", "times", NULL);
    (void)state;

    memset(line, 'x', LONG);
    line[LONG] = '\0';
    signin_log_init(&log, MAX);
    signin_log_add(&log, "a\xff\n\x7f", line, "", 404, "caf\xc3\xa9");
    signin_log_rows(&log, table);
    json_t const *row = json_array_get(json_object_get(table, "rows"), 0);
    assert_string_equal(json_string_value(json_array_get(row, 1)), "a???");
    assert_int_equal(json_string_length(json_array_get(row, 2)), SIGNIN_LOG_TEXT - 1);
    assert_int_equal(json_integer_value(json_array_get(row, 4)), 404);
    assert_string_equal(json_string_value(json_array_get(row, 5)), "caf??");
    json_decref(table);
    signin_log_fini(&log);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_foreign_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
