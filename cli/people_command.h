/* SPDX-License-Identifier: Apache-2.0 */
/* Commands `crosspoint user`, `device` and `line`: the directory of people, devices and lines. What
 * `user` means beyond it (passwords, registrations) goes to the proxy. */
#pragma once
#include "command.h"

command_fn people_command_user, people_command_device, people_command_line;

extern char const people_command_user_args[], people_command_user_more[];
extern char const people_command_device_args[], people_command_device_more[];
extern char const people_command_line_args[], people_command_line_more[];
