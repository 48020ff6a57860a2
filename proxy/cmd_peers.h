/* SPDX-License-Identifier: Apache-2.0 */
/* The command `show peers`: health of the configured next hops, address by address. */
#pragma once
#include "ctl.h"

/** A ctl_command_fn; svc_state() is the struct proxy. */
void cmd_peers_show(struct svc *svc, struct ctl_call *call, json_t const *args);
