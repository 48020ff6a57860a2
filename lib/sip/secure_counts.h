/* SPDX-License-Identifier: Apache-2.0 */
/* What has become of the connections under one TLS context: counts that any thread may add to. They
 * belong to the name of the context and outlive a reload, so each context holds a reference. */
#pragma once
#include "secure_cause.h"
#include <stdint.h>

struct secure_counts;

enum secure_count {
    SECURE_COUNT_ACCEPTED, /* handshakes done by who connected to us */
    SECURE_COUNT_OPENED,   /* and by us */
    SECURE_COUNT_RESUMED,  /* of both, those of a former session */
    SECURE_COUNT_OPEN,     /* connections open now */
    SECURE_COUNT_OLD,      /* of all handshakes, those with TLS 1.0 or 1.1 */
    SECURE_COUNT_TLS_1_2,
    SECURE_COUNT_TLS_1_3,
    SECURE_COUNTS
};

/** All zero, one reference; NULL when out of memory. */
struct secure_counts *secure_counts_new(void);
struct secure_counts *secure_counts_ref(struct secure_counts *counts);
void secure_counts_unref(struct secure_counts **pcounts); /* accepts NULL inside */

void secure_counts_add(struct secure_counts *counts, enum secure_count row, int by);
int64_t secure_counts_get(struct secure_counts const *counts, enum secure_count row);

/** Connections that came to nothing, or broke later, by cause. */
void secure_counts_fail(struct secure_counts *counts, enum secure_cause cause);
int64_t secure_counts_failed(struct secure_counts const *counts, enum secure_cause cause);

/** All of them. */
int64_t secure_counts_failures(struct secure_counts const *counts);
