/* SPDX-License-Identifier: Apache-2.0 */
/* The presence gateway: a group in the group "presence". */
#pragma once
#include "cfg.h"

enum gateway_event { GATEWAY_PRESENCE, GATEWAY_DIALOG };

struct gateway_conf {
    struct cfg_where where;
    char const *address, *transport, *outbound, *user;
    int event; /* enum gateway_event */
    int64_t port, expires, rate, retry, max_retry;
};
extern struct cfg_schema const gateway_conf_schema;

/** A cfg_check_fn for the sip: URI of a next hop; "", none, is right, too. */
char const *gateway_conf_check_uri(char const *text);

/** The name of its event package. Static. */
char const *gateway_conf_package(struct gateway_conf const *conf);
