/* SPDX-License-Identifier: Apache-2.0 */
/* What the sources of a presentity say, one by one and together. Inner part of compose. */
#pragma once
#include "compose.h"
#include <stdint.h>

/* The devices' and the gateways' are in the order of enum compose_state, from unavailable on. */
enum compose_fact {
    FACT_MANUAL_DND,
    FACT_MANUAL_AWAY,
    FACT_MANUAL_BUSY,
    FACT_MANUAL_AVAILABLE,
    FACT_MANUAL_UNAVAILABLE,
    FACT_LINE_DND,
    FACT_LINE_ENGAGED,
    FACT_LINE_RINGING,
    FACT_LINE_IDLE,
    FACT_CALENDAR,
    FACT_CALENDAR_BUSY,
    FACT_DEVICE_CLOSED,
    FACT_DEVICE_AWAY,
    FACT_DEVICE_DND,
    FACT_DEVICE_BUSY,
    FACT_DEVICE_ON_THE_PHONE,
    FACT_DEVICE_AVAILABLE,
    FACT_GATEWAY_CLOSED,
    FACT_GATEWAY_AWAY,
    FACT_GATEWAY_DND,
    FACT_GATEWAY_BUSY,
    FACT_GATEWAY_ON_THE_PHONE,
    FACT_GATEWAY_AVAILABLE,
    FACT_STALE,
    FACTS
};
#define FACT(name) (UINT32_C(1) << FACT_##name)

struct compose_facts {
    uint32_t set;
    struct compose_source const *by[FACTS]; /* who has said so */
    bool signed_in;                         /* an IM device is */
    bool has_manual;
    struct compose_source const *manual; /* the one that is heard, NULL: none */
};

/** The sources of an input in their one order, so that the order of the input decides nothing. */
struct compose_order {
    struct compose_source const **sources; /* owned array */
    unsigned n;
};

/** By kind, then by name, shorter ones first: s2 before s10. Returns 0 or -ENOMEM. */
int compose_order_init(struct compose_order *order, struct compose_input const *in);
void compose_order_fini(struct compose_order *order);

void compose_facts_find(struct compose_order const *order, struct compose_facts *ret);

/** The activities of all persons, tuples and devices of @p doc whose meaning is known to us. */
uint64_t compose_facts_activities(struct pidf const *doc);
