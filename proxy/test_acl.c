/* SPDX-License-Identifier: Apache-2.0 */
/* Access list: patterns taken and refused, innermost block, many entries, one log line per minute.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "acl.h"
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static int add(struct acl *acl, char const *pattern, char const *groups)
{
    return acl_add(acl, &(struct acl_rule){ .pattern = pattern, .groups = groups });
}

static struct net_addr addr_of(char const *text)
{
    struct net_addr addr;
    assert_int_equal(net_addr_parse(&addr, text, 5060), 0);
    return addr;
}

static void test_patterns(void **state)
{
    static struct {
        char const *pattern;
        int result;
    } const rows[] = {
        { "192.0.2.0/24", 0 },
        { "192.0.2.1", 0 },
        { "192.0.2.0/25", 0 },
        { "2001:db8::/32", 0 },
        { "::1", 0 },
        { "192.0.2.1", -EEXIST },
        { "192.0.2.1/32", -EEXIST },
        { "192.0.2.0/24", -EEXIST },
        { "192.0.2.1/24", -EINVAL },
        { "192.0.2.0/33", -EINVAL },
        { "192.0.2.0/", -EINVAL },
        { "192.0.2", -EINVAL },
        { "2001:db8::/129", -EINVAL },
        { "192.0.2.1:5060", -EINVAL },
        { "300.0.2.1", -EINVAL },
        { "pbx.example.test", 0 },
        { "PBX.example.test", -EEXIST },
        { "pbx", 0 },
        { "abc", 0 },
        { "192.0.2.1.example", 0 },
        { "pbx.example.test.", -EINVAL },
        { "pbx_1.example.test", -EINVAL },
        { "*.example.test", -EINVAL },
        { "pbx.example.test/24", -EINVAL },
        { "pbx.example.5", -EINVAL },
        { "p bx", -EINVAL },
        { "", -EINVAL },
    };
    (void)state;
    struct acl *acl = acl_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (add(acl, rows[i].pattern, NULL) != rows[i].result)
            fail_msg("%s", rows[i].pattern);
    assert_int_equal(acl_count(acl), 9);
    assert_int_equal(acl_seal(acl), 0);
    assert_int_equal(add(acl, "198.51.100.1", NULL), -EPERM);
    acl_free(&acl);
    assert_null(acl);
    acl_free(&acl);
}

static void test_innermost_block_counts(void **state)
{
    static char const *const patterns[] = {
        "10.1.2.3",
        "10.0.0.0/8",
        "10.1.2.0/24",
        "10.1.0.0/16",
        "10.1.2.0/30",
        "10.255.255.255",
        "192.0.2.128/25",
        "0.0.0.0/32",
        "::/0",
        "2001:db8:1::/48",
        "2001:db8::/32",
        "255.255.255.255",
        "2001:db8:3::/64",
        "2001:db8:3::8:0/112",
        "2001:db8:3::8:7",
        "2001:db8:3:0:8000::/65",
    };
    static struct {
        char const *source;
        char const *pattern; /* NULL: refused */
    } const rows[] = {
        { "10.0.0.0", "10.0.0.0/8" },
        { "10.1.2.3", "10.1.2.3" },
        { "10.1.2.2", "10.1.2.0/30" },
        { "10.1.2.4", "10.1.2.0/24" },
        { "10.1.3.0", "10.1.0.0/16" },
        { "10.2.0.0", "10.0.0.0/8" },
        { "10.255.255.254", "10.0.0.0/8" },
        { "10.255.255.255", "10.255.255.255" },
        { "11.0.0.0", NULL },
        { "9.255.255.255", NULL },
        { "0.0.0.0", "0.0.0.0/32" },
        { "0.0.0.1", NULL },
        { "255.255.255.255", "255.255.255.255" },
        { "192.0.2.127", NULL },
        { "192.0.2.128", "192.0.2.128/25" },
        { "192.0.2.255", "192.0.2.128/25" },
        { "192.0.3.0", NULL },
        { "::ffff:10.1.2.3", "10.1.2.3" },
        { "[2001:db8:1::1]", "2001:db8:1::/48" },
        { "[2001:db8:2::1]", "2001:db8::/32" },
        { "[2001:db9::1]", "::/0" },
        { "[2001:db8:3::1]", "2001:db8:3::/64" },
        { "[2001:db8:3::8:6]", "2001:db8:3::8:0/112" },
        { "[2001:db8:3::8:7]", "2001:db8:3::8:7" },
        { "[2001:db8:3::9:7]", "2001:db8:3::/64" },
        { "[2001:db8:3:0:7fff::1]", "2001:db8:3::/64" },
        { "[2001:db8:3:0:8000::1]", "2001:db8:3:0:8000::/65" },
        { "[2001:db8:3:1::1]", "2001:db8::/32" },
        { "[::1]", "::/0" },
    };
    (void)state;
    struct acl *acl = acl_new();
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert_int_equal(add(acl, patterns[i], NULL), 0);
    assert_int_equal(acl_seal(acl), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_addr source = addr_of(rows[i].source);
        struct acl_entry const *entry = acl_find(acl, &source);
        if (!entry != !rows[i].pattern)
            fail_msg("%s: %s", rows[i].source, entry ? entry->rule.pattern : "refused");
        if (entry)
            assert_string_equal(entry->rule.pattern, rows[i].pattern);
    }
    assert_string_equal(acl_at(acl, 3)->rule.pattern, "10.1.0.0/16");
    assert_null(acl_at(acl, sizeof patterns / sizeof *patterns));
    acl_free(&acl);
}

static void test_empty_list_admits_nobody(void **state)
{
    struct net_addr source = addr_of("127.0.0.1");
    (void)state;
    struct acl *acl = acl_new();
    assert_int_equal(acl_seal(acl), 0);
    assert_null(acl_find(acl, &source));
    acl_free(&acl);
}

static void test_hits(void **state)
{
    struct net_addr source = addr_of("192.0.2.7"), other = addr_of("192.0.3.7");
    (void)state;
    struct acl *acl = acl_new();
    assert_int_equal(add(acl, "192.0.2.0/24", "pool"), 0);
    assert_int_equal(acl_seal(acl), 0);
    acl_hit(acl_find(acl, &source));
    acl_hit(acl_find(acl, &source));
    assert_null(acl_find(acl, &other));
    assert_non_null(acl_find(acl, &source));
    assert_int_equal(acl_hits(acl_at(acl, 0)), 2);
    acl_free(&acl);
}

/* Against the plain definition: the longest of all blocks that contain the address. */
static void test_many_against_linear_search(void **state)
{
    enum { ENTRIES = 1000, PROBES = 4000 };
    static char patterns[ENTRIES][32];
    static struct net_cidr blocks[ENTRIES];
    struct acl *acl = acl_new();
    unsigned random = 1;
    size_t n = 0;
    (void)state;
    while (n < ENTRIES) {
        random = random * 1103515245u + 12345u;
        unsigned bits = 8 + (random >> 8) % 25, addr = (random ^ random << 13) & 0x0fffffffu;
        addr &= ~0u << (32 - bits);
        (void)snprintf(patterns[n], sizeof patterns[n], "%u.%u.%u.%u/%u", addr >> 24,
                       addr >> 16 & 255, addr >> 8 & 255, addr & 255, bits);
        assert_int_equal(net_cidr_parse(&blocks[n], patterns[n]), 0);
        n += add(acl, patterns[n], NULL) == 0;
    }
    assert_int_equal(acl_seal(acl), 0);
    for (int probe = 0; probe < PROBES; probe++) {
        random = random * 1103515245u + 12345u;
        struct net_addr source = { .in = { .sin_family = AF_INET } };
        source.in.sin_addr.s_addr = htonl((random ^ random << 13) & 0x0fffffffu);
        struct acl_entry const *best = NULL;
        unsigned best_bits = 0;
        for (size_t i = 0; i < n; i++) {
            if (net_cidr_contains(&blocks[i], &source) && (!best || blocks[i].bits > best_bits)) {
                best = acl_at(acl, i);
                best_bits = blocks[i].bits;
            }
        }
        assert_ptr_equal(acl_find(acl, &source), best);
    }
    acl_free(&acl);
}

/* --- names ---------------------------------------------------------------------------------------
 */

static char const *who(struct acl const *acl, char const *source)
{
    struct net_addr addr = addr_of(source);
    struct acl_entry const *entry = acl_find(acl, &addr);
    return entry ? entry->rule.pattern : "nobody";
}

/* Gives the name at @p order up to two addresses and puts them in force. */
static int give(struct acl *acl, size_t order, char const *first, char const *second)
{
    struct net_addr addrs[2];
    size_t n = 0;
    if (first)
        addrs[n++] = addr_of(first);
    if (second)
        addrs[n++] = addr_of(second);
    int changed = acl_set_addresses(acl, order, addrs, n);
    assert_int_equal(acl_publish(acl), 0);
    return changed;
}

static void test_names(void **state)
{
    struct acl *acl = acl_new();
    struct net_addr addr = addr_of("192.0.2.1");
    (void)state;
    assert_int_equal(add(acl, "192.0.2.0/24", NULL), 0);
    assert_int_equal(add(acl, "pbx.test", NULL), 0);
    assert_int_equal(add(acl, "other.test", NULL), 0);
    assert_int_equal(add(acl, "198.51.100.1", NULL), 0);
    assert_int_equal(acl_seal(acl), 0);
    assert_string_equal(who(acl, "203.0.113.5"), "nobody");
    assert_int_equal(give(acl, 1, "203.0.113.5", "[2001:db8::5]"), 1);
    assert_string_equal(who(acl, "203.0.113.5"), "pbx.test");
    assert_string_equal(who(acl, "[2001:db8::5]"), "pbx.test");
    assert_string_equal(who(acl, "203.0.113.6"), "nobody");
    /* inside a block the name counts; of two names, or a name and an address, the first */
    assert_int_equal(give(acl, 1, "192.0.2.7", "198.51.100.1"), 1);
    assert_int_equal(give(acl, 2, "192.0.2.7", NULL), 1);
    assert_string_equal(who(acl, "192.0.2.7"), "pbx.test");
    assert_string_equal(who(acl, "192.0.2.8"), "192.0.2.0/24");
    assert_string_equal(who(acl, "198.51.100.1"), "pbx.test");
    assert_string_equal(who(acl, "203.0.113.5"), "nobody");
    assert_int_equal(give(acl, 1, NULL, NULL), 1);
    assert_string_equal(who(acl, "192.0.2.7"), "other.test");
    assert_string_equal(who(acl, "198.51.100.1"), "198.51.100.1");
    /* the same addresses in another order are no change */
    assert_int_equal(give(acl, 1, "192.0.2.7", "[2001:db8::5]"), 1);
    assert_int_equal(give(acl, 1, "[2001:db8::5]", "192.0.2.7"), 0);
    assert_int_equal(acl_set_addresses(acl, 0, &addr, 1), -EINVAL);
    assert_int_equal(acl_set_addresses(acl, 4, &addr, 1), -EINVAL);
    assert_int_equal(acl_reclaim(acl), 0);
    acl_free(&acl);
}

/* A thousand names at one address, and look-ups beside it: see acl_set.h for the order. */
static void test_many_names_at_one_address(void **state)
{
    enum { NAMES = 1000 };
    struct acl *acl = acl_new();
    char name[32];
    (void)state;
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(name, sizeof name, "n%d.test", i);
        assert_int_equal(add(acl, name, i == NAMES - 1 ? "last" : NULL), 0);
    }
    assert_int_equal(acl_seal(acl), 0);
    struct net_addr addr = addr_of("192.0.2.7");
    for (size_t i = 0; i < NAMES; i++)
        assert_int_equal(acl_set_addresses(acl, i, &addr, 1), 1);
    assert_int_equal(acl_publish(acl), 0);
    assert_string_equal(who(acl, "192.0.2.7"), "n0.test");
    assert_string_equal(who(acl, "192.0.2.8"), "nobody");
    assert_true(acl_is_in_group(acl, &addr, "last"));
    acl_free(&acl);
}

static void test_inherit(void **state)
{
    struct acl *old = acl_new(), *acl = acl_new();
    (void)state;
    assert_int_equal(add(old, "a.test", NULL), 0);
    assert_int_equal(add(old, "B.test", NULL), 0);
    assert_int_equal(add(old, "192.0.2.1", NULL), 0);
    assert_int_equal(acl_seal(old), 0);
    assert_int_equal(give(old, 0, "192.0.2.10", "192.0.2.11"), 1);
    assert_int_equal(give(old, 1, "192.0.2.12", NULL), 1);
    assert_int_equal(add(acl, "c.test", NULL), 0);
    assert_int_equal(add(acl, "192.0.2.1", NULL), 0);
    assert_int_equal(add(acl, "a.test", NULL), 0);
    struct acl_rule automatic = { .pattern = "b.test", .automatic = true };
    assert_int_equal(acl_add(acl, &automatic), 0);
    assert_int_equal(acl_inherit(acl, old), 0);
    acl_free(&old);
    assert_int_equal(acl_seal(acl), 0);
    assert_string_equal(who(acl, "192.0.2.10"), "a.test");
    assert_string_equal(who(acl, "192.0.2.11"), "a.test");
    assert_string_equal(who(acl, "192.0.2.12"), "b.test");
    assert_int_equal(acl_at(acl, 0)->n_addrs, 0);
    acl_free(&acl);
}

static void test_groups(void **state)
{
    static struct {
        char const *source, *group;
        bool in;
    } const rows[] = {
        { "10.1.2.3", "pbx", true },      { "10.1.2.3", "campus", true },
        { "10.1.2.3", "building", true }, { "10.1.2.3", "lab", true },
        { "10.1.2.4", "pbx", false },     { "10.1.2.4", "campus", true },
        { "10.1.9.9", "lab", false },     { "10.1.9.9", "building", true },
        { "192.0.2.1", "campus", false }, { "10.1.2.3", "Campus", false },
        { "10.1.2.3", "camp", false },    { "10.1.2.3", "campus2", false },
        { "10.1.2.3", "", false },        { "10.1.2.3", "pbx, lab", false },
        { "10.2.0.1", "campus", true },
    };
    struct acl *acl = acl_new();
    (void)state;
    assert_int_equal(add(acl, "10.0.0.0/8", "campus"), 0);
    assert_int_equal(add(acl, "10.1.0.0/16", " floor,building ,  x"), 0);
    assert_int_equal(add(acl, "10.1.2.3", "pbx"), 0);
    assert_int_equal(add(acl, "one.test", "lab"), 0);
    assert_int_equal(add(acl, "two.test", NULL), 0);
    assert_int_equal(acl_seal(acl), 0);
    assert_int_equal(give(acl, 3, "10.1.2.3", NULL), 1);
    assert_int_equal(give(acl, 4, "10.1.2.3", NULL), 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_addr source = addr_of(rows[i].source);
        if (acl_is_in_group(acl, &source, rows[i].group) != rows[i].in)
            fail_msg("%s %s", rows[i].source, rows[i].group);
    }
    assert_true(acl_has_group(acl, "lab"));
    assert_true(acl_has_group(acl, "floor"));
    assert_false(acl_has_group(acl, "nobody"));
    acl_free(&acl);
}

static void test_trust(void **state)
{
    static struct {
        char const *source;
        bool trusted;
    } const rows[] = {
        { "10.0.0.1", true },  { "10.1.0.1", true }, /* the block inside does not take it away */
        { "10.2.0.1", true },  { "192.0.2.1", false },
        { "192.0.2.2", true }, { "198.51.100.1", false },
    };
    static struct acl_rule const rules[] = {
        { .pattern = "10.0.0.0/8", .trusted = true },
        { .pattern = "10.1.0.0/16" },
        { .pattern = "192.0.2.0/24" },
        { .pattern = "192.0.2.2/32", .trusted = true },
    };
    struct acl *acl = acl_new();
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_int_equal(acl_add(acl, &rules[i]), 0);
    assert_int_equal(acl_seal(acl), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct net_addr source = addr_of(rows[i].source);
        if (acl_is_trusted(acl, &source) != rows[i].trusted)
            fail_msg("%s", rows[i].source);
    }
    acl_free(&acl);
}

/* One thread swaps sets while others look up: each look-up sees one whole set. scripts/test
 * runs it under ThreadSanitizer, too. */
enum { READERS = 3, SWAPS = 3000 };

static struct {
    struct acl *acl;
    atomic_bool done;
    atomic_uint lookups, wrong;
} race;

static void look_up(void *arg)
{
    struct net_addr even = addr_of("192.0.2.2"), odd = addr_of("192.0.2.3"),
                    always = addr_of("198.51.100.1"), never = addr_of("203.0.113.1");
    (void)arg;
    while (!atomic_load(&race.done)) {
        struct acl_entry const *a = acl_find(race.acl, &even), *b = acl_find(race.acl, &odd);
        struct acl_entry const *fixed = acl_find(race.acl, &always);
        bool right = fixed && !acl_find(race.acl, &never) &&
                     acl_is_in_group(race.acl, &always, "fixed") &&
                     (!a || strcmp(a->rule.pattern, "moving.test") == 0) &&
                     (!b || strcmp(b->rule.pattern, "moving.test") == 0);
        if (right)
            acl_hit(fixed);
        else
            atomic_fetch_add(&race.wrong, 1);
        atomic_fetch_add(&race.lookups, 1);
    }
}

static void test_swaps_under_readers(void **state)
{
    uv_thread_t threads[READERS];
    (void)state;
    race.acl = acl_new();
    assert_int_equal(add(race.acl, "198.51.100.1", "fixed"), 0);
    assert_int_equal(add(race.acl, "moving.test", NULL), 0);
    assert_int_equal(acl_seal(race.acl), 0);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(uv_thread_create(&threads[i], look_up, NULL), 0);
    while (atomic_load(&race.lookups) == 0)
        sched_yield();
    for (int i = 0; i < SWAPS; i++)
        assert_int_equal(give(race.acl, 1, i % 2 ? "192.0.2.3" : "192.0.2.2", NULL), 1);
    while (acl_reclaim(race.acl) > 0) /* ends, however busy the readers are */
        sched_yield();
    atomic_store(&race.done, true);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(uv_thread_join(&threads[i]), 0);
    assert_int_equal(race.wrong, 0);
    assert_int_equal(acl_hits(acl_at(race.acl, 0)), race.lookups);
    acl_free(&race.acl);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_innermost_block_counts),
        cmocka_unit_test(test_empty_list_admits_nobody),
        cmocka_unit_test(test_hits),
        cmocka_unit_test(test_many_against_linear_search),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_many_names_at_one_address),
        cmocka_unit_test(test_inherit),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_trust),
        cmocka_unit_test(test_swaps_under_readers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
