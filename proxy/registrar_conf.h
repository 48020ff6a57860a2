/* SPDX-License-Identifier: Apache-2.0 */
/* The group "registrar" of proxy: rows and struct. The registrar is on when the group is there. */
#pragma once
#include "cfg.h"

enum registrar_conf_auth { REGISTRAR_CONF_NONE, REGISTRAR_CONF_DIGEST };
enum registrar_conf_algorithms {
    REGISTRAR_CONF_BOTH,
    REGISTRAR_CONF_SHA256,
    REGISTRAR_CONF_MD5,
};

struct registrar_conf {
    struct cfg_where where;
    char const *store;
    int auth; /* enum registrar_conf_auth */
    char const *realm;
    int algorithms; /* enum registrar_conf_algorithms */
    int64_t nonce_lifetime, max_nonces;
    int64_t min_expires, max_expires, default_expires;
    int64_t max_contacts, max_registrations, max_binding_bytes, store_queue;
    bool follow_source;
    char const *service_route;
};

extern struct cfg_schema const registrar_conf_schema;

/** NULL, or why the keys of @p conf contradict each other (static text). */
char const *registrar_conf_fault(struct registrar_conf const *conf);
