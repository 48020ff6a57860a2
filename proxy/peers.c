/* SPDX-License-Identifier: Apache-2.0 */
/* The table of next hops: see peers.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "peers.h"
#include "clock.h"
#include "htab.h"
#include "log.h"
#include "proxy_alarms.h"
#include "proxy_metrics.h"
#include "secure_cause.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* Addresses that the DNS names come to at most 32; those that rest may be older. */
enum { MEMBERS_MAX = 64, NAME_BYTES = 320 };

/* An address without family stands for "the name does not resolve". */
struct member {
    struct destination to;
    struct peer_health health;
    bool listed; /* among the addresses that the name resolved to last */
    bool asked;  /* a probe is on its way */
};

/* Under the lock, but for what never changes (uri, name, peers) and the atomics. */
struct peer {
    struct htab_entry entry;
    TAILQ_ENTRY(peer) link;
    LIST_ENTRY(peer) rest_link; /* if n_resting > 0 */
    struct peers *peers;
    url_t uri[1];
    struct peer_way way;
    unsigned refs;
    struct member *members;
    unsigned n_members, n_resting;
    bool is_down, is_told;       /* is_down: all listed members rest, and not for the first time */
    TAILQ_ENTRY(peer) news_link; /* if they differ */
    uint64_t ask_ms;             /* when it is asked next though it does not rest */
    /* Read without the lock. */
    atomic_uint doubtful;               /* members that are not up */
    atomic_bool rests;                  /* all listed members rest */
    atomic_uint_least64_t members_hash; /* of the listed ones */
    char name[];                        /* and behind it the text of uri */
};

struct peers {
    pthread_mutex_t lock;
    struct htab table;
    TAILQ_HEAD(, peer) all; /* by ask_ms */
    LIST_HEAD(, peer) resting;
    TAILQ_HEAD(, peer) news; /* for peers_tell_alarms() */
    struct alarm_board *alarms;
    struct peer_rules rules;
    bool closed; /* ends with the last peer */
};

/* --- the table ---------------------------------------------------------------------------------
 */

struct peers *peers_new(void)
{
    struct peers *peers = calloc(1, sizeof *peers);
    if (!peers)
        return NULL;
    (void)pthread_mutex_init(&peers->lock, NULL);
    htab_init(&peers->table);
    TAILQ_INIT(&peers->all);
    LIST_INIT(&peers->resting);
    TAILQ_INIT(&peers->news);
    return peers;
}

static void destroy(struct peers *peers)
{
    htab_fini(&peers->table);
    (void)pthread_mutex_destroy(&peers->lock);
    free(peers);
}

void peers_free(struct peers **ppeers)
{
    struct peers *peers = *ppeers;
    *ppeers = NULL;
    if (!peers)
        return;
    (void)pthread_mutex_lock(&peers->lock);
    peers->closed = true;
    bool last = TAILQ_EMPTY(&peers->all);
    (void)pthread_mutex_unlock(&peers->lock);
    if (last)
        destroy(peers);
}

void peers_configure(struct peers *peers, struct peer_rules const *rules)
{
    (void)pthread_mutex_lock(&peers->lock);
    peers->rules = *rules;
    (void)pthread_mutex_unlock(&peers->lock);
}

/* Host without regard to case, port, transport. */
static int print_name(char name[static NAME_BYTES], url_t const *uri)
{
    char transport[16] = "";
    bool has_port = uri->url_port && *uri->url_port;
    if (url_has_param(uri, "transport"))
        (void)url_param(uri->url_params, "transport", transport, sizeof transport);
    int len =
        snprintf(name, NAME_BYTES, "%s:%s%s%s%s%s", uri->url_type == url_sips ? "sips" : "sip",
                 uri->url_host ? uri->url_host : "", has_port ? ":" : "",
                 has_port ? uri->url_port : "", *transport ? ";transport=" : "", transport);
    for (char *p = name; *p; p++)
        *p += *p >= 'A' && *p <= 'Z' ? 'a' - 'A' : 0;
    return len < NAME_BYTES ? 0 : -ENAMETOOLONG;
}

static struct peer *peer_of(struct htab_entry const *entry)
{
    return (struct peer *)((char *)(uintptr_t)entry - offsetof(struct peer, entry));
}

static bool has_name(struct htab_entry const *entry, void const *name)
{
    return strcmp(peer_of(entry)->name, name) == 0;
}

static struct peer *peer_new(struct peers *peers, char const *name, uint64_t hash)
{
    size_t len = strlen(name) + 1;
    struct peer *peer = calloc(1, sizeof *peer + 2 * len);
    if (!peer)
        return NULL;
    memcpy(peer->name, name, len);
    memcpy(peer->name + len, name, len);
    peer->peers = peers;
    if (url_d(peer->uri, peer->name + len) < 0 ||
        htab_insert(&peers->table, &peer->entry, hash) < 0) {
        free(peer);
        return NULL;
    }
    TAILQ_INSERT_HEAD(&peers->all, peer, link);
    return peer;
}

struct peer *peers_watch(struct peers *peers, url_t const *uri, struct peer_way way)
{
    char name[NAME_BYTES];
    if (print_name(name, uri) < 0)
        return NULL;
    uint64_t hash = htab_hash(name, strlen(name) + 1, 0);
    (void)pthread_mutex_lock(&peers->lock);
    struct htab_entry *entry = htab_find(&peers->table, hash, has_name, name);
    struct peer *peer = entry ? peer_of(entry) : peer_new(peers, name, hash);
    if (peer) {
        peer->refs++;
        peer->way = way;
    }
    (void)pthread_mutex_unlock(&peers->lock);
    return peer;
}

struct peer *peers_ref(struct peer *peer)
{
    (void)pthread_mutex_lock(&peer->peers->lock);
    peer->refs++;
    (void)pthread_mutex_unlock(&peer->peers->lock);
    return peer;
}

static bool is_resting(struct member const *member)
{
    return member->health.state == PEER_RESTING;
}

static uint64_t hash_of(struct destination const *to)
{
    uint16_t const head[] = { (uint16_t)to->kind, net_addr_port(&to->addr) };
    uint64_t hash = htab_hash(head, sizeof head, 1);
    if (to->addr.sa.sa_family == AF_INET)
        return htab_hash(&to->addr.in.sin_addr, sizeof to->addr.in.sin_addr, hash);
    if (to->addr.sa.sa_family == AF_INET6)
        return htab_hash(&to->addr.in6.sin6_addr, sizeof to->addr.in6.sin6_addr, hash);
    return hash;
}

static void set_down(struct peer *peer, bool is_down)
{
    bool had_news = peer->is_down != peer->is_told, has_news = is_down != peer->is_told;
    peer->is_down = is_down;
    if (has_news && !had_news)
        TAILQ_INSERT_TAIL(&peer->peers->news, peer, news_link);
    else if (had_news && !has_news)
        TAILQ_REMOVE(&peer->peers->news, peer, news_link);
}

/* After each change: counts what the message path reads without the lock. */
static void publish(struct peer *peer)
{
    unsigned doubtful = 0, resting = 0, listed = 0, listed_resting = 0, listed_down = 0;
    uint64_t hash = 0;
    for (unsigned i = 0; i < peer->n_members; i++) {
        struct member const *member = &peer->members[i];
        doubtful += member->health.state != PEER_UP;
        resting += is_resting(member);
        listed += member->listed;
        listed_resting += member->listed && is_resting(member);
        listed_down += member->listed && is_resting(member) && member->health.failures > 1;
        hash ^= member->listed ? hash_of(&member->to) : 0;
    }
    if (resting > 0 && peer->n_resting == 0)
        LIST_INSERT_HEAD(&peer->peers->resting, peer, rest_link);
    else if (resting == 0 && peer->n_resting > 0)
        LIST_REMOVE(peer, rest_link);
    met_add(&proxy_metrics, M_peers_resting, (int64_t)resting - peer->n_resting);
    peer->n_resting = resting;
    set_down(peer, listed > 0 && listed == listed_down);
    atomic_store(&peer->members_hash, hash);
    atomic_store(&peer->rests, listed > 0 && listed == listed_resting);
    atomic_store(&peer->doubtful, doubtful);
}

void peers_release(struct peer **ppeer)
{
    struct peer *peer = *ppeer;
    *ppeer = NULL;
    if (!peer)
        return;
    struct peers *peers = peer->peers;
    (void)pthread_mutex_lock(&peers->lock);
    bool last = --peer->refs == 0, last_of_all = false;
    struct alarm_board *alarms = NULL;
    if (last) {
        peer->n_members = 0;
        publish(peer);
        if (peer->is_told) {
            alarms = peers->alarms;
            TAILQ_REMOVE(&peers->news, peer, news_link);
        }
        htab_remove(&peers->table, &peer->entry);
        TAILQ_REMOVE(&peers->all, peer, link);
        last_of_all = peers->closed && TAILQ_EMPTY(&peers->all);
    }
    (void)pthread_mutex_unlock(&peers->lock);
    if (!last)
        return;
    alarm_clear(alarms, PROXY_ALARM_peer_down, peer->name);
    if (last_of_all)
        destroy(peers);
    free(peer->members);
    free(peer);
}

/* --- alarms ------------------------------------------------------------------------------------
 */

void peers_set_alarms(struct peers *peers, struct alarm_board *board)
{
    (void)pthread_mutex_lock(&peers->lock);
    peers->alarms = board;
    (void)pthread_mutex_unlock(&peers->lock);
}

void peers_tell_alarms(struct peers *peers)
{
    for (bool more = true; more;) {
        bool is_down = false;
        (void)pthread_mutex_lock(&peers->lock);
        struct alarm_board *board = peers->alarms;
        struct peer *peer = board ? TAILQ_FIRST(&peers->news) : NULL;
        more = peer != NULL;
        if (peer) {
            TAILQ_REMOVE(&peers->news, peer, news_link);
            is_down = peer->is_told = peer->is_down;
            peer->refs++;
        }
        (void)pthread_mutex_unlock(&peers->lock);
        if (peer && is_down)
            alarm_raise(board, PROXY_ALARM_peer_down, peer->name);
        else if (peer)
            alarm_clear(board, PROXY_ALARM_peer_down, peer->name);
        peers_release(&peer);
    }
}

/* --- members -----------------------------------------------------------------------------------
 */

/* NULL stands for "the name does not resolve". */
static bool is_member(struct member const *member, struct destination const *to)
{
    if (!to || !member->to.addr.sa.sa_family)
        return !to && !member->to.addr.sa.sa_family;
    return member->to.kind == to->kind && net_addr_equal(&member->to.addr, &to->addr);
}

static struct member *find_member(struct peer *peer, struct destination const *to)
{
    for (unsigned i = 0; i < peer->n_members; i++)
        if (is_member(&peer->members[i], to))
            return &peer->members[i];
    return NULL;
}

/* NULL when there is no room. */
static struct member *add_member(struct peer *peer, struct destination const *to)
{
    struct member *members = NULL;
    if (peer->n_members < MEMBERS_MAX)
        members = reallocarray(peer->members, peer->n_members + 1, sizeof *members);
    if (!members)
        return NULL;
    peer->members = members;
    struct member *member = &members[peer->n_members++];
    *member = (struct member){ .listed = true };
    if (to) {
        member->to.kind = to->kind;
        member->to.listener = to->listener;
        member->to.addr = to->addr;
    }
    return member;
}

static struct member *have_member(struct peer *peer, struct destination const *to)
{
    struct member *member = find_member(peer, to);
    return member ? member : add_member(peer, to);
}

static void remove_member(struct peer *peer, unsigned i)
{
    peer->members[i] = peer->members[--peer->n_members];
}

/* The name resolves to these. One that is gone and rests is kept: names may come and go with their
 * turn, and with it would go what we know. */
static void learn(struct peer *peer, struct destination const *list, size_t n)
{
    for (unsigned i = 0; i < peer->n_members; i++)
        peer->members[i].listed = false;
    for (size_t i = 0; i < n; i++) {
        struct member *member = have_member(peer, &list[i]);
        if (member)
            member->listed = true;
    }
    for (unsigned i = peer->n_members; i-- > 0;) {
        struct member const *member = &peer->members[i];
        if (!member->listed && (!is_resting(member) || !member->to.addr.sa.sa_family))
            remove_member(peer, i);
    }
    publish(peer);
}

/* --- for requests ------------------------------------------------------------------------------
 */

bool peers_rests(struct peer const *peer)
{
    return atomic_load_explicit(&peer->rests, memory_order_relaxed);
}

/* 0 comes first: it does not rest. */
static unsigned rank_of(struct peer *peer, struct destination const *to)
{
    struct member const *member = find_member(peer, to);
    return member && is_resting(member) ? member->health.failures : 0;
}

/* Insertion: the list is short, and equals keep their order. */
static size_t sort(struct peer *peer, struct destination *list, size_t n)
{
    size_t usable = 0;
    for (size_t i = 0; i < n; i++) {
        struct destination const to = list[i];
        unsigned rank = rank_of(peer, &to);
        size_t at = i;
        for (; at > 0 && rank_of(peer, &list[at - 1]) > rank; at--)
            list[at] = list[at - 1];
        list[at] = to;
        usable += rank == 0;
    }
    return usable;
}

size_t peers_order(struct peer *peer, struct destination *list, size_t n)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < n; i++)
        hash ^= hash_of(&list[i]);
    if (atomic_load_explicit(&peer->doubtful, memory_order_relaxed) == 0 &&
        atomic_load_explicit(&peer->members_hash, memory_order_relaxed) == hash)
        return n;
    (void)pthread_mutex_lock(&peer->peers->lock);
    learn(peer, list, n);
    size_t usable = sort(peer, list, n);
    (void)pthread_mutex_unlock(&peer->peers->lock);
    return usable;
}

static char const *why_broken(int error)
{
    return error ? secure_cause_error_text(error) : "connection failed";
}

static char const *why(struct destination const *to, struct peer_evidence const *evidence,
                       char text[static PEER_WHY])
{
    char addr[NET_ADDR_TEXT] = "";
    if (to)
        (void)net_addr_print_host(&to->addr, addr);
    switch (evidence->outcome) {
    case PEER_UNAVAILABLE:
        (void)snprintf(text, PEER_WHY, "%d from %s", evidence->status, addr);
        return text;
    case PEER_BROKEN:
        return why_broken(evidence->error);
    case PEER_UNRESOLVED:
        return evidence->why_not;
    default:
        return "no answer";
    }
}

/* What is logged is copied, for nothing is written under the lock. */
static void tell(struct peer const *peer, struct member const *member, bool rests)
{
    char addr[NET_ADDR_TEXT] = "-";
    struct peer_health const *health = &member->health;
    if (member->to.addr.sa.sa_family)
        (void)net_addr_print(&member->to.addr, addr);
    if (rests)
        log_warn(NULL, "next hop rests next_hop=\"%s\" address=%s why=\"%s\" failures=%u ms=%llu",
                 peer->name, addr, health->why, health->failures,
                 (unsigned long long)health->pause_ms);
    else
        log_info(NULL, "next hop is up again next_hop=\"%s\" address=%s", peer->name, addr);
    met_inc(&proxy_metrics, rests ? M_peer_failures : M_peer_recoveries);
}

/* True if @p ret_copy, the member after it, is worth a line. */
static bool take(struct peer *peer, struct destination const *to,
                 struct peer_evidence const *evidence, struct member *ret_copy)
{
    uint64_t now = clock_now_ms();
    char text[PEER_WHY];
    struct member *member = have_member(peer, to);
    if (!member)
        return false;
    bool rested = is_resting(member), news;
    if (to)
        member->to.listener = to->listener;
    if (evidence->probe)
        member->asked = false;
    if (evidence->outcome == PEER_ANSWERED) {
        news = peer_health_answered(&member->health, evidence->started_ms, now) && rested;
    } else {
        news = peer_health_failed(&member->health, &peer->peers->rules, evidence->probe,
                                  evidence->started_ms, now, evidence->retry_after_ms,
                                  why(to, evidence, text));
    }
    *ret_copy = *member;
    publish(peer);
    return news;
}

void peers_report(struct peer *peer, struct destination const *to,
                  struct peer_evidence const *evidence)
{
    struct member copy;
    bool good = evidence->outcome == PEER_ANSWERED;
    if (good && !evidence->probe &&
        atomic_load_explicit(&peer->doubtful, memory_order_relaxed) == 0)
        return;
    (void)pthread_mutex_lock(&peer->peers->lock);
    bool news = take(peer, to, evidence, &copy);
    (void)pthread_mutex_unlock(&peer->peers->lock);
    if (news)
        tell(peer, &copy, !good);
}

/* --- for probes --------------------------------------------------------------------------------
 */

static void give_job(struct peer *peer, struct member *member, struct peer_job *ret)
{
    *ret = (struct peer_job){ .peer = peer, .resolve = true };
    peer->refs++;
    if (!member)
        return;
    member->asked = true;
    ret->to = member->to;
    ret->resolve = !member->to.addr.sa.sa_family;
}

/* Rests that are over. */
static size_t take_rested(struct peer *peer, uint64_t now_ms, struct peer_job *ret, size_t max)
{
    size_t n = 0;
    for (unsigned i = peer->n_members; i-- > 0;) {
        struct member *member = &peer->members[i];
        if (!is_resting(member) || member->asked || member->health.due_ms > now_ms)
            continue;
        if (!member->listed)
            remove_member(peer, i);
        else if (peer->peers->rules.probe == PEER_PROBE_OFF)
            peer_health_end_rest(&member->health, now_ms);
        else if (n < max)
            give_job(peer, member, &ret[n++]);
    }
    publish(peer);
    return n;
}

/* Those that do not rest; one whose addresses nobody has asked for yet is resolved. */
static size_t take_others(struct peer *peer, struct peer_job *ret, size_t max)
{
    size_t n = 0;
    if (peer->n_members == 0 && max > 0)
        give_job(peer, NULL, &ret[n++]);
    for (unsigned i = 0; i < peer->n_members && n < max; i++)
        if (!is_resting(&peer->members[i]) && !peer->members[i].asked)
            give_job(peer, &peer->members[i], &ret[n++]);
    return n;
}

size_t peers_take_due(struct peers *peers, uint64_t now_ms, struct peer_job *ret, size_t max)
{
    struct peer *peer, *next;
    size_t n = 0;
    (void)pthread_mutex_lock(&peers->lock);
    for (peer = LIST_FIRST(&peers->resting); peer; peer = next) {
        next = LIST_NEXT(peer, rest_link);
        n += take_rested(peer, now_ms, ret + n, max - n);
    }
    while (peers->rules.probe == PEER_PROBE_ALL && n < max && (peer = TAILQ_FIRST(&peers->all)) &&
           peer->ask_ms <= now_ms) {
        n += take_others(peer, ret + n, max - n);
        peer->ask_ms = now_ms + (uint64_t)peers->rules.probe_interval_s * 1000;
        TAILQ_REMOVE(&peers->all, peer, link);
        TAILQ_INSERT_TAIL(&peers->all, peer, link);
    }
    (void)pthread_mutex_unlock(&peers->lock);
    return n;
}

char const *peers_name(struct peer const *peer)
{
    return peer->name;
}

url_t const *peers_uri(struct peer const *peer)
{
    return peer->uri;
}

/* --- for people --------------------------------------------------------------------------------
 */

struct peer_way peers_way(struct peer *peer)
{
    (void)pthread_mutex_lock(&peer->peers->lock);
    struct peer_way way = peer->way;
    (void)pthread_mutex_unlock(&peer->peers->lock);
    return way;
}

size_t peers_view(struct peer *peer, struct peer_view *ret, size_t max)
{
    (void)pthread_mutex_lock(&peer->peers->lock);
    size_t n = peer->n_members;
    for (size_t i = 0; i < n && i < max; i++)
        ret[i] = (struct peer_view){ peer->members[i].to, peer->members[i].health,
                                     peer->members[i].asked };
    (void)pthread_mutex_unlock(&peer->peers->lock);
    return n;
}
