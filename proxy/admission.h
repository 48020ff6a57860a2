/* SPDX-License-Identifier: Apache-2.0 */
/* Who may send requests: sources in the access list (guide-rcc 4), our own programs on internal
 * listeners, and peers that have proven who they are by a certificate (guide part 1, 5.4). Nobody
 * else. */
#pragma once
#include <sofia-sip/sip.h>
#include <stdbool.h>

struct acl_entry;
struct generation;
struct net_addr;
struct origin;

struct admission {
    struct acl_entry const *entry; /* NULL: not by the access list */
    bool by_certificate;
};

/** Looks @p from up; @p internal: it came in by an internal listener. Changes nothing. Returns
 *  whether it is admitted; @p ret says by what. */
bool admission_find(struct generation const *generation, struct origin const *from, bool internal,
                    struct admission *ret);

/** May the node at @p addr say who its users are (RFC 3325)? */
bool admission_trusts(struct generation const *generation, struct net_addr const *addr);

/** transaction_handlers.admit; @p vworker is the struct worker. Counts, and logs a refused source
 *  once a minute. */
int admission_ask(void *vworker, struct origin const *from, sip_t const *request,
                  char const **ret_phrase);
