/* SPDX-License-Identifier: Apache-2.0 */
/* The group "xmpp" of the configuration file. */
#pragma once
#include "cfg.h"
#include "stream_limits.h"

struct secure_context;
struct secure_fault;
struct xmpp_own_conf;

struct xmpp_conf {
    struct cfg_groups own, domains;
    struct cfg_strings server_listen;
    char const *ca; /* "": what the system trusts */
    struct stream_limits limits;
};

extern struct cfg_schema const xmpp_schema;

/** Faults beyond single rows: a domain that stands twice, a component without secret, files of
 *  certificates that cannot be read. */
void xmpp_conf_check(void const *conf, struct cfg_node const *node, struct cfg_faults *faults);

/** The TLS context of a domain of ours; NULL with @p fault. One reference for the caller. */
struct secure_context *xmpp_conf_context(struct xmpp_conf const *conf,
                                         struct xmpp_own_conf const *own,
                                         struct secure_fault *fault);
