/* SPDX-License-Identifier: Apache-2.0 */
/* Which routes are tried in which order, what blocks, and what a listener is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "route_trace.h"
#include "static_rig.h"
#include "static_select.h"
#include <math.h>
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <string.h>

#define ROW    STATIC_RIG_ROW
#define OUT    .in_service = false
#define BLOCK  .block = true
#define STRICT .allow_less_specific = false

enum { ROUTES_MAX = 6 };

static bool hop_is_up(void *ctx, struct static_route const *route)
{
    return strstr(ctx, route->conf->next_hop) == NULL;
}

static void note(void *ctx, char const *rule, bool taken, char const *why)
{
    buf_printf(ctx, "%s=%s(%s)\n", rule, taken ? "yes" : "no", why);
}

static void select_by(struct static_table const *table, char const *uri, uint64_t seed,
                      char const *down, struct route_trace const *trace,
                      struct static_selection *ret)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct static_query query = { .table = table,
                                  .mode = PATTERN_USER,
                                  .uri = url_make(home, uri),
                                  .seed = seed,
                                  .usable = down ? hop_is_up : NULL,
                                  .usable_ctx = (void *)(uintptr_t)down,
                                  .trace = trace };
    assert_non_null(query.uri);
    static_select(&query, ret);
    su_home_deinit(home);
}

/* "a b" of next hops a.test, b.test; "blocked by NAME". */
static char const *outcome(struct static_selection const *found, char text[static 4000])
{
    size_t at = 0;
    text[0] = '\0';
    if (found->verdict == STATIC_BLOCKED)
        snprintf(text, 4000, "blocked by %s", found->routes[0]->name);
    for (unsigned i = 0; found->verdict == STATIC_ROUTES && i < found->n; i++)
        at += (size_t)snprintf(text + at, 4000 - at, "%s%.1s", i ? " " : "",
                               found->routes[i]->conf->next_hop);
    assert_int_equal(found->verdict == STATIC_NOTHING, found->n == 0);
    return text;
}

/* Each of a priority of its own, so that no chance is in it. */
/* clang-format off */
static struct vector {
    char const *title, *down, *wanted;
    struct static_conf rows[ROUTES_MAX];
} vectors[] = {
    { "by priority", NULL, "b a c", {
        ROW(.pattern = "8*", .next_hop = "a", .priority = 2),
        ROW(.pattern = "8*", .next_hop = "b", .priority = 1),
        ROW(.pattern = "8*", .next_hop = "c", .priority = 65535) } },
    { "more specific first, whatever its priority", NULL, "b a", {
        ROW(.pattern = "8*", .next_hop = "a", .priority = 1),
        ROW(.pattern = "80*", .next_hop = "b", .priority = 9) } },
    { "nothing matches", NULL, "", { ROW(.pattern = "9*", .next_hop = "a") } },
    { "less specific not allowed", NULL, "b", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b", STRICT) } },
    { "all of a pattern must allow it", NULL, "b c", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b", .priority = 1),
        ROW(.pattern = "80*", .next_hop = "c", .priority = 2, STRICT) } },
    { "who is out of service has no say", NULL, "b a", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b"),
        ROW(.pattern = "80*", .next_hop = "c", STRICT, OUT) } },
    { "the last one may refuse for nobody", NULL, "b a", {
        ROW(.pattern = "8*", .next_hop = "a", STRICT),
        ROW(.pattern = "80*", .next_hop = "b") } },
    { "it ends in the middle", NULL, "c b", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b", STRICT),
        ROW(.pattern = "800*", .next_hop = "c") } },
    { "out of service", NULL, "a", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b", OUT) } },
    { "a whole pattern out of service is not there", NULL, "a", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b", OUT, STRICT) } },
    { "all out of service", NULL, "", { ROW(.pattern = "8*", .next_hop = "a", OUT) } },
    { "blocked", NULL, "blocked by static_routes[1]", {
        ROW(.pattern = "8*", .next_hop = "", BLOCK) } },
    { "blocked does not fall to less specific", NULL, "blocked by static_routes[2]", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "", BLOCK) } },
    { "blocked beats an open one of the pattern", NULL, "blocked by static_routes[2]", {
        ROW(.pattern = "8*", .next_hop = "a", .priority = 1),
        ROW(.pattern = "8*", .next_hop = "b", BLOCK, .priority = 9) } },
    { "blocked but out of service blocks nothing", NULL, "a", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "", BLOCK, OUT) } },
    { "an exception from what is blocked", NULL, "a", {
        ROW(.pattern = "8*", .next_hop = "", BLOCK),
        ROW(.pattern = "8001", .next_hop = "a") } },
    { "blocked further down ends the list", NULL, "c", {
        ROW(.pattern = "*", .next_hop = "a"),
        ROW(.pattern = "8*", .next_hop = "b", BLOCK),
        ROW(.pattern = "80*", .next_hop = "c") } },
    { "a next hop is tried once", NULL, "a b", {
        ROW(.pattern = "8*", .next_hop = "b"),
        ROW(.pattern = "80*", .next_hop = "a"),
        ROW(.pattern = "*", .next_hop = "A") } },
    { "another port is another next hop", NULL, "a a", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "a", .port = 5070) } },
    { "who rests goes last", "a", "b c a", {
        ROW(.pattern = "80*", .next_hop = "a", .priority = 1),
        ROW(.pattern = "80*", .next_hop = "b", .priority = 2),
        ROW(.pattern = "8*", .next_hop = "c") } },
    { "among themselves the resting keep their order", "a c", "b d a c", {
        ROW(.pattern = "80*", .next_hop = "a", .priority = 1),
        ROW(.pattern = "80*", .next_hop = "b", .priority = 2),
        ROW(.pattern = "80*", .next_hop = "c", .priority = 3),
        ROW(.pattern = "80*", .next_hop = "d", .priority = 4) } },
    { "all rest: all are tried", "a b", "a b", {
        ROW(.pattern = "80*", .next_hop = "a", .priority = 1),
        ROW(.pattern = "80*", .next_hop = "b", .priority = 2) } },
    { "the resting refuse, too", "b", "b", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80*", .next_hop = "b", STRICT) } },
    { "inactive is never used", NULL, "a", {
        ROW(.pattern = "8*", .next_hop = "a"),
        ROW(.pattern = "80.1", .next_hop = "b") } },
};
/* clang-format on */

static void test_selection(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct static_selection found;
        char text[4000];
        size_t n = 0;
        while (n < ROUTES_MAX && vectors[i].rows[n].pattern)
            n++;
        struct static_table *table = static_rig_table(vectors[i].rows, n);
        for (uint64_t seed = 0; seed < 20; seed++) {
            select_by(table, "sip:8001@h", seed, vectors[i].down, NULL, &found);
            if (strcmp(outcome(&found, text), vectors[i].wanted) != 0)
                fail_msg("%s: %s", vectors[i].title, text);
        }
        static_table_free(&table);
    }
}

static void test_sips_goes_by_tls(void **state)
{
    struct static_conf rows[] = {
        ROW(.pattern = "80*", .next_hop = "a"),
        ROW(.pattern = "8*", .next_hop = "b", .transport = STATIC_CONF_TLS),
        ROW(.pattern = "9*", .next_hop = "c", BLOCK),
    };
    struct static_selection found;
    char text[4000];
    struct static_table *table = static_rig_table(rows, 3);
    (void)state;
    select_by(table, "sip:8001@h", 1, NULL, NULL, &found);
    assert_string_equal(outcome(&found, text), "a b");
    select_by(table, "sips:8001@h", 1, NULL, NULL, &found);
    assert_string_equal(outcome(&found, text), "b");
    select_by(table, "sips:9001@h", 1, NULL, NULL, &found);
    assert_string_equal(outcome(&found, text), "blocked by static_routes[3]");
    static_table_free(&table);
}

/* --- weights -------------------------------------------------------------------------------------
 */

enum { CALLS = 20000 };

/* The guide's example (part 2, 1.5): (priority, weight) = (1,20) (1,10) (2,50). */
static struct static_conf weighted[] = {
    ROW(.pattern = "8*", .next_hop = "a", .priority = 1, .weight = 20),
    ROW(.pattern = "8*", .next_hop = "b", .priority = 1, .weight = 10),
    ROW(.pattern = "8*", .next_hop = "c", .priority = 2, .weight = 50),
};

static void test_weights_share_the_traffic(void **state)
{
    struct static_table *table = static_rig_table(weighted, 3);
    struct static_selection found;
    unsigned first_a = 0;
    char text[4000];
    (void)state;
    for (uint64_t call = 0; call < CALLS; call++) {
        select_by(table, "sip:8001@h", call * UINT64_C(0x9e3779b97f4a7c15), NULL, NULL, &found);
        outcome(&found, text);
        assert_true(strcmp(text, "a b c") == 0 || strcmp(text, "b a c") == 0);
        first_a += *text == 'a';
    }
    /* 2/3 of them, within four standard deviations */
    double deviation = sqrt(CALLS * (2.0 / 3) * (1.0 / 3));
    assert_true(fabs(first_a - CALLS * 2.0 / 3) < 4 * deviation);
    static_table_free(&table);
}

/* The second place, too, follows the weights of those that are left. */
static void test_weights_without_putting_back(void **state)
{
    struct static_conf rows[] = {
        ROW(.pattern = "8*", .next_hop = "a", .weight = 1),
        ROW(.pattern = "8*", .next_hop = "b", .weight = 2),
        ROW(.pattern = "8*", .next_hop = "c", .weight = 3),
        ROW(.pattern = "8*", .next_hop = "d", .weight = 65535, .priority = 2),
    };
    static struct {
        char const *order;
        double share;
    } const orders[] = {
        { "a b c d", 1.0 / 6 * 2 / 5 }, { "a c b d", 1.0 / 6 * 3 / 5 },
        { "b a c d", 2.0 / 6 * 1 / 4 }, { "b c a d", 2.0 / 6 * 3 / 4 },
        { "c a b d", 3.0 / 6 * 1 / 3 }, { "c b a d", 3.0 / 6 * 2 / 3 },
    };
    struct static_table *table = static_rig_table(rows, 4);
    struct static_selection found;
    unsigned counts[6] = { 0 };
    char text[4000];
    (void)state;
    for (uint64_t call = 0; call < CALLS; call++) {
        select_by(table, "sip:8001@h", call, NULL, NULL, &found);
        outcome(&found, text);
        for (size_t i = 0; i < 6; i++)
            counts[i] += strcmp(text, orders[i].order) == 0;
    }
    for (size_t i = 0; i < 6; i++) {
        double wanted = CALLS * orders[i].share;
        if (fabs(counts[i] - wanted) > 4 * sqrt(wanted * (1 - orders[i].share)))
            fail_msg("%s: %u, not %g", orders[i].order, counts[i], wanted);
    }
    static_table_free(&table);
}

static void test_a_seed_is_an_order(void **state)
{
    struct static_conf rows[100];
    char names[100][8], first[4000], again[4000], other[4000];
    struct static_selection found;
    (void)state;
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "h%d.t", i);
        rows[i] = (struct static_conf)ROW(.pattern = "8*", .next_hop = names[i]);
    }
    struct static_table *table = static_rig_table(rows, 100);
    struct static_route const *order[100];
    select_by(table, "sip:8001@h", 17, NULL, NULL, &found);
    assert_int_equal(found.n, 100);
    memcpy(order, found.routes, sizeof order);
    select_by(table, "sip:8002@h", 17, NULL, NULL, &found);
    assert_memory_equal(order, found.routes, sizeof order);
    select_by(table, "sip:8001@h", 18, NULL, NULL, &found);
    assert_memory_not_equal(order, found.routes, sizeof order);
    static_table_free(&table);
    /* splitmix64 of the seed, modulo the sum of the weights: 25, 8, 28 of 30. */
    table = static_rig_table(weighted, 3);
    select_by(table, "sip:8@h", 0, NULL, NULL, &found);
    outcome(&found, first);
    select_by(table, "sip:8@h", 5, NULL, NULL, &found);
    outcome(&found, again);
    select_by(table, "sip:8@h", 4, NULL, NULL, &found);
    outcome(&found, other);
    assert_string_equal(first, "b a c");
    assert_string_equal(again, "a b c");
    assert_string_equal(other, "b a c");
    static_table_free(&table);
}

static void test_a_list_is_bounded(void **state)
{
    struct static_conf rows[200];
    char names[200][8];
    struct static_selection found;
    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(names[i], sizeof names[i], "h%d.t", i);
        rows[i] = (struct static_conf)ROW(.pattern = i < 100 ? "8*" : "80*", .next_hop = names[i]);
    }
    struct static_table *table = static_rig_table(rows, 200);
    select_by(table, "sip:8001@h", 17, NULL, NULL, &found);
    assert_int_equal(found.n, STATIC_SELECT_MAX);
    for (unsigned i = 0; i < found.n; i++)
        assert_string_equal(found.routes[i]->conf->pattern, i < 100 ? "80*" : "8*");
    static_table_free(&table);
}

static void test_trace(void **state)
{
    struct static_conf rows[] = {
        ROW(.pattern = "*", .next_hop = "a"),
        ROW(.pattern = "8*", .next_hop = "b", STRICT, .name = "strict"),
        ROW(.pattern = "80*", .next_hop = "c", .priority = 2),
        ROW(.pattern = "80*", .next_hop = "d", .priority = 3),
        ROW(.pattern = "80*", .next_hop = "e", OUT),
        ROW(.pattern = "80.1", .next_hop = "f"),
        ROW(.pattern = "80.2", .next_hop = "f"),
        ROW(.pattern = "8*", .next_hop = "c"),
        ROW(.pattern = "9*", .next_hop = "f"),
    };
    struct static_selection found;
    struct buf text;
    struct route_trace const trace = { note, &text };
    struct static_table *table = static_rig_table(rows, sizeof rows / sizeof *rows);
    (void)state;
    buf_init(&text, 10000);
    select_by(table, "sip:8001@h", 17, "c", &trace, &found);
    assert_string_equal(
        buf_text(&text),
        "static_routes[5]=no(matches, but is out of service)\n"
        "static_routes[8]=no(matches, but its next hop is in the list already)\n"
        "static_routes[1]=no(less specific, and static_routes[strict] does not allow that)\n"
        "static_routes[6]=no(matches, but is not active: no embed template fits)\n"
        "static_routes[4]=yes(priority 3, weight 10)\n"
        "static_routes[strict]=yes(priority 1, weight 10)\n"
        "static_routes[3]=yes(priority 2, weight 10; its next hop rests)\n");
    static_table_free(&table);
    rows[2].block = true;
    table = static_rig_table(rows, 4);
    buf_reset(&text);
    select_by(table, "sip:8001@h", 17, NULL, &trace, &found);
    assert_string_equal(buf_text(&text),
                        "static_routes[3]=yes(blocks)\n"
                        "static_routes[4]=no(matches, but another one blocks)\n"
                        "static_routes[strict]=no(less specific, and static_routes[3] blocks)\n"
                        "static_routes[1]=no(less specific, and static_routes[3] blocks)\n");
    static_table_free(&table);
    rows[2].block = false;
    rows[1].block = true;
    table = static_rig_table(rows, 4);
    buf_reset(&text);
    select_by(table, "sip:8001@h", 17, NULL, &trace, &found);
    assert_non_null(strstr(
        buf_text(&text), "static_routes[strict]=no(less specific and blocked: the list ends)\n"
                         "static_routes[1]=no(less specific, and static_routes[strict] blocks)\n"));
    static_table_free(&table);
    buf_fini(&text);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_sips_goes_by_tls),
        cmocka_unit_test(test_weights_share_the_traffic),
        cmocka_unit_test(test_weights_without_putting_back),
        cmocka_unit_test(test_a_seed_is_an_order),
        cmocka_unit_test(test_a_list_is_bounded),
        cmocka_unit_test(test_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
