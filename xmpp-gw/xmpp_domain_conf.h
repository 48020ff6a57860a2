/* SPDX-License-Identifier: Apache-2.0 */
/* Domains that may be talked to: the groups "domains" in the group "xmpp". */
#pragma once
#include "cfg.h"

struct xmpp_domain_conf {
    struct cfg_where where;
    char const *name;
    struct cfg_strings servers;
    int tls; /* enum streams_tls */
    bool dialback, bidi, direct_tls;
};
extern struct cfg_schema const xmpp_domain_conf_schema;
