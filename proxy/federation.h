/* SPDX-License-Identifier: Apache-2.0 */
/* The federated domains of one configuration, compiled: which domain is reached how. A domain is
 * federated by SIP or by XMPP, never by both, and is none of our own.
 *
 * One look-up costs one hash, and one more for each level of the longest "*." name, whatever the
 * number of domains. Immutable once built, but for the hit counters, which are atomic: any number
 * of threads. */
#pragma once
#include <sofia-sip/url.h>
#include <stddef.h>
#include <stdint.h>

struct cfg_faults;
struct cfg_groups;
struct domain;
struct federation;
struct federation_conf;

struct federation_entry {
    struct federation_conf const *conf; /* its row; has the kind */
    char const *rule;                   /* as in logs: "domains[partner.example]" */
    url_t const *uri;                   /* next hop; NULL: by DNS, or XMPP */
    char const *via;                    /* the same, for people; "" if none */
};

/** Compiles @p rows (of struct federation_conf), which are borrowed for the table's life. Adds to
 *  @p faults: keys that contradict each other, domains that stand twice or are in @p own. NULL when
 *  out of memory. */
struct federation *federation_new(struct cfg_groups const *rows, struct domain const *own,
                                  struct cfg_faults *faults);
void federation_free(struct federation **pfederation);

/** The entry of a URI's host: the exact name, else the longest "*." name above it, else NULL. */
struct federation_entry const *federation_find(struct federation const *federation,
                                               char const *host);

/** All entries in the order of the file; NULL behind the last one. */
struct federation_entry const *federation_at(struct federation const *federation, size_t i);

/** Counts a request; may be called from any thread. */
void federation_count_hit(struct federation_entry const *entry);
uint64_t federation_hits(struct federation_entry const *entry);
