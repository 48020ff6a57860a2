/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands that say how a user is (statement.h); each is told to the audit log. */
#pragma once
#include "ctl.h"

ctl_command_fn statement_commands_set, statement_commands_clear, statement_commands_calendar;
