/* SPDX-License-Identifier: Apache-2.0 */
/* The command `line select`: the user's choice of a device, as of the phone-selection page
 * (guide-rcc 5). */
#pragma once
#include "ctl.h"

ctl_command_fn cmd_line_select;
