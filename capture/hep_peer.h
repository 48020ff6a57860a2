/* SPDX-License-Identifier: Apache-2.0 */
/* One HEP collector: sends packets, and never makes anybody wait. What cannot be sent now waits
 * within a bound (TCP) or is dropped (UDP, or beyond the bound) and counted. A connection that
 * fails or breaks is made again, after 1, 2, 4 ... 60 s. Belongs to the loop. */
#pragma once
#include "net_addr.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct alarm_board;
struct hep_peer;
struct wheel;

struct hep_peer_options {
    uv_loop_t *loop;
    struct wheel *wheel;
    struct alarm_board *alarms; /* NULL: none */
    char const *name;           /* for logs and alarms; borrowed */
    bool tcp;
    struct net_addr to;
    size_t max_queue;
};

struct hep_peer_counts {
    uint64_t sent, dropped;
    size_t waiting; /* bytes */
};

/** NULL after logging why. */
struct hep_peer *hep_peer_new(struct hep_peer_options const *options);
void hep_peer_free(struct hep_peer **ppeer);

/** One packet; copied. */
void hep_peer_send(struct hep_peer *peer, void const *packet, size_t len);

/** A message that came to no packet. */
void hep_peer_drop(struct hep_peer *peer);

/** "udp", "connected", "connecting" or "waiting". */
char const *hep_peer_state(struct hep_peer const *peer);
struct hep_peer_counts hep_peer_counts(struct hep_peer const *peer);
