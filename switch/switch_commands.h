/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands of the switch; svc_state() is its struct exchange. */
#pragma once
#include "ctl.h"

/** show calls, show lines, show links, phone, announce; ended by a row without a name. */
extern const struct ctl_command switch_commands[];
