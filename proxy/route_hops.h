/* SPDX-License-Identifier: Apache-2.0 */
/* The list of hops of a decision as it will be tried: a set (RFC 3261 §16.5), and not too long.
 * Pure, so that whoever explains a decision shows the same list. */
#pragma once
#include "route_decide.h"

/** Takes out hops that lead where an earlier one does, and those beyond the first @p max. True if
 *  there were so many. */
bool route_hops_trim(struct route_decision *decision, unsigned max);

/** How many hops the first group has. */
unsigned route_hops_first_group(struct route_decision const *decision);
