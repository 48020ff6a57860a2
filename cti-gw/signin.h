/* SPDX-License-Identifier: Apache-2.0 */
/* The sign-in of a client, and its refresh: INVITE (also inside a session) and UPDATE. */
#pragma once
#include "gateway.h"

/** INVITE without a To tag: checks user, line and connection, and starts a session or refuses. */
void signin_take(struct gateway *gw, struct server_transaction *st);

/** re-INVITE or UPDATE of @p session: starts its timer anew; monitors stay. */
void signin_refresh(struct session *session, struct server_transaction *st);
