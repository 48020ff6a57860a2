/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a small DNS server on loopback and the loop that talks to it. One clock, moved by the
 * tests, is seen by c-ares, libuv and lib/core. */
#pragma once
#include "resolve.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    DNS_A = 1,
    DNS_AAAA = 28,
    DNS_SRV = 33,
    DNS_NAPTR = 35,
    DNS_TTL_S = 60 /* of rows that say nothing */
};

/* A record. A name without any row is NXDOMAIN. */
struct dns_row {
    char const *name;
    int type;
    int priority, weight; /* order and preference of NAPTR */
    int port;
    char const *value; /* an address, or a name */
    int ttl_s;
    char const *service; /* of NAPTR: "FLAGS SERVICE" */
};

/* Rows of a zone; a time to live may follow as .ttl_s = N. */
#define DNS_ROW_A(n, v, ...)                                                                       \
    {                                                                                              \
        .name = n, .type = DNS_A, .value = v, __VA_ARGS__                                          \
    }
#define DNS_ROW_AAAA(n, v, ...)                                                                    \
    {                                                                                              \
        .name = n, .type = DNS_AAAA, .value = v, __VA_ARGS__                                       \
    }
#define DNS_ROW_SRV(n, p, w, at, v, ...)                                                           \
    {                                                                                              \
        .name = n, .type = DNS_SRV, .priority = p, .weight = w, .port = at, .value = v,            \
        __VA_ARGS__                                                                                \
    }
#define DNS_ROW_NAPTR(n, o, p, s, v, ...)                                                          \
    {                                                                                              \
        .name = n, .type = DNS_NAPTR, .priority = o, .weight = p, .service = s, .value = v,        \
        __VA_ARGS__                                                                                \
    }

struct dns_rig {
    uv_loop_t loop;
    struct resolver *resolver;
    struct dns_row const *zone;
    size_t n_rows;
    int fd, questions;
    bool mute;               /* answers nothing */
    char const *silent_name; /* of this name alone; NULL: none */
    bool broken;             /* answers "server failure" */
    int broken_type;         /* to questions of this type alone; 0: none */
    char servers[64];
};

/** Starts server, loop and resolver; @p zone is borrowed and may be exchanged later. */
void dns_rig_init(struct dns_rig *rig, struct dns_row const *zone, size_t n_rows);
void dns_rig_fini(struct dns_rig *rig);

/** Lets server and resolver talk until both have nothing to do. */
void dns_rig_run(struct dns_rig *rig);

/** Moves the clock of everything. */
void dns_rig_advance_s(int seconds);
