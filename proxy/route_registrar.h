/* SPDX-License-Identifier: Apache-2.0 */
/* The contacts of a registered user as hops of a decision (RFC 3261 §16.5, RFC 3327 §5.3). Pure. */
#pragma once
#include "route_decide.h"

/** Fills at most ROUTE_HOPS_MAX of @p hops: by falling q, contacts of one q in one group. They
 * point into @p list. Returns how many. */
unsigned route_registrar_hops(struct location_list const *list,
                              struct route_hop hops[static ROUTE_HOPS_MAX]);
