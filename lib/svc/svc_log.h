/* SPDX-License-Identifier: Apache-2.0 */
/* Log levels of a running program, by subsystem: those of the configuration, and what somebody set
 * for the time being. Inner part of lib/svc. */
#pragma once
#include "ctl.h"
#include "log.h"
#include <stdbool.h>

struct cfg_node;

struct svc_log {
    bool debug; /* option -d */
    enum log_level configured[LOG_SUBSYSTEMS];
};

/** Puts the levels of @p node in force; what was set by command is gone. */
void svc_log_use(struct svc_log *log, struct cfg_node const *node);

/** The control commands "log" and "show log". */
ctl_command_fn svc_log_cmd_set, svc_log_cmd_show;
