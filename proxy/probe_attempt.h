/* SPDX-License-Identifier: Apache-2.0 */
/* One address of a probed peer: connects, shakes hands, asks with OPTIONS, and notes of each step
 * how long it took and what became of it. UDP goes by a transaction of the worker's own stack, the
 * streams over a connection that is made for it. The machine is a table.
 *
 * Belongs to the worker's thread. */
#pragma once
#include "egress.h"
#include "fsm.h"
#include "probe_cause.h"
#include "probe_options.h"
#include "secure_sight.h"
#include "transaction_via.h"
#include "wheel.h"
#include <sys/queue.h>

struct client_transaction;
struct generation;
struct probe_stream;
struct secure_identity;
struct worker;

enum probe_attempt_state {
    PROBE_ATTEMPT_NEW,
    PROBE_ATTEMPT_CONNECTING,
    PROBE_ATTEMPT_SHAKING,
    PROBE_ATTEMPT_PAUSING, /* TLS 1.3: the peer may still refuse our certificate */
    PROBE_ATTEMPT_ASKING,
    PROBE_ATTEMPT_DONE,
    PROBE_ATTEMPT_STATES
};

extern struct fsm_table const probe_attempt_fsm;

enum probe_verdict { PROBE_SKIPPED, PROBE_OK, PROBE_WARNING, PROBE_FAILED };
enum probe_step_id { PROBE_CONNECT, PROBE_TLS, PROBE_OPTIONS, PROBE_STEPS };
enum { PROBE_DETAIL = 256 };

struct probe_step {
    enum probe_verdict verdict;
    struct probe_finding finding;
    uint64_t begun_us, took_us;
    char detail[PROBE_DETAIL]; /* what was heard, "" if nothing */
};

/** What all addresses of a peer share; it lives as long as the attempts. */
struct probe_plan {
    struct worker *worker;
    struct generation *generation;  /* a reference */
    url_t const *uri;               /* of the peer */
    char const *name;               /* the same as text */
    char const *server_name;        /* whom TLS looks for */
    struct secure_context *context; /* of TLS; borrowed from the generation, NULL: there is none */
    struct egress_hint hint;
    struct tap *tap; /* may be NULL */
    void (*done)(void *ctx);
    void *ctx;
};

struct probe_attempt {
    LIST_ENTRY(probe_attempt) link;
    struct probe_plan const *plan;
    struct destination to;
    uint8_t state; /* enum probe_attempt_state */
    char id[16];   /* in logs */
    enum probe_step_id step;
    struct probe_step steps[PROBE_STEPS];
    struct wheel_timer timer;
    struct probe_stream *stream;
    struct client_transaction *ct;
    char call_id[PROBE_OPTIONS_CALL_ID];
    char branch[TRANSACTION_BRANCH_SIZE]; /* of a stream */
    struct net_addr local;                /* no family: not known */

    bool has_tls; /* a handshake was begun, the next ones are filled in */
    struct secure_sight sight;
    char version[16], cipher[64];
    struct secure_identity *identity; /* a reference: who the peer says it is; may be NULL */
    bool is_answered;
    struct probe_options_answer answer;
};

/** NULL when out of memory. */
struct probe_attempt *probe_attempt_new(struct probe_plan const *plan, struct destination const *to,
                                        unsigned number);

/** plan->done() is called exactly once when all is known, perhaps before this returns. */
void probe_attempt_start(struct probe_attempt *attempt);

/** Also of one that is not done: plan->done() is not called then. Accepts NULL inside. */
void probe_attempt_free(struct probe_attempt **pattempt);

/** The worst of its steps. */
enum probe_verdict probe_attempt_verdict(struct probe_attempt const *attempt);
