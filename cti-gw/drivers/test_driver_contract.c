/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of driver.h while a connection is up, held against every driver of drivers.def: the
 * system at the other end is a contract_rig. What holds without one is in test_driver.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "contract_rig.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DRIVER(name)                                                                               \
    extern struct driver const driver_##name;                                                      \
    extern struct contract_rig const contract_rig_##name;
#include "drivers.def"
#undef DRIVER

static struct {
    struct driver const *driver;
    struct contract_rig const *rig;
} const drivers[] = {
#define DRIVER(name) { &driver_##name, &contract_rig_##name },
#include "drivers.def"
#undef DRIVER
};
enum { DRIVERS = sizeof drivers / sizeof *drivers };

static struct driver const *driver;
static struct contract_rig const *rig;

/* --- what the driver tells -------------------------------------------------------------------- */

enum { REPLIES = 8 };

static struct {
    struct driver_conn *conn;
    bool in_call, closing;
    unsigned ups, downs, events, statuses;
    char identity[64];
    enum csta_type event;
    char event_xref[32];
    enum csta_system_status status;
    unsigned replies_before_down;
} seen;

/* One request each. */
static struct result {
    unsigned replies;
    enum csta_type type;
    enum csta_error_category category;
    char value[64];
} results[REPLIES];

static unsigned count_replies(void)
{
    unsigned n = 0;

    for (size_t i = 0; i < REPLIES; i++)
        n += results[i].replies;
    return n;
}

static void assert_may_call_up(void)
{
    assert_false(seen.in_call);
    assert_false(seen.closing);
}

static void on_up(void *ctx, char const *identity)
{
    assert_ptr_equal(ctx, &seen);
    assert_may_call_up();
    assert_true(*identity);
    seen.ups++;
    snprintf(seen.identity, sizeof seen.identity, "%s", identity);
}

static void on_down(void *ctx, char const *reason)
{
    assert_ptr_equal(ctx, &seen);
    assert_may_call_up();
    assert_true(*reason);
    seen.downs++;
    seen.replies_before_down = count_replies();
}

static void on_event(void *ctx, struct csta_msg const *event)
{
    assert_ptr_equal(ctx, &seen);
    assert_may_call_up();
    assert_true(csta_set_has(&driver->events, event->type));
    seen.events++;
    seen.event = event->type;
    snprintf(seen.event_xref, sizeof seen.event_xref, "%s", event->monitor_xref);
}

static void on_status(void *ctx, enum csta_system_status status)
{
    assert_ptr_equal(ctx, &seen);
    assert_may_call_up();
    seen.statuses++;
    seen.status = status;
}

static void on_beat(void *ctx, uint64_t us)
{
    assert_ptr_equal(ctx, &seen);
    (void)us;
}

static void on_fault(void *ctx, enum driver_fault fault, char const *what)
{
    (void)ctx;
    (void)fault;
    (void)what;
}

static void on_reply(void *ctx, struct csta_msg const *reply)
{
    struct result *result = ctx;

    assert_false(seen.in_call);
    result->replies++;
    result->type = reply->type;
    result->category = reply->error.category;
    snprintf(result->value, sizeof result->value, "%s",
             reply->error.value ? reply->error.value : "");
}

/* --- what the test does ----------------------------------------------------------------------- */

/* Has what any service may need. */
static int ask(enum csta_type type, struct result *result)
{
    struct csta_msg const request = { .type = type,
                                      .edition = CSTA_ED5,
                                      .device = "2001",
                                      .directory_number = "2002",
                                      .message_device = "2001",
                                      .conn = { "c-1", "2001" },
                                      .held = { "c-2", "2001" },
                                      .monitor_xref = "m-1",
                                      .register_id = "r-1",
                                      .digits = "12",
                                      .apparatus = "1",
                                      .volume = 50,
                                      .system_status = CSTA_STATUS_normal,
                                      .forwarding = CSTA_FORWARD_forwardImmediate };

    seen.in_call = true;
    int err = driver->service[type](seen.conn, &request, on_reply, result);
    seen.in_call = false;
    return err;
}

static void refuse(enum csta_type type)
{
    struct csta_msg const error = { .type = CSTA_CSTAErrorCode,
                                    .error = { CSTA_ERROR_operation, "invalidDeviceID" } };

    rig->answer(rig->take(type), &error);
}

static void start(void)
{
    static struct driver_host const host = { on_up,   on_down,  on_event, on_status,
                                             on_beat, on_fault, NULL };

    memset(&seen, 0, sizeof seen);
    memset(results, 0, sizeof results);
    seen.conn = rig->open(&host, &seen);
    rig->let_in();
    rig->settle();
    assert_int_equal(seen.ups, 1);
    assert_int_equal(seen.downs, 0);
}

static void close_conn(void)
{
    seen.closing = true;
    driver->close(&seen.conn);
    assert_null(seen.conn);
}

static void finish(void)
{
    unsigned ups = seen.ups, downs = seen.downs, events = seen.events;

    close_conn();
    unsigned replies = count_replies();
    rig->pass(2 * CONTRACT_REQUEST_MS);
    assert_int_equal(seen.ups + seen.downs + seen.events, ups + downs + events);
    assert_int_equal(count_replies(), replies);
    rig->finish();
}

static void assert_failed(struct result const *result, char const *value)
{
    assert_int_equal(result->replies, 1);
    assert_int_equal(result->type, CSTA_CSTAErrorCode);
    assert_int_equal(result->category, CSTA_ERROR_systemResourceAvailibility);
    assert_string_equal(result->value, value);
}

/* --- tests, each for one driver --------------------------------------------------------------- */

/* Every slot: the system's refusal comes back as it was said, once, and no more often than that. */
static void every_service_once(void)
{
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        struct result *result = &results[0];

        if (!driver->service[type] || type == CSTA_SystemStatus || type == CSTA_SystemRegister ||
            type == CSTA_RequestSystemStatus || type == CSTA_GetCSTAFeatures)
            continue; /* the gateway serves the latter itself and drivers use them */
        memset(result, 0, sizeof *result);
        print_message("# %s\n", csta_type_str(type));
        assert_int_equal(ask(type, result), 0);
        refuse(type);
        rig->settle();
        assert_int_equal(result->replies, 1);
        assert_int_equal(result->type, CSTA_CSTAErrorCode);
        assert_int_equal(result->category, CSTA_ERROR_operation);
        assert_string_equal(result->value, "invalidDeviceID");
    }
}

static void responses_in_any_order(void)
{
    struct csta_msg const monitor = { .type = CSTA_MonitorStartResponse, .monitor_xref = "m-7" };
    struct csta_msg const stopped = { .type = CSTA_MonitorStopResponse };

    assert_int_equal(ask(CSTA_MonitorStart, &results[0]), 0);
    assert_int_equal(ask(CSTA_MonitorStop, &results[1]), 0);
    unsigned first = rig->take(CSTA_MonitorStart), second = rig->take(CSTA_MonitorStop);
    rig->answer(second, &stopped);
    rig->answer(first, &monitor);
    rig->answer(first, &monitor); /* again: nobody waits for it */
    rig->settle();
    assert_int_equal(results[0].replies, 1);
    assert_int_equal(results[0].type, CSTA_MonitorStartResponse);
    assert_int_equal(results[1].replies, 1);
    assert_int_equal(results[1].type, CSTA_MonitorStopResponse);
}

static void limit_of_requests(void)
{
    struct csta_msg const stopped = { .type = CSTA_MonitorStopResponse };
    unsigned ids[CONTRACT_REQUESTS];

    for (size_t i = 0; i < CONTRACT_REQUESTS; i++)
        assert_int_equal(ask(CSTA_MonitorStop, &results[i]), 0);
    assert_int_equal(ask(CSTA_MonitorStop, &results[CONTRACT_REQUESTS]), -EBUSY);
    for (size_t i = 0; i < CONTRACT_REQUESTS; i++)
        ids[i] = rig->take(CSTA_MonitorStop);
    rig->answer(ids[0], &stopped);
    rig->settle();
    assert_int_equal(count_replies(), 1);
    assert_int_equal(ask(CSTA_MonitorStop, &results[CONTRACT_REQUESTS + 1]), 0);
    assert_int_equal(ask(CSTA_MonitorStop, &results[CONTRACT_REQUESTS]), -EBUSY);
    assert_int_equal(results[CONTRACT_REQUESTS].replies, 0);
}

static void limit_of_time(void)
{
    struct csta_msg const late = { .type = CSTA_MonitorStopResponse };

    assert_int_equal(ask(CSTA_MonitorStop, &results[0]), 0);
    unsigned id = rig->take(CSTA_MonitorStop);
    rig->pass(CONTRACT_REQUEST_MS - 500);
    assert_int_equal(results[0].replies, 0);
    rig->pass(1000);
    assert_failed(&results[0], "resourceBusy");
    rig->answer(id, &late);
    rig->settle();
    assert_int_equal(results[0].replies, 1);
    assert_int_equal(seen.downs, 0);
}

/* What waits is answered first, so that the sessions that end next have nothing under way. */
static void lost_and_rebuilt(void)
{
    char former[sizeof seen.identity];

    memcpy(former, seen.identity, sizeof former);
    assert_int_equal(ask(CSTA_MonitorStart, &results[0]), 0);
    assert_int_equal(ask(CSTA_MonitorStop, &results[1]), 0);
    rig->take(CSTA_MonitorStart);
    rig->cut();
    assert_int_equal(seen.downs, 1);
    assert_int_equal(seen.replies_before_down, 2);
    assert_failed(&results[0], "resourceOutOfService");
    assert_failed(&results[1], "resourceOutOfService");
    assert_true(ask(CSTA_MonitorStop, &results[2]) < 0);
    rig->let_in();
    rig->settle();
    assert_int_equal(seen.ups, 2);
    assert_string_not_equal(seen.identity, former);
    assert_int_equal(count_replies(), 2);
    assert_int_equal(ask(CSTA_MonitorStop, &results[3]), 0);
    refuse(CSTA_MonitorStop);
    rig->settle();
    assert_int_equal(results[3].replies, 1);
}

static void closed_in_flight(void)
{
    assert_int_equal(ask(CSTA_MonitorStart, &results[0]), 0);
    assert_int_equal(ask(CSTA_MonitorStop, &results[1]), 0);
    close_conn();
    assert_failed(&results[0], "resourceOutOfService");
    assert_failed(&results[1], "resourceOutOfService");
}

/* Each event of its set reaches the host as often as it was sent, with the monitor's reference. */
static void every_event(void)
{
    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        struct csta_device const device = { CSTA_DEVICE_IDENTIFIER, "2001" };
        struct csta_msg const event = { .type = type,
                                        .monitor_xref = "m-7",
                                        .conn = { "c-1", "2001" },
                                        .held = { "c-2", "2001" },
                                        .device = "2001",
                                        .subject = device,
                                        .calling = device,
                                        .called = device,
                                        .redirected = device,
                                        .destination = device,
                                        .originating = device,
                                        .digits = "12",
                                        .apparatus = "1",
                                        .cause = CSTA_CAUSE_normal };
        unsigned before = seen.events;

        if (!csta_set_has(&driver->events, type))
            continue;
        print_message("# %s\n", csta_type_str(type));
        rig->send_event(&event);
        rig->settle();
        assert_int_equal(seen.events, before + 1);
        assert_int_equal(seen.event, type);
        assert_string_equal(seen.event_xref, "m-7");
    }
}

static void status(void)
{
    unsigned before = seen.statuses;

    rig->send_status(CSTA_STATUS_overloadImminent);
    assert_int_equal(seen.statuses, before + 1);
    assert_int_equal(seen.status, CSTA_STATUS_overloadImminent);
    rig->send_status(CSTA_STATUS_normal);
    assert_int_equal(seen.status, CSTA_STATUS_normal);
}

/* Narrowing takes off and never adds. */
static void narrowed(void)
{
    struct csta_set set = driver->events;

    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++)
        if (driver->service[type])
            csta_set_add(&set, type);
    struct csta_set const all = set;
    if (driver->narrow)
        driver->narrow(seen.conn, &set);
    for (size_t i = 0; i < sizeof set.bits / sizeof *set.bits; i++)
        assert_int_equal(set.bits[i] & ~all.bits[i], 0);
}

static void for_every_driver(void (*test)(void))
{
    for (size_t i = 0; i < DRIVERS; i++) {
        driver = drivers[i].driver;
        rig = drivers[i].rig;
        print_message("# driver %s\n", driver->name);
        start();
        test();
        finish();
    }
}

/* X(test) */
#define TEST_LIST(X)                                                                               \
    X(every_service_once)                                                                          \
    X(responses_in_any_order)                                                                      \
    X(limit_of_requests)                                                                           \
    X(limit_of_time)                                                                               \
    X(lost_and_rebuilt)                                                                            \
    X(closed_in_flight)                                                                            \
    X(every_event)                                                                                 \
    X(status)                                                                                      \
    X(narrowed)

#define TEST_FUNCTION(name)                                                                        \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        for_every_driver(name);                                                                    \
    }
TEST_LIST(TEST_FUNCTION)

int main(void)
{
#define TEST_ROW(name) cmocka_unit_test(test_##name),
    struct CMUnitTest const tests[] = { TEST_LIST(TEST_ROW) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
