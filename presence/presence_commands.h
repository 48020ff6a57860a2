/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands of the presence server. */
#pragma once
#include "ctl.h"

extern struct ctl_command const presence_commands[];
