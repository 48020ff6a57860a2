/* SPDX-License-Identifier: Apache-2.0 */
/* Commands `crosspoint contact` and `policy`: the contact lists of users, and whom they block and
 * allow. */
#pragma once
#include "command.h"

command_fn contact_command, contact_command_policy;

extern char const contact_command_args[], contact_command_more[];
extern char const contact_command_policy_args[], contact_command_policy_more[];
