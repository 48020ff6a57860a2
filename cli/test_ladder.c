/* SPDX-License-Identifier: Apache-2.0 */
/* Ladders: what is drawn from which messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "capture_source.h"
#include "ladder.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HEAD                                                                                       \
    "Via: SIP/2.0/TCP 127.0.0.1:4000\r\nFrom: <sip:alice@example.test>;tag=1\r\n"                  \
    "To: <sip:2001@example.test>\r\nCall-ID: c1\r\n"
#define BODY(xml) "Content-Type: application/csta+xml\r\n\r\n" xml

static char const invite[] =
    "INVITE sip:2001@example.test SIP/2.0\r\n" HEAD
    "CSeq: 1 INVITE\r\n" BODY("<?xml version=\"1.0\"?>\n<RequestSystemStatus xmlns=\"x\"/>");
static char const answer[] =
    "SIP/2.0 200 OK\r\n" HEAD
    "CSeq: 1 INVITE\r\n" BODY("<a:RequestSystemStatusResponse xmlns:a=\"x\"/>");

struct row {
    unsigned time_ms;
    char const *program;
    bool sent;
    char const *peer, *source, *destination, *text;
};

/* alice to proxy to cti and back; an event of the switch. */
static struct row const taps[] = {
    { 1, "proxy", false, "", "192.0.2.9:9", "192.0.2.1:1", invite },
    { 2, "proxy", true, "cti", "192.0.2.1:2", "192.0.2.1:3", invite },
    { 4, "cti", true, "proxy", "192.0.2.1:3", "192.0.2.1:2", answer },
    { 6, "proxy", true, "", "192.0.2.1:1", "192.0.2.9:9", answer },
    { 7, "cti", false, "", "192.0.2.7:1", "192.0.2.1:5", "<HeldEvent/>" },
    { 0 },
};

static struct row const file[] = {
    { 1, "", false, "", "192.0.2.9:9", "192.0.2.1:1", invite },
    { 2, "", false, "", "[2001:db8::1]:2", "192.0.2.9:9", answer },
    { 0 },
};

static struct row const loopback[] = {
    { 1, "", false, "", "127.0.0.1:9", "127.0.0.1:5060", invite },
    { 0 },
};

struct rows {
    struct capture_source source;
    struct row const *at;
    uint64_t repeat; /* the first row so often again, with other ports */
    int result;      /* at the end */
};

static int next(struct capture_source *source, struct capture_message *ret)
{
    struct rows *rows = (struct rows *)source;
    struct row const *row = rows->at;

    if (!row->time_ms)
        return rows->result;
    *ret = (struct capture_message){ .time_us = row->time_ms * 1000ull + rows->repeat,
                                     .protocol = *row->text == '<' ? TAP_CSTA : TAP_SIP,
                                     .transport = "tcp",
                                     .program = row->program,
                                     .sent = row->sent,
                                     .peer = row->peer,
                                     .bytes = row->text,
                                     .len = strlen(row->text) };
    assert_int_equal(net_addr_parse(&ret->source, row->source, 0), 0);
    assert_int_equal(net_addr_parse(&ret->destination, row->destination, 0), 0);
    if (rows->repeat) {
        rows->repeat--;
        net_addr_set_port(&ret->source, (uint16_t)(1 + rows->repeat % 20));
    } else {
        rows->at++;
    }
    return 1;
}

static struct capture_source_ops const ops = { .next = next };

static struct ladder *read_rows(struct row const *list, uint64_t repeat, char const *text,
                                size_t last, int result)
{
    static char const *const programs[] = { "proxy", "cti" };
    struct rows rows = { { &ops }, list, repeat, result };
    struct capture_filter_options const options = { .text = text };
    char fault[CAPTURE_FILTER_FAULT];
    struct capture_filter *filter = capture_filter_new(&options, fault);
    struct ladder_wish wish = { filter, last, programs, 2 };
    struct ladder *ladder = ladder_new(&wish);

    assert_non_null(filter);
    assert_non_null(ladder);
    assert_int_equal(ladder_read(ladder, &rows.source), result);
    capture_filter_free(&filter);
    return ladder;
}

static void assert_drawn(struct row const *list, char const *text, size_t last,
                         char const *expected)
{
    struct ladder *ladder = read_rows(list, 0, text, last, 0);
    struct buf out;

    buf_init(&out, 65536);
    ladder_draw(ladder, &out);
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
    ladder_free(&ladder);
}

static void test_draw(void **state)
{
    (void)state;
    assert_drawn(taps, "HeldEvent", 0,
                 "              192.0.2.7           cti\n"
                 "00:00:00.007  |---- HeldEvent --->|\n");
    assert_drawn(taps, "INVITE", 2,
                 "              alice@example.test            proxy                         cti\n"
                 "00:00:00.004  |                             |<. 200 RequestSystemStatus ..|\n"
                 "00:00:00.006  |<. 200 RequestSystemStatus ..|                             |\n");
    assert_drawn(
        file, NULL, 0,
        "              192.0.2.9                        192.0.2.1"
        "                        2001:db8::1\n"
        "00:00:00.001  |-- INVITE RequestSystemStatus ->|"
        "                                |\n"
        "00:00:00.002  |<................... 200 RequestSystemStatus ....................|\n");
    assert_drawn(loopback, NULL, 0,
                 "              127.0.0.1:9                      127.0.0.1:5060\n"
                 "00:00:00.001  |-- INVITE RequestSystemStatus ->|\n");
}

static void test_json(void **state)
{
    struct ladder *ladder = read_rows(taps, 0, NULL, 0, 0);
    json_t *list = ladder_json(ladder);

    (void)state;
    assert_int_equal(json_array_size(list), 5);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "from")),
                        "alice@example.test");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 1), "to")), "cti");
    json_decref(list);
    ladder_free(&ladder);
}

/* What came before a fault is drawn. */
static void test_fault(void **state)
{
    struct ladder *ladder = read_rows(file, 0, NULL, 0, -EPROTO);

    (void)state;
    assert_int_equal(ladder->n_arrows, 2);
    assert_string_equal(ladder->lanes[0], "192.0.2.9");
    ladder_free(&ladder);
}

/* More messages than are kept, and more ends than lanes. */
static void test_bounds(void **state)
{
    struct ladder *ladder = read_rows(loopback, LADDER_ARROWS_MAX + 5, NULL, 0, 0);

    (void)state;
    assert_int_equal(ladder->wanted, LADDER_ARROWS_MAX + 6);
    assert_int_equal(ladder->n_arrows, LADDER_ARROWS_MAX);
    for (size_t i = 1; i < ladder->n_arrows; i++)
        assert_int_equal(ladder->arrows[i].time_us, ladder->arrows[i - 1].time_us + 1);
    /* They came backwards. */
    assert_int_equal(ladder->arrows[0].time_us, 1000);
    assert_int_equal(ladder->n_lanes, LADDER_LANES);
    assert_string_equal(ladder->lanes[LADDER_LANES - 1], "others");
    assert_string_equal(ladder->lanes[ladder->arrows[0].to], "127.0.0.1:5060");
    ladder_free(&ladder);
}

/* However many others there are, a program has its lane. */
static void test_room(void **state)
{
    static struct row const crowd[] = {
        { 1, "", false, "", "127.0.0.1:9", "127.0.0.1:5060", invite },
        { 2, "cti", false, "", "192.0.2.7:1", "192.0.2.1:5", "<HeldEvent/>" },
        { 0 },
    };
    struct ladder *ladder = read_rows(crowd, 40, NULL, 0, 0);

    (void)state;
    assert_int_equal(ladder->n_lanes, LADDER_LANES);
    assert_string_equal(ladder->lanes[LADDER_LANES - 2], "others");
    assert_string_equal(ladder->lanes[LADDER_LANES - 1], "cti");
    assert_int_equal(ladder->arrows[ladder->n_arrows - 1].from, LADDER_LANES - 2);
    assert_int_equal(ladder->arrows[ladder->n_arrows - 1].to, LADDER_LANES - 1);
    ladder_free(&ladder);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_draw),   cmocka_unit_test(test_json), cmocka_unit_test(test_fault),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
