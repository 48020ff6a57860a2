/* SPDX-License-Identifier: Apache-2.0 */
/* A domain of ours and one of XMPP: whether that is reached, and what its pairs do when it is
 * again, each in its turn. While it is not, nobody knows what people there do. */
#pragma once
#include "htab.h"
#include "wheel.h"
#include <sys/queue.h>

struct roster;
struct roster_pair;

struct roster_link {
    struct htab_entry by_names;
    struct roster *roster;
    LIST_HEAD(, roster_pair) pairs;
    TAILQ_HEAD(, roster_pair) turns; /* whose presence is to be exchanged anew */
    struct wheel_timer timer;
    bool is_down;
    char *theirs; /* in the same memory as `ours` */
    char ours[];
};

/** That of the domains of @p pair, which joins it. 0 or -ENOMEM. */
int roster_link_join(struct roster *roster, struct roster_pair *pair);
void roster_link_leave(struct roster_pair *pair);

/** The domain is reached, or not any more. */
void roster_link_up(struct roster *roster, char const *ours, char const *theirs);
void roster_link_down(struct roster *roster, char const *ours, char const *theirs);
