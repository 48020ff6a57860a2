/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about one watcher: see watcher_policy.h. */
#include "watcher_policy.h"
#include "event_server.h"
#include "presence_address.h"
#include "presence_conf.h"
#include "presentity.h"
#include <string.h>

struct user_policy_decision watcher_policy_decide(struct presentity const *presentity,
                                                  char const *watcher, bool is_new)
{
    struct event_server const *server = presentity->server;
    struct presence_conf const *conf = server->conf;
    struct user_policy_settings const settings = {
        .sharing = conf->availability_sharing,
        .auto_authorise = conf->auto_authorise,
        .adhoc = true,
        .others = (enum user_policy_verdict)conf->other_domains,
        .max_watchers = (size_t)conf->max_watchers,
    };
    struct user_policy_facts const facts = {
        .is_self = strcmp(presentity->address, watcher) == 0,
        .is_local = own_users_are_of(&server->users, presence_address_domain(watcher)),
        .is_new = is_new,
        .watchers = presentity->n_subscriptions,
    };

    return user_policy_decide(USER_POLICY_PRESENCE, &settings, &facts);
}
