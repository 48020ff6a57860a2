/* SPDX-License-Identifier: Apache-2.0 */
/* Insert, find, remove and walk; the hash depends on every byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "htab.h"
#include <stdio.h>
#include <string.h>

struct item {
    struct htab_entry entry;
    char name[16];
};

static bool match(struct htab_entry const *entry, void const *key)
{
    return strcmp(((struct item const *)entry)->name, key) == 0;
}

static struct item *find(struct htab const *tab, char const *name)
{
    return (struct item *)htab_find(tab, htab_hash(name, strlen(name), 0), match, name);
}

static void test_thousand_entries(void **state)
{
    static struct item items[1000];
    struct htab tab;
    size_t walked = 0;
    (void)state;

    htab_init(&tab);
    assert_null(find(&tab, "item0"));
    for (int i = 0; i < 1000; i++) {
        snprintf(items[i].name, sizeof items[i].name, "item%d", i);
        uint64_t hash = htab_hash(items[i].name, strlen(items[i].name), 0);
        assert_int_equal(htab_insert(&tab, &items[i].entry, hash), 0);
    }
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(find(&tab, items[i].name), &items[i]);
    for (struct htab_entry *e = NULL; (e = htab_next(&tab, e));)
        walked++;
    assert_int_equal(walked, 1000);
    for (int i = 0; i < 1000; i += 2) {
        htab_remove(&tab, &items[i].entry);
        htab_remove(&tab, &items[i].entry);
    }
    assert_int_equal(tab.n, 500);
    assert_null(find(&tab, "item500"));
    assert_ptr_equal(find(&tab, "item501"), &items[501]);
    htab_fini(&tab);
}

static void test_hash_depends_on_every_byte_and_the_seed(void **state)
{
    char text[] = "0123456789abcdefghi";
    (void)state;

    uint64_t first = htab_hash(text, sizeof text - 1, 0);
    assert_true(first == htab_hash(text, sizeof text - 1, 0));
    assert_true(first != htab_hash(text, sizeof text - 1, 1));
    for (size_t i = 0; i < sizeof text - 1; i++) {
        text[i] ^= 1;
        assert_true(first != htab_hash(text, sizeof text - 1, 0));
        assert_true(first != htab_hash(text, i, 0));
        text[i] ^= 1;
    }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_thousand_entries),
        cmocka_unit_test(test_hash_depends_on_every_byte_and_the_seed),
    };
    return cmocka_run_group_tests_name("htab", tests, NULL, NULL);
}
