/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over a CSTA/TCP connection: which answer belongs to which, limits of number and time,
 * what becomes of requests when the connection goes, and the requests of the driver itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "csta_rig.h"
#include "tap.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NS3 "http://www.ecma-international.org/standards/ecma-323/csta/ed3"

enum { INVOKE_IDS = 9999 };

static struct csta_rig rig;

/* What came of one request. */
struct result {
    unsigned replies;
    enum csta_type type;
    enum csta_error_category category;
    char value[64]; /* of the error; or the monitor */
    bool asks_again;
    int again; /* what asking again inside the reply returned */
};

static struct csta_msg const monitor_start = { .type = CSTA_MonitorStart,
                                               .edition = CSTA_ED5,
                                               .device = "2001" };
static struct csta_msg const make_call = {
    .type = CSTA_MakeCall, .edition = CSTA_ED3, .device = "2001", .directory_number = "2002"
};
static struct csta_msg const hold_call = { .type = CSTA_HoldCall,
                                           .edition = CSTA_ED3,
                                           .conn = { "c-1", "2001" } };

static struct csta_msg const monitor_started = { .type = CSTA_MonitorStartResponse,
                                                 .monitor_xref = "m-1" };
static struct csta_msg const made = { .type = CSTA_MakeCallResponse, .conn = { "c-9", "2001" } };
static struct csta_msg const held = { .type = CSTA_HoldCallResponse };

static void on_reply(void *ctx, struct csta_msg const *reply);

static int ask(struct csta_msg const *request, struct result *result)
{
    return rig.driver->service[request->type](rig.conn, request, on_reply, result);
}

static void on_reply(void *ctx, struct csta_msg const *reply)
{
    struct result *result = ctx;
    char const *value =
        reply->type == CSTA_CSTAErrorCode ? reply->error.value : reply->monitor_xref;

    result->replies++;
    result->type = reply->type;
    result->category = reply->error.category;
    snprintf(result->value, sizeof result->value, "%s", value ? value : "");
    if (result->asks_again) {
        result->asks_again = false;
        result->again = ask(&hold_call, result);
    }
}

static int set_up(void **state)
{
    (void)state;
    csta_rig_init(&rig);
    csta_rig_open(&rig);
    csta_rig_start(&rig, 180);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    csta_rig_fini(&rig);
    return 0;
}

/* Reopens with other options. */
static void reopen(struct driver_options const *options)
{
    rig.driver->close(&rig.conn);
    csta_rig_await_eof(&rig);
    rig.options = *options;
    csta_rig_open(&rig);
    csta_rig_start(&rig, 180);
}

static void assert_failed(struct result const *result, char const *value)
{
    assert_int_equal(result->replies, 1);
    assert_int_equal(result->type, CSTA_CSTAErrorCode);
    assert_int_equal(result->category, CSTA_ERROR_systemResourceAvailibility);
    assert_string_equal(result->value, value);
}

/* Answers come in any order; each finds its request by the invoke ID alone. */
static void test_order(void **state)
{
    struct result a = { 0 }, b = { 0 }, c = { 0 };
    struct csta_msg msg;
    (void)state;

    assert_int_equal(ask(&monitor_start, &a), 0);
    assert_int_equal(ask(&make_call, &b), 0);
    assert_int_equal(ask(&hold_call, &c), 0);
    assert_int_equal(a.replies + b.replies + c.replies, 0);
    unsigned id_a = csta_rig_take(&rig, CSTA_MonitorStart, &msg);
    assert_string_equal(msg.device, "2001");
    assert_int_equal(msg.edition, CSTA_ED3);
    unsigned id_b = csta_rig_take(&rig, CSTA_MakeCall, &msg);
    assert_string_equal(msg.directory_number, "2002");
    unsigned id_c = csta_rig_take(&rig, CSTA_HoldCall, &msg);
    assert_true(id_a != id_b && id_b != id_c && id_c != id_a);
    csta_rig_send(&rig, id_c, &held);
    csta_rig_await(&rig, &c.replies, 1);
    csta_rig_send(&rig, id_a, &monitor_started);
    csta_rig_send(&rig, id_b, &made);
    csta_rig_await(&rig, &b.replies, 1);
    assert_int_equal(a.replies, 1);
    assert_int_equal(a.type, CSTA_MonitorStartResponse);
    assert_string_equal(a.value, "m-1");
    assert_int_equal(b.type, CSTA_MakeCallResponse);
    assert_int_equal(c.type, CSTA_HoldCallResponse);
}

/* clang-format off */
static struct {
    char const *what, *xml;
    int off; /* added to the invoke ID */
    unsigned replies;
    enum csta_error_category category;
    char const *value;
    unsigned faults; /* of the two times that it is sent */
} const answers[] = {
    { "the response", "<MonitorStartResponse xmlns=\"" NS3 "\"><monitorCrossRefID>m-1"
      "</monitorCrossRefID></MonitorStartResponse>", 0, 1, CSTA_ERROR_ABSENT, "m-1", 1 },
    { "an error", "<CSTAErrorCode xmlns=\"" NS3 "\"><operation>invalidDeviceID</operation>"
      "</CSTAErrorCode>", 0, 1, CSTA_ERROR_operation, "invalidDeviceID", 1 },
    { "the response to another service", "<MakeCallResponse xmlns=\"" NS3 "\"><callingDevice>"
      "<callID>1</callID><deviceID>2001</deviceID></callingDevice></MakeCallResponse>", 0, 1,
      CSTA_ERROR_systemResourceAvailibility, "resourceOutOfService", 2 },
    { "a response without what it must have", "<MonitorStartResponse xmlns=\"" NS3 "\"/>", 0, 1,
      CSTA_ERROR_systemResourceAvailibility, "resourceOutOfService", 2 },
    { "an invoke ID that nobody waits for", "<HoldCallResponse xmlns=\"" NS3 "\"/>", 1, 0,
      CSTA_ERROR_ABSENT, "", 2 },
    { "a request of the switch with the same invoke ID", "<MakeCall xmlns=\"" NS3 "\">"
      "<callingDevice>1</callingDevice><calledDirectoryNumber>2</calledDirectoryNumber></MakeCall>",
      0, 0, CSTA_ERROR_ABSENT, "", 2 },
    { "a broken request with the same invoke ID", "<MakeCall xmlns=\"" NS3 "\"/>", 0, 0,
      CSTA_ERROR_ABSENT, "", 2 },
};
/* clang-format on */

static void test_answers(void **state)
{
    struct csta_msg msg;
    (void)state;

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct result result = { 0 };
        print_message("# %s\n", answers[i].what);
        assert_int_equal(ask(&monitor_start, &result), 0);
        int id = (int)csta_rig_take(&rig, CSTA_MonitorStart, &msg) + answers[i].off;
        unsigned const *faults = rig.faults;
        unsigned before = faults[DRIVER_FAULT_ANSWER] + faults[DRIVER_FAULT_MESSAGE];
        csta_rig_send_xml(&rig, (unsigned)id, answers[i].xml);
        csta_rig_send_xml(&rig, (unsigned)id, answers[i].xml);
        csta_rig_sync(&rig);
        assert_int_equal(faults[DRIVER_FAULT_ANSWER] + faults[DRIVER_FAULT_MESSAGE] - before,
                         answers[i].faults);
        assert_int_equal(result.replies, answers[i].replies);
        assert_int_equal(result.category, answers[i].category);
        assert_string_equal(result.value, answers[i].value);
        assert_int_equal(rig.downs, 0);
        if (!result.replies) {
            csta_rig_send(&rig, (unsigned)(id - answers[i].off), &monitor_started);
            csta_rig_await(&rig, &result.replies, 1);
        }
    }
}

/* The limit is the request's own, whatever the interval of heartbeats. */
static void test_time_limit(void **state)
{
    static int64_t const heartbeats_s[] = { 1, 30, 3600 };
    struct driver_options options = rig.options;
    struct csta_msg msg;
    (void)state;

    options.request_ms = 1500;
    for (size_t i = 0; i < sizeof heartbeats_s / sizeof *heartbeats_s; i++) {
        struct result first = { 0 }, second = { 0 };
        options.heartbeat_s = heartbeats_s[i];
        print_message("# heartbeat %d s\n", (int)options.heartbeat_s);
        reopen(&options);
        assert_int_equal(ask(&monitor_start, &first), 0);
        unsigned id = csta_rig_take(&rig, CSTA_MonitorStart, &msg);
        csta_rig_pass(&rig, 1000);
        assert_int_equal(ask(&hold_call, &second), 0);
        assert_int_equal(first.replies, 0);
        csta_rig_pass(&rig, 750);
        assert_failed(&first, "resourceBusy");
        assert_int_equal(second.replies, 0);
        csta_rig_send(&rig, id, &monitor_started);
        csta_rig_pass(&rig, 1000);
        assert_failed(&second, "resourceBusy");
        assert_int_equal(first.replies, 1);
        assert_int_equal(rig.downs, 0);
    }
}

static void test_number_limit(void **state)
{
    struct driver_options options = rig.options;
    struct result results[3] = { { 0 } };
    struct csta_msg msg;
    (void)state;

    options.max_requests = 2;
    reopen(&options);
    assert_int_equal(ask(&hold_call, &results[0]), 0);
    assert_int_equal(ask(&hold_call, &results[1]), 0);
    assert_int_equal(ask(&hold_call, &results[2]), -EBUSY);
    unsigned id = csta_rig_take(&rig, CSTA_HoldCall, &msg);
    csta_rig_send(&rig, id, &held);
    csta_rig_await(&rig, &results[0].replies, 1);
    assert_int_equal(ask(&hold_call, &results[2]), 0);
    assert_int_equal(results[1].replies + results[2].replies, 0);
    rig.driver->close(&rig.conn);
    assert_int_equal(results[1].replies + results[2].replies, 2);
}

/* The limit is for the clients' requests: it must not keep heartbeats from the switch, nor they
 * requests. */
static void test_heartbeats_do_not_count(void **state)
{
    struct driver_options options = rig.options;
    struct result result = { 0 };
    struct csta_msg msg;
    (void)state;

    options.max_requests = 1;
    options.request_ms = 600000;
    reopen(&options);
    csta_rig_pass(&rig, 25000);
    csta_rig_take(&rig, CSTA_SystemStatus, &msg);
    assert_int_equal(ask(&hold_call, &result), 0);
    csta_rig_take(&rig, CSTA_HoldCall, &msg);
    csta_rig_sync(&rig);
    csta_rig_pass(&rig, 25000);
    csta_rig_take(&rig, CSTA_SystemStatus, &msg);
    rig.driver->close(&rig.conn);
}

static void test_lost(void **state)
{
    struct result a = { .asks_again = true }, b = { 0 };
    (void)state;

    assert_int_equal(ask(&monitor_start, &a), 0);
    assert_int_equal(ask(&hold_call, &b), 0);
    csta_rig_hang_up(&rig);
    csta_rig_await(&rig, &rig.downs, 1);
    assert_failed(&a, "resourceOutOfService");
    assert_int_equal(a.again, -ENOTCONN);
    assert_failed(&b, "resourceOutOfService");
    assert_int_equal(ask(&hold_call, &b), -ENOTCONN);
    csta_rig_pass(&rig, 20000);
    assert_int_equal(a.replies + b.replies, 2);
}

/* Who asked can let go, and gets nothing more. */
static void test_closed(void **state)
{
    struct result result = { 0 };
    (void)state;

    assert_int_equal(ask(&monitor_start, &result), 0);
    rig.driver->close(&rig.conn);
    assert_null(rig.conn);
    assert_int_equal(result.replies, 1);
    assert_int_equal(result.type, CSTA_CSTAErrorCode);
    csta_rig_await_eof(&rig);
    csta_rig_pass(&rig, 20000);
    assert_int_equal(result.replies, 1);
}

/* A reply may ask again, as the gateway does; while the connection is closed that is refused. */
static void test_closed_and_asked_again(void **state)
{
    struct result result = { .asks_again = true };
    (void)state;

    assert_int_equal(ask(&hold_call, &result), 0);
    rig.driver->close(&rig.conn);
    assert_int_equal(result.replies, 1);
    assert_int_equal(result.again, -ENOTCONN);
}

/* An invoke ID whose answer is still to come is not given away when the numbers start again. */
static void test_invoke_ids(void **state)
{
    struct driver_options options = rig.options;
    struct result old = { 0 }, result = { 0 };
    struct csta_msg msg;
    (void)state;

    options.request_ms = 600000;
    reopen(&options);
    assert_int_equal(ask(&monitor_start, &old), 0);
    unsigned old_id = csta_rig_take(&rig, CSTA_MonitorStart, &msg);
    for (unsigned i = 0; i < INVOKE_IDS + 10; i++) {
        assert_int_equal(ask(&hold_call, &result), 0);
        unsigned id = csta_rig_take(&rig, CSTA_HoldCall, &msg);
        assert_true(id < INVOKE_IDS && id != old_id);
        csta_rig_send(&rig, id, &held);
        csta_rig_await(&rig, &result.replies, i + 1);
    }
    assert_int_equal(old.replies, 0);
    csta_rig_send(&rig, old_id, &monitor_started);
    csta_rig_await(&rig, &old.replies, 1);
    assert_string_equal(old.value, "m-1");
}

/* clang-format off */
static struct {
    int64_t heartbeat_s;
    uint32_t granted_s; /* 0: the switch does not say */
    uint64_t least_ms, most_ms; /* when the session's timer is reset */
} const resets[] = {
    { 30, 180, 55000, 70000 },
    { 30, 0, 55000, 70000 },
    { 30, 600, 55000, 70000 },
    { 30, 30, 5000, 20000 },
    { 3600, 180, 30000, 90000 },
    { 1, 3, 500, 2000 },
};
/* clang-format on */

/* When the next reset comes. Heartbeats are taken and answered meanwhile. */
static uint64_t time_to_reset(unsigned *ret_invoke_id)
{
    struct csta_msg msg, answer = { .type = CSTA_SystemStatusResponse };

    for (uint64_t ms = 250; ms < 200000; ms += 250) {
        csta_rig_pass(&rig, 250);
        while (csta_rig_peek(&rig, ret_invoke_id, &msg)) {
            if (msg.type == CSTA_ResetApplicationSessionTimer)
                return ms;
            if (msg.type == CSTA_SystemStatus)
                csta_rig_send(&rig, *ret_invoke_id, &answer);
        }
    }
    return UINT64_MAX;
}

static void test_session_timer(void **state)
{
    struct driver_options options = rig.options;
    unsigned id;
    (void)state;

    for (size_t i = 0; i < sizeof resets / sizeof *resets; i++) {
        struct csta_msg yes = { .type = CSTA_ResetApplicationSessionTimerPosResponse,
                                .session_duration_s = resets[i].granted_s };
        options.heartbeat_s = resets[i].heartbeat_s;
        print_message("# heartbeat %d s, granted %u s\n", (int)options.heartbeat_s,
                      resets[i].granted_s);
        rig.driver->close(&rig.conn);
        rig.options = options;
        csta_rig_open(&rig);
        csta_rig_start(&rig, resets[i].granted_s);
        for (int k = 0; k < 3; k++) {
            assert_in_range(time_to_reset(&id), resets[i].least_ms, resets[i].most_ms);
            csta_rig_send(&rig, id, &yes);
            csta_rig_sync(&rig);
        }
        assert_int_equal(rig.downs, 0);
    }
}

/* The switch does not know the session any more: monitors made in it are gone. */
static void test_session_gone(void **state)
{
    struct csta_msg const no = { .type = CSTA_ResetApplicationSessionTimerNegResponse,
                                 .error.value = "invalidSessionID" };
    struct result result = { 0 };
    struct csta_msg msg;
    unsigned id;
    (void)state;

    assert_true(time_to_reset(&id) < 100000);
    assert_int_equal(ask(&hold_call, &result), 0);
    csta_rig_take(&rig, CSTA_HoldCall, &msg);
    csta_rig_send(&rig, id, &no);
    csta_rig_await(&rig, &rig.downs, 1);
    assert_string_equal(rig.reason, "session refused by the switch");
    assert_failed(&result, "resourceOutOfService");
    csta_rig_await_eof(&rig);
    csta_rig_pass(&rig, 1000);
    csta_rig_start(&rig, 180);
}

/* The tap's record of the last document that holds @p text. */
static struct tap_record find_tapped(char const *text)
{
    struct tap_record const *record = NULL;
    struct tap_record found = { .id = "none" };

    for (uint64_t after = 0; (record = tap_next(rig.tap, after)); after = record->serial)
        if (memmem(record->bytes, record->len, text, strlen(text)))
            found = *record;
    return found;
}

/* For whose sake a document was sent stands at it, at its answer and at the events of its monitor,
 * and nowhere else. */
static void test_sake(void **state)
{
    struct csta_msg request = hold_call;
    struct csta_msg event = { .type = CSTA_HeldEvent,
                              .monitor_xref = "m-1",
                              .conn = { "c-1", "2001" },
                              .local_state = CSTA_STATE_hold };
    struct result a = { 0 }, b = { 0 };
    struct csta_msg msg;
    (void)state;

    request.sake_call_id = "call-a";
    assert_int_equal(ask(&request, &a), 0);
    assert_int_equal(ask(&make_call, &b), 0);
    unsigned id_a = csta_rig_take(&rig, CSTA_HoldCall, &msg);
    unsigned id_b = csta_rig_take(&rig, CSTA_MakeCall, &msg);
    csta_rig_send(&rig, id_b, &made);
    csta_rig_send(&rig, id_a, &held);
    csta_rig_await(&rig, &a.replies, 1);
    csta_rig_send(&rig, 9999, &event);
    event.type = CSTA_RetrievedEvent;
    event.monitor_xref = "m-2";
    csta_rig_send(&rig, 9999, &event);
    csta_rig_await(&rig, &rig.events, 2);
    assert_string_equal(find_tapped("<HoldCall ").id, "call-a");
    assert_string_equal(find_tapped("<HoldCallResponse").id, "call-a");
    assert_string_equal(find_tapped("<MakeCall ").id, "");
    assert_string_equal(find_tapped("<MakeCallResponse").id, "");
    assert_string_equal(find_tapped("<HeldEvent").id, "call-of-m-1");
    assert_string_equal(find_tapped("<RetrievedEvent").id, "");
    /* A request of the switch may have the number of one of ours. */
    assert_int_equal(ask(&request, &a), 0);
    id_a = csta_rig_take(&rig, CSTA_HoldCall, &msg);
    csta_rig_send(&rig, id_a,
                  &(struct csta_msg){ .type = CSTA_SystemStatus,
                                      .system_status = CSTA_STATUS_partiallyDisabled });
    csta_rig_take(&rig, CSTA_SystemStatusResponse, &msg);
    struct tap_record found = find_tapped("partiallyDisabled");
    assert_int_equal(found.direction, TAP_RECEIVED);
    assert_string_equal(found.id, "");
    csta_rig_send(&rig, id_a, &held);
    csta_rig_await(&rig, &a.replies, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(test_order),
        TEST(test_answers),
        TEST(test_time_limit),
        TEST(test_number_limit),
        TEST(test_heartbeats_do_not_count),
        TEST(test_lost),
        TEST(test_closed),
        TEST(test_closed_and_asked_again),
        TEST(test_invoke_ids),
        TEST(test_session_timer),
        TEST(test_session_gone),
        TEST(test_sake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
