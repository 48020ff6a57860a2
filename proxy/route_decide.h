/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that decides what becomes of a request: a pure function of configuration, origin
 * and request, so that whoever explains a decision calls the code that takes it.
 *
 * Order (DESIGN "Life of a request", steps 4 and 5): OPTIONS for the proxy itself; a request that
 * follows its dialog's or its sender's route set; method routes; own domain without a route;
 * other domains. */
#pragma once
#include "refusal.h"
#include "route_table.h"
#include <sofia-sip/sip.h>
#include <stdbool.h>

struct origin;

enum route_verdict {
    ROUTE_REFUSE,    /* answer with `refusal` */
    ROUTE_ANSWER,    /* OPTIONS for the proxy itself */
    ROUTE_FOLLOW,    /* first Route, else Request-URI */
    ROUTE_TO_TARGET, /* to `target` */
};

/** A request after normalize_request(). */
struct route_request {
    sip_t const *sip;
    bool route_was_ours; /* its route set named us: struct normalized */
    bool no_hops_left;   /* came with Max-Forwards 0 */
};

struct route_decision {
    enum route_verdict verdict;
    enum refusal refusal;              /* ROUTE_REFUSE */
    struct route_target const *target; /* ROUTE_TO_TARGET */
    struct route_rule const *rule;     /* method route that matched, or NULL */
    char const *rule_name;             /* for logs: "dialog", "method_routes[1]" ... never NULL */
    char const *reason;                /* a sentence for people, never NULL */
    bool in_dialog;                    /* follows the route set of a dialog that runs through us */
};

/** Hears about each rule that was looked at, in order. */
struct route_trace {
    void (*on_rule)(void *ctx, char const *rule, bool taken, char const *why);
    void *ctx;
};

/** Decides. @p trace may be NULL. No I/O, no memory, nothing is changed. */
struct route_decision route_decide(struct route_table const *table, struct origin const *origin,
                                   struct route_request const *request,
                                   struct route_trace const *trace);
