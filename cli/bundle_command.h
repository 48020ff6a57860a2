/* SPDX-License-Identifier: Apache-2.0 */
/* The command `bundle`: what somebody needs who looks for a fault, in one file. */
#pragma once
#include "command.h"

extern char const bundle_args[], bundle_more[];
command_fn bundle_command;
