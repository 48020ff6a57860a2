/* SPDX-License-Identifier: Apache-2.0 */
/* Every fault of ours against the table of csta-rcc 1.13, as a client reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "csta_fault_map.h"
#include <stdio.h>
#include <string.h>

/* clang-format off */
#define OPERATION  "operation"
#define STATE      "stateIncompatibility"
#define RESOURCE   "systemResourceAvailibility"
#define SUBSCRIBED "subscribedResourceAvailability"
static struct {
    enum cti_fault fault;
    char const *kind, *value;
    int status;
} const vectors[] = {
    { CTI_FAULT_SERVICE_UNKNOWN, OPERATION, "serviceNotSupported", 400 },
    { CTI_FAULT_PARAMETER, OPERATION, "invalidParameterValue", 400 },
    { CTI_FAULT_PARAMETER_NEEDED, OPERATION, "atLeastOneConditionalParameterNotProvided", 400 },
    { CTI_FAULT_DEVICE_UNKNOWN, OPERATION, "invalidDeviceID", 400 },
    { CTI_FAULT_OBJECT_UNKNOWN, OPERATION, "objectNotKnown", 400 },
    { CTI_FAULT_DEVICE_NOT_ALLOWED, OPERATION, "privilegeViolationSpecifiedDevice", 403 },
    { CTI_FAULT_CALLING_NOT_ALLOWED, OPERATION, "privilegeViolationCallingDevice", 403 },
    { CTI_FAULT_CALLEE, OPERATION, "invalidCalledDeviceID", 400 },
    { CTI_FAULT_DESTINATION, OPERATION, "invalidDestination", 400 },
    { CTI_FAULT_FORWARD_DESTINATION, OPERATION, "invalidForwardingDestination", 400 },
    { CTI_FAULT_FORWARD_TYPE, OPERATION, "invalidForwardingType", 400 },
    { CTI_FAULT_CALL_UNKNOWN, OPERATION, "invalidCallID", 400 },
    { CTI_FAULT_CONNECTION_UNKNOWN, OPERATION, "invalidConnectionID", 400 },
    { CTI_FAULT_MONITOR_UNKNOWN, OPERATION, "invalidMonitorCrossRefID", 400 },
    { CTI_FAULT_MONITOR_OBJECT, OPERATION, "invalidMonitorObject", 400 },
    { CTI_FAULT_CONNECTION_STATE, STATE, "invalidConnectionState", 486 },
    { CTI_FAULT_NO_CALL_TO_ANSWER, STATE, "noCallToAnswer", 486 },
    { CTI_FAULT_NO_HELD_CALL, STATE, "noHeldCall", 486 },
    { CTI_FAULT_NO_ACTIVE_CALL, STATE, "noActiveCall", 486 },
    { CTI_FAULT_NO_CONNECTION_TO_CLEAR, STATE, "noConnectionToClear", 486 },
    { CTI_FAULT_HELD_STATE, STATE, "invalidHeldConnectionState", 486 },
    { CTI_FAULT_CALLING_STATE, STATE, "invalidCallingDeviceState", 486 },
    { CTI_FAULT_DEVICE_OUT_OF_SERVICE, RESOURCE, "deviceOutOfService", 486 },
    { CTI_FAULT_CALLING_OUT_OF_SERVICE, RESOURCE, "callingDeviceOutOfService", 486 },
    { CTI_FAULT_BUSY, RESOURCE, "resourceBusy", 486 },
    { CTI_FAULT_NETWORK_BUSY, RESOURCE, "networkBusy", 486 },
    { CTI_FAULT_NETWORK_OUT_OF_SERVICE, RESOURCE, "networkOutOfService", 486 },
    { CTI_FAULT_CONFERENCE_FULL, RESOURCE, "conferenceMemberLimitExceeded", 486 },
    { CTI_FAULT_NO_CONNECTION, RESOURCE, "resourceOutOfService", 486 },
    { CTI_FAULT_MONITOR_LIMIT, SUBSCRIBED, "objectMonitorLimitExceeded", 486 },
    { CTI_FAULT_REQUEST_LIMIT, SUBSCRIBED, "outstandingReqLimitExceeded", 486 },
    { CTI_FAULT_ALL_MONITORS_LIMIT, RESOURCE, "overallMonitorLimitExceeded", 486 },
    { CTI_FAULT_PERFORMANCE, "performanceManagement", "performanceLimitExceeded", 486 },
    { CTI_FAULT_UNSPECIFIED, "unspecified", NULL, 486 },
};
/* clang-format on */

static void assert_document(struct csta_msg const *error, char const *kind, char const *value)
{
    char wanted[200];
    struct buf xml;

    buf_init(&xml, 1000);
    assert_int_equal(csta_encode(error, &xml), 0);
    int n = snprintf(wanted, sizeof wanted, "<CSTAErrorCode xmlns=\"%s\"><%s",
                     csta_namespace(error->edition), kind);
    if (value)
        snprintf(wanted + n, sizeof wanted - (size_t)n, ">%s</%s></CSTAErrorCode>", value, kind);
    else
        snprintf(wanted + n, sizeof wanted - (size_t)n, "/></CSTAErrorCode>");
    assert_non_null(strstr(buf_text(&xml), "<CSTAErrorCode"));
    assert_string_equal(strstr(buf_text(&xml), "<CSTAErrorCode"), wanted);
    buf_fini(&xml);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        for (int edition = CSTA_ED2; edition <= CSTA_ED6; edition++) {
            struct csta_msg error = csta_fault_map(vectors[i].fault, (enum csta_edition)edition);
            assert_int_equal(error.type, CSTA_CSTAErrorCode);
            assert_int_equal(error.edition, edition);
            assert_string_equal(csta_error_category_str(error.error.category), vectors[i].kind);
            assert_document(&error, vectors[i].kind, vectors[i].value);
            assert_int_equal(csta_fault_map_status(&error.error), vectors[i].status);
        }
    }
}

static void test_every_fault_has_a_vector(void **state)
{
    uint64_t seen = 0;
    (void)state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        seen |= UINT64_C(1) << vectors[i].fault;
    assert_int_equal(seen, (UINT64_C(1) << CTI_FAULTS) - 1);
}

/* The switch has errors that the table does not know. */
static void test_foreign_errors(void **state)
{
    struct csta_error const odd[] = {
        { CSTA_ERROR_operation, "invalidFeature" },
        { CSTA_ERROR_stateIncompatibility, "invalidDeviceID" },
        { CSTA_ERROR_operation, NULL },
        { CSTA_ERROR_privateErrorCode, "7" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        assert_int_equal(csta_fault_map_status(&odd[i]), 400);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_fault_has_a_vector),
        cmocka_unit_test(test_foreign_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
