/* SPDX-License-Identifier: Apache-2.0 */
/* The group "xmpp" of the configuration file. */
#pragma once
#include "cfg.h"
#include "roster_limits.h"
#include "secure_watch.h"
#include "stack_limits.h"
#include "stream_limits.h"

struct secure_context;
struct secure_fault;
struct xmpp_own_conf;

enum xmpp_im_type { XMPP_IM_NORMAL, XMPP_IM_CHAT };

struct xmpp_conf {
    struct cfg_groups own, domains;
    struct cfg_strings server_listen, direct_tls_listen;
    char const *dns_servers; /* "": the system's */
    char const *ca;          /* "": what the system trusts */
    struct stream_limits limits;
    struct secure_watch_limits expiry;
    int64_t check_max, check_ms; /* of domains, at a time; for one */
    /* SIP */
    struct cfg_strings listen, proxies;
    char const *outbound;
    struct stack_limits sip_limits;
    /* Messages */
    bool im, im_cpim;
    int im_type; /* enum xmpp_im_type */
    char const *im_failure_text;
    struct cfg_strings im_rooms;
    int64_t im_idle, im_max_bytes, im_max_conversations, im_max_waiting;
    /* Presence */
    bool presence;
    char const *store; /* "": memory only */
    struct cfg_groups presence_map;
    struct roster_limits roster_limits;
};

extern struct cfg_schema const xmpp_schema;

/** Faults beyond single rows: a domain that stands twice, a component without secret, files of
 *  certificates that cannot be read. */
void xmpp_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);

/** The TLS context of a domain of ours; NULL with @p fault. One reference for the caller. */
struct secure_context *xmpp_conf_context(struct xmpp_conf const *conf,
                                         struct xmpp_own_conf const *own,
                                         struct secure_fault *fault);

/** The same with the certificates of all of them, of which a client's SNI chooses. */
struct secure_context *xmpp_conf_common_context(struct xmpp_conf const *conf,
                                                struct secure_fault *fault);
