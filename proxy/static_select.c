/* SPDX-License-Identifier: Apache-2.0 */
/* Order of static routes: see static_select.h. */
#include "static_select.h"
#include "route_trace.h"
#include "static_conf.h"
#include <stdio.h>

enum { WHY_BYTES = 160 };

struct select {
    struct static_query const *query;
    struct static_selection *ret;
    uint64_t random;
};

/* splitmix64: two values per weight drawn would do; its quality is far beyond what is asked. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* --- trace ---------------------------------------------------------------------------------------
 */

static void tell(struct select const *select, struct static_route const *route, bool taken,
                 char const *why)
{
    struct route_trace const *trace = select->query->trace;
    if (trace)
        trace->on_rule(trace->ctx, route->name, taken, why);
}

static void tell_taken(struct select const *select, struct static_route const *route, bool rests)
{
    char why[WHY_BYTES];
    if (!select->query->trace)
        return;
    (void)snprintf(why, sizeof why, "priority %u, weight %u%s", (unsigned)route->priority,
                   (unsigned)route->weight, rests ? "; its next hop rests" : "");
    tell(select, route, true, why);
}

/* The routes of @p pattern come too late: `refuser` of a more specific one has it so. */
static void tell_barred(struct select const *select, struct static_pattern const *pattern,
                        struct static_route const *refuser)
{
    char why[WHY_BYTES];
    if (!select->query->trace)
        return;
    for (size_t i = 0; i < pattern->n; i++) {
        (void)snprintf(why, sizeof why, "less specific, and %s %s", refuser->name,
                       refuser->block ? "blocks" : "does not allow that");
        tell(select, static_table_route(select->query->table, pattern, i), false, why);
    }
}

/* What is inactive is in no trie; whoever asks why a request went elsewhere wants to hear of it. */
static void tell_inactive(struct select const *select)
{
    struct static_query const *query = select->query;
    struct pattern_subject subject;
    struct pattern pattern;
    char why[WHY_BYTES];
    if (!query->trace || !pattern_subject(&subject, query->mode, query->uri))
        return;
    for (size_t i = 0; i < static_table_count(query->table); i++) {
        struct static_route const *route = static_table_at(query->table, i);
        bool is_user = route->conf->type == STATIC_CONF_USER;
        if (route->state == STATIC_ACTIVE || is_user != (query->mode == PATTERN_USER) ||
            pattern_compile(&pattern, query->mode, route->conf->pattern) ||
            !pattern_matches(&pattern, &subject))
            continue;
        (void)snprintf(why, sizeof why, "matches, but is not active: %s",
                       static_table_state(route));
        tell(select, route, false, why);
    }
}

/* --- one pattern ---------------------------------------------------------------------------------
 */

/* The routes in service of one pattern, by priority. */
struct candidates {
    size_t n;
    struct static_route const *routes[STATIC_TABLE_SAME_PATTERN];
    struct static_route const *blocker; /* or NULL */
    struct static_route const *refuser; /* does not allow less specific ones, or NULL */
};

/* Whether its next hop rests is another question: that changes the order only. */
static char const *unusable_because(struct select const *select, struct static_route const *route)
{
    if (!route->in_service)
        return "matches, but is out of service";
    if (select->query->uri->url_type == url_sips && !route->secure && !route->block)
        return "matches, but a sips request goes by TLS only";
    return NULL;
}

static void take_in_service(struct select const *select, struct static_pattern const *pattern,
                            struct candidates *ret)
{
    ret->n = 0;
    ret->blocker = ret->refuser = NULL;
    for (size_t i = 0; i < pattern->n; i++) {
        struct static_route const *route = static_table_route(select->query->table, pattern, i);
        char const *why_not = unusable_because(select, route);
        if (why_not) {
            tell(select, route, false, why_not);
            continue;
        }
        ret->routes[ret->n++] = route;
        if (route->block && !ret->blocker)
            ret->blocker = route;
        if (!route->allow_less_specific && !ret->refuser)
            ret->refuser = route;
    }
}

/* RFC 2782: the chance to be the next of those left is a route's share of their weights. */
static void draw_order(struct static_route const **routes, size_t n, uint64_t *random)
{
    for (; n > 1; routes++, n--) {
        uint32_t sum = 0;
        size_t i = 0;
        for (size_t j = 0; j < n; j++)
            sum += routes[j]->weight;
        uint32_t left = (uint32_t)(next_random(random) % sum);
        while (left >= routes[i]->weight)
            left -= routes[i++]->weight;
        struct static_route const *drawn = routes[i];
        for (; i > 0; i--)
            routes[i] = routes[i - 1];
        routes[0] = drawn;
    }
}

static void order(struct candidates *candidates, uint64_t *random)
{
    for (size_t low = 0, high; low < candidates->n; low = high) {
        for (high = low + 1; high < candidates->n; high++)
            if (candidates->routes[high]->priority != candidates->routes[low]->priority)
                break;
        draw_order(candidates->routes + low, high - low, random);
    }
}

static void append(struct select *select, struct candidates const *candidates)
{
    struct static_selection *ret = select->ret;
    for (size_t i = 0; i < candidates->n; i++) {
        struct static_route const *route = candidates->routes[i];
        unsigned same = 0;
        while (same < ret->n && ret->routes[same]->hop != route->hop)
            same++;
        if (same < ret->n)
            tell(select, route, false, "matches, but its next hop is in the list already");
        else if (ret->n == STATIC_SELECT_MAX)
            tell(select, route, false, "matches, but the list is full");
        else
            ret->routes[ret->n++] = route;
    }
}

/* --- all of them ---------------------------------------------------------------------------------
 */

static void block(struct select *select, struct candidates const *candidates)
{
    struct static_selection *ret = select->ret;
    ret->verdict = STATIC_BLOCKED;
    ret->routes[0] = candidates->blocker;
    ret->n = 1;
    for (size_t i = 0; i < candidates->n; i++)
        if (candidates->routes[i] == candidates->blocker)
            tell(select, candidates->routes[i], true, "blocks");
        else
            tell(select, candidates->routes[i], false, "matches, but another one blocks");
}

/* Returns the route because of which no less specific pattern may follow, or NULL. */
static struct static_route const *take_pattern(struct select *select,
                                               struct static_pattern const *pattern)
{
    struct candidates candidates;
    take_in_service(select, pattern, &candidates);
    if (candidates.blocker && select->ret->n == 0) {
        block(select, &candidates);
        return candidates.blocker;
    }
    if (candidates.blocker) {
        for (size_t i = 0; i < candidates.n; i++)
            tell(select, candidates.routes[i], false, "less specific and blocked: the list ends");
        return candidates.blocker;
    }
    order(&candidates, &select->random);
    append(select, &candidates);
    return candidates.refuser;
}

static void put_resting_last(struct select *select)
{
    struct static_query const *query = select->query;
    struct static_selection *ret = select->ret;
    struct static_route const *resting[STATIC_SELECT_MAX];
    unsigned n = 0, n_resting = 0;
    for (unsigned i = 0; i < ret->n; i++) {
        bool rests = query->usable && !query->usable(query->usable_ctx, ret->routes[i]);
        if (rests)
            resting[n_resting++] = ret->routes[i];
        else
            ret->routes[n++] = ret->routes[i];
    }
    for (unsigned i = 0; i < ret->n; i++) {
        if (i >= n)
            ret->routes[i] = resting[i - n];
        tell_taken(select, ret->routes[i], i >= n);
    }
}

void static_select(struct static_query const *query, struct static_selection *ret)
{
    struct select select = { .query = query, .ret = ret, .random = query->seed };
    struct static_matches matches;
    struct static_route const *end = NULL;
    ret->verdict = STATIC_NOTHING;
    ret->n = 0;
    (void)static_table_find(query->table, query->mode, query->uri, &matches);
    ret->cut = matches.cut;
    for (unsigned i = 0; i < matches.n; i++) {
        if (end)
            tell_barred(&select, matches.patterns[i], end);
        else
            end = take_pattern(&select, matches.patterns[i]);
    }
    tell_inactive(&select);
    if (ret->verdict == STATIC_BLOCKED || ret->n == 0)
        return;
    ret->verdict = STATIC_ROUTES;
    put_resting_last(&select);
}
