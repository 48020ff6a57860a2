/* SPDX-License-Identifier: Apache-2.0 */
/* The table of next hops: see cmd_peers.h. */
#include "cmd_peers.h"
#include "buf.h"
#include "clock.h"
#include "peer_watch.h"
#include "proxy.h"
#include "svc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS = 64, USED_BY_BYTES = 1024 };

static int by_name(void const *a, void const *b)
{
    struct peer_watch_entry const *const *left = a, *const *right = b;
    return strcmp(peers_name((*left)->peer), peers_name((*right)->peer));
}

/* All entries, those of one peer side by side; owned by the caller. */
static struct peer_watch_entry const **sorted_entries(struct peer_watch const *watch, size_t *ret_n)
{
    struct peer_watch_entry const *entry = NULL;
    *ret_n = 0;
    while ((entry = peer_watch_next(watch, entry)))
        ++*ret_n;
    struct peer_watch_entry const **all = calloc(*ret_n + 1, sizeof *all);
    for (size_t i = 0; all && (entry = peer_watch_next(watch, entry)); i++)
        all[i] = entry;
    if (all)
        qsort(all, *ret_n, sizeof *all, by_name);
    return all;
}

/* "cti, static_routes[3] and 98 more", of @p n entries for one peer. */
static void print_users(struct buf *text, struct peer_watch_entry const *const *entries, size_t n)
{
    unsigned named = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        for (unsigned u = 0; u < entries[i]->n_users && u < PEER_WATCH_USERS; u++)
            if (named < PEER_WATCH_USERS)
                buf_printf(text, "%s%s", named++ ? ", " : "", entries[i]->users[u]);
        all += entries[i]->n_users;
    }
    if (all > named)
        buf_printf(text, " and %u more", all - named);
}

static json_t *seconds(bool known, uint64_t ms)
{
    return known ? json_integer((json_int_t)(ms / 1000)) : json_null();
}

static json_t *why_of(struct peer_health const *health)
{
    bool rests = health->state == PEER_RESTING;
    return rests ? json_string(health->why) : json_null();
}

static void add_member(json_t *table, struct peer *peer, struct peer_view const *view,
                       char const *used_by)
{
    char text[NET_ADDR_TEXT + 8] = "-", addr[NET_ADDR_TEXT];
    struct peer_health const *health = &view->health;
    uint64_t now = clock_now_ms();
    bool waits = health->state == PEER_RESTING && !view->is_asked;
    if (view->to.addr.sa.sa_family)
        (void)snprintf(text, sizeof text, "%s:%s", transport_kind_name(view->to.kind),
                       net_addr_print(&view->to.addr, addr));
    ctl_table_row(
        table,
        json_pack("[s,s,s,o,o,o,i,s]", peers_name(peer), text, peer_health_state(health->state),
                  seconds(health->since_ms > 0, now - health->since_ms), why_of(health),
                  view->is_asked ? json_string("now")
                                 : seconds(waits, health->due_ms > now ? health->due_ms - now : 0),
                  (int)health->failures, used_by));
}

static void add_peer(json_t *table, struct peer_watch_entry const *const *entries, size_t n)
{
    struct peer_view views[MEMBERS] = { { .is_asked = false } };
    struct peer *peer = entries[0]->peer;
    struct buf used_by;
    size_t n_views = peers_view(peer, views, MEMBERS);
    buf_init(&used_by, USED_BY_BYTES);
    print_users(&used_by, entries, n);
    if (n_views == 0) /* nobody has asked for its addresses */
        n_views = 1;
    for (size_t i = 0; i < n_views; i++)
        add_member(table, peer, &views[i], buf_text(&used_by));
    buf_fini(&used_by);
}

void cmd_peers_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct proxy const *proxy = svc_state(svc);
    json_t *table = ctl_table("next_hop", "address", "state", "since_s", "why_not", "probe_in_s",
                              "failures", "used_by", NULL);
    size_t n, group;
    struct peer_watch_entry const **all = sorted_entries(proxy->generation->watch, &n);
    (void)args;
    for (size_t i = 0; all && i < n; i += group) {
        for (group = 1; i + group < n && all[i + group]->peer == all[i]->peer; group++)
            ;
        add_peer(table, &all[i], group);
    }
    free(all);
    ctl_reply(call, table);
}
