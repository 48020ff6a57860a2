/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers what is known of a user and a watcher, and asks user_policy.h. */
#pragma once
#include "user_policy.h"

struct event_server;
struct presentity;

/** What @p watcher gets of @p presentity; @p is_new: the watcher has no subscription yet. Addresses
 *  are as presence_address.h writes them. */
struct user_policy_decision watcher_policy_decide(struct presentity const *presentity,
                                                  char const *watcher, bool is_new);
