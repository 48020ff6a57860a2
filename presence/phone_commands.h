/* SPDX-License-Identifier: Apache-2.0 */
/* The command that shows phone-states: what is known of the phones, for people. */
#pragma once
#include "ctl.h"

void phone_commands_show(struct svc *svc, struct ctl_call *call, json_t const *args);
