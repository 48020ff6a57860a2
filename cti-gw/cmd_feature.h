/* SPDX-License-Identifier: Apache-2.0 */
/* Command `show features`: phones that have subscribed to the features of their lines. */
#pragma once
#include "ctl.h"

ctl_command_fn cmd_feature_show;
