/* SPDX-License-Identifier: Apache-2.0 */
/* Domains of ours in XMPP: the groups "own" in the group "xmpp". */
#pragma once
#include "cfg.h"

struct xmpp_own_conf {
    struct cfg_where where;
    char const *name;
    struct cfg_strings servers;
    char const *secret_file; /* "": none */
    struct cfg_strings certificates, keys;
};
extern struct cfg_schema const xmpp_own_conf_schema;

/** For rows: NULL, or why @p name is no domain of XMPP, which may hold any letters (RFC 7622). */
char const *xmpp_own_conf_check_domain(char const *name);

/** For rows: NULL, or why @p text is no IP address with a port. */
char const *xmpp_own_conf_check_address(char const *text);
