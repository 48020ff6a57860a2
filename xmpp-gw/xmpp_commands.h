/* SPDX-License-Identifier: Apache-2.0 */
/* The control commands of the XMPP gateway. */
#pragma once
#include "ctl.h"

extern struct ctl_command const xmpp_commands[];
