/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands of the gateway. */
#pragma once
#include "ctl.h"

extern struct ctl_command const cti_commands[];
