/* SPDX-License-Identifier: Apache-2.0 */
/* Names of an access list against a small DNS server: resolved, changed, lost, found again. */
#include "acl.h"
#include "acl_names.h"
#include "clock.h"
#include "dns_rig.h"
#include "log.h"
#include "proxy_alarms.h"
#include "wheel.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFRESH_S = 300 };

/* clang-format off */
static struct dns_row const zone[] = {
    DNS_ROW_A("pbx.test", "192.0.2.1", .ttl_s = 3000),
    DNS_ROW_AAAA("pbx.test", "2001:db8::1", .ttl_s = 3000),
    DNS_ROW_A("brief.test", "192.0.2.2", .ttl_s = 20),
    DNS_ROW_A("short.test", "192.0.2.3", .ttl_s = 1),
    DNS_ROW_A("cm1.home.test", "192.0.2.4", .ttl_s = 3000),
};
static struct dns_row const moved[] = {
    DNS_ROW_A("pbx.test", "192.0.2.9", .ttl_s = 3000),
};
/* clang-format on */

struct rig {
    struct dns_rig dns;
    struct wheel *wheel;
    struct alarm_board *alarms;
    struct acl *acl;
    struct acl_names *names;
};

static struct acl_names_options options(struct rig *rig)
{
    return (struct acl_names_options){ .resolver = rig->dns.resolver,
                                       .wheel = rig->wheel,
                                       .alarms = rig->alarms,
                                       .domain = "home.test",
                                       .refresh_s = REFRESH_S };
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    dns_rig_init(&rig->dns, zone, sizeof zone / sizeof *zone);
    rig->wheel = wheel_new(clock_now_ms());
    rig->alarms = alarm_board_new(&proxy_alarms);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    acl_names_free(&rig->names, NULL);
    assert_int_equal(alarm_count(rig->alarms), 0);
    acl_free(&rig->acl);
    alarm_board_free(&rig->alarms);
    dns_rig_fini(&rig->dns);
    wheel_free(&rig->wheel);
    free(rig);
    return 0;
}

static struct acl *list_of(char const *const *patterns)
{
    struct acl *acl = acl_new();

    for (; *patterns; patterns++)
        assert_int_equal(acl_add(acl, &(struct acl_rule){ .pattern = *patterns }), 0);
    assert_int_equal(acl_seal(acl), 0);
    return acl;
}

/* Lets everything settle that needs no time. */
static void settle(struct rig *rig)
{
    for (int i = 0; i < 3; i++) {
        wheel_run(rig->wheel, clock_now_ms());
        dns_rig_run(&rig->dns);
    }
}

static void begin(struct rig *rig, char const *const *patterns)
{
    struct acl_names_options o = options(rig);

    rig->acl = list_of(patterns);
    rig->names = acl_names_new(rig->acl, &o);
    assert_non_null(rig->names);
    settle(rig);
}

static void advance_s(struct rig *rig, int seconds)
{
    dns_rig_advance_s(seconds);
    settle(rig);
}

/* "pattern" of who is admitted from @p source. */
static void expect(struct rig *rig, char const *source, char const *wanted)
{
    struct net_addr addr;

    assert_int_equal(net_addr_parse(&addr, source, 5060), 0);
    struct acl_entry const *entry = acl_find(rig->acl, &addr);
    char const *got = entry ? entry->rule.pattern : "nobody";
    if (strcmp(got, wanted) != 0)
        fail_msg("%s: %s instead of %s", source, got, wanted);
}

/* The one alarm that stands, as "ID OBJECT"; "" for none. */
static void expect_alarm(struct rig *rig, char const *wanted)
{
    json_t *table = alarm_show(rig->alarms), *rows = json_object_get(table, "rows"), *row;
    char got[200] = "";

    assert_true(json_array_size(rows) <= 1);
    if ((row = json_array_get(rows, 0)))
        snprintf(got, sizeof got, "%s %s", json_string_value(json_array_get(row, 1)),
                 json_string_value(json_array_get(row, 2)));
    assert_string_equal(got, wanted);
    json_decref(table);
}

static void test_first_answers(void **state)
{
    static char const *const patterns[] = { "198.51.100.1", "pbx.test", "brief.test", NULL };
    struct rig *rig = *state;
    struct acl_names_options o = options(rig);

    rig->acl = list_of(patterns);
    rig->names = acl_names_new(rig->acl, &o);
    assert_int_equal(acl_names_waiting(rig->names), 2);
    expect(rig, "192.0.2.1", "nobody");
    settle(rig);
    assert_int_equal(acl_names_waiting(rig->names), 0);
    expect(rig, "192.0.2.1", "pbx.test");
    expect(rig, "[2001:db8::1]", "pbx.test");
    expect(rig, "192.0.2.2", "brief.test");
    expect(rig, "198.51.100.1", "198.51.100.1");
    expect(rig, "192.0.2.3", "nobody");
    expect_alarm(rig, "");
}

/* The names of call managers may be given without their domain. */
static void test_name_without_dot(void **state)
{
    static char const *const patterns[] = { "cm1", NULL };
    struct rig *rig = *state;

    begin(rig, patterns);
    expect(rig, "192.0.2.4", "cm1");
    rig->dns.zone = moved;
    rig->dns.n_rows = 1;
    advance_s(rig, REFRESH_S);
    expect(rig, "192.0.2.4", "cm1");
    expect_alarm(rig, "acl_name_lost cm1");
}

static void test_change(void **state)
{
    static char const *const patterns[] = { "pbx.test", NULL };
    struct rig *rig = *state;

    begin(rig, patterns);
    rig->dns.zone = moved;
    rig->dns.n_rows = 1;
    int asked = rig->dns.questions;
    advance_s(rig, REFRESH_S - 1);
    assert_int_equal(rig->dns.questions, asked);
    expect(rig, "192.0.2.1", "pbx.test");
    advance_s(rig, 1);
    assert_true(rig->dns.questions > asked);
    expect(rig, "192.0.2.9", "pbx.test");
    expect(rig, "192.0.2.1", "nobody");
    expect(rig, "[2001:db8::1]", "nobody");
    expect_alarm(rig, "");
    assert_int_equal(acl_reclaim(rig->acl), 0);
}

static void test_lost_and_found(void **state)
{
    static char const *const patterns[] = { "pbx.test", NULL };
    struct rig *rig = *state;

    begin(rig, patterns);
    rig->dns.broken = true;
    advance_s(rig, REFRESH_S);
    expect(rig, "192.0.2.1", "pbx.test");
    expect_alarm(rig, "acl_name_lost pbx.test");
    /* the name is gone: the same */
    rig->dns.broken = false;
    rig->dns.n_rows = 0;
    for (int i = 0; i < 20; i++)
        advance_s(rig, 30);
    expect(rig, "192.0.2.1", "pbx.test");
    expect_alarm(rig, "acl_name_lost pbx.test");
    /* it is soon noticed when it is there again */
    rig->dns.zone = moved;
    rig->dns.n_rows = 1;
    advance_s(rig, 30);
    expect(rig, "192.0.2.9", "pbx.test");
    expect_alarm(rig, "");
}

static void test_never_resolved(void **state)
{
    static char const *const patterns[] = { "192.0.2.77", "pxb.test", NULL };
    struct rig *rig = *state;

    begin(rig, patterns);
    expect_alarm(rig, "acl_name_unknown pxb.test");
    expect(rig, "192.0.2.1", "nobody");
    expect(rig, "192.0.2.77", "192.0.2.77");
    assert_int_equal(acl_names_waiting(rig->names), 0);
}

/* A time to live below acl_refresh is kept to, but no name is asked for all the time. */
static void test_time_to_live(void **state)
{
    static char const *const patterns[] = { "brief.test", NULL }, *const shorter[] = { "short.test",
                                                                                       NULL };
    struct rig *rig = *state;

    begin(rig, patterns);
    int asked = rig->dns.questions;
    advance_s(rig, 19);
    assert_int_equal(rig->dns.questions, asked);
    advance_s(rig, 1);
    assert_true(rig->dns.questions > asked);
    acl_names_free(&rig->names, NULL);
    acl_free(&rig->acl);
    begin(rig, shorter);
    asked = rig->dns.questions;
    advance_s(rig, 4);
    assert_int_equal(rig->dns.questions, asked);
    advance_s(rig, 1);
    assert_true(rig->dns.questions > asked);
}

/* A reload: addresses go over, alarms stand as long as their name is in the list. */
static void test_next_list(void **state)
{
    static char const *const patterns[] = { "pbx.test", "a.test", NULL }, *const next_patterns[] = {
        "b.test", "PBX.test", NULL
    };
    struct rig *rig = *state;
    struct acl_names_options o = options(rig);

    begin(rig, patterns);
    expect_alarm(rig, "acl_name_unknown a.test");
    rig->dns.mute = true;
    struct acl *next = list_of(next_patterns);
    assert_int_equal(acl_inherit(next, rig->acl), 0);
    assert_int_equal(acl_publish(next), 0);
    struct acl_names *names = acl_names_new(next, &o);
    acl_names_free(&rig->names, next);
    acl_free(&rig->acl);
    rig->acl = next;
    rig->names = names;
    expect(rig, "192.0.2.1", "PBX.test");
    expect_alarm(rig, "");
    for (int i = 0; i < 12; i++)
        advance_s(rig, 1);
    expect(rig, "192.0.2.1", "PBX.test");
    assert_int_equal(alarm_count(rig->alarms), 2);
}

/* More names than are asked for at once. */
static void test_many(void **state)
{
    enum { NAMES = 200 };
    static struct dns_row rows[NAMES];
    static char name[NAMES][16], addr[NAMES][16];
    static char const *patterns[NAMES + 1];
    struct rig *rig = *state;

    for (int i = 0; i < NAMES; i++) {
        snprintf(name[i], sizeof name[i], "n%d.test", i);
        snprintf(addr[i], sizeof addr[i], "10.0.%d.%d", i / 100, i % 100);
        rows[i] = (struct dns_row){ .name = name[i], .type = DNS_A, .value = addr[i] };
        patterns[i] = name[i];
    }
    rig->dns.zone = rows;
    rig->dns.n_rows = NAMES;
    rig->dns.mute = true;
    begin(rig, patterns);
    assert_int_equal(rig->dns.questions, 2 * 64); /* A and AAAA */
    rig->dns.mute = false;
    advance_s(rig, 3);
    for (int i = 0; i < 20 && acl_names_waiting(rig->names); i++)
        settle(rig);
    assert_int_equal(acl_names_waiting(rig->names), 0);
    for (int i = 0; i < NAMES; i++)
        expect(rig, addr[i], name[i]);
    expect_alarm(rig, "");
}

/* One that keeps its answer back: the others do not wait for it. */
static void test_slow_one(void **state)
{
    static char const *const patterns[] = { "pbx.test", "silent.test", NULL };
    struct rig *rig = *state;

    rig->dns.silent_name = "silent.test";
    begin(rig, patterns);
    assert_int_equal(acl_names_waiting(rig->names), 1);
    expect(rig, "192.0.2.1", "nobody");
    clock_advance_ms(200);
    settle(rig);
    expect(rig, "192.0.2.1", "pbx.test");
    /* and it ends while a question is under way */
}

static void test_alarm_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < proxy_alarms.n; i++) {
        struct alarm_row const *row = &proxy_alarms.rows[i];
        assert_true(*row->id && *row->raise && *row->clear && *row->hint);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(row->id, proxy_alarms.rows[k].id);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(test_first_answers),  TEST(test_name_without_dot),
        TEST(test_change),         TEST(test_lost_and_found),
        TEST(test_never_resolved), TEST(test_time_to_live),
        TEST(test_next_list),      TEST(test_many),
        TEST(test_slow_one),       cmocka_unit_test(test_alarm_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
