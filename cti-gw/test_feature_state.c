/* SPDX-License-Identifier: Apache-2.0 */
/* What a line's features become from events and answers, and the events that they become again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feature_state.h"

enum {
    IMMEDIATE = 1 << CSTA_FORWARD_forwardImmediate,
    BUSY = 1 << CSTA_FORWARD_forwardBusy,
    LAST = 1 << (CSTA_FORWARDINGS - 1)
};

static struct csta_forward forwards[] = {
    { CSTA_FORWARD_forwardImmediate, true, "2002", 0 },
    { (enum csta_forwarding)(CSTA_FORWARDINGS - 1), false, NULL, 3 },
};

/* clang-format off */
static struct {
    char const *what;
    struct csta_msg msg;
    uint16_t told;
    enum csta_type type;
    enum csta_forwarding forwarding;
    bool on;
    char const *number;
    uint32_t rings;
} const rows[] = {
    { "do not disturb", { .type = CSTA_DoNotDisturbEvent, .on = true }, FEATURE_STATE_DND,
      CSTA_DoNotDisturbEvent, CSTA_FORWARD_ABSENT, true, NULL, 0 },
    { "asked", { .type = CSTA_GetDoNotDisturbResponse }, FEATURE_STATE_DND,
      CSTA_DoNotDisturbEvent, CSTA_FORWARD_ABSENT, false, NULL, 0 },
    { "forwarding", { .type = CSTA_ForwardingEvent, .forwarding = CSTA_FORWARD_forwardBusy,
                      .on = true, .directory_number = "+39335", .ring_count = 4 }, BUSY,
      CSTA_ForwardingEvent, CSTA_FORWARD_forwardBusy, true, "+39335", 4 },
    { "of no type", { .type = CSTA_ForwardingEvent, .on = true, .directory_number = "1" },
      IMMEDIATE, CSTA_ForwardingEvent, CSTA_FORWARD_forwardImmediate, true, "1", 0 },
    { "a list", { .type = CSTA_GetForwardingResponse, .forwards = forwards, .n_forwards = 2 },
      IMMEDIATE | LAST, CSTA_ForwardingEvent, CSTA_FORWARD_forwardImmediate, true, "2002", 0 },
    { "its last", { .type = CSTA_GetForwardingResponse, .forwards = forwards + 1,
                    .n_forwards = 1 }, LAST, CSTA_ForwardingEvent,
      (enum csta_forwarding)(CSTA_FORWARDINGS - 1), false, NULL, 3 },
};
/* clang-format on */

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct feature_state features = { 0 };
        struct csta_msg event;

        print_message("# %s\n", rows[i].what);
        assert_int_equal(feature_state_take(&features, &rows[i].msg), rows[i].told);
        assert_int_equal(features.known, rows[i].told);
        uint16_t part = feature_state_event(&features, "2001", rows[i].told, &event);
        assert_int_equal(part, rows[i].told & -rows[i].told);
        assert_int_equal(event.type, rows[i].type);
        assert_int_equal(event.subject.kind, CSTA_DEVICE_PLAIN);
        assert_string_equal(event.subject.id, "2001");
        assert_int_equal(event.forwarding, rows[i].forwarding);
        assert_int_equal(event.on, rows[i].on);
        assert_int_equal(event.ring_count, rows[i].rings);
        if (rows[i].number)
            assert_string_equal(event.directory_number, rows[i].number);
        else
            assert_null(event.directory_number);
    }
}

static void test_says_nothing(void **state)
{
    static enum csta_type const types[] = { CSTA_HeldEvent, CSTA_CSTAErrorCode,
                                            CSTA_GetForwardingResponse };
    struct feature_state features = { 0 };
    (void)state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct csta_msg const msg = { .type = types[i] };
        assert_int_equal(feature_state_take(&features, &msg), 0);
    }
    assert_int_equal(features.known, 0);
}

static void test_part(void **state)
{
    struct csta_msg wish = { .type = CSTA_SetDoNotDisturb };
    (void)state;

    assert_int_equal(feature_state_part(&wish), FEATURE_STATE_DND);
    wish.type = CSTA_SetForwarding;
    assert_int_equal(feature_state_part(&wish), IMMEDIATE);
    wish.forwarding = CSTA_FORWARD_forwardBusy;
    assert_int_equal(feature_state_part(&wish), BUSY);
    wish.type = CSTA_NONE;
    assert_int_equal(feature_state_part(&wish), 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = { cmocka_unit_test(test_rows),
                                        cmocka_unit_test(test_says_nothing),
                                        cmocka_unit_test(test_part) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
