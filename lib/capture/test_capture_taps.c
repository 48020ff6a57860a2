/* SPDX-License-Identifier: Apache-2.0 */
/* What the taps of several programs hold becomes one list of messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture_taps.h"
#include "clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROXY, CTI, SWITCH, PROGRAMS };
static char const *const names[PROGRAMS] = { "proxy", "cti", "switch" };

struct rig {
    char dir[64];
    struct tap *taps[PROGRAMS];
    struct capture_source *source;
    struct capture_message got;
};

#define CLIENT      "192.0.2.9:40000"
#define PROXY_ADDR  "127.0.0.1:5049"
#define CTI_ADDR    "127.0.0.1:5082"
#define LINK_ADDR   "127.0.0.1:33333"
#define SWITCH_ADDR "127.0.0.1:2750"

static void start(struct rig *rig, int program)
{
    rig->taps[program] = tap_new(100, 100000);
    assert_int_equal(tap_keep(rig->taps[program], rig->dir, names[program]), 0);
}

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);

    snprintf(rig->dir, sizeof rig->dir, "/tmp/crosspoint-taps-XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
    for (int i = 0; i < PROGRAMS; i++)
        start(rig, i);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    char path[128];

    capture_source_free(&rig->source);
    for (int i = 0; i < PROGRAMS; i++) {
        tap_free(&rig->taps[i]);
        snprintf(path, sizeof path, "%s/%s.tap", rig->dir, names[i]);
        unlink(path);
        strncat(path, ".1", sizeof path - strlen(path) - 1);
        unlink(path);
    }
    assert_int_equal(rmdir(rig->dir), 0);
    free(rig);
    return 0;
}

static void open_taps(struct rig *rig, bool follow, bool from_now)
{
    struct capture_taps_options const options = { .run_dir = rig->dir,
                                                  .programs = names,
                                                  .n = PROGRAMS,
                                                  .follow = follow,
                                                  .from_now = from_now };

    rig->source = capture_taps_open(&options);
    assert_non_null(rig->source);
}

static struct tap_record record(enum tap_direction direction, enum tap_protocol protocol,
                                char const *local, char const *remote)
{
    struct tap_record like = { .direction = direction, .protocol = protocol, .transport = "tcp" };

    if (*local)
        assert_int_equal(net_addr_parse(&like.local, local, 0), 0);
    assert_int_equal(net_addr_parse(&like.remote, remote, 0), 0);
    return like;
}

static uint64_t add(struct rig *rig, int program, struct tap_record const *like, char const *text)
{
    clock_advance_ms(1);
    return tap_add(rig->taps[program], like, text, strlen(text));
}

static uint64_t sent(struct rig *rig, int program, char const *local, char const *remote,
                     char const *text)
{
    struct tap_record const like = record(TAP_SENT, TAP_SIP, local, remote);

    return add(rig, program, &like, text);
}

static uint64_t received(struct rig *rig, int program, char const *local, char const *remote,
                         char const *text)
{
    struct tap_record const like = record(TAP_RECEIVED, TAP_SIP, local, remote);

    return add(rig, program, &like, text);
}

static void note(struct rig *rig, int program, uint64_t serial, char const *text)
{
    tap_note(rig->taps[program], serial, text, strlen(text));
}

static struct capture_message const *next(struct rig *rig, char const *text)
{
    struct capture_message *got = &rig->got;

    if (capture_source_next(rig->source, got) != 1)
        fail_msg("there is no message \"%s\"", text);
    if (got->len != strlen(text) || memcmp(got->bytes, text, got->len) != 0)
        fail_msg("\"%.*s\" instead of \"%s\"", (int)got->len, got->bytes, text);
    return got;
}

static void expect_end(struct rig *rig)
{
    assert_int_equal(capture_source_next(rig->source, &rig->got), 0);
}

static void expect_addr(struct net_addr const *addr, char const *wanted)
{
    char text[NET_ADDR_TEXT];

    assert_string_equal(net_addr_print(addr, text), wanted);
}

static void test_order_and_members(void **state)
{
    struct rig *rig = *state;
    struct tap_record like = record(TAP_RECEIVED, TAP_SIP, PROXY_ADDR, CLIENT);

    like.listener = "outside";
    like.subject = "client.example.test";
    sent(rig, CTI, CTI_ADDR, CLIENT, "first");
    add(rig, PROXY, &like, "second");
    sent(rig, SWITCH, SWITCH_ADDR, CLIENT, "third");
    received(rig, CTI, CTI_ADDR, CLIENT, "fourth");
    note(rig, PROXY, 1, "acl=friends");
    note(rig, PROXY, 1, "rule=dialog");
    open_taps(rig, false, false);

    struct capture_message const *got = next(rig, "first");
    assert_string_equal(got->program, "cti");
    assert_true(got->sent);
    assert_string_equal(got->peer, "");
    assert_string_equal(got->interface, "cti out");
    assert_string_equal(got->note, "");
    expect_addr(&got->source, CTI_ADDR);
    expect_addr(&got->destination, CLIENT);
    uint64_t time_us = got->time_us;

    got = next(rig, "second");
    assert_true(got->time_us > time_us);
    assert_int_equal(got->number, 1);
    assert_string_equal(got->program, "proxy");
    assert_false(got->sent);
    assert_string_equal(got->transport, "tcp");
    assert_string_equal(got->interface, "outside");
    assert_string_equal(got->subject, "client.example.test");
    assert_string_equal(got->note, "acl=friends; rule=dialog");
    expect_addr(&got->source, CLIENT);
    expect_addr(&got->destination, PROXY_ADDR);
    next(rig, "third");
    next(rig, "fourth");
    expect_end(rig);
}

/* Both ends have a record: it is one message, with what either knew. */
static void test_between_two_programs(void **state)
{
    struct rig *rig = *state;
    struct tap_record like = record(TAP_RECEIVED, TAP_SIP, CTI_ADDR, PROXY_ADDR);

    sent(rig, PROXY, "", CTI_ADDR, "INVITE");
    like.listener = "inside";
    like.subject = "proxy.example.test";
    add(rig, CTI, &like, "INVITE");
    note(rig, CTI, 1, "session=1");
    note(rig, PROXY, 1, "sent");
    sent(rig, CTI, CTI_ADDR, PROXY_ADDR, "200");
    received(rig, PROXY, PROXY_ADDR, CTI_ADDR, "200");
    open_taps(rig, false, false);

    struct capture_message const *got = next(rig, "INVITE");
    assert_string_equal(got->program, "proxy");
    assert_true(got->sent);
    assert_string_equal(got->peer, "cti");
    assert_string_equal(got->interface, "inside");
    assert_string_equal(got->subject, "proxy.example.test");
    assert_string_equal(got->note, "sent; session=1");
    expect_addr(&got->source, PROXY_ADDR); /* which the receiver has seen */
    expect_addr(&got->destination, CTI_ADDR);
    got = next(rig, "200");
    assert_string_equal(got->program, "cti");
    assert_string_equal(got->peer, "proxy");
    expect_end(rig);
}

/* The clock of one program may have been moved: what comes first is what was sent. */
static void test_receiver_was_earlier(void **state)
{
    struct rig *rig = *state;

    received(rig, CTI, CTI_ADDR, PROXY_ADDR, "INVITE");
    received(rig, CTI, CTI_ADDR, PROXY_ADDR, "BYE");
    sent(rig, PROXY, PROXY_ADDR, CTI_ADDR, "INVITE");
    sent(rig, PROXY, PROXY_ADDR, CTI_ADDR, "BYE");
    open_taps(rig, false, false);
    assert_string_equal(next(rig, "INVITE")->peer, "cti");
    assert_string_equal(next(rig, "BYE")->peer, "cti");
    expect_end(rig);
}

/* The same bytes again and again, and one of the records lost. */
static void test_repetitions(void **state)
{
    struct rig *rig = *state;

    for (int i = 1; i <= 5; i++) {
        char number[] = { (char)('0' + i), '\0' };
        sent(rig, CTI, LINK_ADDR, SWITCH_ADDR, "<SystemStatus/>");
        if (i != 2)
            note(rig, SWITCH, received(rig, SWITCH, SWITCH_ADDR, LINK_ADDR, "<SystemStatus/>"),
                 number);
        clock_advance_ms(30000);
    }
    open_taps(rig, false, false);
    for (uint64_t i = 1; i <= 5; i++) {
        struct capture_message const *got = next(rig, "<SystemStatus/>");
        char number[] = { (char)('0' + i), '\0' };
        assert_int_equal(got->number, i);
        assert_string_equal(got->program, "cti");
        assert_string_equal(got->peer, "switch");
        assert_string_equal(got->note, i == 2 ? "" : number);
    }
    expect_end(rig);
}

/* The same bytes that are another message: other addresses, or one program that forwards. */
static void test_not_the_same(void **state)
{
    struct rig *rig = *state;
    struct tap_record udp = record(TAP_RECEIVED, TAP_SIP, CTI_ADDR, PROXY_ADDR);

    memcpy(udp.transport, "udp", 4);
    sent(rig, PROXY, PROXY_ADDR, CTI_ADDR, "same");
    received(rig, PROXY, CTI_ADDR, PROXY_ADDR, "same");
    received(rig, SWITCH, SWITCH_ADDR, PROXY_ADDR, "same");
    received(rig, SWITCH, CTI_ADDR, CLIENT, "same");
    add(rig, SWITCH, &udp, "same");
    received(rig, SWITCH, CTI_ADDR, PROXY_ADDR, "sane");
    open_taps(rig, false, false);
    for (int i = 0; i < 5; i++)
        next(rig, "same");
    next(rig, "sane");
    expect_end(rig);
}

/* Of the sender's record nothing is left, but its address is known. */
static void test_peer_by_address(void **state)
{
    struct rig *rig = *state;

    received(rig, CTI, CTI_ADDR, PROXY_ADDR, "lost");
    received(rig, PROXY, PROXY_ADDR, CLIENT, "other");
    open_taps(rig, false, false);
    struct capture_message const *got = next(rig, "lost");
    assert_string_equal(got->peer, "proxy");
    assert_false(got->sent);
    assert_string_equal(next(rig, "other")->peer, "");
}

/* One id: the gateway's, on frames that the switch has recorded, too; of SIP the Call-ID. */
static void test_one_id(void **state)
{
    static char const invite[] = "INVITE sip:a@b SIP/2.0\r\nCall-ID: call@host\r\n\r\n";
    struct rig *rig = *state;
    struct tap_record out = record(TAP_SENT, TAP_CSTA, LINK_ADDR, SWITCH_ADDR);
    struct tap_record in = record(TAP_RECEIVED, TAP_CSTA, LINK_ADDR, SWITCH_ADDR);

    received(rig, PROXY, PROXY_ADDR, CLIENT, invite);
    out.id = in.id = "call@host";
    add(rig, CTI, &out, "<MakeCall/>");
    struct tap_record there = record(TAP_RECEIVED, TAP_CSTA, SWITCH_ADDR, LINK_ADDR);
    add(rig, SWITCH, &there, "<MakeCall/>");
    there.direction = TAP_SENT;
    add(rig, SWITCH, &there, "<OriginatedEvent/>");
    add(rig, CTI, &in, "<OriginatedEvent/>");
    add(rig, SWITCH, &there, "<HeldEvent/>");
    open_taps(rig, false, false);
    assert_string_equal(next(rig, invite)->id, "call@host");
    assert_string_equal(next(rig, "<MakeCall/>")->id, "call@host");
    assert_string_equal(next(rig, "<OriginatedEvent/>")->id, "call@host");
    assert_string_equal(rig->got.program, "switch");
    assert_string_equal(next(rig, "<HeldEvent/>")->id, "");
    expect_end(rig);
}

static void test_follow(void **state)
{
    struct rig *rig = *state;

    sent(rig, PROXY, PROXY_ADDR, CTI_ADDR, "one");
    open_taps(rig, true, false);
    expect_end(rig);
    clock_advance_ms(100);
    expect_end(rig);
    /* Late, but not too late. */
    note(rig, PROXY, 1, "decided");
    received(rig, CTI, CTI_ADDR, PROXY_ADDR, "one");
    clock_advance_ms(100);
    struct capture_message const *got = next(rig, "one");
    assert_string_equal(got->note, "decided");
    assert_string_equal(got->peer, "cti");
    expect_end(rig);
    /* Too late: for whoever looks at the ring later. */
    sent(rig, PROXY, PROXY_ADDR, CLIENT, "slow");
    clock_advance_ms(10);
    expect_end(rig);
    clock_advance_ms(200);
    assert_string_equal(next(rig, "slow")->note, "");
    note(rig, PROXY, 3, "resolved");
    clock_advance_ms(500);
    expect_end(rig);

    /* A program that starts again: what the old file had last, and the new one. */
    sent(rig, SWITCH, SWITCH_ADDR, CLIENT, "last words");
    tap_free(&rig->taps[SWITCH]);
    start(rig, SWITCH);
    sent(rig, SWITCH, SWITCH_ADDR, CLIENT, "first words");
    clock_advance_ms(50);
    expect_end(rig);
    clock_advance_ms(500);
    next(rig, "last words");
    next(rig, "first words");
    assert_int_equal(rig->got.number, 1);
    expect_end(rig);
}

/* The ring has 100 records: who looks too seldom misses what was overwritten meanwhile, and knows.
 */
static void test_lost(void **state)
{
    struct rig *rig = *state;
    char text[16];

    sent(rig, SWITCH, SWITCH_ADDR, CLIENT, "first");
    open_taps(rig, true, false);
    expect_end(rig);
    clock_advance_ms(500);
    next(rig, "first");
    assert_int_equal(capture_source_lost(rig->source), 0);
    for (int i = 0; i < 130; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        sent(rig, SWITCH, SWITCH_ADDR, CLIENT, text);
    }
    clock_advance_ms(50);
    expect_end(rig);
    assert_int_equal(capture_source_lost(rig->source), 30);
    clock_advance_ms(500);
    next(rig, "30");
}

static void test_from_now(void **state)
{
    struct rig *rig = *state;

    sent(rig, PROXY, PROXY_ADDR, CLIENT, "old");
    open_taps(rig, true, true);
    sent(rig, PROXY, PROXY_ADDR, CLIENT, "new");
    expect_end(rig);
    clock_advance_ms(1000);
    next(rig, "new");
    expect_end(rig);
}

/* A program that did not run when its tap was asked for. */
static void test_started_later(void **state)
{
    struct rig *rig = *state;
    char path[128];

    tap_free(&rig->taps[CTI]);
    snprintf(path, sizeof path, "%s/cti.tap", rig->dir);
    assert_int_equal(unlink(path), 0);
    open_taps(rig, true, true);
    assert_int_equal(capture_taps_error(rig->source, PROXY), 0);
    assert_int_equal(capture_taps_error(rig->source, CTI), -ENOENT);
    expect_end(rig);
    start(rig, CTI);
    sent(rig, CTI, CTI_ADDR, CLIENT, "hello");
    clock_advance_ms(50);
    expect_end(rig);
    assert_int_equal(capture_taps_error(rig->source, CTI), 0);
    clock_advance_ms(500);
    next(rig, "hello");
}

/* Files by their paths, as a crash has left them or somebody has sent them. */
static void test_paths(void **state)
{
    struct rig *rig = *state;
    char file[128], none[128], damaged[128];
    char const *const paths[] = { file, none, damaged };

    snprintf(file, sizeof file, "%s/proxy.tap", rig->dir);
    snprintf(none, sizeof none, "%s/none.tap", rig->dir);
    snprintf(damaged, sizeof damaged, "%s/cti.tap", rig->dir);
    sent(rig, PROXY, PROXY_ADDR, CLIENT, "kept");
    sent(rig, CTI, CTI_ADDR, CLIENT, "damaged");
    tap_free(&rig->taps[CTI]);
    FILE *out = fopen(damaged, "r+");
    assert_int_equal(fseek(out, 4096, SEEK_SET), 0);
    assert_int_equal(fputs("?????", out) >= 0, 1);
    fclose(out);
    rig->source = capture_taps_open(&(struct capture_taps_options){ .programs = paths, .n = 3 });
    assert_string_equal(next(rig, "kept")->program, "proxy");
    expect_end(rig);
    assert_int_equal(capture_taps_error(rig->source, 0), 0);
    assert_int_equal(capture_taps_error(rig->source, 1), -ENOENT);
    assert_int_equal(capture_taps_error(rig->source, 2), -EBADMSG);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_order_and_members, setup, teardown),
        cmocka_unit_test_setup_teardown(test_between_two_programs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_receiver_was_earlier, setup, teardown),
        cmocka_unit_test_setup_teardown(test_repetitions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_not_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(test_peer_by_address, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_id, setup, teardown),
        cmocka_unit_test_setup_teardown(test_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_lost, setup, teardown),
        cmocka_unit_test_setup_teardown(test_from_now, setup, teardown),
        cmocka_unit_test_setup_teardown(test_started_later, setup, teardown),
        cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
    };
    return cmocka_run_group_tests_name("capture_taps", tests, NULL, NULL);
}
