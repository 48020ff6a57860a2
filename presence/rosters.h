/* SPDX-License-Identifier: Apache-2.0 */
/* What users say about others, as it is in force: the contact lists and policies of the store
 * (presence.store), which may be the file of the proxy and the gateway.
 *
 * The store belongs to whoever changes it, such as `crosspoint contact`: that program commits and
 * then says `contacts reload`. In case nobody says so, the revision is looked at every store_poll
 * seconds. Reading happens in the store's thread; the loop only swaps one pointer and has every
 * subscription judged again. Without a store nobody says anything. */
#pragma once
#include "store_contacts.h"
#include "user_policy.h"
#include "wheel.h"
#include <uv.h>

struct ctl_call;

typedef void rosters_change_fn(void *ctx);

struct rosters {
    struct store *store; /* NULL: there is none */
    struct store_link *link;
    struct store_contacts *contacts; /* NULL: there are none */
    LIST_HEAD(, rosters_look) looks; /* under way in the store's thread */
    struct wheel *wheel;
    struct wheel_timer poll;
    uint64_t poll_ms;
    rosters_change_fn *on_change;
    void *ctx;
};

/** Opens the store at @p path ("": there is none), reads it, and follows it; @p on_change is called
 *  when it has become another one. Returns 0, or a negative errno after logging why; fini is right
 *  after either. */
int rosters_init(struct rosters *rosters, char const *path, uint64_t poll_ms, struct wheel *wheel,
                 uv_loop_t *loop, rosters_change_fn *on_change, void *ctx);
void rosters_fini(struct rosters *rosters);

/** Looks at the store now, and ends @p call when that is done. */
void rosters_reload(struct rosters *rosters, struct ctl_call *call);

/** Is @p address that of a user of the store? */
bool rosters_have_user(struct rosters const *rosters, char const *address);

/** Fills what @p owner says about @p watcher; the rest of @p ret stays. Both are addresses. */
void rosters_facts(struct rosters const *rosters, char const *owner, char const *watcher,
                   struct user_policy_facts *ret);
