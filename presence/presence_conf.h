/* SPDX-License-Identifier: Apache-2.0 */
/* The group "presence" of the configuration file. */
#pragma once
#include "cfg.h"
#include "pidf_read.h"
#include "stack_limits.h"

struct presence_conf {
    char const *store; /* "": none */
    bool availability_sharing, auto_authorise, messages, adhoc;
    struct cfg_strings listen, proxies, users, trunk_listen, trunk_hosts, partner_listen;
    struct cfg_groups phone_lines, gateway, foreign, profiles;
    int other_domains; /* enum user_policy_verdict */
    int64_t min_expires, expires, max_expires;
    int64_t min_publish_expires, publish_expires, max_publish_expires, min_trunk_expires;
    int64_t max_presentities, max_publications, max_subscriptions;
    int64_t max_subscriptions_per_watcher, max_subscriptions_per_domain, max_watchers;
    int64_t store_poll, max_contacts, max_adhoc, adhoc_ttl;
    char const *message_outbound; /* where messages go that may pass */
    char const *list_suffix;      /* "": there are no lists */
    int64_t max_waiting, waiting_ttl, max_list_bytes;
    int64_t max_body_bytes, max_tuples, max_note, calendar_ttl;
    int64_t notify_interval, change_rate, retry_after, stop_ms;
    int64_t restore_rate, restore_retry, restore_patience, restore_grace, stale_ttl;
    struct stack_limits limits;
};

extern struct cfg_schema const presence_schema;

/** What a document may cost that is read. */
struct pidf_limits presence_conf_limits(struct presence_conf const *conf);

/** Faults beyond single rows: crossed times, a user who stands twice. */
void presence_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
