/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about one watcher: see watcher_policy.h. */
#include "watcher_policy.h"
#include "event_server.h"
#include "presence_address.h"
#include "presence_conf.h"
#include "presentity.h"
#include <string.h>

static struct user_policy_facts facts_of(struct event_server const *server, char const *address,
                                         char const *watcher)
{
    struct user_policy_facts facts = {
        .is_self = strcmp(address, watcher) == 0,
        .is_local = own_users_are_of(&server->users, presence_address_domain(watcher)),
        .adhoc = server->n_adhoc,
    };

    rosters_facts(&server->rosters, address, watcher, &facts);
    facts.is_adhoc &= !facts.is_self; /* nobody stands in the own contact list */
    return facts;
}

struct user_policy_decision watcher_policy_ask(struct event_server const *server,
                                               enum user_policy_question question,
                                               char const *address, char const *watcher,
                                               size_t watchers, bool is_new)
{
    struct presence_conf const *conf = server->conf;
    struct user_policy_settings const settings = {
        .sharing = conf->availability_sharing,
        .messages = conf->messages,
        .auto_authorise = conf->auto_authorise,
        .adhoc = conf->adhoc,
        .others = (enum user_policy_verdict)conf->other_domains,
        .max_watchers = (size_t)conf->max_watchers,
        .max_adhoc = (size_t)conf->max_adhoc,
    };
    struct user_policy_facts facts = facts_of(server, address, watcher);

    facts.is_new = is_new;
    facts.watchers = watchers;
    return user_policy_decide(question, &settings, &facts);
}

struct user_policy_decision watcher_policy_decide(struct presentity const *presentity,
                                                  char const *watcher, bool is_new)
{
    return watcher_policy_ask(presentity->server, USER_POLICY_PRESENCE, presentity->address,
                              watcher, presentity_watchers(presentity), is_new);
}

bool watcher_policy_is_adhoc(struct event_server const *server, char const *address,
                             char const *watcher)
{
    return facts_of(server, address, watcher).is_adhoc;
}
