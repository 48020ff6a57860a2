/* SPDX-License-Identifier: Apache-2.0 */
/* What watch.c and watch_notify.c share. */
#pragma once
#include "watch.h"
#include "watch_fsm.h"

/** Steps its state table; @p seconds is the argument of the event. May free it. */
void watch_step(struct watch *watch, enum watch_event event, uint32_t seconds);

/** If it is active, asks for a full document: not at once, in case it is never enough. */
void watch_refresh_soon(struct watch *watch);

/** Its owner wants to hear what it says. */
bool watch_is_wanted(struct watch const *watch);

/** The one with our tag @p tag for which @p match says yes, or NULL. */
struct watch *watch_find(struct watches *all, char const *tag, htab_match_fn *match,
                         void const *request);
