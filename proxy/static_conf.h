/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of proxy.static_routes (guide part 2, 1.2), as rows and struct, and the faults that
 * concern several of its keys at once. */
#pragma once
#include "cfg.h"

enum { STATIC_CONF_MAX = 200000 };

enum static_conf_type { STATIC_CONF_USER, STATIC_CONF_DOMAIN };
enum static_conf_transport { STATIC_CONF_UDP, STATIC_CONF_TCP, STATIC_CONF_TLS };

struct static_conf {
    struct cfg_where where;
    char const *name;
    char const *pattern;
    char const *description;
    char const *next_hop; /* "" = none, of a route that blocks */
    int64_t port;         /* 0: by DNS SRV (guide part 2, 1.6) */
    int64_t priority;
    int64_t weight;
    int type;      /* enum static_conf_type */
    int transport; /* enum static_conf_transport */
    bool allow_less_specific;
    bool in_service;
    bool block;
};

extern struct cfg_schema const static_conf_schema;

/** "user", "domain"; "udp", "tcp", "tls". */
char const *static_conf_type_name(struct static_conf const *row);
char const *static_conf_transport_name(struct static_conf const *row);

/** NULL, or why the keys of @p row contradict each other (static text). Rows that were refused
 *  before, one by one, are not blamed again. */
char const *static_conf_fault(struct static_conf const *row);
