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
#include <sys/random.h>

/* In the place of the system's, so that the key is that of the published vectors. */
ssize_t getrandom(void *ret, size_t len, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < len; i++)
        ((unsigned char *)ret)[i] = (unsigned char)i;
    return (ssize_t)len;
}

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

/* From the authors' vectors: key 00 01 ... 0f, input 00 01 ... */
static void test_published_vectors(void **state)
{
    static unsigned char const digest_of_none[16] = { 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25,
                                                      0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14,
                                                      0xc7, 0x55, 0x02, 0x93 };
    unsigned char in[15];
    struct htab_digest digest;
    uint64_t ret[2];
    (void)state;

    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (unsigned char)i;
    assert_true(htab_hash(in, sizeof in, 0) == 0xa129ca6149be45e5);
    assert_true(htab_hash(in, 0, 0) == 0x726fdb47dd0e0e31);
    htab_digest_start(&digest, 0);
    htab_digest_end(&digest, ret);
    assert_memory_equal(ret, digest_of_none, sizeof ret);
}

/* The digest says the same however its bytes are cut, and never for other bytes. */
static void test_digest_however_cut(void **state)
{
    static unsigned char bytes[1000];
    struct htab_digest digest;
    uint64_t whole[2], cut[2];
    (void)state;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t len = 0; len < 300; len++) {
        htab_digest_start(&digest, 5);
        htab_digest_add(&digest, bytes, len);
        htab_digest_end(&digest, whole);
        for (size_t step = 1; step < 200; step += 13) {
            htab_digest_start(&digest, 5);
            for (size_t at = 0; at < len; at += step)
                htab_digest_add(&digest, bytes + at, len - at < step ? len - at : step);
            htab_digest_end(&digest, cut);
            assert_memory_equal(whole, cut, sizeof whole);
        }
        htab_digest_start(&digest, 6);
        htab_digest_add(&digest, bytes, len);
        htab_digest_end(&digest, cut);
        assert_true(whole[0] != cut[0] && whole[1] != cut[1] && whole[0] != whole[1]);
        htab_digest_start(&digest, 5);
        htab_digest_add(&digest, bytes, len + 1);
        htab_digest_end(&digest, cut);
        assert_true(whole[0] != cut[0] && whole[1] != cut[1]);
    }
}

static void digest_fields(char const *a, char const *b, char const *c, uint64_t ret[2])
{
    struct htab_digest digest;

    htab_digest_start(&digest, 0);
    htab_digest_field(&digest, a);
    htab_digest_field(&digest, b);
    htab_digest_field(&digest, c);
    htab_digest_end(&digest, ret);
}

static void test_digest_keeps_fields_apart(void **state)
{
    static char const *const lists[][3] = {
        { "a", "bc", "" },   { "ab", "c", "" },   { "abc", "", "" },   { "", "abc", "" },
        { "a", "bc", NULL }, { NULL, "", "abc" }, { "", NULL, "abc" }, { "", "", "abc" },
    };
    uint64_t a[2], b[2];
    (void)state;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t j = 0; j < sizeof lists / sizeof *lists; j++) {
            digest_fields(lists[i][0], lists[i][1], lists[i][2], a);
            digest_fields(lists[j][0], lists[j][1], lists[j][2], b);
            assert_int_equal(memcmp(a, b, sizeof a) == 0, i == j);
        }
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_thousand_entries),
        cmocka_unit_test(test_hash_depends_on_every_byte_and_the_seed),
        cmocka_unit_test(test_published_vectors),
        cmocka_unit_test(test_digest_however_cut),
        cmocka_unit_test(test_digest_keeps_fields_apart),
    };
    return cmocka_run_group_tests_name("htab", tests, NULL, NULL);
}
