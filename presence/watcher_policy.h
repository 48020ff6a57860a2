/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers what is known of a user and a watcher, and asks user_policy.h. Subscriptions and
 * `crosspoint why-not` both come here. Addresses are as presence_address.h writes them. */
#pragma once
#include "user_policy.h"

struct event_server;
struct presentity;

/** What @p watcher gets of the user @p address. @p watchers: presentity_watchers() of that
 *  user; @p is_new: the watcher is none of them yet. */
struct user_policy_decision watcher_policy_ask(struct event_server const *server,
                                               enum user_policy_question question,
                                               char const *address, char const *watcher,
                                               size_t watchers, bool is_new);

/** The same of a user whom somebody watches. */
struct user_policy_decision watcher_policy_decide(struct presentity const *presentity,
                                                  char const *watcher, bool is_new);

/** Would a subscription be an ad-hoc one? */
bool watcher_policy_is_adhoc(struct event_server const *server, char const *address,
                             char const *watcher);
