/* SPDX-License-Identifier: Apache-2.0 */
/* The ring keeps the newest records within both bounds, and serials show what was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tap.h"
#include <stdlib.h>
#include <string.h>

static struct tap_record const like = { .direction = TAP_SENT, .transport = "udp" };

static uint64_t add(struct tap *tap, char const *text)
{
    return tap_add(tap, &like, text, strlen(text));
}

static size_t count(struct tap *tap)
{
    size_t n = 0;
    struct tap_record const *record = NULL;

    for (uint64_t after = 0; (record = tap_next(tap, after)); after = record->serial)
        n++;
    return n;
}

static void test_number_of_records(void **state)
{
    struct tap *tap = tap_new(3, 100000);
    (void)state;

    assert_null(tap_next(tap, 0));
    for (uint64_t i = 1; i <= 5; i++)
        assert_int_equal(add(tap, "message"), i);
    struct tap_record const *r = tap_next(tap, 0);
    assert_int_equal(r->serial, 3);
    assert_string_equal(r->bytes, "message");
    assert_string_equal(r->transport, "udp");
    assert_int_equal(r->direction, TAP_SENT);
    assert_int_equal(count(tap), 3);
    assert_int_equal(tap_next(tap, 4)->serial, 5);
    assert_null(tap_next(tap, 5));
    tap_free(&tap);
    assert_null(tap);
    tap_free(&tap);
    assert_int_equal(tap_add(NULL, &like, "x", 1), 0);
    tap_note(NULL, 1, "x", 1);
}

static void test_number_of_bytes(void **state)
{
    static char text[500];
    struct tap *tap = tap_new(1000, 8192);
    (void)state;

    memset(text, 'x', sizeof text);
    for (uint64_t i = 1; i <= 100; i++)
        assert_int_equal(tap_add(tap, &like, text, sizeof text), i);
    size_t n = count(tap);
    assert_in_range(n, 10, 8192 / sizeof text);
    assert_int_equal(tap_next(tap, 0)->serial, 101 - n);
    tap_free(&tap);
}

static void test_off(void **state)
{
    (void)state;
    assert_null(tap_new(0, 100000));
    assert_null(tap_new(100, 0));
}

/* Notes are no records, but they take bytes. */
static void test_notes_need_no_record(void **state)
{
    struct tap *tap = tap_new(2, 8192);
    (void)state;

    add(tap, "one");
    add(tap, "two");
    for (int i = 0; i < 20; i++)
        tap_note(tap, 1, "a note", 6);
    assert_int_equal(tap_next(tap, 0)->serial, 1);
    assert_int_equal(count(tap), 2);
    for (int i = 0; i < 500; i++)
        tap_note(tap, 1, "a note", 6);
    assert_null(tap_next(tap, 0));
    assert_int_equal(add(tap, "three"), 3);
    assert_string_equal(tap_next(tap, 0)->bytes, "three");
    tap_free(&tap);
}

static void test_members(void **state)
{
    struct tap *tap = tap_new(10, 10000);
    struct tap_record full = { .direction = TAP_RECEIVED,
                               .protocol = TAP_CSTA,
                               .transport = "tls",
                               .listener = "inside",
                               .subject = "peer.example.test",
                               .id = "call@host" };
    (void)state;

    assert_int_equal(net_addr_parse(&full.local, "192.0.2.1:5061", 0), 0);
    assert_int_equal(net_addr_parse(&full.remote, "[2001:db8::2]:40000", 0), 0);
    tap_add(tap, &full, "a\0b", 3);
    struct tap_record const *r = tap_next(tap, 0);
    assert_int_equal(r->direction, TAP_RECEIVED);
    assert_int_equal(r->protocol, TAP_CSTA);
    assert_string_equal(r->transport, "tls");
    assert_string_equal(r->listener, "inside");
    assert_string_equal(r->subject, "peer.example.test");
    assert_string_equal(r->id, "call@host");
    assert_true(net_addr_equal(&r->local, &full.local));
    assert_true(net_addr_equal(&r->remote, &full.remote));
    assert_int_equal(r->len, 3);
    assert_memory_equal(r->bytes, "a\0b", 4);
    assert_false(r->is_cut);
    assert_true(r->wall_us > 0);

    add(tap, "");
    r = tap_next(tap, 1);
    assert_string_equal(r->listener, "");
    assert_string_equal(r->subject, "");
    assert_string_equal(r->id, "");
    assert_int_equal(r->len, 0);
    assert_int_equal(r->local.sa.sa_family, AF_UNSPEC);
    tap_free(&tap);
}

static void test_what_is_too_long_is_cut(void **state)
{
    static char text[100000];
    struct tap *tap = tap_new(10, 40000);
    struct tap_record full = like;
    (void)state;

    memset(text, 'x', sizeof text - 1);
    full.listener = full.subject = full.id = text;
    tap_add(tap, &full, text, 10000);
    struct tap_record const *r = tap_next(tap, 0);
    assert_false(r->is_cut);
    assert_int_equal(r->len, 10000);
    assert_int_equal(strlen(r->listener), TAP_LISTENER);
    assert_int_equal(strlen(r->subject), TAP_SUBJECT);
    assert_int_equal(strlen(r->id), TAP_ID);
    tap_add(tap, &full, text, 10001);
    r = tap_next(tap, 1);
    assert_true(r->is_cut);
    assert_int_equal(r->len, 10000);
    tap_free(&tap);
}

/* Records of all sizes, over the end of the ring again and again: the oldest that is left, and the
 * newest, are always whole. */
static void test_wrap(void **state)
{
    static char text[1001], expected[1001];
    struct tap *tap = tap_new(1000, 5000);
    (void)state;

    srand(1);
    for (uint64_t i = 1; i < 20000; i++) {
        size_t len = (size_t)(rand() % 1000);
        memset(text, (int)('a' + i % 26), len);
        if (rand() % 3 == 0)
            tap_note(tap, i - 1, text, len);
        assert_int_equal(tap_add(tap, &like, text, len), i);
        struct tap_record const *r = tap_next(tap, i - 1);
        assert_int_equal(r->len, len);
        assert_memory_equal(r->bytes, text, len);
        r = tap_next(tap, 0);
        memset(expected, (int)('a' + r->serial % 26), r->len);
        assert_memory_equal(r->bytes, expected, r->len);
    }
    tap_free(&tap);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_number_of_records),
        cmocka_unit_test(test_number_of_bytes),
        cmocka_unit_test(test_off),
        cmocka_unit_test(test_notes_need_no_record),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_what_is_too_long_is_cut),
        cmocka_unit_test(test_wrap),
    };
    return cmocka_run_group_tests_name("tap", tests, NULL, NULL);
}
