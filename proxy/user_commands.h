/* SPDX-License-Identifier: Apache-2.0 */
/* Control commands about users and their registrations; svc_state() is the struct proxy. Rows are
 * in commands.c. A user is NAME, of the node's domain, or NAME@DOMAIN. */
#pragma once
#include "ctl.h"

ctl_command_fn user_commands_add;
ctl_command_fn user_commands_passwd;
ctl_command_fn user_commands_enable;
ctl_command_fn user_commands_disable;
ctl_command_fn user_commands_delete;
ctl_command_fn user_commands_list;
ctl_command_fn user_commands_show_registrations;
