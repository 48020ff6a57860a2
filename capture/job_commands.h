/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands of the capture program. */
#pragma once
#include "ctl.h"

extern struct ctl_command const job_commands[];
