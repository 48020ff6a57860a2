/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a probe is about: HOST[:PORT] as people type it, and the transport that is meant if they do
 * not say. A next hop of the configuration is probed as it is configured. */
#pragma once
#include "egress.h"

struct generation;
struct peer_watch_entry;

enum { PROBE_TARGET_HOST = 256, PROBE_TARGET_NAME = 400, PROBE_TARGET_ANY = -1 };

struct probe_target {
    char host[PROBE_TARGET_HOST]; /* in lower case, without brackets */
    bool is_v6;
    uint16_t port;      /* 0: none */
    int transport;      /* enum transport_kind; PROBE_TARGET_ANY: as the DNS says */
    char const *chosen; /* why that one; static */
    struct peer_watch_entry const *known; /* the next hop of the configuration that it is */
    char server_name[PROBE_TARGET_HOST];  /* whom TLS looks for */
};

/** What was asked for; all but the peer may be NULL. */
struct probe_target_words {
    char const *peer, *transport, *context, *sni;
};

/** NULL, or what is wrong with @p words (static). What @p ret borrows is of @p generation. */
char const *probe_target_read(struct probe_target *ret, struct generation const *generation,
                              struct probe_target_words const *words);

/** Prints the URI of the peer. */
void probe_target_print(struct probe_target const *target, char ret[static PROBE_TARGET_NAME]);

/** The way out: that of the next hop that it is, else that of what our own programs send. */
struct egress_hint probe_target_hint(struct probe_target const *target, struct worker const *worker,
                                     struct generation const *generation);
