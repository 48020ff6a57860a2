/* SPDX-License-Identifier: Apache-2.0 */
/* Commands `signin check` and `show signins`: may this user sign in, and who was refused. */
#pragma once
#include "ctl.h"

ctl_command_fn cmd_signin_check, cmd_signin_show;
