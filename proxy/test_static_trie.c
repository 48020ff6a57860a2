/* SPDX-License-Identifier: Apache-2.0 */
/* The trie against one pattern at a time, which is simple enough to be believed; and its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "static_trie.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define U PATTERN_USER
#define D PATTERN_DOMAIN

/* Patterns, compiled, sorted and without doubles, and the trie over them. */
struct rig {
    size_t n, size;
    struct pattern *patterns;
    struct static_trie trie;
    unsigned *hits; /* per pattern, of the last look-up */
    size_t n_found;
};

static void turn(struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->len / 2U; i++) {
        unsigned char token = pattern->tokens[i];
        pattern->tokens[i] = pattern->tokens[pattern->len - 1 - i];
        pattern->tokens[pattern->len - 1 - i] = token;
    }
}

static struct static_trie_key key_of(struct pattern const *pattern)
{
    return (struct static_trie_key){ .tokens = pattern->tokens, .len = pattern->len };
}

static int compare(void const *a, void const *b)
{
    struct static_trie_key left = key_of(a), right = key_of(b);
    return static_trie_compare(&left, &right);
}

static void add(struct rig *rig, enum pattern_mode mode, char const *text)
{
    if (rig->n == rig->size) {
        rig->size = rig->size ? 2 * rig->size : 64;
        rig->patterns = realloc(rig->patterns, rig->size * sizeof *rig->patterns);
        assert_non_null(rig->patterns);
    }
    char const *fault = pattern_compile(&rig->patterns[rig->n++], mode, text);
    if (fault)
        fail_msg("%s: %s", text, fault);
}

static void build(struct rig *rig)
{
    size_t n = 0;
    for (size_t i = 0; i < rig->n; i++)
        if (rig->patterns[i].mode == PATTERN_DOMAIN)
            turn(&rig->patterns[i]);
    if (rig->n > 0)
        qsort(rig->patterns, rig->n, sizeof *rig->patterns, compare);
    for (size_t i = 0; i < rig->n; i++)
        if (n == 0 || compare(&rig->patterns[n - 1], &rig->patterns[i]) != 0)
            rig->patterns[n++] = rig->patterns[i];
    rig->n = n;
    struct static_trie_key *keys = calloc(n + 1, sizeof *keys);
    rig->hits = calloc(n + 1, sizeof *rig->hits);
    assert_true(keys && rig->hits);
    for (size_t i = 0; i < n; i++) {
        keys[i] = key_of(&rig->patterns[i]);
        keys[i].value = (uint32_t)i;
    }
    assert_int_equal(static_trie_init(&rig->trie, keys, n), 0);
    free(keys);
}

static void clear(struct rig *rig)
{
    static_trie_fini(&rig->trie);
    free(rig->patterns);
    free(rig->hits);
    *rig = (struct rig){ .n = 0 };
}

static void on_match(void *ctx, uint32_t value)
{
    struct rig *rig = ctx;
    assert_true(value < rig->n);
    rig->hits[value]++;
    rig->n_found++;
}

static unsigned find(struct rig *rig, enum pattern_mode mode, char const *text)
{
    struct pattern_subject subject = { .mode = mode, .len = strlen(text) };
    assert_true(subject.len <= sizeof subject.text);
    memcpy(subject.text, text, subject.len);
    memset(rig->hits, 0, rig->n * sizeof *rig->hits);
    rig->n_found = 0;
    return static_trie_find(&rig->trie, &subject, on_match, rig);
}

static void compare_with_one_by_one(struct rig *rig, enum pattern_mode mode, char const *text)
{
    struct pattern_subject subject = { .mode = mode, .len = strlen(text) };
    memcpy(subject.text, text, subject.len);
    assert_true(find(rig, mode, text) < STATIC_TRIE_STEPS);
    for (size_t i = 0; i < rig->n; i++) {
        struct pattern plain = rig->patterns[i];
        if (mode == PATTERN_DOMAIN)
            turn(&plain);
        if (rig->hits[i] != pattern_matches(&plain, &subject))
            fail_msg("%s: pattern %zu (%.*s) was found %u times", text, i, plain.len,
                     (char const *)plain.tokens, rig->hits[i]);
    }
}

/* Small and without quality; the point is that each run is the same. */
static unsigned draw(uint32_t *state, unsigned below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 16) % below;
}

static void draw_text(uint32_t *random, char const *letters, char *text, unsigned max)
{
    unsigned len = 1 + draw(random, max);
    for (unsigned i = 0; i < len; i++)
        text[i] = letters[draw(random, (unsigned)strlen(letters))];
    text[len] = '\0';
}

static void test_same_as_one_by_one(void **state)
{
    uint32_t random = 1;
    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        struct rig rig = { .n = 0 };
        enum pattern_mode mode = round % 2 ? D : U;
        unsigned n = draw(&random, 60);
        char text[20];
        for (unsigned i = 0; i < n; i++) {
            draw_text(&random, mode == D ? "aab.**" : "1122..", text, 8);
            if (mode == U && draw(&random, 3) == 0)
                memcpy(text + strlen(text), "*", 2);
            add(&rig, mode, text);
        }
        build(&rig);
        for (unsigned i = 0; i < 60; i++) {
            draw_text(&random, mode == D ? "aab." : "112\x01\x02", text, 12);
            compare_with_one_by_one(&rig, mode, text);
        }
        clear(&rig);
    }
}

static void test_nothing(void **state)
{
    struct rig rig = { .n = 0 };
    (void)state;
    build(&rig);
    assert_int_equal(find(&rig, U, "8001"), 0);
    clear(&rig);
    add(&rig, U, "8*");
    build(&rig);
    (void)find(&rig, U, "");
    assert_int_equal(rig.n_found, 0);
    clear(&rig);
}

/* The steps of a look-up must not follow the number of patterns. */
static void test_steps_are_flat(void **state)
{
    unsigned user[2] = { 0 }, domain[2] = { 0 };
    (void)state;
    for (unsigned large = 0; large < 2; large++) {
        struct rig users = { .n = 0 }, domains = { .n = 0 };
        for (unsigned i = 0; i < (large ? 100000 : 100); i++) {
            char text[40];
            (void)snprintf(text, sizeof text, i % 3 ? "%06u..*" : "%06u..", i);
            add(&users, U, text);
            (void)snprintf(text, sizeof text, i % 3 ? "*.c%u.test" : "c%u.*", i);
            add(&domains, D, text);
        }
        build(&users);
        build(&domains);
        user[large] = find(&users, U, "00004217");
        assert_int_equal(users.n_found, 1);
        domain[large] = find(&domains, D, "sip.c43.test");
        assert_int_equal(domains.n_found, 1);
        (void)find(&domains, D, "c42.example.test");
        assert_int_equal(domains.n_found, 1);
        clear(&users);
        clear(&domains);
    }
    assert_true(user[1] <= user[0] + 10);
    assert_true(domain[1] <= domain[0] + 20);
    assert_true(user[1] <= 30 && domain[1] <= 60);
}

/* Every way of putting dots into a number: 2^16 patterns, all of which match. (Templates allow at
 * most five ways; the bound must hold without them.) */
static void test_all_dots(void **state)
{
    struct rig rig = { .n = 0 };
    (void)state;
    for (unsigned mask = 0; mask < 65536; mask++) {
        char text[17] = "1111111111111111";
        for (unsigned i = 0; i < 16; i++)
            if (mask >> i & 1)
                text[i] = '.';
        add(&rig, U, text);
    }
    build(&rig);
    unsigned steps = find(&rig, U, "1111111111111111");
    assert_int_equal(steps, STATIC_TRIE_STEPS); /* cut */
    assert_true(rig.n_found > 1000);
    assert_true(rig.hits[rig.n - 1]); /* the one without dots sorts last, and was found */
    clear(&rig);
}

/* All patterns of stars and letters: each star is reached from each place. */
static void test_all_stars(void **state)
{
    struct rig rig = { .n = 0 };
    char text[256];
    (void)state;
    for (unsigned mask = 0; mask < 32768; mask++) {
        size_t at = 0;
        for (unsigned i = 0; i < 15; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, "*%c", mask >> i & 1 ? 'a' : 'b');
        add(&rig, D, text);
    }
    build(&rig);
    for (size_t i = 0; i < 255; i++)
        text[i] = i % 2 ? 'a' : 'b';
    text[255] = '\0';
    assert_true(find(&rig, D, text) >= STATIC_TRIE_STEPS); /* cut, and soon */
    clear(&rig);
}

/* One pattern of many stars is no reason to cut anything. */
static void test_many_stars(void **state)
{
    struct rig rig = { .n = 0 };
    char text[256] = "", host[256];
    (void)state;
    for (size_t i = 0; i < 252; i += 2)
        memcpy(text + i, "*a", 3);
    add(&rig, D, text);
    memcpy(text + 252, "*b", 3);
    add(&rig, D, text);
    add(&rig, D, "*");
    build(&rig);
    memset(host, 'a', 255);
    host[255] = '\0';
    assert_true(find(&rig, D, host) < STATIC_TRIE_STEPS);
    assert_int_equal(rig.n_found, 2);
    host[254] = 'b';
    compare_with_one_by_one(&rig, D, host);
    clear(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_same_as_one_by_one), cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_steps_are_flat),     cmocka_unit_test(test_all_dots),
        cmocka_unit_test(test_all_stars),          cmocka_unit_test(test_many_stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
