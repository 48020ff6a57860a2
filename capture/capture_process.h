/* SPDX-License-Identifier: Apache-2.0 */
/* What the process consists of; its control commands see it. */
#pragma once
#include "jobs.h"

struct hep_export;

struct capture_process {
    struct jobs jobs;
    struct hep_export *hep; /* NULL: no collector is configured */
};
