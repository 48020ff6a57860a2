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
static struct {
    enum cti_fault fault;
    char const *kind, *value;
} const vectors[] = {
    /* unknown service element */
    { CTI_FAULT_SERVICE_UNKNOWN, "operation", "serviceNotSupported" },
    /* broken or missing child */
    { CTI_FAULT_PARAMETER, "operation", "invalidParameterValue" },
    /* unknown device, not allowed for this From */
    { CTI_FAULT_DEVICE_UNKNOWN, "operation", "invalidDeviceID" },
    { CTI_FAULT_DEVICE_NOT_ALLOWED, "operation", "privilegeViolationSpecifiedDevice" },
    { CTI_FAULT_CALLING_NOT_ALLOWED, "operation", "privilegeViolationCallingDevice" },
    /* unknown monitor */
    { CTI_FAULT_MONITOR_UNKNOWN, "operation", "invalidMonitorCrossRefID" },
    /* limits */
    { CTI_FAULT_MONITOR_LIMIT, "subscribedResourceAvailability", "objectMonitorLimitExceeded" },
    { CTI_FAULT_REQUEST_LIMIT, "subscribedResourceAvailability", "outstandingReqLimitExceeded" },
    /* nothing there to ask */
    { CTI_FAULT_NO_CONNECTION, "systemResourceAvailibility", "resourceOutOfService" },
};
/* clang-format on */

static void assert_document(struct csta_msg const *error, char const *kind, char const *value)
{
    char wanted[200];
    struct buf xml;

    buf_init(&xml, 1000);
    assert_int_equal(csta_encode(error, &xml), 0);
    snprintf(wanted, sizeof wanted, "<CSTAErrorCode xmlns=\"%s\"><%s>%s</%s></CSTAErrorCode>",
             csta_namespace(error->edition), kind, value, kind);
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
        }
    }
}

static void test_every_fault_has_a_vector(void **state)
{
    unsigned seen = 0;
    (void)state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        seen |= 1u << vectors[i].fault;
    assert_int_equal(seen, (1u << CTI_FAULTS) - 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_fault_has_a_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
