/* SPDX-License-Identifier: Apache-2.0 */
/* The command `number`: what the rules of the running configuration make of a number, rule by
 * rule. */
#pragma once
#include "ctl.h"

ctl_command_fn cmd_number;
