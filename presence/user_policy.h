/* SPDX-License-Identifier: Apache-2.0 */
/* The policy of one user towards one watcher: may that one see the user's availability, or message
 * the user, and which rule says so. Pure: what is known of both is gathered by the caller.
 *
 * One list of rules answers both questions (guide part 3, 19.1: one policy for presence and IM);
 * the first that applies decides. Block lists come first; who stands in the user's own contact list
 * passes the user's default, also "block" (guide part 2, 5.8), but not the block list.
 * Subscriptions and `crosspoint why-not` ask this one function. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum user_policy_verdict {
    USER_POLICY_ALLOW,
    USER_POLICY_BLOCK,  /* politely: the user seems to be offline */
    USER_POLICY_ASK,    /* pending until the user has decided */
    USER_POLICY_REFUSE, /* and the watcher is told so */
    USER_POLICY_VERDICTS
};

enum user_policy_question { USER_POLICY_PRESENCE, USER_POLICY_MESSAGE, USER_POLICY_QUESTIONS };

/** What the node says, to everybody. */
struct user_policy_settings {
    bool sharing;        /* availability is shared at all, guide part 2, 5.1 */
    bool messages;       /* messages are, 5.5 */
    bool auto_authorise; /* own users see each other without being asked, part 3, 19.1 */
    bool adhoc;          /* own users may watch who is not in their contact list, part 2, 5.2 */
    enum user_policy_verdict others; /* of other domains, unless the user has a default */
    size_t max_watchers, max_adhoc;  /* of one user; of the node. 0: no limit */
};

enum user_policy_default {
    USER_POLICY_UNSET, /* the user has none: that of the node counts */
    USER_POLICY_ALLOW_ALL,
    USER_POLICY_BLOCK_ALL,
    USER_POLICY_ASK_ME,
};

/** What is known of the user and the watcher. */
struct user_policy_facts {
    bool is_self;  /* the watcher is the user */
    bool is_local; /* the watcher is of an own domain */
    bool is_blocked, is_domain_blocked, is_allowed, is_domain_allowed; /* by the user */
    bool is_contact;                   /* the watcher stands in the user's contact list */
    bool is_in_group;                  /* and if not: is in an enterprise group that stands there */
    enum user_policy_default fallback; /* for everybody else, says the user */
    bool is_new;            /* the watcher asks for a subscription that is not there yet */
    bool is_adhoc;          /* ... to a user who is not in the watcher's contact list */
    size_t watchers, adhoc; /* subscriptions: to the user; ad-hoc ones, of the node */
};

/** One rule; the table is user_policy_rules[]. */
struct user_policy_rule {
    char const *name; /* for logs and people; never changes */
    char const *help; /* why, in words */
    bool (*applies)(struct user_policy_settings const *settings,
                    struct user_policy_facts const *facts);
    enum user_policy_verdict verdict;
    bool by_default; /* the verdict is user_policy_settings.others */
    bool of[USER_POLICY_QUESTIONS];
};

extern struct user_policy_rule const user_policy_rules[];
extern size_t const user_policy_rules_n;

struct user_policy_decision {
    enum user_policy_verdict verdict;
    struct user_policy_rule const *rule; /* that decided; never NULL */
};

struct user_policy_decision user_policy_decide(enum user_policy_question question,
                                               struct user_policy_settings const *settings,
                                               struct user_policy_facts const *facts);

/** "allow", "polite-block", "ask", "refuse". */
char const *user_policy_verdict_str(enum user_policy_verdict verdict);

/** What comes of @p verdict, in words that follow the watcher's address: "sees the availability".
 */
char const *user_policy_outcome(enum user_policy_question question,
                                enum user_policy_verdict verdict);
