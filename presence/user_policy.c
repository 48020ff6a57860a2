/* SPDX-License-Identifier: Apache-2.0 */
/* The rules, in their order: see user_policy.h. */
#include "user_policy.h"

#define CONDITION(name, claim)                                                                     \
    static bool name(struct user_policy_settings const *settings,                                  \
                     struct user_policy_facts const *facts)                                        \
    {                                                                                              \
        (void)settings;                                                                            \
        (void)facts;                                                                               \
        return claim;                                                                              \
    }

CONDITION(is_self, facts->is_self)
CONDITION(is_sharing_off, !settings->sharing)
CONDITION(is_messaging_off, !settings->messages)
CONDITION(is_blocked, facts->is_blocked)
CONDITION(is_domain_blocked, facts->is_domain_blocked)
CONDITION(is_watched_enough,
          facts->is_new && settings->max_watchers && facts->watchers >= settings->max_watchers)
CONDITION(is_adhoc_off, facts->is_new && facts->is_adhoc && !settings->adhoc)
CONDITION(is_adhoc_full, facts->is_new && facts->is_adhoc && settings->max_adhoc &&
                             facts->adhoc >= settings->max_adhoc)
CONDITION(is_allowed, facts->is_allowed)
CONDITION(is_domain_allowed, facts->is_domain_allowed)
CONDITION(is_contact, facts->is_contact)
CONDITION(is_group_blocked, facts->fallback == USER_POLICY_BLOCK_ALL && facts->is_in_group)
CONDITION(is_all_blocked, facts->fallback == USER_POLICY_BLOCK_ALL)
CONDITION(is_local_free, facts->is_local && settings->auto_authorise)
CONDITION(is_local, facts->is_local)
CONDITION(is_all_allowed, facts->fallback == USER_POLICY_ALLOW_ALL)
CONDITION(is_asked, facts->fallback == USER_POLICY_ASK_ME)
CONDITION(is_anybody, true)

#define BOTH                                                                                       \
    {                                                                                              \
        true, true                                                                                 \
    }
#define PRESENCE                                                                                   \
    {                                                                                              \
        [USER_POLICY_PRESENCE] = true                                                              \
    }
#define MESSAGE                                                                                    \
    {                                                                                              \
        [USER_POLICY_MESSAGE] = true                                                               \
    }

/* clang-format off */
struct user_policy_rule const user_policy_rules[] = {
    /* name             applies            verdict             questions */
    { .name = "self", .applies = is_self, .verdict = USER_POLICY_ALLOW, .of = BOTH,
      .help = "everybody sees the own availability" },
    { .name = "sharing-off", .applies = is_sharing_off, .verdict = USER_POLICY_BLOCK,
      .of = PRESENCE, .help = "the node shares no availability (presence.availability_sharing)" },
    { .name = "messages-off", .applies = is_messaging_off, .verdict = USER_POLICY_REFUSE,
      .of = MESSAGE, .help = "the node passes no messages (presence.messages)" },
    { .name = "blocked", .applies = is_blocked, .verdict = USER_POLICY_BLOCK, .of = BOTH,
      .help = "the user's block list names the watcher" },
    { .name = "domain-blocked", .applies = is_domain_blocked, .verdict = USER_POLICY_BLOCK,
      .of = BOTH, .help = "the user's block list names the watcher's domain" },
    { .name = "watchers-full", .applies = is_watched_enough, .verdict = USER_POLICY_REFUSE,
      .of = PRESENCE, .help = "the user has as many watchers as allowed (presence.max_watchers)" },
    { .name = "adhoc-off", .applies = is_adhoc_off, .verdict = USER_POLICY_REFUSE, .of = PRESENCE,
      .help = "the user is not in the watcher's contact list, and presence.adhoc is off" },
    { .name = "adhoc-full", .applies = is_adhoc_full, .verdict = USER_POLICY_REFUSE,
      .of = PRESENCE,
      .help = "the user is not in the watcher's contact list, and there are as many such "
              "subscriptions as allowed (presence.max_adhoc)" },
    { .name = "allowed", .applies = is_allowed, .verdict = USER_POLICY_ALLOW, .of = BOTH,
      .help = "the user's allow list names the watcher" },
    { .name = "domain-allowed", .applies = is_domain_allowed, .verdict = USER_POLICY_ALLOW,
      .of = BOTH, .help = "the user's allow list names the watcher's domain" },
    { .name = "contact", .applies = is_contact, .verdict = USER_POLICY_ALLOW, .of = BOTH,
      .help = "the watcher is in the user's contact list" },
    { .name = "group-blocked", .applies = is_group_blocked, .verdict = USER_POLICY_BLOCK,
      .of = BOTH, .help = "the user blocks everyone, and the watcher is in the user's contact list "
                          "only by an enterprise group" },
    { .name = "all-blocked", .applies = is_all_blocked, .verdict = USER_POLICY_BLOCK, .of = BOTH,
      .help = "the user blocks everyone who is not in the user's contact list" },
    { .name = "local", .applies = is_local_free, .verdict = USER_POLICY_ALLOW, .of = BOTH,
      .help = "own users see each other without being asked (presence.auto_authorise)" },
    { .name = "local-ask", .applies = is_local, .verdict = USER_POLICY_ASK, .of = BOTH,
      .help = "own users are asked first (presence.auto_authorise is off)" },
    { .name = "all-allowed", .applies = is_all_allowed, .verdict = USER_POLICY_ALLOW, .of = BOTH,
      .help = "the user allows everyone who is not on the block list" },
    { .name = "ask-me", .applies = is_asked, .verdict = USER_POLICY_ASK, .of = BOTH,
      .help = "the user wants to be asked about other domains" },
    { .name = "other-domains", .applies = is_anybody, .by_default = true, .of = BOTH,
      .help = "of another domain, and the user has no rule for it (presence.other_domains)" },
};
/* clang-format on */
size_t const user_policy_rules_n = sizeof user_policy_rules / sizeof user_policy_rules[0];

struct user_policy_decision user_policy_decide(enum user_policy_question question,
                                               struct user_policy_settings const *settings,
                                               struct user_policy_facts const *facts)
{
    struct user_policy_rule const *rule = user_policy_rules;

    /* The last rule applies to everybody. */
    while (!rule->of[question] || !rule->applies(settings, facts))
        rule++;
    return (struct user_policy_decision){ rule->by_default ? settings->others : rule->verdict,
                                          rule };
}

char const *user_policy_verdict_str(enum user_policy_verdict verdict)
{
    static char const *const names[USER_POLICY_VERDICTS] = {
        [USER_POLICY_ALLOW] = "allow",
        [USER_POLICY_BLOCK] = "polite-block",
        [USER_POLICY_ASK] = "ask",
        [USER_POLICY_REFUSE] = "refuse",
    };

    return names[verdict];
}

char const *user_policy_outcome(enum user_policy_question question,
                                enum user_policy_verdict verdict)
{
    static char const *const words[USER_POLICY_QUESTIONS][USER_POLICY_VERDICTS] = {
        [USER_POLICY_PRESENCE] = { [USER_POLICY_ALLOW] = "sees the availability",
                                   [USER_POLICY_BLOCK] = "sees the user as offline",
                                   [USER_POLICY_ASK] = "waits until the user has decided",
                                   [USER_POLICY_REFUSE] = "is refused" },
        [USER_POLICY_MESSAGE] = { [USER_POLICY_ALLOW] = "may send messages",
                                  [USER_POLICY_BLOCK] = "may not send messages",
                                  [USER_POLICY_ASK] = "may not send messages until the user has "
                                                      "decided",
                                  [USER_POLICY_REFUSE] = "is refused" },
    };

    return words[question][verdict];
}
