/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a CSTA/TCP connection over a real socket: start, refusal, broken peers, heartbeats,
 * loss, and the next attempt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "csta_rig.h"
#include "csta_tcp.h"
#include "tap.h"
#include <errno.h>
#include <string.h>

#define NS3   "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
#define NS354 "http://www.ecma-international.org/standards/ecma-354/appl_session"
#define NO                                                                                         \
    "<StartApplicationSessionNegResponse xmlns=\"" NS354 "\"><errorCode>"                          \
    "<definedError>invalidApplicationInfo</definedError></errorCode>"                              \
    "</StartApplicationSessionNegResponse>"

static struct csta_rig rig;

static int set_up(void **state)
{
    (void)state;
    csta_rig_init(&rig);
    csta_rig_open(&rig);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    csta_rig_fini(&rig);
    return 0;
}

static void assert_down(unsigned downs, char const *reason)
{
    csta_rig_await(&rig, &rig.downs, downs);
    assert_string_equal(rig.reason, reason);
}

static void test_lint(void **state)
{
    char fault[100] = "";
    (void)state;

    int err = fsm_lint(csta_tcp_fsm(), fault, sizeof fault);
    assert_string_equal(fault, "");
    assert_int_equal(err, 0);
}

static void no_reply(void *ctx, struct csta_msg const *reply)
{
    (void)ctx;
    (void)reply;
    fail();
}

static void test_start(void **state)
{
    struct csta_msg const make = { .type = CSTA_MakeCall, .device = "1", .directory_number = "2" };
    struct csta_msg start, yes = { .type = CSTA_StartApplicationSessionPosResponse,
                                   .session_id = "s-1",
                                   .protocol_version = NS3 };
    (void)state;

    csta_rig_accept(&rig);
    unsigned id = csta_rig_take(&rig, CSTA_StartApplicationSession, &start);
    assert_int_equal(id, 0);
    assert_string_equal(start.application_id, "crosspoint-cti");
    assert_string_equal(start.user, "CtiGW");
    assert_string_equal(start.password, "x-secret-x");
    assert_string_equal(start.protocol_version, NS3);
    assert_int_equal(start.session_duration_s, 180);
    assert_int_equal(rig.ups, 0);
    assert_int_equal(rig.driver->service[CSTA_MakeCall](rig.conn, &make, no_reply, NULL),
                     -ENOTCONN);
    csta_rig_send(&rig, id, &yes);
    csta_rig_await(&rig, &rig.ups, 1);
    assert_int_equal(strlen(rig.identity), 12);
    csta_rig_sync(&rig);
    assert_int_equal(rig.ups, 1);
    assert_int_equal(rig.downs, 0);
}

static void test_refused(void **state)
{
    struct csta_msg start;
    (void)state;

    csta_rig_accept(&rig);
    csta_rig_take(&rig, CSTA_StartApplicationSession, &start);
    csta_rig_send_xml(&rig, 0, NO);
    assert_down(1, "user or password refused");
    csta_rig_await_eof(&rig);
    assert_int_equal(rig.ups, 0);
    csta_rig_pass(&rig, 1000);
    csta_rig_start(&rig, 180);
}

static void test_no_answer_to_start(void **state)
{
    struct csta_msg start;
    (void)state;

    csta_rig_accept(&rig);
    csta_rig_take(&rig, CSTA_StartApplicationSession, &start);
    csta_rig_pass(&rig, 4750);
    assert_int_equal(rig.downs, 0);
    csta_rig_pass(&rig, 500);
    assert_down(1, "session not started");
    csta_rig_await_eof(&rig);
}

static void test_nobody_listens(void **state)
{
    struct csta_msg start;
    (void)state;

    csta_rig_accept(&rig);
    csta_rig_take(&rig, CSTA_StartApplicationSession, &start);
    csta_rig_go_deaf(&rig);
    csta_rig_hang_up(&rig);
    assert_down(1, "peer closed the link");
    csta_rig_pass(&rig, 1250);
    assert_down(2, "connection refused");
    csta_rig_pass(&rig, 1250);
    assert_down(3, "connection refused");
    assert_int_equal(rig.ups, 0);
}

/* clang-format off */
static struct {
    char const *what, *bytes;
    size_t len;
} const broken[] = {
    { "length below the header", "\0\0\0\7" "0001", 8 },
    { "length 0", "\0\0\0\0", 4 },
    { "format indicator", "\0\1\0\20" "0001", 8 },
    { "another protocol", "SSH-2.0-x", 9 },
    { "invoke ID", "\0\0\0\20" "00x1", 8 },
    { "length that cuts the document", "\0\0\0\13" "0001<a/>", 12 },
};

static struct {
    char const *what, *bytes;
    size_t len;
} const nonsense[] = {
    { "no document", "\0\0\0\10" "0001", 8 },
    { "not XML", "\0\0\0\15" "0001hello", 13 },
    { "not CSTA", "\0\0\0\14" "0001<a/>", 12 },
};
/* clang-format on */

static void test_broken_peer(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof broken / sizeof *broken; i++) {
        print_message("# %s\n", broken[i].what);
        csta_rig_start(&rig, 180);
        csta_rig_send_bytes(&rig, broken[i].bytes, broken[i].len);
        assert_down(i + 1, "peer broke the framing");
        assert_int_equal(rig.faults[DRIVER_FAULT_FRAME], i + 1);
        csta_rig_await_eof(&rig);
        csta_rig_pass(&rig, 1000);
    }
}

/* Where the framing holds the link lives; a peer that says nothing else is dead all the same. */
static void test_nonsense(void **state)
{
    struct csta_msg msg;
    unsigned id;
    (void)state;

    csta_rig_start(&rig, 180);
    for (unsigned i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        print_message("# %s\n", nonsense[i].what);
        csta_rig_send_bytes(&rig, nonsense[i].bytes, nonsense[i].len);
        csta_rig_sync(&rig);
        assert_int_equal(rig.faults[DRIVER_FAULT_MESSAGE], i + 1);
    }
    assert_int_equal(rig.downs, 0);
    for (unsigned i = 0; i < 35 && !rig.downs; i++) {
        csta_rig_send_bytes(&rig, nonsense[1].bytes, nonsense[1].len);
        csta_rig_await(&rig, &rig.faults[DRIVER_FAULT_MESSAGE], 4 + i);
        csta_rig_pass(&rig, 2000);
        while (csta_rig_peek(&rig, &id, &msg))
            continue; /* heartbeats, which it does not answer */
    }
    assert_down(1, "silent for two heartbeats");
}

/* What is no CSTA at the start will not become it. */
static void test_nonsense_at_start(void **state)
{
    struct csta_msg start;
    (void)state;

    csta_rig_accept(&rig);
    csta_rig_take(&rig, CSTA_StartApplicationSession, &start);
    csta_rig_send_xml(&rig, 0, "<a/>");
    assert_down(1, "peer sent a broken message");
}

/* A begun message has its own time, which bytes that trickle do not stretch. */
static void test_half_message(void **state)
{
    (void)state;
    csta_rig_start(&rig, 180);
    csta_rig_send_bytes(&rig,
                        "\0\0\1\0"
                        "0001<Sys",
                        12);
    for (unsigned i = 0; i < 3; i++) {
        csta_rig_pass(&rig, 6000);
        csta_rig_send_bytes(&rig, "x", 1);
    }
    assert_int_equal(rig.downs, 0);
    csta_rig_pass(&rig, 3000);
    assert_down(1, "a message stayed incomplete");
    assert_int_equal(rig.faults[DRIVER_FAULT_HALF], 1);
    csta_rig_pass(&rig, 1000);
    csta_rig_start(&rig, 180);
    csta_rig_pass(&rig, 21000);
    assert_int_equal(rig.downs, 1);
}

static void test_unknown_message(void **state)
{
    (void)state;
    csta_rig_start(&rig, 180);
    csta_rig_send_xml(&rig, 1, "<DialDigits xmlns=\"" NS3 "\"/>");
    csta_rig_send_xml(&rig, 9999, "<NewKindEvent xmlns=\"" NS3 "\"/>");
    csta_rig_sync(&rig);
    assert_int_equal(rig.downs, 0);
}

/* The stream may be cut anywhere. */
static void test_pieces(void **state)
{
    static char const document[] = "<SystemStatus xmlns=\"" NS3 "\"><systemStatus>normal"
                                   "</systemStatus></SystemStatus>";
    char frame[8 + sizeof document - 1] = { 0, 0, 0, sizeof frame, '0', '0', '4', '2' };
    char two[2 * sizeof frame];
    struct csta_msg msg;
    (void)state;

    csta_rig_start(&rig, 180);
    memcpy(frame + 8, document, sizeof document - 1);
    for (size_t i = 0; i < sizeof frame; i++) {
        csta_rig_send_bytes(&rig, frame + i, 1);
        csta_rig_turn(&rig);
    }
    assert_int_equal(csta_rig_take(&rig, CSTA_SystemStatusResponse, &msg), 42);
    memcpy(two, frame, sizeof frame);
    memcpy(two + sizeof frame, frame, sizeof frame);
    two[sizeof frame + 7] = '3';
    csta_rig_send_bytes(&rig, two, sizeof two);
    assert_int_equal(csta_rig_take(&rig, CSTA_SystemStatusResponse, &msg), 42);
    assert_int_equal(csta_rig_take(&rig, CSTA_SystemStatusResponse, &msg), 43);
}

/* What the switch can do, told once a link; a switch that does not say does everything. */
static void test_features(void **state)
{
    struct csta_msg features = { .type = CSTA_GetCSTAFeaturesResponse, .edition = CSTA_ED3 };
    struct csta_set all, set;
    (void)state;

    memset(&all, 0xff, sizeof all);
    csta_rig_start(&rig, 0);
    set = all;
    rig.driver->narrow(rig.conn, &set);
    assert_memory_equal(&set, &all, sizeof set);

    csta_set_add(&features.features, CSTA_MakeCall);
    csta_set_add(&features.features, CSTA_HeldEvent);
    csta_rig_send(&rig, rig.features_id, &features);
    csta_rig_sync(&rig);
    rig.driver->narrow(rig.conn, &set);
    assert_memory_equal(&set, &features.features, sizeof set);

    csta_rig_hang_up(&rig);
    csta_rig_await(&rig, &rig.downs, 1);
    csta_rig_pass(&rig, rig.options.retry_ms);
    csta_rig_start(&rig, 0);
    set = all;
    rig.driver->narrow(rig.conn, &set);
    assert_memory_equal(&set, &all, sizeof set);
}

static void test_every_service_and_event(void **state)
{
    (void)state;
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        assert_int_equal(rig.driver->service[type] != NULL, csta_is_service(type));
        assert_int_equal(csta_set_has(&rig.driver->events, type), csta_is_event(type));
    }
}

static void test_status(void **state)
{
    struct csta_msg status = { .type = CSTA_SystemStatus,
                               .edition = CSTA_ED3,
                               .system_status = CSTA_STATUS_partiallyDisabled };
    struct csta_msg answer = { .type = CSTA_RequestSystemStatusResponse,
                               .edition = CSTA_ED3,
                               .system_status = CSTA_STATUS_overloadReached };
    struct csta_msg msg;
    (void)state;

    csta_rig_start(&rig, 0);
    csta_rig_send(&rig, rig.status_id, &answer);
    csta_rig_await(&rig, (unsigned *)&rig.status, CSTA_STATUS_overloadReached);
    csta_rig_send(&rig, 17, &status);
    assert_int_equal(csta_rig_take(&rig, CSTA_SystemStatusResponse, &msg), 17);
    assert_int_equal(rig.status, CSTA_STATUS_partiallyDisabled);
}

static void test_events(void **state)
{
    struct csta_msg const event = { .type = CSTA_HeldEvent,
                                    .monitor_xref = "m-1",
                                    .conn = { "c-1", "2001" },
                                    .local_state = CSTA_STATE_hold };
    struct csta_msg start;
    (void)state;

    csta_rig_accept(&rig);
    csta_rig_take(&rig, CSTA_StartApplicationSession, &start);
    csta_rig_send(&rig, 9999, &event);
    csta_rig_hang_up(&rig);
    assert_down(1, "peer closed the link");
    assert_int_equal(rig.events, 0);
    csta_rig_pass(&rig, 1000);
    csta_rig_start(&rig, 180);
    csta_rig_send(&rig, 9999, &event);
    csta_rig_await(&rig, &rig.events, 1);
    assert_int_equal(rig.event, CSTA_HeldEvent);
    assert_string_equal(rig.event_xref, "m-1");
}

/* One turn of the loop is not for the switch alone, however much it has to tell. */
static void test_share_of_a_turn(void **state)
{
    enum { EVENTS = 2000, MOST = 1000, TURNS = 20 };
    unsigned seen = 0;
    struct csta_msg const event = { .type = CSTA_HeldEvent,
                                    .monitor_xref = "m-1",
                                    .conn = { "c-1", "2001" },
                                    .local_state = CSTA_STATE_hold };
    (void)state;

    csta_rig_accept(&rig);
    csta_rig_start(&rig, 180);
    for (unsigned i = 0; i < EVENTS; i++)
        csta_rig_send(&rig, 9999, &event);
    for (unsigned i = 0; i < TURNS; i++, seen = rig.events) {
        csta_rig_turn(&rig);
        assert_in_range(rig.events - seen, 0, MOST);
    }
    csta_rig_await(&rig, &rig.events, EVENTS);
}

static void answer_all(void)
{
    struct csta_msg msg, answer = { .type = CSTA_SystemStatusResponse };
    unsigned id;

    while (csta_rig_peek(&rig, &id, &msg))
        if (msg.type == CSTA_SystemStatus)
            csta_rig_send(&rig, id, &answer);
    csta_rig_sync(&rig);
}

/* Ten minutes of heartbeats, then silence: two heartbeats later the connection is lost. */
static void test_heartbeat(void **state)
{
    struct csta_msg msg;
    unsigned id;
    uint64_t silent_ms = 0;
    (void)state;

    csta_rig_start(&rig, 180);
    for (int i = 0; i < 80; i++) {
        csta_rig_pass(&rig, 7500);
        answer_all();
    }
    assert_int_equal(rig.downs, 0);
    for (; !rig.downs && silent_ms < 100000; silent_ms += 250)
        csta_rig_pass(&rig, 250);
    assert_in_range(silent_ms, 60000, 68000);
    do
        assert_true(csta_rig_peek(&rig, &id, &msg));
    while (msg.type != CSTA_SystemStatus);
    assert_down(1, "silent for two heartbeats");
    csta_rig_await_eof(&rig);
}

/* Each answer is measured against its own heartbeat; the first is the question for the status. */
static void test_round_trip(void **state)
{
    struct csta_msg msg,
        status = { .type = CSTA_RequestSystemStatusResponse, .system_status = CSTA_STATUS_normal },
        answer = { .type = CSTA_SystemStatusResponse };
    (void)state;

    csta_rig_start(&rig, 180);
    unsigned id = rig.status_id;
    clock_advance_ms(120);
    csta_rig_send(&rig, id, &status);
    csta_rig_await(&rig, &rig.beats, 1);
    assert_in_range(rig.beat_us, 120000, 15000000);
    csta_rig_send(&rig, id, &answer);
    csta_rig_sync(&rig);
    assert_int_equal(rig.beats, 1);
    csta_rig_pass(&rig, 15250);
    id = csta_rig_take(&rig, CSTA_SystemStatus, &msg);
    clock_advance_ms(20000);
    csta_rig_send(&rig, id, &answer);
    csta_rig_await(&rig, &rig.beats, 2);
    assert_in_range(rig.beat_us, 20000000, 35000000);
}

static void test_lost_and_back(void **state)
{
    char first[sizeof rig.identity];
    (void)state;

    csta_rig_start(&rig, 180);
    memcpy(first, rig.identity, sizeof first);
    csta_rig_hang_up(&rig);
    assert_down(1, "peer closed the link");
    csta_rig_pass(&rig, 1000);
    csta_rig_start(&rig, 180);
    assert_string_not_equal(rig.identity, first);
}

static void test_close(void **state)
{
    struct csta_msg stop;
    (void)state;

    csta_rig_start(&rig, 180);
    rig.driver->close(&rig.conn);
    assert_null(rig.conn);
    csta_rig_take(&rig, CSTA_StopApplicationSession, &stop);
    assert_string_equal(stop.session_id, "s-1");
    csta_rig_await_eof(&rig);
    assert_int_equal(rig.downs, 0);
}

/* Closing in each state leaves nothing behind; the rest is for the leak checker. */
static void test_close_early(void **state)
{
    (void)state;
    rig.driver->close(&rig.conn);
    csta_rig_open(&rig);
    csta_rig_accept(&rig);
    rig.driver->close(&rig.conn);
    csta_rig_await_eof(&rig);
    rig.driver->close(&rig.conn);
    assert_int_equal(rig.ups + rig.downs, 0);
}

static void test_wrong_address(void **state)
{
    static struct driver_host const host;
    struct driver_options options = rig.options;
    (void)state;

    options.address = "switch.example.test:2750";
    assert_null(rig.driver->open(&options, &host, NULL));
}

/* The tap shows both directions without the header, and never the password. */
static void test_tap(void **state)
{
    struct tap_record const *record;
    (void)state;

    csta_rig_start(&rig, 180);
    record = tap_next(rig.tap, 0);
    assert_non_null(record);
    assert_int_equal(record->direction, TAP_SENT);
    assert_int_equal(record->protocol, TAP_CSTA);
    assert_string_equal(record->transport, "tcp");
    assert_memory_equal(record->bytes, "<?xml", 5);
    assert_non_null(memmem(record->bytes, record->len, "<user>CtiGW</user>", 18));
    assert_null(memmem(record->bytes, record->len, "x-secret-x", 10));
    record = tap_next(rig.tap, record->serial);
    assert_non_null(record);
    assert_int_equal(record->direction, TAP_RECEIVED);
    assert_memory_equal(record->bytes, "<?xml", 5);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_lint),
        TEST(test_start),
        TEST(test_refused),
        TEST(test_no_answer_to_start),
        TEST(test_nobody_listens),
        TEST(test_broken_peer),
        TEST(test_nonsense),
        TEST(test_nonsense_at_start),
        TEST(test_half_message),
        TEST(test_unknown_message),
        TEST(test_pieces),
        TEST(test_events),
        TEST(test_share_of_a_turn),
        TEST(test_features),
        TEST(test_every_service_and_event),
        TEST(test_status),
        TEST(test_heartbeat),
        TEST(test_round_trip),
        TEST(test_lost_and_back),
        TEST(test_close),
        TEST(test_close_early),
        TEST(test_wrong_address),
        TEST(test_tap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
