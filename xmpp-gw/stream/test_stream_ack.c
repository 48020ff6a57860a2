/* SPDX-License-Identifier: Apache-2.0 */
/* Counters that wrap, peers that lie, receipts that come back once and in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "stream_ack.h"
#include "xml_tree.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Receipts are numbers from 1 on. */
struct told {
    uintptr_t next;
    struct stream_ack *again; /* sends one more for each that it hears of; NULL: not */
    uintptr_t sent;
};

static void *receipt(uintptr_t n)
{
    return (void *)n;
}

static void on_told(void *ctx, void *got)
{
    struct told *told = ctx;

    assert_int_equal((uintptr_t)got, told->next);
    told->next++;
    if (told->again)
        assert_int_equal(stream_ack_send(told->again, receipt(++told->sent)), 0);
}

static void send_many(struct stream_ack *ack, uintptr_t from, uintptr_t to)
{
    for (uintptr_t n = from; n <= to; n++)
        assert_int_equal(stream_ack_send(ack, receipt(n)), 0);
}

/* From every place on the ring of counters, over its end. */
static void test_wrap(void **state)
{
    static uint32_t const starts[] = { 0, 1, UINT32_MAX, UINT32_MAX - 50, UINT32_MAX / 2 };
    (void)state;

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct stream_ack ack = { .sent = starts[i], .known = starts[i] };
        struct told told = { .next = 1 };
        send_many(&ack, 1, 100);
        assert_int_equal(stream_ack_sent(&ack), (uint32_t)(starts[i] + 100));
        assert_int_equal(stream_ack_left(&ack), 100);
        assert_int_equal(stream_ack_take(&ack, starts[i] + 30, on_told, &told), 0);
        assert_int_equal(told.next, 31);
        assert_int_equal(stream_ack_take(&ack, starts[i] + 30, on_told, &told), 0);
        assert_int_equal(told.next, 31);
        send_many(&ack, 101, 150);
        assert_int_equal(stream_ack_take(&ack, starts[i] + 150, on_told, &told), 0);
        assert_int_equal(told.next, 151);
        assert_int_equal(stream_ack_left(&ack), 0);
        stream_ack_fini(&ack);
    }
}

/* More than was sent, less than it said before: nothing is told, and the truth still counts. */
static void test_lies(void **state)
{
    struct stream_ack ack;
    struct told told = { .next = 1 };
    (void)state;

    stream_ack_init(&ack);
    assert_int_equal(stream_ack_take(&ack, 1, on_told, &told), -ERANGE);
    assert_int_equal(stream_ack_take(&ack, 0, on_told, &told), 0);
    send_many(&ack, 1, 10);
    assert_int_equal(stream_ack_take(&ack, 11, on_told, &told), -ERANGE);
    assert_int_equal(stream_ack_take(&ack, UINT32_MAX, on_told, &told), -ERANGE);
    assert_int_equal(told.next, 1);
    assert_int_equal(stream_ack_take(&ack, 5, on_told, &told), 0);
    assert_int_equal(stream_ack_take(&ack, 4, on_told, &told), -ERANGE);
    assert_int_equal(told.next, 6);
    assert_int_equal(stream_ack_take(&ack, 10, on_told, &told), 0);
    assert_int_equal(told.next, 11);
    stream_ack_fini(&ack);
}

/* Stanzas that nobody waits for count, but are not told. */
static void test_nobody(void **state)
{
    struct stream_ack ack;
    struct told told = { .next = 1 };
    (void)state;

    stream_ack_init(&ack);
    assert_int_equal(stream_ack_send(&ack, NULL), 0);
    assert_false(stream_ack_ask(&ack));
    send_many(&ack, 1, 1);
    assert_int_equal(stream_ack_send(&ack, NULL), 0);
    send_many(&ack, 2, 2);
    assert_true(stream_ack_ask(&ack));
    assert_false(stream_ack_ask(&ack)); /* a question is under way */
    assert_int_equal(stream_ack_take(&ack, 2, on_told, &told), 0);
    assert_int_equal(told.next, 2);
    assert_int_equal(stream_ack_take(&ack, 4, on_told, &told), 0);
    assert_int_equal(told.next, 3);
    assert_false(stream_ack_ask(&ack));
    stream_ack_fini(&ack);
}

/* The answer to a question is an h of what was sent then; what comes unasked is none. */
static void test_ask(void **state)
{
    struct stream_ack ack;
    struct told told = { .next = 1 };
    (void)state;

    stream_ack_init(&ack);
    send_many(&ack, 1, 2);
    assert_true(stream_ack_ask(&ack));
    send_many(&ack, 3, 4);
    assert_int_equal(stream_ack_take(&ack, 1, on_told, &told), 0);
    assert_false(stream_ack_ask(&ack));
    assert_int_equal(stream_ack_take(&ack, 2, on_told, &told), 0);
    assert_true(stream_ack_ask(&ack));
    assert_int_equal(stream_ack_take(&ack, 4, on_told, &told), 0);
    assert_false(stream_ack_ask(&ack));
    stream_ack_fini(&ack);
}

/* Who hears of a receipt may send at once. */
static void test_send_while_told(void **state)
{
    struct stream_ack ack;
    struct told told = { .next = 1, .again = &ack, .sent = 16 };
    (void)state;

    stream_ack_init(&ack);
    send_many(&ack, 1, 16);
    for (uint32_t h = 16; h < 2000; h += 16) {
        assert_int_equal(stream_ack_take(&ack, h, on_told, &told), 0);
        assert_int_equal(told.next, h + 1);
        assert_int_equal(stream_ack_left(&ack), 16);
    }
    stream_ack_fini(&ack);
}

static void test_lose(void **state)
{
    struct stream_ack ack;
    struct told told = { .next = 1 };
    (void)state;

    stream_ack_init(&ack);
    send_many(&ack, 1, 40);
    ack.handled = 7;
    assert_true(stream_ack_ask(&ack));
    assert_int_equal(stream_ack_take(&ack, 10, on_told, &told), 0);
    stream_ack_lose(&ack, on_told, &told);
    assert_int_equal(told.next, 41);
    assert_int_equal(stream_ack_left(&ack), 0);
    assert_int_equal(stream_ack_sent(&ack), 0);
    assert_int_equal(ack.handled, 0);
    assert_false(stream_ack_ask(&ack));
    stream_ack_lose(&ack, on_told, &told);
    assert_int_equal(told.next, 41);
    stream_ack_fini(&ack);
}

static struct {
    char const *text;
    bool is_number;
    uint32_t h;
} const numbers[] = {
    { "0", true, 0 },    { "5", true, 5 },           { "4294967295", true, UINT32_MAX },
    { "0007", true, 7 }, { "4294967296", false, 0 }, { "99999999999", false, 0 },
    { "", false, 0 },    { "-1", false, 0 },         { "+1", false, 0 },
    { " 1", false, 0 },  { "1a", false, 0 },         { "0x10", false, 0 },
    { NULL, false, 0 },
};

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct xml_tree *tree = xml_tree_new(4096);
        struct xml_element *a = xml_tree_add(tree, NULL, "a", STREAM_ACK_NS);
        uint32_t h = 0;
        xml_tree_attribute(tree, a, "h", numbers[i].text);
        assert_int_equal(stream_ack_read(a, &h), numbers[i].is_number);
        if (numbers[i].is_number)
            assert_int_equal(h, numbers[i].h);
        xml_tree_free(&tree);
    }
}

static void test_write(void **state)
{
    struct stream_ack const ack = { .sent = 8, .handled = UINT32_MAX };
    struct buf out;
    (void)state;

    buf_init(&out, 1000);
    stream_ack_write_request(&out);
    stream_ack_write_answer(&ack, &out);
    stream_ack_write_fault(&ack, 10, &out);
    assert_string_equal(buf_text(&out),
                        "<r xmlns='urn:xmpp:sm:3'/><a xmlns='urn:xmpp:sm:3' h='4294967295'/>"
                        "<undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                        "<handled-count-too-high xmlns='urn:xmpp:sm:3' h='10' send-count='8'/>");
    buf_fini(&out);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_ask),
        cmocka_unit_test(test_send_while_told),
        cmocka_unit_test(test_lose),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_write),
    };
    return cmocka_run_group_tests_name("stream_ack", tests, NULL, NULL);
}
