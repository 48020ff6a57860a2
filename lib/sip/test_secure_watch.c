/* SPDX-License-Identifier: Apache-2.0 */
/* Which alarm should stand when, and that a watch follows the clock and new contexts. */
#include "clock.h"
#include "log.h"
#include "secure_expiry.h"
#include "secure_rig.h"
#include "secure_watch.h"
#include "wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, NOW_S = 1000000000 };

static struct secure_watch_limits const limits = { 30, 14, 7, 1 };

#define ROW(id) SECURE_WATCH_##id

static struct {
    enum secure_expiry_kind kind;
    int64_t left_s;
    int row;
} const vectors[] = {
    { SECURE_EXPIRY_OWN, 30 * DAY_S + 1, -1 },
    { SECURE_EXPIRY_OWN, 30 * DAY_S, ROW(certificate_due_warning) },
    { SECURE_EXPIRY_OWN, 14 * DAY_S + 1, ROW(certificate_due_warning) },
    { SECURE_EXPIRY_OWN, 14 * DAY_S, ROW(certificate_due_minor) },
    { SECURE_EXPIRY_OWN, 7 * DAY_S, ROW(certificate_due_major) },
    { SECURE_EXPIRY_CHAIN, DAY_S + 1, ROW(certificate_due_major) },
    { SECURE_EXPIRY_CHAIN, DAY_S, ROW(certificate_due_critical) },
    { SECURE_EXPIRY_CHAIN, 1, ROW(certificate_due_critical) },
    { SECURE_EXPIRY_OWN, 0, ROW(certificate_expired) },
    { SECURE_EXPIRY_OWN, -400 * DAY_S, ROW(certificate_expired) },
    { SECURE_EXPIRY_OWN, INT64_MAX - NOW_S, -1 },
    { SECURE_EXPIRY_TRUST, 30 * DAY_S + 1, -1 },
    { SECURE_EXPIRY_TRUST, DAY_S, ROW(trust_due) },
    { SECURE_EXPIRY_TRUST, 0, ROW(trust_expired) },
    { SECURE_EXPIRY_CRL, DAY_S + 1, -1 },
    { SECURE_EXPIRY_CRL, DAY_S, ROW(crl_due) },
    { SECURE_EXPIRY_CRL, -1, ROW(crl_expired) },
};

static void test_judge(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct secure_expiry const expiry = { .kind = vectors[i].kind,
                                              .from_s = NOW_S - 1000 * (int64_t)DAY_S,
                                              .until_s = NOW_S + vectors[i].left_s };
        assert_int_equal(secure_watch_judge(&expiry, &limits, NOW_S), vectors[i].row);
    }
    /* A list of a day is late in its last quarter, not from its first hour on. */
    struct secure_expiry brief = { .kind = SECURE_EXPIRY_CRL,
                                   .from_s = NOW_S,
                                   .until_s = NOW_S + DAY_S };
    assert_int_equal(secure_watch_judge(&brief, &limits, NOW_S + DAY_S * 3 / 4 - 1), -1);
    assert_int_equal(secure_watch_judge(&brief, &limits, NOW_S + DAY_S * 3 / 4), ROW(crl_due));
}

/* What it has told, as "+alarm object" and "-alarm object", objects without their day. */
struct told {
    char text[1000];
    struct secure_watch_counts counts;
};

static struct told told;

static void note(char sign, size_t row, char const *object)
{
    size_t used = strlen(told.text);

    snprintf(told.text + used, sizeof told.text - used, "%c%zu %.*s ", sign, row,
             (int)strcspn(object, " "), object);
}

static void on_raise(struct alarm_board *board, size_t row, char const *object)
{
    assert_null(board);
    note('+', row, object);
}

static void on_clear(struct alarm_board *board, size_t row, char const *object)
{
    assert_null(board);
    note('-', row, object);
}

static void on_counts(struct secure_watch_counts const *counts)
{
    told.counts = *counts;
}

enum { FIRST = 10 };
static struct secure_watch_handlers const handlers = { on_raise, on_clear, FIRST, on_counts };

static void test_watch(void **state)
{
    static struct secure_rig_cert const cert = { .name = "a",
                                                 .cn = "a.test",
                                                 .to_s = 8L * DAY_S + 60 };
    static struct secure_rig_cert const next = { .name = "b", .cn = "b.test", .to_s = 99L * DAY_S };
    struct wheel *wheel = wheel_new(clock_now_ms());
    struct secure_watch *watch = secure_watch_new(wheel, &handlers, NULL);
    struct secure_rig rig;
    (void)state;

    secure_rig_init(&rig);
    secure_rig_make(&rig, &cert);
    secure_rig_make(&rig, &next);
    struct secure_context *old = secure_rig_context(&rig, "a", NULL, NULL);
    struct secure_context *new = secure_rig_context(&rig, "b", NULL, NULL);
    struct secure_context *const first[] = { NULL, old, old }, *const second[] = { new };
    assert_int_equal(secure_watch_set(watch, first, 3, &limits), 0);
    secure_context_unref(&old);
    assert_string_equal(told.text, "+11 a.test ");
    assert_int_equal(told.counts.n, 2);
    assert_int_equal(told.counts.due, 2);
    told.text[0] = '\0';
    clock_advance_ms(2 * DAY_S * 1000UL);
    wheel_run(wheel, clock_now_ms());
    assert_string_equal(told.text, "-11 a.test +12 a.test ");
    assert_int_equal(told.counts.days_left, 6);
    told.text[0] = '\0';
    assert_int_equal(secure_watch_set(watch, second, 1, &limits), 0);
    assert_string_equal(told.text, "-12 a.test ");
    assert_int_equal(told.counts.due, 0);
    assert_int_equal(secure_watch_set(watch, second, 0, &limits), 0);
    assert_int_equal(told.counts.n + told.counts.days_left, 0);
    secure_watch_free(&watch);
    assert_null(watch);
    secure_watch_free(&watch);
    secure_context_unref(&new);
    secure_rig_fini(&rig);
    wheel_free(&wheel);
}

static void test_faults(void **state)
{
    struct secure_watch_limits const bad = { 7, 7, 8, 9 };
    struct secure_watch_fault found[SECURE_WATCH_FAULTS_MAX];
    (void)state;

    assert_int_equal(secure_watch_faults(&limits, found), 0);
    assert_int_equal(secure_watch_faults(&(struct secure_watch_limits){ 0 }, found), 0);
    assert_int_equal(secure_watch_faults(&bad, found), 2);
    assert_string_equal(found[0].name, "major_days");
    assert_string_equal(found[0].before, "minor_days");
    assert_ptr_equal(found[0].field, &bad.major_days);
    assert_string_equal(found[1].name, "critical_days");
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_faults),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests_name("secure_watch", tests, NULL, NULL);
}
