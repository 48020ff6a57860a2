/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator is told of contacts of other domains. */
#pragma once
#include "ctl.h"

struct event_server;
struct svc;

/** "show foreign". */
void foreign_commands_show(struct svc *svc, struct ctl_call *call, json_t const *args);

/** Answers `why-not` for @p address of another domain: what is known of @p user's subscription. */
void foreign_commands_why_not(struct event_server const *server, struct ctl_call *call,
                              char const *user, char const *address);
