/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands of the presence server. */
#pragma once
#include "ctl.h"
#include <stdint.h>

extern struct ctl_command const presence_commands[];

/** Seconds since @p time_ms (clock_wall_us() / 1000), at least 0: an age, for tables. */
json_int_t presence_commands_age_s(int64_t time_ms);
