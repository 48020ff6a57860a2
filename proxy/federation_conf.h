/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of proxy.domains, as rows and struct, and the faults that concern several of its keys
 * at once. */
#pragma once
#include "cfg.h"

enum { FEDERATION_CONF_MAX = 100000 };

enum federation_conf_kind { FEDERATION_CONF_SIP, FEDERATION_CONF_XMPP };

struct federation_conf {
    struct cfg_where where;
    char const *name; /* "partner.example", "*.partner.example" */
    char const *description;
    int federation;       /* enum federation_conf_kind */
    char const *next_hop; /* "" = by DNS */
    int64_t port;         /* 0 = none: by SRV where next_hop is a name */
    int transport;        /* enum transport_kind, or TRANSPORT_KINDS for any */
    char const *listener; /* "" = any */
};

extern struct cfg_schema const federation_conf_schema;

/** "sip" or "xmpp". */
char const *federation_conf_kind_name(int kind);

/** NULL, or why the keys of @p row contradict each other (static text). Keys that were refused
 *  before, one by one, are not blamed again. */
char const *federation_conf_fault(struct federation_conf const *row);
