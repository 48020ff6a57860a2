/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of the CTI gateway: group "cti". Filled by lib/svc from the rows in cti_conf.c. */
#pragma once
#include "cfg.h"
#include "stack_limits.h"

enum cti_server_type { CTI_SERVER_OCS, CTI_SERVER_LCS };
enum cti_relaxed_cseq { CTI_CSEQ_AUTO, CTI_CSEQ_ALWAYS, CTI_CSEQ_NEVER };

struct cti_user {
    struct cfg_where where;
    char const *id, *mail, *uri;
    bool rcc;
    struct cfg_strings lines, groups;
};

struct cti_conf {
    struct cfg_strings listen, connections;
    char const *driver, *user, *password_file;
    int server_type, relaxed_cseq;
    int64_t session_timer, min_session_timer, heartbeat, retry_ms, request_ms, retry_after, stop_ms;
    int64_t max_sessions, max_monitors_per_session, max_requests_per_session, max_unanswered_events;
    int64_t max_requests_per_connection, farewell_batch;
    struct cfg_groups users;        /* of struct cti_user */
    struct cfg_groups policies;     /* of struct policy_conf */
    struct cfg_groups peer_classes; /* of struct peer_class */
    bool auto_hold;
    struct cfg_groups numbers_inbound, numbers_outbound; /* of struct number_conf */
    struct cfg_strings proxies;
    int64_t max_feature_subscriptions, feature_expires, min_feature_expires;
    char const *store;
    int64_t store_poll, lcs_devices, ring, refused_signins;
    int64_t number_match_limit, number_depth_limit;
    struct stack_limits limits;
};

extern struct cfg_schema const cti_schema;

/** Faults beyond single rows: crossed timers, double users, lines over the LCS limit. */
void cti_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
