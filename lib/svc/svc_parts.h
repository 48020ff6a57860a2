/* SPDX-License-Identifier: Apache-2.0 */
/* What svc.c shows to the built-in commands. Inner part of lib/svc; programs use svc.h. */
#pragma once
#include "svc.h"

struct svc_log;

/** The file that was named at the start. */
char const *svc_file(struct svc *svc);

/** Loads @p file with all checks of the program; as cfg_load(). */
struct cfg *svc_load(struct svc_desc const *desc, char const *file, struct cfg_faults *faults);

/** Makes @p cfg (taken) the configuration in force. */
void svc_take_cfg(struct svc *svc, struct cfg *cfg);

/** All command tables of the process, ended by NULL. */
struct ctl_command const *const *svc_commands(struct svc *svc);

/** Whether this run may have its clock moved (--test-clock). */
bool svc_has_test_clock(struct svc *svc);

/** Whether a signal has told the program to end. */
bool svc_is_stopping(struct svc *svc);

/** Runs the timers that are due now. */
void svc_run_timers(struct svc *svc);

/** "proxy" of "crosspoint-proxy". */
char const *svc_short_name(struct svc *svc);

/** What is logged, and what would be by the configuration. */
struct svc_log *svc_levels(struct svc *svc);

uint64_t svc_started_ms(struct svc *svc);

/** The commands that every program has; ended by a row without a name. */
extern struct ctl_command const svc_builtin_commands[];
