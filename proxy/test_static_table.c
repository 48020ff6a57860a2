/* SPDX-License-Identifier: Apache-2.0 */
/* The table: which patterns match and in which order, what is inactive, next hops, memory, hits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_rig.h"
#include "static_rig.h"
#include <sofia-sip/su_alloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW    STATIC_RIG_ROW
#define DOMAIN .type = STATIC_CONF_DOMAIN

/* Patterns that match, most specific first, as "8001 80.. 8*". */
static char const *found(struct static_table const *table, enum pattern_mode mode, char const *uri,
                         char text[static 2000])
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct static_matches matches;
    size_t at = 0;
    url_t *url = url_make(home, uri);
    assert_non_null(url);
    bool any = static_table_find(table, mode, url, &matches);
    assert_int_equal(any, matches.n > 0);
    assert_false(matches.cut);
    text[0] = '\0';
    for (unsigned i = 0; i < matches.n; i++)
        at += (size_t)snprintf(text + at, 2000 - at, "%s%s", i ? " " : "",
                               static_table_route(table, matches.patterns[i], 0)->conf->pattern);
    su_home_deinit(home);
    return text;
}

static struct static_conf rows[] = {
    ROW(.pattern = "8*"),
    ROW(.pattern = "80.."),
    ROW(.pattern = "8001"),
    ROW(.pattern = "800."),
    ROW(.pattern = "*"),
    ROW(.pattern = "80.*"),
    ROW(.pattern = "....", .next_hop = "b.test"),
    ROW(.pattern = "74..7812345*"),
    ROW(.pattern = "471....34*"),
    ROW(.pattern = "1.3"),
    ROW(.pattern = "1.."),
    ROW(.pattern = "\\*67*"),
    ROW(.pattern = "b.test", DOMAIN),
    ROW(.pattern = "*.b.test", DOMAIN),
    ROW(.pattern = "*", DOMAIN),
    ROW(.pattern = "*b*", DOMAIN),
    ROW(.pattern = "B.TEST.", DOMAIN, .next_hop = "b.test"),
    ROW(.pattern = "192.0.2.*", DOMAIN),
    ROW(.pattern = "[2001:db8::1]", DOMAIN),
    ROW(.pattern = "sip*.c.test", DOMAIN),
};

static void test_matches_in_order(void **state)
{
    /* clang-format off */
    static struct {
        enum pattern_mode mode;
        char const *uri, *patterns;
    } const vectors[] = {
        { PATTERN_USER, "sip:8001@h", "8001 800. 80.. 80.* 8* .... *" },
        { PATTERN_USER, "sip:8009@h", "800. 80.. 80.* 8* .... *" },
        { PATTERN_USER, "sip:80095@h", "80.* 8* *" },
        { PATTERN_USER, "sip:9@h", "*" },
        { PATTERN_USER, "sip:7455781234567@h", "74..7812345* *" },
        { PATTERN_USER, "sip:471999934@h", "471....34* *" },
        { PATTERN_USER, "sip:123@h", "1.3 1.. *" },
        { PATTERN_USER, "sip:*671@h", "\\*67* .... *" },
        { PATTERN_USER, "sip:h", "" },
        { PATTERN_DOMAIN, "sip:8001@b.test", "b.test *b* *" },
        { PATTERN_DOMAIN, "sip:a.b.test", "*.b.test *b* *" },
        { PATTERN_DOMAIN, "sip:x@A.B.Test.:5070", "*.b.test *b* *" },
        { PATTERN_DOMAIN, "sip:192.0.2.9", "192.0.2.* *" },
        { PATTERN_DOMAIN, "sip:[2001:DB8:0::1]", "[2001:db8::1] *b* *" },
        { PATTERN_DOMAIN, "sip:sip7.c.test", "sip*.c.test *" },
    };
    /* clang-format on */
    struct static_table *table = static_rig_table(rows, sizeof rows / sizeof *rows);
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        found(table, vectors[i].mode, vectors[i].uri, text);
        if (strcmp(text, vectors[i].patterns) != 0)
            fail_msg("%s: %s", vectors[i].uri, text);
    }
    static_table_free(&table);
}

static void test_equal_patterns_are_one(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct static_table *table = static_rig_table(rows, sizeof rows / sizeof *rows);
    struct static_matches matches;
    (void)state;
    assert_true(static_table_find(table, PATTERN_DOMAIN, url_make(home, "sip:b.test"), &matches));
    assert_int_equal(matches.patterns[0]->n, 2); /* b.test and B.TEST. */
    assert_ptr_equal(static_table_route(table, matches.patterns[0], 1), static_table_at(table, 16));
    static_table_free(&table);
    su_home_deinit(home);
}

/* Equally specific: the file decides. */
static void test_ties(void **state)
{
    struct static_conf ties[] = { ROW(.pattern = "*a", DOMAIN), ROW(.pattern = "b*", DOMAIN) };
    char text[2000];
    (void)state;
    struct static_table *table = static_rig_table(ties, 2);
    assert_string_equal(found(table, PATTERN_DOMAIN, "sip:ba", text), "*a b*");
    static_table_free(&table);
    ties[0].pattern = "b*";
    ties[1].pattern = "*a";
    table = static_rig_table(ties, 2);
    assert_string_equal(found(table, PATTERN_DOMAIN, "sip:ba", text), "b* *a");
    static_table_free(&table);
}

static char *warnings(struct static_conf *list, size_t n, struct static_table **ret)
{
    struct cfg_faults *faults = cfg_faults_new();
    *ret =
        static_table_new(&(struct cfg_groups){ list, n }, &(struct cfg_strings){ .n = 0 }, faults);
    assert_non_null(*ret);
    assert_int_equal(cfg_faults_count(faults), 0);
    return conf_rig_said(&faults);
}

/* The 101st route of one pattern (guide part 2, 1.2) is the last of the file, not of the list. */
static void test_a_hundred_of_one_pattern(void **state)
{
    struct static_conf list[103];
    struct static_table *table;
    char text[2000];
    (void)state;
    for (int i = 0; i < 103; i++)
        list[i] = (struct static_conf)ROW(.where = { "c.conf", i + 1 }, .pattern = "8*",
                                          .priority = 103 - i);
    list[50].in_service = false; /* counts, too */
    list[101].pattern = "9*";
    char *said = warnings(list, 103, &table);
    assert_string_equal(said,
                        "c.conf:101: warning: static route \"static_routes[101]\" with pattern "
                        "\"8*\" is not active: 100 routes have this pattern already\n"
                        "c.conf:103: warning: static route \"static_routes[103]\" with pattern "
                        "\"8*\" is not active: 100 routes have this pattern already\n");
    free(said);
    assert_string_equal(found(table, PATTERN_USER, "sip:9@h", text), "9*");
    assert_string_equal(static_table_state(static_table_at(table, 99)), "active");
    assert_string_equal(static_table_state(static_table_at(table, 100)),
                        "100 routes have this pattern already");
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct static_matches matches;
    assert_true(static_table_find(table, PATTERN_USER, url_make(home, "sip:8@h"), &matches));
    assert_int_equal(matches.patterns[0]->n, 100);
    for (size_t i = 0; i < 100; i++) /* by priority */
        assert_ptr_equal(static_table_route(table, matches.patterns[0], i),
                         static_table_at(table, 99 - i));
    su_home_deinit(home);
    static_table_free(&table);
}

static void test_many_warnings_are_counted(void **state)
{
    struct static_conf list[250];
    struct static_table *table;
    size_t lines = 0;
    (void)state;
    for (int i = 0; i < 250; i++)
        list[i] = (struct static_conf)ROW(.where = { "c.conf", i + 1 }, .pattern = "7.1");
    char *said = warnings(list, 250, &table);
    for (char const *c = said; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 101);
    assert_non_null(strstr(said, "c.conf:1: warning: 150 more static routes are not active\n"));
    assert_int_equal(static_table_at(table, 249)->state, STATIC_NO_TEMPLATE);
    free(said);
    static_table_free(&table);
}

static void test_next_hops_are_shared(void **state)
{
    struct static_conf list[] = {
        ROW(.pattern = "1", .next_hop = "a.test"),
        ROW(.pattern = "2", .next_hop = "A.Test"),
        ROW(.pattern = "3", .next_hop = "a.test", .port = 5061),
        ROW(.pattern = "4", .next_hop = "a.test", .transport = STATIC_CONF_UDP),
        ROW(.pattern = "5", .next_hop = "a.test", .port = 0, .transport = STATIC_CONF_TLS),
        ROW(.pattern = "6", .next_hop = "2001:db8::1"),
        ROW(.pattern = "7", .next_hop = "", .block = true),
        ROW(.pattern = "8", .next_hop = "_sip._udp.a.test", .port = 0,
            .transport = STATIC_CONF_UDP),
    };
    static char const *const texts[] = {
        "sip:a.test:5060;transport=tcp",
        NULL,
        "sip:a.test:5061;transport=tcp",
        "sip:a.test:5060;transport=udp",
        "sip:a.test;transport=tls",
        "sip:[2001:db8::1]:5060;transport=tcp",
        "",
        "sip:a.test;transport=udp",
    };
    struct static_table *table = static_rig_table(list, 8);
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct static_route const *route = static_table_at(table, i);
        char printed[200] = "";
        if (!texts[i]) {
            assert_ptr_equal(route->hop, static_table_at(table, 0)->hop);
            continue;
        }
        if (route->hop) {
            assert_true(url_e(printed, sizeof printed, route->hop->uri) > 0);
            assert_string_equal(route->hop->text, texts[i]);
        }
        assert_string_equal(printed, texts[i]);
    }
    assert_int_equal(static_table_hops(table)->n, 6);
    static_table_free(&table);
}

static void test_names_and_hits(void **state)
{
    struct static_conf list[] = { ROW(.pattern = "1"), ROW(.pattern = "2", .name = "two") };
    struct static_table *table = static_rig_table(list, 2);
    (void)state;
    assert_int_equal(static_table_count(table), 2);
    assert_string_equal(static_table_at(table, 0)->name, "static_routes[1]");
    assert_string_equal(static_table_at(table, 1)->name, "static_routes[two]");
    static_table_count_hit(table, static_table_at(table, 1));
    static_table_count_hit(table, static_table_at(table, 1));
    assert_int_equal(static_table_hits(table, static_table_at(table, 0)), 0);
    assert_int_equal(static_table_hits(table, static_table_at(table, 1)), 2);
    static_table_free(&table);
}

static void test_empty(void **state)
{
    char text[2000];
    struct static_table *table = static_rig_table(NULL, 0);
    (void)state;
    assert_int_equal(static_table_count(table), 0);
    assert_string_equal(found(table, PATTERN_USER, "sip:8@h", text), "");
    static_table_free(&table);
    static_table_free(&table);
}

/* More patterns match than are returned: the most specific ones are. */
static void test_too_many_matches(void **state)
{
    enum { N = 200 };
    struct static_conf list[N];
    char patterns[N][N + 3], uri[N + 10] = "sip:", text[20];
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct static_matches matches;
    (void)state;
    for (int i = 0; i < N; i++) {
        memset(patterns[i], '1', (size_t)i);
        memcpy(patterns[i] + i, "*", 2);
        list[i] = (struct static_conf)ROW(.pattern = patterns[i]);
    }
    memset(uri + 4, '1', N);
    memcpy(uri + 4 + N, "@h", 3);
    struct static_table *table = static_rig_table(list, N);
    assert_true(static_table_find(table, PATTERN_USER, url_make(home, uri), &matches));
    assert_int_equal(matches.n, STATIC_TABLE_MATCHES);
    assert_false(matches.cut);
    for (unsigned i = 0; i < matches.n; i++) {
        snprintf(text, sizeof text, "static_routes[%u]", N - i);
        assert_string_equal(static_table_route(table, matches.patterns[i], 0)->name, text);
    }
    static_table_free(&table);
    su_home_deinit(home);
}

/* --- without memory ------------------------------------------------------------------------------
 */

static unsigned allocations_left = UINT32_MAX;

static bool may_allocate(void)
{
    return allocations_left > 0 && (allocations_left == UINT32_MAX || allocations_left-- > 0);
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return may_allocate() ? __real_calloc(n, size) : NULL;
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
    return may_allocate() ? __real_reallocarray(old, n, size) : NULL;
}

/* The n-th allocation fails: no table, or a whole one where the memory was only to be given back;
 * nothing is leaked (the sanitizer looks). */
static void test_out_of_memory(void **state)
{
    struct cfg_groups const list = { rows, sizeof rows / sizeof *rows };
    unsigned n = 0;
    char text[2000];
    struct static_table *table = NULL;
    (void)state;
    for (; !table && n < 1000; n++) {
        struct cfg_faults *faults = cfg_faults_new();
        allocations_left = n;
        table = static_table_new(&list, &(struct cfg_strings){ .n = 0 }, faults);
        allocations_left = UINT32_MAX;
        cfg_faults_free(&faults);
    }
    assert_non_null(table);
    assert_true(n > 10);
    assert_string_equal(found(table, PATTERN_USER, "sip:9@h", text), "*");
    static_table_free(&table);
}

static void test_a_hundred_thousand(void **state)
{
    enum { N = 100000 };
    struct static_conf *list = calloc(N, sizeof *list);
    char(*texts)[16] = calloc(N, sizeof *texts), text[2000], uri[40];
    (void)state;
    assert_true(list && texts);
    for (int i = 0; i < N; i++) {
        snprintf(texts[i], sizeof texts[i], i % 2 ? "7%07d" : "7%07d..*", i);
        list[i] = (struct static_conf)ROW(.pattern = texts[i]);
    }
    struct static_table *table = static_rig_table(list, N);
    for (int i = 0; i < N; i += 97) {
        snprintf(uri, sizeof uri, "sip:7%07d%s@h", i, i % 2 ? "" : "123");
        if (strcmp(found(table, PATTERN_USER, uri, text), texts[i]) != 0)
            fail_msg("%s: %s", uri, text);
    }
    assert_string_equal(found(table, PATTERN_USER, "sip:70000001123@h", text), "");
    assert_true(static_table_bytes(table) / N <= 200);
    static_table_free(&table);
    free(list);
    free(texts);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_matches_in_order),
        cmocka_unit_test(test_equal_patterns_are_one),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_a_hundred_of_one_pattern),
        cmocka_unit_test(test_many_warnings_are_counted),
        cmocka_unit_test(test_next_hops_are_shared),
        cmocka_unit_test(test_names_and_hits),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_too_many_matches),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_a_hundred_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
