/* SPDX-License-Identifier: Apache-2.0 */
/* The life of contact lists and policies: see rosters.h. */
#include "rosters.h"
#include "ctl.h"
#include "log.h"
#include "presence_metrics.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORE_JOBS = 10000 };

/* One look at the store. */
struct rosters_look {
    LIST_ENTRY(rosters_look) link;
    struct rosters *rosters;
    struct store_contacts *fresh; /* set in the store's thread; NULL: nothing new */
    struct ctl_call *call;        /* who waits, or NULL */
};

static size_t count(struct store_contacts const *contacts)
{
    struct store_roster const *roster;
    size_t n = 0;

    STAILQ_FOREACH(roster, store_contacts_rosters(contacts), link)
    {
        n++;
    }
    return n;
}

static void swap(struct rosters *rosters, struct store_contacts *fresh)
{
    store_contacts_free(&rosters->contacts);
    rosters->contacts = fresh;
    log_info(NULL, "contacts read users=%zu revision=%lld", count(fresh),
             (long long)store_contacts_revision(fresh));
    rosters->on_change(rosters->ctx);
}

/* --- looking at the store --------------------------------------------------------------------- */

static void take(void *ctx, struct store_contacts *contacts)
{
    ((struct rosters_look *)ctx)->fresh = contacts;
}

static void look_free(struct rosters_look **plook)
{
    struct rosters_look *look = *plook;

    *plook = NULL;
    LIST_REMOVE(look, link);
    store_contacts_free(&look->fresh);
    free(look);
}

static void note_failure(int error)
{
    presence_count(M_store_failures);
    log_error(NULL, "contacts not read error=\"%s\"", strerror(-error));
}

static void answer(struct rosters const *rosters, struct ctl_call *call, int error)
{
    if (!call)
        return;
    if (error < 0)
        ctl_fail(call, "unavailable", "the store is not read: %s", strerror(-error));
    else
        ctl_reply(call, json_pack("{s:I}", "users", (json_int_t)count(rosters->contacts)));
}

static void on_refreshed(void *ctx, int error)
{
    struct rosters_look *look = ctx;
    struct rosters *rosters = look->rosters;
    struct store_contacts *fresh = look->fresh;

    if (error == -ECANCELED)
        return; /* the thread may still be at it: rosters_fini() */
    look->fresh = NULL;
    if (fresh)
        swap(rosters, fresh);
    if (error < 0)
        note_failure(error);
    answer(rosters, look->call, error);
    look_free(&look);
}

static int look_at_store(struct rosters *rosters, struct ctl_call *call)
{
    struct rosters_look *look = calloc(1, sizeof *look);

    if (!look)
        return -ENOMEM;
    LIST_INSERT_HEAD(&rosters->looks, look, link);
    look->rosters = rosters;
    look->call = call;
    int error = store_contacts_refresh(rosters->link, store_contacts_revision(rosters->contacts),
                                       take, on_refreshed, look);
    if (error < 0)
        look_free(&look);
    return error;
}

static void on_poll(struct wheel_timer *timer)
{
    struct rosters *rosters = (struct rosters *)((char *)timer - offsetof(struct rosters, poll));
    int error = look_at_store(rosters, NULL);

    if (error < 0)
        note_failure(error);
    wheel_arm(rosters->wheel, timer, rosters->poll_ms, on_poll);
}

void rosters_reload(struct rosters *rosters, struct ctl_call *call)
{
    int error = rosters->link ? look_at_store(rosters, call) : -ENOENT;

    if (error == -ENOENT)
        ctl_fail(call, "unavailable", "there is no store (presence.store)");
    else if (error < 0)
        ctl_fail(call, "unavailable", "the store is not read: %s", strerror(-error));
}

/* --- start and end ---------------------------------------------------------------------------- */

int rosters_init(struct rosters *rosters, char const *path, uint64_t poll_ms, struct wheel *wheel,
                 uv_loop_t *loop, rosters_change_fn *on_change, void *ctx)
{
    struct store_contacts *contacts = NULL;

    *rosters =
        (struct rosters){ .wheel = wheel, .poll_ms = poll_ms, .on_change = on_change, .ctx = ctx };
    if (!*path)
        return 0;
    int error = store_open(&rosters->store, path, STORE_JOBS);
    if (error == 0)
        error = store_contacts_read(rosters->store, &contacts);
    if (error == 0) {
        swap(rosters, contacts);
        error = store_start(rosters->store);
    }
    if (error == 0) {
        rosters->link = store_link_new(rosters->store, loop);
        error = rosters->link ? 0 : -ENOMEM;
    }
    if (error < 0) {
        log_error(NULL, "contacts not read store=\"%s\" error=\"%s\"", path, strerror(-error));
        return error;
    }
    wheel_arm(wheel, &rosters->poll, poll_ms, on_poll);
    return 0;
}

void rosters_fini(struct rosters *rosters)
{
    struct rosters_look *look;

    if (rosters->wheel)
        wheel_disarm(&rosters->poll);
    store_link_free(&rosters->link);
    store_close(&rosters->store);
    while ((look = LIST_FIRST(&rosters->looks)))
        look_free(&look);
    store_contacts_free(&rosters->contacts);
}

/* --- facts ------------------------------------------------------------------------------------ */

static enum user_policy_default fallback_of(struct store_roster const *roster)
{
    static enum user_policy_default const all[] = {
        [STORE_POLICY_UNSET] = USER_POLICY_UNSET,
        [STORE_POLICY_ALLOW] = USER_POLICY_ALLOW_ALL,
        [STORE_POLICY_BLOCK] = USER_POLICY_BLOCK_ALL,
        [STORE_POLICY_ASK] = USER_POLICY_ASK_ME,
    };

    return all[roster->fallback];
}

static void read_entry(struct store_roster const *roster, char const *who, bool *ret_allowed,
                       bool *ret_blocked)
{
    struct store_policy_entry const *entry = store_contacts_entry(roster, who);

    *ret_allowed = entry && entry->allow;
    *ret_blocked = entry && !entry->allow;
}

bool rosters_have_user(struct rosters const *rosters, char const *address)
{
    return rosters->contacts && store_contacts_is_user(rosters->contacts, address);
}

void rosters_facts(struct rosters const *rosters, char const *owner, char const *watcher,
                   struct user_policy_facts *ret)
{
    struct store_contacts const *contacts = rosters->contacts;
    struct store_roster const *roster = contacts ? store_contacts_roster(contacts, owner) : NULL;
    struct store_roster const *own = contacts ? store_contacts_roster(contacts, watcher) : NULL;
    char const *at = strrchr(watcher, '@');

    /* Who keeps no contact list here has nobody in it by accident. */
    ret->is_adhoc = ret->is_local && own && own->n_contacts && !store_contacts_find(own, owner) &&
                    !store_contacts_in_group(contacts, own, owner);
    if (!roster)
        return;
    read_entry(roster, watcher, &ret->is_allowed, &ret->is_blocked);
    if (at)
        read_entry(roster, at, &ret->is_domain_allowed, &ret->is_domain_blocked);
    ret->is_contact = store_contacts_find(roster, watcher) != NULL;
    ret->is_in_group = !ret->is_contact && store_contacts_in_group(contacts, roster, watcher);
    ret->fallback = fallback_of(roster);
}
