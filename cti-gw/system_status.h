/* SPDX-License-Identifier: Apache-2.0 */
/* System status, both ways: what a client asks and says, and what it is told (ECMA-269, system
 * services). A client that has registered is told every change that it has not muted; any other
 * only what it cannot go on without: that the switch serves less, or that events were lost. */
#pragma once
#include "csta.h"

struct gateway;
struct service_request;
struct session;

void system_status_tell(struct service_request *r);
void system_status_hear(struct service_request *r);
void system_status_register(struct service_request *r);

/** Sends SystemStatus to the client of @p session, if it wants it. */
void system_status_send(struct session *session, enum csta_system_status status);

/** The switch at the end of connection @p index has another status: tells the sessions on it. */
void system_status_spread(struct gateway *gw, unsigned index, enum csta_system_status status);
