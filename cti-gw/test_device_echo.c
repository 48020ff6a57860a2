/* SPDX-License-Identifier: Apache-2.0 */
/* Device strings towards the client: its own bytes for its own line (csta-rcc 1.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device_echo.h"
#include <string.h>

/* Neither spelling nor parameters of the client's own string may change. */
static char const own[] = "TEL:20-01;phone-context=dialstring;device=SEP001122334455;partition=PT1";

/* clang-format off */
static struct {
    char const *driver, *client;
} const vectors[] = {
    { "2001", own },
    { "2002", "tel:2002;phone-context=dialstring" },
    { "20011", "tel:20011;phone-context=dialstring" },
    { "*31#2001", "tel:*31#2001;phone-context=dialstring" },
    { "+390298765", "tel:+390298765" },
    /* already a URI */
    { "tel:2003;phone-context=dialstring", "tel:2003;phone-context=dialstring" },
    { "sip:bob@example.test", "sip:bob@example.test" },
    { "sips:bob@example.test", "sips:bob@example.test" },
    { "TEL:+39", "TEL:+39" },
    /* not a number at all: no tel: URI can be made of it */
    { "SEP001122334455", "SEP001122334455" },
    { "2002@pbx", "2002@pbx" },
    { "+", "+" },
    { "20+02", "20+02" },
    { "", "" },
};
/* clang-format on */

static int start(void **state)
{
    *state = su_home_new(sizeof(su_home_t));
    return *state ? 0 : -1;
}

static int stop(void **state)
{
    su_home_unref(*state);
    return 0;
}

static void test_text(void **state)
{
    struct device_echo echo = { "2001", own, *state };

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        print_message("# \"%s\"\n", vectors[i].driver);
        assert_string_equal(device_echo_text(&echo, vectors[i].driver), vectors[i].client);
    }
    assert_ptr_equal(device_echo_text(&echo, "2001"), own);
    assert_null(device_echo_text(&echo, NULL));
}

static void assert_device(struct csta_device const *device, char const *id)
{
    assert_int_equal(device->kind, CSTA_DEVICE_IDENTIFIER);
    assert_string_equal(device->id, id);
}

static void test_event(void **state)
{
    struct device_echo echo = { "2001", own, *state };
    struct csta_msg event = { .type = CSTA_DeliveredEvent,
                              .conn = { "call-1", "2001" },
                              .subject = { CSTA_DEVICE_IDENTIFIER, "2001" },
                              .calling = { CSTA_DEVICE_IDENTIFIER, "+390298765" },
                              .called = { CSTA_DEVICE_IDENTIFIER, "2001" },
                              .redirected = { CSTA_DEVICE_NOT_KNOWN, NULL },
                              .originating = { CSTA_DEVICE_IDENTIFIER, "2002" } };

    device_echo_apply(&echo, &event);
    assert_string_equal(event.conn.call_id, "call-1");
    assert_string_equal(event.conn.device_id, own);
    assert_device(&event.subject, own);
    assert_device(&event.calling, "tel:+390298765");
    assert_device(&event.called, own);
    assert_device(&event.originating, "tel:2002;phone-context=dialstring");
    assert_int_equal(event.redirected.kind, CSTA_DEVICE_NOT_KNOWN);
    assert_null(event.redirected.id);
}

static void test_snapshot(void **state)
{
    struct device_echo echo = { "2001", own, *state };
    struct csta_snapshot_item items[] = {
        { .conn = { "call-1", "2001" }, .endpoint = "2002", .state = CSTA_STATE_connected },
        { .conn = { "call-2", "2001" }, .state = CSTA_STATE_hold },
    };
    struct csta_msg reply = { .type = CSTA_SnapshotDeviceResponse, .items = items, .n_items = 2 };

    device_echo_apply(&echo, &reply);
    assert_string_equal(items[0].conn.device_id, own);
    assert_string_equal(items[0].conn.call_id, "call-1");
    assert_string_equal(items[0].endpoint, "tel:2002;phone-context=dialstring");
    assert_string_equal(items[1].conn.device_id, own);
    assert_null(items[1].endpoint);
    assert_null(reply.conn.device_id);
}

static void test_nothing_to_replace(void **state)
{
    struct device_echo echo = { "2001", own, *state };
    struct csta_msg reply = { .type = CSTA_MonitorStopResponse }, before = reply;

    device_echo_apply(&echo, &reply);
    assert_memory_equal(&reply, &before, sizeof reply);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_text, start, stop),
        cmocka_unit_test_setup_teardown(test_event, start, stop),
        cmocka_unit_test_setup_teardown(test_snapshot, start, stop),
        cmocka_unit_test_setup_teardown(test_nothing_to_replace, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
