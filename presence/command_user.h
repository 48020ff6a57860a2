/* SPDX-License-Identifier: Apache-2.0 */
/* Users as people name them in control commands. */
#pragma once
#include "presence_address.h"
#include <stdbool.h>

struct ctl_call;
struct event_server;

/** An address, with or without domain or scheme; answers @p call if @p text is none. */
bool command_user_address(struct event_server const *server, struct ctl_call *call,
                          char const *text, char ret[static PRESENCE_ADDRESS_BYTES]);

/** That of a user of ours; answers @p call if it is of none. */
bool command_user_read(struct event_server const *server, struct ctl_call *call, char const *text,
                       char ret[static PRESENCE_ADDRESS_BYTES]);
