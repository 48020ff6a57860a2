/* SPDX-License-Identifier: Apache-2.0 */
/* Device strings towards the client: its own bytes for its own line (csta-rcc 1.6). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "device_echo.h"
#include "number_conf.h"
#include "number_rules.h"
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
    struct device_echo echo = { .number = "2001", .text = own, .home = *state };

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        print_message("# \"%s\"\n", vectors[i].driver);
        assert_string_equal(device_echo_text(&echo, vectors[i].driver), vectors[i].client);
    }
    assert_ptr_equal(device_echo_text(&echo, "2001"), own);
    assert_null(device_echo_text(&echo, NULL));
}

/* What the outbound rules make of others' numbers; the client's own line is not asked for. */
static void test_rules(void **state)
{
    struct number_conf rows[] = {
        { .expression = "000(\\d+)", .replacement = "+$1" },
        { .expression = "3(\\d{4})", .replacement = "$1;phone-context=dialstring;x=y" },
        { .expression = "(2...)", .replacement = "9$1" },
    };
    struct cfg_groups const list = { .v = rows, .n = 3 };
    struct number_rules *rules = number_rules_new(&list, 10000, 1000);
    struct device_echo echo = { .number = "2001", .text = own, .home = *state, .rules = rules };

    assert_string_equal(device_echo_text(&echo, "00049301"), "tel:+49301");
    assert_string_equal(device_echo_text(&echo, "37900"), "tel:7900;phone-context=dialstring;x=y");
    assert_string_equal(device_echo_text(&echo, "2002"), "tel:92002;phone-context=dialstring");
    assert_string_equal(device_echo_text(&echo, "1000"), "tel:1000;phone-context=dialstring");
    assert_string_equal(device_echo_text(&echo, "SEP00"), "SEP00");
    assert_ptr_equal(device_echo_text(&echo, "2001"), own);
    /* the driver may say which phone of the line it is */
    assert_ptr_equal(device_echo_text(&echo, "2001;device=SEP00"), own);
    assert_string_equal(device_echo_text(&echo, "20011"), "tel:20011;phone-context=dialstring");
    number_rules_free(&rules);
}

static void assert_device(struct csta_device const *device, char const *id)
{
    assert_int_equal(device->kind, CSTA_DEVICE_IDENTIFIER);
    assert_string_equal(device->id, id);
}

static void test_event(void **state)
{
    struct device_echo echo = { .number = "2001", .text = own, .home = *state };
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
    struct device_echo echo = { .number = "2001", .text = own, .home = *state };
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
    struct device_echo echo = { .number = "2001", .text = own, .home = *state };
    struct csta_msg reply = { .type = CSTA_MonitorStopResponse }, before = reply;

    device_echo_apply(&echo, &reply);
    assert_memory_equal(&reply, &before, sizeof reply);
}

/* In every place where a message can name a device. */
static void test_lists(void **state)
{
    struct device_echo echo = { .number = "2001", .text = own, .home = *state };
    struct csta_connection_item connections[] = {
        { .now = { "c3", "2001" }, .before = { "c1", "2002" }, .endpoint = "2001" },
    };
    struct csta_forward forwards[] = { { .number = "2002" }, { .number = NULL } };
    struct csta_snapshot_item items[] = {
        { .device = { CSTA_DEVICE_IDENTIFIER, "2001" } },
        { .device = { CSTA_DEVICE_RESTRICTED, NULL } },
    };
    struct csta_msg msg = {
        .type = CSTA_TransferedEvent,
        .conn = { "c1", "2001" },
        .held = { "c2", "2001" },
        .trunk = { "c1", "2002" },
        .destination = { CSTA_DEVICE_IDENTIFIER, "2001" },
        .directory_number = "2002",
        .message_device = "2001",
        .connections = connections,
        .n_connections = 1,
        .forwards = forwards,
        .n_forwards = 2,
        .items = items,
        .n_items = 2,
    };
    char const *const other = "tel:2002;phone-context=dialstring";

    device_echo_apply(&echo, &msg);
    assert_string_equal(msg.conn.device_id, own);
    assert_string_equal(msg.held.device_id, own);
    assert_string_equal(msg.held.call_id, "c2");
    assert_string_equal(msg.trunk.device_id, other);
    assert_string_equal(msg.destination.id, own);
    assert_string_equal(msg.directory_number, other);
    assert_string_equal(msg.message_device, own);
    assert_string_equal(connections[0].now.device_id, own);
    assert_string_equal(connections[0].before.device_id, other);
    assert_string_equal(connections[0].endpoint, own);
    assert_string_equal(forwards[0].number, other);
    assert_null(forwards[1].number);
    assert_string_equal(items[0].device.id, own);
    assert_int_equal(items[1].device.kind, CSTA_DEVICE_RESTRICTED);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(test_text, start, stop),
        cmocka_unit_test_setup_teardown(test_rules, start, stop),
        cmocka_unit_test_setup_teardown(test_event, start, stop),
        cmocka_unit_test_setup_teardown(test_snapshot, start, stop),
        cmocka_unit_test_setup_teardown(test_lists, start, stop),
        cmocka_unit_test_setup_teardown(test_nothing_to_replace, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
