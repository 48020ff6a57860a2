/* SPDX-License-Identifier: Apache-2.0 */
/* A request from its arrival to the decision: normalisation, decision; then it is refused, answered
 * or handed to forward.c. Whether its source is served was asked before (admission.c). */
#pragma once
#include "normalize.h"
#include "refusal.h"
#include "route_decide.h"
#include <stdbool.h>
#include <stdint.h>

struct generation;
struct origin;
struct worker;
struct server_transaction;

/** transaction_handlers.on_request; @p vworker is the struct worker. */
void request_arrived(void *vworker, struct server_transaction *st);

/** What normalize_request() needs to know of a request from @p origin, under @p generation. */
struct normalize_input request_input(struct worker const *worker,
                                     struct generation const *generation,
                                     struct origin const *origin, sip_t const *sip);

/** Sends the answer of @p refusal and counts it; @p header is a further header line or "". */
void request_refuse(struct server_transaction *st, enum refusal refusal, char const *header);

struct request_outcome {
    sip_t const *sip;
    struct net_addr const *from;
    char const *target; /* name of the target, or the next hop's host */
    char const *rule;
    int status; /* 0: no answer was sent */
    uint64_t started_us;
};

/** The one INFO line of a transaction. */
void request_log(struct request_outcome const *outcome);
