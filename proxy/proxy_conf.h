/* SPDX-License-Identifier: Apache-2.0 */
/* The group "proxy" of the configuration file, as rows and structs. */
#pragma once
#include "acl_conf.h"
#include "secure_watch.h"
#include "cfg.h"
#include "peer_health.h"
#include "route_pred.h"
#include "stack_limits.h"

enum proxy_conf_blocked { PROXY_CONF_BLOCKED_404, PROXY_CONF_BLOCKED_403 };
enum { PROXY_CONF_WORKERS_MAX = 64 };

enum proxy_conf_refusal { PROXY_CONF_REFUSE_403, PROXY_CONF_REFUSE_SILENCE };

/* targets: a named next hop of method routes */
struct proxy_conf_target {
    struct cfg_where where;
    char const *name;
    char const *uri;
    bool internal;
    char const *listener;
};

/* method_routes */
struct proxy_conf_route {
    struct cfg_where where;
    char const *name;
    char const *pred[ROUTE_PREDS];
    char const *to;
};

struct proxy_conf {
    struct cfg_strings listen;
    struct cfg_strings internal;
    struct cfg_strings own_hosts;
    struct cfg_strings virtual_address;
    char const *srv_cluster_name;
    struct cfg_strings hosted_domains;
    char const *preferred_listener;
    char const *advertised_host;
    char const *dns_servers;
    bool ipv6;
    struct cfg_groups tls_contexts;
    char const *tls_server_context, *tls_client_context;
    int tls_mode; /* enum secure_mode */
    struct secure_watch_limits expiry;
    struct cfg_groups targets;
    struct cfg_groups acl; /* of struct acl_conf */
    int64_t acl_refresh_s;
    bool acl_tls_peers;
    struct cfg_strings call_managers;
    char const *call_manager_domain;
    bool method_routing;
    struct cfg_groups method_routes;
    struct cfg_groups domains;
    char const *xmpp_gateway;
    struct cfg_groups static_routes; /* of struct static_conf */
    struct cfg_strings embed_templates;
    int blocked_status;          /* enum proxy_conf_blocked */
    int64_t route_seed;          /* 0: of the process */
    struct cfg_groups registrar; /* struct registrar_conf, at most one */
    int acl_refusal;             /* enum proxy_conf_refusal */
    int64_t workers;
    bool relay_foreign;
    struct peer_rules peer_rules;
    int64_t probe_max, probe_answer_ms; /* of probes by command */
    int64_t max_branches;
    int64_t max_breadth;
    struct stack_limits limits;
};

extern struct cfg_schema const proxy_conf_schema;

struct registrar_conf;

/** NULL if there is no registrar. */
static inline struct registrar_conf const *proxy_conf_registrar(struct proxy_conf const *conf)
{
    return conf->registrar.n ? conf->registrar.v : NULL;
}

/** Faults that no single row can see: a svc_desc check function. @p conf is a struct proxy_conf. */
void proxy_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);
