/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts as rows of the configuration ("tls_contexts"), and made from them: certificates are
 * read when a file is checked and when it is compiled (guide-part2 §3.3). */
#pragma once
#include "cfg.h"
#include "secure_set.h"

enum { SECURE_CONF_MAX = SECURE_SET_MAX };

struct proxy_conf;

struct secure_conf {
    struct cfg_where where;
    char const *name;
    struct cfg_strings certificates, keys;
    char const *ca;
    struct cfg_strings ciphers, suites, crls;
    int crl_check; /* enum secure_crl_check */
    int64_t verify_depth, max_peer_certificates;
    bool key_usage;
    struct cfg_strings subjects;
    char const *subjects_file;
    int subject_match; /* enum secure_match */
    bool wildcards;
    int verify_peer; /* enum secure_verify */
    bool verify_server;
    int min_version, max_version; /* enum secure_version, from 1.0 */
    bool empty_fragments, session_tickets;
    char const *key_log;
    int64_t session_lifetime_s, session_servers;
};

extern struct cfg_schema const secure_conf_schema;

/** Names of `tls_mode`, in the order of enum secure_mode; ended by NULL. */
extern char const *const secure_conf_modes[];

/** Makes the contexts of @p conf into @p set, which is initialised here, and says which are the
 *  defaults. What is wrong with them, and listeners that want one that is not there, are faults; an
 *  expired certificate is a warning. */
void secure_conf_make(struct proxy_conf const *conf, struct secure_set *set,
                      struct cfg_faults *faults);
