/* SPDX-License-Identifier: Apache-2.0 */
/* Which alarm stands when, and that it follows the clock and the reloads. */
#include "alarm.h"
#include "cert_watch.h"
#include "clock.h"
#include "log.h"
#include "proxy_alarms.h"
#include "proxy_metrics.h"
#include "secure_rig.h"
#include "secure_set.h"
#include "wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400 };

static struct secure_watch_limits const limits = { 30, 14, 7, 1 };

struct rig {
    struct secure_rig certs;
    struct wheel *wheel;
    struct alarm_board *alarms;
    struct secure_watch *watch;
    struct secure_set set;
};

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    secure_rig_init(&rig->certs);
    rig->wheel = wheel_new(clock_now_ms());
    rig->alarms = alarm_board_new(&proxy_alarms);
    rig->watch = cert_watch_new(rig->wheel, rig->alarms);
    secure_set_init(&rig->set);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    secure_watch_free(&rig->watch);
    secure_set_fini(&rig->set);
    alarm_board_free(&rig->alarms);
    wheel_free(&rig->wheel);
    secure_rig_fini(&rig->certs);
    free(rig);
    return 0;
}

/* A certificate that ends in @p days from the clock's now, into a context of this name. */
static void put(struct rig *rig, char const *name, char const *ca, int days)
{
    struct secure_context *context;

    if (days)
        secure_rig_make(&rig->certs, &(struct secure_rig_cert){ .name = name,
                                                                .cn = name,
                                                                .issuer = ca,
                                                                .from_s = -DAY_S,
                                                                .to_s = (long)days * DAY_S + 60 });
    context =
        secure_rig_context(&rig->certs, name, ca, &(struct secure_settings){ .name = "node" });
    assert_true(secure_set_put(&rig->set, context) >= 0);
    secure_context_unref(&context);
    cert_watch_set(rig->watch, &rig->set, &limits);
}

/* "ID OBJECT" of the alarms that stand, one after the other. */
static void assert_alarms(struct rig *rig, char const *wanted)
{
    json_t *table = alarm_show(rig->alarms), *row;
    char text[1024] = "";
    size_t i;

    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        char const *object = json_string_value(json_array_get(row, 2));
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %.*s", i ? ", " : "",
                 json_string_value(json_array_get(row, 1)), (int)strcspn(object, " "), object);
    }
    json_decref(table);
    assert_string_equal(text, wanted);
}

static void pass_days(struct rig *rig, int days)
{
    clock_advance_ms((uint64_t)days * DAY_S * 1000);
    wheel_run(rig->wheel, clock_now_ms());
}

static void test_one_alarm_at_a_time(void **state)
{
    struct rig *rig = *state;

    put(rig, "a.test", NULL, 31);
    assert_alarms(rig, "");
    assert_int_equal(met_get(&proxy_metrics, M_certificates), 1);
    assert_int_equal(met_get(&proxy_metrics, M_certificate_days_left), 31);
    pass_days(rig, 2);
    assert_alarms(rig, "certificate_due_warning a.test");
    pass_days(rig, 16);
    assert_alarms(rig, "certificate_due_minor a.test");
    pass_days(rig, 7);
    assert_alarms(rig, "certificate_due_major a.test");
    pass_days(rig, 6);
    assert_alarms(rig, "certificate_due_critical a.test");
    assert_int_equal(met_get(&proxy_metrics, M_certificates_due), 1);
    assert_int_equal(met_get(&proxy_metrics, M_certificates_expired), 0);
    /* The end comes within the day, and is not slept over. */
    clock_advance_ms(61 * 1000);
    wheel_run(rig->wheel, clock_now_ms());
    assert_alarms(rig, "certificate_expired a.test");
    assert_int_equal(met_get(&proxy_metrics, M_certificates_expired), 1);
    assert_int_equal(met_get(&proxy_metrics, M_certificate_days_left), -1);
}

static void test_a_new_one_clears(void **state)
{
    struct rig *rig = *state;

    put(rig, "b.test", NULL, 3);
    assert_alarms(rig, "certificate_expired b.test"); /* the clock of this program has moved */
    put(rig, "b.test", NULL, 300);
    assert_alarms(rig, "");
    assert_int_equal(met_get(&proxy_metrics, M_certificates_due), 0);
    secure_set_fini(&rig->set);
    cert_watch_set(rig->watch, &rig->set, &limits);
    assert_int_equal(met_get(&proxy_metrics, M_certificates), 0);
    assert_int_equal(met_get(&proxy_metrics, M_certificate_days_left), 0);
}

static void test_trust_and_several_contexts(void **state)
{
    struct rig *rig = *state;
    struct secure_context *other;

    secure_rig_make(
        &rig->certs,
        &(struct secure_rig_cert){
            .name = "ca", .cn = "ca", .is_ca = true, .from_s = -DAY_S, .to_s = 51L * DAY_S });
    put(rig, "c.test", "ca", 400);
    assert_alarms(rig, "trust_due ca");
    other = secure_rig_context(&rig->certs, "c.test", "ca",
                               &(struct secure_settings){ .name = "second" });
    assert_true(secure_set_put(&rig->set, other) >= 0);
    secure_context_unref(&other);
    cert_watch_set(rig->watch, &rig->set, &limits);
    assert_alarms(rig, "trust_due ca"); /* once, whoever trusts it */
    pass_days(rig, 30);
    assert_alarms(rig, "trust_expired ca");
    assert_int_equal(met_get(&proxy_metrics, M_trusted_certificates_expired), 2);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_one_alarm_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_new_one_clears, setup, teardown),
        cmocka_unit_test_setup_teardown(test_trust_and_several_contexts, setup, teardown),
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
