/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the list "hep" of the group "capture". */
#pragma once
#include "cfg.h"
#include "net_addr.h"

enum { HEP_CONF_MAX = 8 };

struct hep_conf {
    struct cfg_where where;
    char const *to;
    int64_t id;
    char const *password_file;
    int64_t max_queue;
    bool unmask;
};

extern struct cfg_schema const hep_conf_schema;

/** Collectors that stand twice. */
void hep_conf_check(struct cfg_groups const *entries, struct cfg_faults *faults);

/** Reads "udp:192.0.2.9:9060" or "tcp:...": 0 or -EINVAL. */
int hep_conf_address(char const *text, bool *ret_tcp, struct net_addr *ret);
