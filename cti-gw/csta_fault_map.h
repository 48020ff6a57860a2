/* SPDX-License-Identifier: Apache-2.0 */
/* The errors of csta-rcc 1.13 in one place: what a fault of ours becomes in CSTA. */
#pragma once
#include "csta.h"

enum cti_fault {
    CTI_FAULT_SERVICE_UNKNOWN,
    CTI_FAULT_PARAMETER,
    CTI_FAULT_DEVICE_UNKNOWN,
    CTI_FAULT_DEVICE_NOT_ALLOWED,
    CTI_FAULT_CALLING_NOT_ALLOWED,
    CTI_FAULT_MONITOR_UNKNOWN,
    CTI_FAULT_MONITOR_LIMIT,
    CTI_FAULT_REQUEST_LIMIT,
    CTI_FAULT_NO_CONNECTION,
    CTI_FAULTS
};

/** CSTAErrorCode of a fault, in edition @p edition. */
struct csta_msg csta_fault_map(enum cti_fault fault, enum csta_edition edition);
