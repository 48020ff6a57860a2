/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of driver.h, held against every driver of drivers.def. What a driver says over its
 * own protocol is in its own test; this is what the gateway relies on whoever serves it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "driver.h"
#include "tap.h"
#include "wheel.h"
#include <string.h>

#define DRIVER(name) extern struct driver const driver_##name;
#include "drivers.def"
#undef DRIVER

static struct driver const *const drivers[] = {
#define DRIVER(name) &driver_##name,
#include "drivers.def"
#undef DRIVER
};
enum { DRIVERS = sizeof drivers / sizeof *drivers };

static struct {
    unsigned ups, downs, events, statuses, beats, replies;
} heard;

static void on_up(void *ctx, char const *identity)
{
    (void)ctx;
    (void)identity;
    heard.ups++;
}

static void on_down(void *ctx, char const *reason)
{
    (void)ctx;
    assert_true(reason && *reason);
    heard.downs++;
}

static void on_event(void *ctx, struct csta_msg const *event)
{
    (void)ctx;
    (void)event;
    heard.events++;
}

static void on_status(void *ctx, enum csta_system_status status)
{
    (void)ctx;
    (void)status;
    heard.statuses++;
}

static void on_beat(void *ctx, uint64_t us)
{
    (void)ctx;
    (void)us;
    heard.beats++;
}

static void on_fault(void *ctx, enum driver_fault fault, char const *what)
{
    (void)ctx;
    (void)fault;
    (void)what;
}

static void on_reply(void *ctx, struct csta_msg const *reply)
{
    (void)ctx;
    (void)reply;
    heard.replies++;
}

static struct driver_host const host = { on_up,   on_down,  on_event, on_status,
                                         on_beat, on_fault, NULL };
static uv_loop_t loop;

static struct driver_options options(char const *address)
{
    return (struct driver_options){ .loop = &loop,
                                    .wheel = wheel_new(clock_now_ms()),
                                    .tap = tap_new(10, 10000),
                                    .address = address,
                                    .user = "CtiGW",
                                    .password = "secret",
                                    .heartbeat_s = 30,
                                    .retry_ms = 1000,
                                    .request_ms = 10000,
                                    .max_requests = 10 };
}

static void free_options(struct driver_options *made)
{
    wheel_free(&made->wheel);
    tap_free(&made->tap);
}

static void test_found_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRIVERS; i++) {
        assert_ptr_equal(driver_find(drivers[i]->name), drivers[i]);
        assert_true(drivers[i]->help && *drivers[i]->help);
    }
    assert_null(driver_find("none"));
    assert_null(driver_find(""));
}

/* Slots are for services and the set is of events, so that GetCSTAFeatures says nothing absurd.
 * What cannot be done without is a monitor and its end. */
static void test_slots(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRIVERS; i++) {
        struct driver const *driver = drivers[i];
        for (enum csta_type type = CSTA_NONE; type < CSTA_TYPES; type++) {
            assert_true(!driver->service[type] || csta_is_service(type));
            assert_true(!csta_set_has(&driver->events, type) || csta_is_event(type));
        }
        assert_non_null(driver->service[CSTA_MonitorStart]);
        assert_non_null(driver->service[CSTA_MonitorStop]);
    }
}

static void test_wrong_address(void **state)
{
    struct driver_options made = options("not an address");
    (void)state;

    for (size_t i = 0; i < DRIVERS; i++)
        assert_null(drivers[i]->open(&made, &host, NULL));
    free_options(&made);
}

/* Before it is up it takes no request, narrows to no more than it was given, and closes at once
 * without a word. */
static void test_not_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRIVERS; i++) {
        struct driver const *driver = drivers[i];
        struct driver_options made = options("127.0.0.1:9");
        struct driver_conn *conn = driver->open(&made, &host, NULL);
        struct csta_set set = { 0 }, none = { 0 };

        assert_non_null(conn);
        for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
            struct csta_msg const request = { .type = type, .edition = CSTA_ED3 };
            if (driver->service[type])
                assert_true(driver->service[type](conn, &request, on_reply, NULL) < 0);
        }
        if (driver->narrow)
            driver->narrow(conn, &set);
        assert_memory_equal(&set, &none, sizeof set);
        driver->close(&conn);
        assert_null(conn);
        driver->close(&conn);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(heard.ups + heard.downs + heard.events + heard.statuses + heard.beats +
                             heard.replies,
                         0);
        free_options(&made);
    }
}

static int start(void **state)
{
    (void)state;
    memset(&heard, 0, sizeof heard);
    return uv_loop_init(&loop);
}

static int stop(void **state)
{
    (void)state;
    return uv_loop_close(&loop);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_found_by_name),
        cmocka_unit_test(test_slots),
        cmocka_unit_test_setup_teardown(test_wrong_address, start, stop),
        cmocka_unit_test_setup_teardown(test_not_up, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
