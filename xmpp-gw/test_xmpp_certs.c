/* SPDX-License-Identifier: Apache-2.0 */
/* New certificates at a reload: what begins later is under them, what is there is not touched; and
 * the alarms of their ends. */
#include "alarm.h"
#include "clock.h"
#include "log.h"
#include "secure_counts.h"
#include "secure_link.h"
#include "secure_rig.h"
#include "streams.h"
#include "wheel.h"
#include "xmpp_alarms.h"
#include "xmpp_certs.h"
#include "xmpp_conf.h"
#include "xmpp_metrics.h"
#include "xmpp_own_conf.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, N_OWN = 3 };

struct rig {
    struct secure_rig certs;
    char paths[2 * N_OWN + 1][SECURE_RIG_PATH];
    char const *files[2 * N_OWN];
    struct xmpp_own_conf entries[N_OWN];
    struct xmpp_conf conf;
    struct streams_own own[N_OWN];
    struct streams_settings settings;
    struct wheel *wheel;
    struct alarm_board *alarms;
    struct secure_watch *watch;
};

/* NAME.pem for NAME.test, which ends in @p days. */
static void make(struct rig *rig, char const *name, int days)
{
    char cn[64];

    snprintf(cn, sizeof cn, "%s.test", name);
    secure_rig_make(&rig->certs,
                    &(struct secure_rig_cert){
                        .name = name, .cn = cn, .issuer = "ca", .to_s = (long)days * DAY_S + 60 });
}

/* The entry of a domain with the certificate NAME.pem; @p i: its place. */
static void name_files(struct rig *rig, size_t i, char const *domain, char const *name)
{
    char file[64];

    snprintf(file, sizeof file, "%s.pem", name);
    rig->files[2 * i] = secure_rig_path(&rig->certs, file, rig->paths[2 * i]);
    snprintf(file, sizeof file, "%s.key", name);
    rig->files[2 * i + 1] = secure_rig_path(&rig->certs, file, rig->paths[2 * i + 1]);
    rig->entries[i] = (struct xmpp_own_conf){ .name = domain,
                                              .certificates = { .v = &rig->files[2 * i], .n = 1 },
                                              .keys = { .v = &rig->files[2 * i + 1], .n = 1 } };
}

/* Domains a.test and b.test as servers, c.test as a component. */
static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    struct secure_fault fault;

    secure_rig_init(&rig->certs);
    secure_rig_make(
        &rig->certs,
        &(struct secure_rig_cert){ .name = "ca", .cn = "ca", .is_ca = true, .to_s = 999L * DAY_S });
    make(rig, "a", 31);
    make(rig, "b", 400);
    make(rig, "next", 500);
    name_files(rig, 0, "a.test", "a");
    name_files(rig, 1, "b.test", "b");
    rig->entries[2] = (struct xmpp_own_conf){ .name = "c.test" };
    rig->conf =
        (struct xmpp_conf){ .own = { rig->entries, N_OWN },
                            .ca = secure_rig_path(&rig->certs, "ca.pem", rig->paths[2 * N_OWN]),
                            .expiry = { 30, 14, 7, 1 } };
    for (size_t i = 0; i < N_OWN; i++) {
        rig->own[i].name = rig->entries[i].name;
        if (i < 2)
            rig->own[i].context = xmpp_conf_context(&rig->conf, &rig->entries[i], &fault);
    }
    rig->settings = (struct streams_settings){ .own = rig->own, .n_own = N_OWN };
    rig->wheel = wheel_new(clock_now_ms());
    rig->alarms = alarm_board_new(&xmpp_alarms);
    rig->watch = xmpp_certs_new(rig->wheel, rig->alarms);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    secure_watch_free(&rig->watch);
    for (size_t i = 0; i < N_OWN; i++)
        secure_context_unref(&rig->own[i].context);
    alarm_board_free(&rig->alarms);
    wheel_free(&rig->wheel);
    secure_rig_fini(&rig->certs);
    free(rig);
    return 0;
}

static void assert_alarms(struct rig *rig, char const *wanted)
{
    json_t *table = alarm_show(rig->alarms), *row;
    char text[500] = "";
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

static void test_alarms(void **state)
{
    struct rig *rig = *state;

    xmpp_certs_watch(rig->watch, &rig->settings, &rig->conf);
    assert_alarms(rig, "");
    assert_int_equal(met_get(&xmpp_metrics, M_certificates), 2);
    assert_int_equal(met_get(&xmpp_metrics, M_certificate_days_left), 31);
    pass_days(rig, 2);
    assert_alarms(rig, "certificate_due_warning a.test");
    pass_days(rig, 16);
    assert_alarms(rig, "certificate_due_minor a.test");
    pass_days(rig, 7);
    assert_alarms(rig, "certificate_due_major a.test");
    pass_days(rig, 6);
    assert_alarms(rig, "certificate_due_critical a.test");
    pass_days(rig, 1);
    assert_alarms(rig, "certificate_expired a.test");
    name_files(rig, 0, "a.test", "next");
    assert_int_equal(xmpp_certs_renew(&rig->settings, &rig->conf), 0);
    xmpp_certs_watch(rig->watch, &rig->settings, &rig->conf);
    assert_alarms(rig, "");
    assert_int_equal(met_get(&xmpp_metrics, M_certificates_due), 0);
}

/* Which certificate a server under the context shows. */
static void assert_shows(struct secure_link *client, struct secure_link *server, char const *name)
{
    secure_rig_talk(client, server);
    assert_true(secure_link_is_open(client));
    assert_string_equal(secure_link_peer(client), name);
}

static void test_renew(void **state)
{
    struct rig *rig = *state;
    struct secure_context *old = rig->own[0].context, *other = rig->own[1].context;
    struct secure_context *client = secure_rig_context(&rig->certs, "b", "ca", NULL);
    struct secure_link *near = secure_link_new(other, "a.test", 65536);
    struct secure_link *far = secure_link_new(old, NULL, 65536);
    char text[8];

    assert_shows(near, far, "a.test");
    name_files(rig, 0, "a.test", "next");
    assert_int_equal(xmpp_certs_renew(&rig->settings, &rig->conf), 0);
    assert_ptr_not_equal(rig->own[0].context, old);
    assert_null(rig->own[2].context);
    /* The one that was there goes on; its context lives as long. */
    assert_int_equal(secure_link_write(far, "hello", 5), 0);
    secure_link_feed(near, secure_link_out(far)->data, secure_link_out(far)->len);
    assert_int_equal(secure_link_read(near, text, sizeof text), 5);
    struct secure_link *near2 = secure_link_new(rig->own[1].context, "a.test", 65536);
    struct secure_link *far2 = secure_link_new(rig->own[0].context, NULL, 65536);
    assert_shows(near2, far2, "next.test");
    /* and is counted where the first one was */
    assert_int_equal(
        secure_counts_get(secure_context_counts(rig->own[0].context), SECURE_COUNT_ACCEPTED), 2);
    secure_link_free(&near);
    secure_link_free(&far);
    secure_link_free(&near2);
    secure_link_free(&far2);
    secure_context_unref(&client);
}

/* One file that is bad: all stay as they are. */
static void test_bad_file(void **state)
{
    struct rig *rig = *state;
    struct secure_context *first = rig->own[0].context, *second = rig->own[1].context;

    name_files(rig, 0, "a.test", "next");
    secure_rig_write(&rig->certs, "b.pem", "no certificate");
    assert_int_equal(xmpp_certs_renew(&rig->settings, &rig->conf), -EINVAL);
    assert_ptr_equal(rig->own[0].context, first);
    assert_ptr_equal(rig->own[1].context, second);
}

/* A domain that is no longer in the file goes on until the restart. */
static void test_gone(void **state)
{
    struct rig *rig = *state;
    struct secure_context *second = rig->own[1].context;

    rig->conf.own.n = 1;
    assert_int_equal(xmpp_certs_renew(&rig->settings, &rig->conf), 0);
    assert_ptr_equal(rig->own[1].context, second);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_renew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_alarms, setup, teardown), /* moves the clock */
    };

    log_init("test", LOG_ERROR);
    return cmocka_run_group_tests_name("xmpp_certs", tests, NULL, NULL);
}
