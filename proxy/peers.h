/* SPDX-License-Identifier: Apache-2.0 */
/* Health of the configured next hops, shared by all workers: which of their addresses rest, since
 * when, and why. Keyed by host, port and transport, so it survives a reload.
 *
 * Any thread may call anything here. On the message path a healthy next hop costs a hash and two
 * atomic loads; the lock is taken only when there is something to learn. Nothing is sent under it:
 * that is peer_probe.c, which asks those that are due. */
#pragma once
#include "alarm.h"
#include "peer_health.h"
#include "transport.h"
#include <sofia-sip/url.h>

struct peer;
struct peers;

struct peers *peers_new(void);

/** It ends with the last of its peers. Accepts NULL inside. */
void peers_free(struct peers **ppeers);

void peers_configure(struct peers *peers, struct peer_rules const *rules);

/** Where next hops that are down are told; borrowed. Alarms follow with peers_tell_alarms(). */
void peers_set_alarms(struct peers *peers, struct alarm_board *board);

/** Raises and clears what has changed since the last call. One thread only. */
void peers_tell_alarms(struct peers *peers);

/** How a next hop is reached that no request has tried yet. */
struct peer_way {
    bool internal; /* one of our own programs */
    int listener;  /* DOMAIN_ANY_LISTENER: any */
};

/** The peer of @p uri, known already or new; a reference. NULL when out of memory. */
struct peer *peers_watch(struct peers *peers, url_t const *uri, struct peer_way way);
struct peer *peers_ref(struct peer *peer);
void peers_release(struct peer **ppeer);

/* --- for requests ------------------------------------------------------------------------------
 */

/** Do all its addresses rest? */
bool peers_rests(struct peer const *peer);

/** Learns the addresses and puts those that rest behind the others, the one that failed least
 *  often first. Returns how many do not rest. */
size_t peers_order(struct peer *peer, struct destination *list, size_t n);

enum peer_outcome {
    PEER_ANSWERED,    /* anything but 503 */
    PEER_UNAVAILABLE, /* 503; of an OPTIONS of ours 408, too */
    PEER_BROKEN,      /* the transport failed */
    PEER_SILENT,      /* no answer at all */
    PEER_UNRESOLVED,  /* no address */
};

struct peer_evidence {
    enum peer_outcome outcome;
    int status;              /* PEER_UNAVAILABLE */
    int error;               /* PEER_BROKEN: negative errno, 0 = unknown */
    char const *why_not;     /* PEER_UNRESOLVED */
    uint64_t retry_after_ms; /* 0: not said */
    uint64_t started_ms;     /* when the request began */
    bool probe;
};

/** What became of a request sent to @p to; NULL with PEER_UNRESOLVED. */
void peers_report(struct peer *peer, struct destination const *to,
                  struct peer_evidence const *evidence);

/* --- for probes --------------------------------------------------------------------------------
 */

struct peer_job {
    struct peer *peer;     /* a reference */
    struct destination to; /* an address to be asked; if `resolve`, none is known */
    bool resolve;
};

/** Takes up to @p max addresses that are due to be asked; each is due again only after a
 *  peers_report() with `probe`. Ends rests that nobody asks about. */
size_t peers_take_due(struct peers *peers, uint64_t now_ms, struct peer_job *ret, size_t max);

/** "sip:cucm.example.test:5060;transport=tcp", host and parsed form; borrowed from the peer. */
char const *peers_name(struct peer const *peer);
url_t const *peers_uri(struct peer const *peer);
struct peer_way peers_way(struct peer *peer);

/* --- for people --------------------------------------------------------------------------------
 */

/** One address of a peer, copied. */
struct peer_view {
    struct destination to; /* no family: it has no address (yet) */
    struct peer_health health;
    bool is_asked; /* an OPTIONS is on its way */
};

/** Copies up to @p max addresses of @p peer; returns how many it has. */
size_t peers_view(struct peer *peer, struct peer_view *ret, size_t max);
