/* SPDX-License-Identifier: Apache-2.0 */
/* See roster_link.h. */
#define LOG_SUBSYSTEM LOG_XMPP
#include "roster_link.h"
#include "clock.h"
#include "roster_internal.h"
#include "roster_watch.h"
#include "roster_watcher.h"
#include "xmpp_conf.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* A turn is for a tenth of what may be done in a second. */
enum { TURN_MS = 100, TURNS_PER_S = 1000 / TURN_MS, START_MS = 500 };

struct names {
    char const *ours, *theirs;
};

static uint64_t hash_names(struct names const *names)
{
    return htab_hash(names->ours, strlen(names->ours) + 1,
                     htab_hash(names->theirs, strlen(names->theirs) + 1, 0));
}

static bool is_link(struct htab_entry const *entry, void const *key)
{
    struct roster_link const *link = (struct roster_link const *)entry;
    struct names const *names = key;

    return strcmp(link->ours, names->ours) == 0 && strcmp(link->theirs, names->theirs) == 0;
}

static struct roster_link *find(struct roster *roster, struct names const *names)
{
    return (struct roster_link *)htab_find(&roster->links, hash_names(names), is_link, names);
}

/* --- turns ------------------------------------------------------------------------------------ */

/* Many gateways that lost the same server do not come back in step. */
static uint64_t jitter_ms(struct roster_link const *link, uint64_t most_ms)
{
    return htab_hash(link->theirs, strlen(link->theirs), clock_now_ms()) % (most_ms + 1);
}

static void on_turn(struct wheel_timer *timer);

static void arm(struct roster_link *link, uint64_t in_ms)
{
    wheel_arm(link->roster->wheel, &link->timer, in_ms, on_turn);
}

static void take_turn(struct roster_link *link, struct roster_pair *pair)
{
    TAILQ_REMOVE(&link->turns, pair, turn);
    pair->has_turn = false;
    roster_greet(pair);
}

/* What is sent makes the streams connect. */
static void knock(struct roster_link *link)
{
    struct roster_pair *pair;

    LIST_FOREACH(pair, &link->pairs, of_link)
    {
        if (LIST_FIRST(&pair->watchers)) {
            roster_ask(pair);
            break;
        }
    }
    arm(link, (uint64_t)link->roster->limits->reconnect * 1000);
}

static void on_turn(struct wheel_timer *timer)
{
    struct roster_link *link =
        (struct roster_link *)((char *)timer - offsetof(struct roster_link, timer));
    int64_t n = link->roster->limits->rate / TURNS_PER_S;
    struct roster_pair *pair;

    if (link->is_down) {
        knock(link);
        return;
    }
    for (n = n ? n : 1; n > 0 && (pair = TAILQ_FIRST(&link->turns)); n--)
        take_turn(link, pair);
    if (!TAILQ_EMPTY(&link->turns))
        arm(link, TURN_MS);
}

/* --- up and down ------------------------------------------------------------------------------ */

void roster_link_up(struct roster *roster, char const *ours, char const *theirs)
{
    struct names const names = { ours, theirs };
    struct roster_link *link = find(roster, &names);
    struct roster_pair *pair;

    if (!link)
        return;
    link->is_down = false;
    LIST_FOREACH(pair, &link->pairs, of_link)
    {
        if (!pair->has_turn)
            TAILQ_INSERT_TAIL(&link->turns, pair, turn);
        pair->has_turn = true;
    }
    arm(link, jitter_ms(link, START_MS));
}

void roster_link_down(struct roster *roster, char const *ours, char const *theirs)
{
    struct names const names = { ours, theirs };
    struct roster_link *link = find(roster, &names);
    struct roster_pair *pair;

    if (!link)
        return;
    link->is_down = true;
    LIST_FOREACH(pair, &link->pairs, of_link)
    {
        bool was_known = pair->seen.is_known;
        roster_seen_forget(&pair->seen);
        if (was_known)
            roster_watcher_tell_all(pair);
    }
    arm(link, START_MS + jitter_ms(link, START_MS));
}

/* --- pairs ------------------------------------------------------------------------------------ */

static struct roster_link *make(struct roster *roster, struct names const *names)
{
    size_t ours_size = strlen(names->ours) + 1, theirs_size = strlen(names->theirs) + 1;
    struct roster_link *link = calloc(1, sizeof *link + ours_size + theirs_size);

    if (!link)
        return NULL;
    link->roster = roster;
    LIST_INIT(&link->pairs);
    TAILQ_INIT(&link->turns);
    memcpy(link->ours, names->ours, ours_size);
    link->theirs = memcpy(link->ours + ours_size, names->theirs, theirs_size);
    if (htab_insert(&roster->links, &link->by_names, hash_names(names)) < 0) {
        free(link);
        return NULL;
    }
    return link;
}

int roster_link_join(struct roster *roster, struct roster_pair *pair)
{
    struct names const names = { roster_book_domain(pair->user), roster_book_domain(pair->jid) };
    struct roster_link *link = find(roster, &names);

    if (!link && !(link = make(roster, &names)))
        return -ENOMEM;
    pair->link = link;
    LIST_INSERT_HEAD(&link->pairs, pair, of_link);
    return 0;
}

void roster_link_leave(struct roster_pair *pair)
{
    struct roster_link *link = pair->link;

    if (!link)
        return;
    if (pair->has_turn)
        TAILQ_REMOVE(&link->turns, pair, turn);
    LIST_REMOVE(pair, of_link);
    pair->link = NULL;
    if (!LIST_EMPTY(&link->pairs))
        return;
    wheel_disarm(&link->timer);
    htab_remove(&link->roster->links, &link->by_names);
    free(link);
}
