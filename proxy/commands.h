/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands of the proxy; svc_state() is the struct proxy. */
#pragma once
#include "ctl.h"

extern struct ctl_command const commands_table[];
