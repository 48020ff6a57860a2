/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an allocation of our own code fail, for tests. Linked with MEMORY_RIG_WRAP, which sends
 * the calls of our objects, not those of other libraries, through here. */
#pragma once
#include <stdbool.h>

/** The one after @p n others fails; each one is good again if @p n is negative. */
void memory_rig_fail_after(long n);

/** Has one failed since? */
bool memory_rig_has_failed(void);
