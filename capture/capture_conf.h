/* SPDX-License-Identifier: Apache-2.0 */
/* The group "capture" of the configuration file. */
#pragma once
#include "cfg.h"

struct capture_conf {
    char const *folder;
    int64_t max_jobs, job_bytes, job_seconds, min_free;
    struct cfg_strings key_logs;
    char const *netcap;
    struct cfg_groups hep; /* of struct hep_conf */
};

extern struct cfg_schema const capture_conf_schema;

/** Faults that no single row can see. */
void capture_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
