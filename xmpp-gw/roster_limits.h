/* SPDX-License-Identifier: Apache-2.0 */
/* Every limit of presence between SIP and XMPP, as rows of the configuration. */
#pragma once
#include <stdint.h>

#define ROSTER_LIMIT_LIST(X)                                                                       \
    X(expires, 3600, 60, 86400, "s",                                                               \
      "How long subscriptions of XMPP users to SIP users are asked for.")                          \
    X(retry, 30, 1, 3600, "s",                                                                     \
      "Pause before such a subscription is tried again; doubled after each failure.")              \
    X(max_retry, 600, 1, 86400, "s", "Longest such pause.")                                        \
    X(rate, 50, 1, 10000, NULL,                                                                    \
      "SUBSCRIBEs a second, and pairs of users a second whose presence is exchanged anew when a "  \
      "domain is reached again.")                                                                  \
    X(min_expires, 60, 1, 86400, "s",                                                              \
      "Shortest subscription of a SIP user; a shorter one is "                                     \
      "answered 423.")                                                                             \
    X(max_expires, 86400, 60, 604800, "s", "Longest one; a longer one is shortened.")              \
    X(interval_ms, 1000, 0, 600000, "ms",                                                          \
      "Pause between two NOTIFYs of one subscription; what changes meanwhile is told once.")       \
    X(fetch_ms, 2000, 0, 30000, "ms",                                                              \
      "How long a SIP user who asks only once waits for the answer of an XMPP server.")            \
    X(reconnect, 60, 1, 86400, "s",                                                                \
      "How often a domain that is not reached is tried while somebody here follows its people.")   \
    X(stop_ms, 2000, 0, 60000, "ms", "How long a planned stop waits for SIP users to be told.")    \
    X(max_pairs, 100000, 1, 10000000, NULL,                                                        \
      "Pairs of a SIP user and an XMPP user who follow each other, or want to.")                   \
    X(max_per_domain, 20000, 1, 10000000, NULL, "Those with users of one domain of XMPP.")         \
    X(max_per_user, 1000, 1, 1000000, NULL, "Those of one SIP user.")                              \
    X(max_watchers, 100000, 1, 10000000, NULL, "Subscriptions of SIP users at a time.")            \
    X(max_resources, 32, 1, 1000, NULL, "Resources of one XMPP user that are told to SIP.")

struct roster_limits {
#define ROSTER_LIMIT_FIELD(name, dflt, min, max, unit, help) int64_t name;
    ROSTER_LIMIT_LIST(ROSTER_LIMIT_FIELD)
#undef ROSTER_LIMIT_FIELD
};
