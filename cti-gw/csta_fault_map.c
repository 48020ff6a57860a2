/* SPDX-License-Identifier: Apache-2.0 */
/* The table of errors. */
#include "csta_fault_map.h"

static struct csta_error const errors[CTI_FAULTS] = {
    [CTI_FAULT_SERVICE_UNKNOWN] = { CSTA_ERROR_operation, "serviceNotSupported" },
    [CTI_FAULT_PARAMETER] = { CSTA_ERROR_operation, "invalidParameterValue" },
    [CTI_FAULT_DEVICE_UNKNOWN] = { CSTA_ERROR_operation, "invalidDeviceID" },
    [CTI_FAULT_DEVICE_NOT_ALLOWED] = { CSTA_ERROR_operation, "privilegeViolationSpecifiedDevice" },
    [CTI_FAULT_CALLING_NOT_ALLOWED] = { CSTA_ERROR_operation, "privilegeViolationCallingDevice" },
    [CTI_FAULT_MONITOR_UNKNOWN] = { CSTA_ERROR_operation, "invalidMonitorCrossRefID" },
    [CTI_FAULT_MONITOR_LIMIT] = { CSTA_ERROR_subscribedResourceAvailability,
                                  "objectMonitorLimitExceeded" },
    [CTI_FAULT_REQUEST_LIMIT] = { CSTA_ERROR_subscribedResourceAvailability,
                                  "outstandingReqLimitExceeded" },
    [CTI_FAULT_NO_CONNECTION] = { CSTA_ERROR_systemResourceAvailibility, "resourceOutOfService" },
};

struct csta_msg csta_fault_map(enum cti_fault fault, enum csta_edition edition)
{
    return (
        struct csta_msg){ .type = CSTA_CSTAErrorCode, .edition = edition, .error = errors[fault] };
}
