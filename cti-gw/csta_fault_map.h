/* SPDX-License-Identifier: Apache-2.0 */
/* The errors of csta-rcc 1.13 in one place (csta_fault_map.def): what a fault of ours becomes in
 * CSTA, and what a CSTA error is in SIP. */
#pragma once
#include "csta.h"

enum cti_fault {
#define FAULT(name, category, value, status) CTI_FAULT_##name,
#include "csta_fault_map.def"
#undef FAULT
    CTI_FAULTS
};

/** CSTAErrorCode of a fault, in edition @p edition. */
struct csta_msg csta_fault_map(enum cti_fault fault, enum csta_edition edition);

/** SIP status of an error, ours or the switch's: 400 if the table does not know it. */
int csta_fault_map_status(struct csta_error const *error);
