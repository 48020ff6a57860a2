/* SPDX-License-Identifier: Apache-2.0 */
/* What is written reads back the same: every type, edition, choice and value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "sample.h"

/* Writes and reads @p msg; fails the test on any difference. */
static void check(struct csta_msg const *msg)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg read;
    struct csta_fault fault;
    struct buf xml;

    buf_init(&xml, 65536);
    int written = csta_encode(msg, &xml);
    if (written != 0)
        fail_msg("%s: encode gave %d", csta_type_str(msg->type), written);
    if (csta_decode(home, buf_text(&xml), xml.len, &read, &fault) != 0)
        fail_msg("%s: %s\n%s", csta_type_str(msg->type), fault.text, buf_text(&xml));
    assert_int_equal(fault.kind, CSTA_FAULT_NONE);
    char const *difference = sample_difference(msg, &read);
    if (difference)
        fail_msg("%s: %s differs\n%s", csta_type_str(msg->type), difference, buf_text(&xml));
    buf_fini(&xml);
    su_home_deinit(home);
}

static void test_every_type(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    (void)state;

    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        struct csta_msg msg;
        assert_non_null(csta_rows(type));
        sample_fill(home, type, CSTA_ERROR_operation, &msg);
        check(&msg);
    }
    su_home_deinit(home);
}

static void test_every_edition(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    (void)state;

    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        sample_fill(home, type, CSTA_ERROR_operation, &msg);
        for (unsigned edition = CSTA_ED2; msg.edition && edition <= CSTA_ED6; edition++) {
            msg.edition = edition;
            check(&msg);
        }
    }
    su_home_deinit(home);
}

/* Each service and event has its leaf in GetCSTAFeatures, each event one in the filter, and no
 * leaf stands for two. */
static void test_every_feature(void **state)
{
    (void)state;

    for (enum csta_type type = CSTA_NONE + 1; type < CSTA_TYPES; type++) {
        struct csta_msg features = { .type = CSTA_GetCSTAFeaturesResponse, .edition = CSTA_ED3 };
        struct csta_msg filter = { .type = CSTA_ChangeMonitorFilterResponse, .edition = CSTA_ED3 };
        if (csta_is_service(type) || csta_is_event(type)) {
            csta_set_add(&features.features, type);
            check(&features);
        }
        if (csta_is_event(type)) {
            csta_set_add(&filter.filter, type);
            check(&filter);
        }
    }
}

static void test_every_forwarding_and_option(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    (void)state;

    sample_fill(home, CSTA_SetForwarding, 0, &msg);
    for (msg.forwarding = CSTA_FORWARD_ABSENT; msg.forwarding < CSTA_FORWARDINGS; msg.forwarding++)
        check(&msg);
    sample_fill(home, CSTA_ConsultationCall, 0, &msg);
    for (msg.consult_options = 0; msg.consult_options < CSTA_CONSULTS; msg.consult_options++)
        check(&msg);
    sample_fill(home, CSTA_SingleStepConferenceCall, 0, &msg);
    for (msg.participation = 0; msg.participation < CSTA_PARTICIPATIONS; msg.participation++)
        check(&msg);
    sample_fill(home, CSTA_GetSwitchingFunctionDevices, 0, &msg);
    for (unsigned i = 0; i < CSTA_REQUESTED_CATEGORIES; i++) {
        msg.requested_category = i;
        check(&msg);
    }
    sample_fill(home, CSTA_SwitchingFunctionDevices, 0, &msg);
    for (unsigned i = 0; i < CSTA_CATEGORIES; i++) {
        msg.devices[1].category = i;
        check(&msg);
    }
    su_home_deinit(home);
}

/* What is false or nothing is told apart from what is absent. */
static void test_false_and_zero(void **state)
{
    static struct csta_apparatus silent = { .id = "1" };
    /* clang-format off */
    static struct csta_msg const plain[] = {
        { .type = CSTA_SetDoNotDisturb, .edition = CSTA_ED3, .device = "2001" },
        { .type = CSTA_SetSpeakerVolume, .edition = CSTA_ED3, .device = "2001" },
        { .type = CSTA_GetSpeakerVolumeResponse, .edition = CSTA_ED3, .apparatuses = &silent,
          .n_apparatuses = 1 },
        { .type = CSTA_SwitchingFunctionDevices, .edition = CSTA_ED3, .service_xref = "s" },
    };
    /* clang-format on */
    (void)state;

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        check(&plain[i]);
}

static void test_every_error_category(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    (void)state;

    for (unsigned category = 1; category < CSTA_ERROR_CATEGORIES; category++) {
        sample_fill(home, CSTA_CSTAErrorCode, category, &msg);
        assert_int_equal(msg.error.category, category);
        check(&msg);
    }
    su_home_deinit(home);
}

static void test_every_cause_and_state(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    (void)state;

    sample_fill(home, CSTA_FailedEvent, 0, &msg);
    for (msg.cause = CSTA_CAUSE_ABSENT; msg.cause < CSTA_CAUSES; msg.cause++)
        check(&msg);
    msg.cause = CSTA_CAUSE_busy;
    for (msg.local_state = CSTA_STATE_ABSENT; msg.local_state < CSTA_STATES; msg.local_state++)
        check(&msg);
    sample_fill(home, CSTA_SystemStatus, 0, &msg);
    for (msg.system_status = 1; msg.system_status < CSTA_STATUSES; msg.system_status++)
        check(&msg);
    sample_fill(home, CSTA_SnapshotDeviceResponse, 0, &msg);
    for (msg.items[1].state = 1; msg.items[1].state < CSTA_STATES; msg.items[1].state++)
        check(&msg);
    su_home_deinit(home);
}

static void test_every_device_kind(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    (void)state;

    sample_fill(home, CSTA_EstablishedEvent, 0, &msg);
    msg.subject = (struct csta_device){ .kind = CSTA_DEVICE_NOT_KNOWN };
    msg.calling = (struct csta_device){ .kind = CSTA_DEVICE_RESTRICTED };
    for (unsigned kind = CSTA_DEVICE_NOT_KNOWN; kind <= CSTA_DEVICE_NOT_SPECIFIED; kind++) {
        msg.redirected = (struct csta_device){ .kind = kind };
        check(&msg);
    }
    su_home_deinit(home);
}

/* Half a connection is legal in both halves. */
static void test_half_connections(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_msg msg;
    (void)state;

    sample_fill(home, CSTA_AnswerCall, 0, &msg);
    msg.conn.device_id = NULL;
    check(&msg);
    msg.conn = (struct csta_conn){ .device_id = "2001" };
    check(&msg);
    su_home_deinit(home);
}

static void test_lists_of_any_length(void **state)
{
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct csta_snapshot_item items[200];
    struct csta_msg msg = { .type = CSTA_SnapshotDeviceResponse, .edition = CSTA_ED3 };
    (void)state;

    for (size_t i = 0; i < 200; i++)
        items[i] = (struct csta_snapshot_item){
            .conn = { .call_id = su_sprintf(home, "c%zu", i), .device_id = "2001" },
            .endpoint = i % 2 ? "2002" : NULL,
            .state = 1 + i % (CSTA_STATES - 1),
        };
    msg.items = items;
    for (msg.n_items = 0; msg.n_items <= 200; msg.n_items += msg.n_items < 9 ? 1 : 63)
        check(&msg);
    su_home_deinit(home);
}

static void test_absent_optional_parts(void **state)
{
    /* clang-format off */
    static struct csta_msg const sparse[] = {
        { .type = CSTA_RequestSystemStatus, .edition = CSTA_ED3 },
        { .type = CSTA_GetCSTAFeaturesResponse, .edition = CSTA_ED3 },
        { .type = CSTA_MonitorStartResponse, .edition = CSTA_ED3, .monitor_xref = "m" },
        { .type = CSTA_StartApplicationSession,
          .application_id = "a",
          .protocol_version = "p",
          .user = "u" },
        { .type = CSTA_StartApplicationSessionNegResponse },
    };
    /* clang-format on */
    (void)state;

    for (size_t i = 0; i < sizeof sparse / sizeof sparse[0]; i++)
        check(&sparse[i]);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_every_type),
        cmocka_unit_test(test_every_edition),
        cmocka_unit_test(test_every_feature),
        cmocka_unit_test(test_every_error_category),
        cmocka_unit_test(test_every_cause_and_state),
        cmocka_unit_test(test_every_device_kind),
        cmocka_unit_test(test_every_forwarding_and_option),
        cmocka_unit_test(test_false_and_zero),
        cmocka_unit_test(test_half_connections),
        cmocka_unit_test(test_lists_of_any_length),
        cmocka_unit_test(test_absent_optional_parts),
    };
    return cmocka_run_group_tests_name("csta_roundtrip", tests, NULL, NULL);
}
