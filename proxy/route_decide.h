/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that decides what becomes of a request: a pure function of configuration, origin
 * and request, so that whoever explains a decision calls the code that takes it.
 *
 * Order (ARCHITECTURE "Inside the proxy"): OPTIONS for the proxy itself; a request that follows its
 * dialog's or its sender's route set; method routes; registrar and registered contacts; static
 * routes; federated domains; own domain without a route; other domains. */
#pragma once
#include "refusal.h"
#include "route_table.h"
#include "route_trace.h"
#include <sofia-sip/sip.h>
#include <stdbool.h>

struct acl;
struct federation;
struct federation_entry;
struct location;
struct location_list;
struct origin;
struct registrar_policy;
struct static_route;
struct store_users;

enum route_verdict {
    ROUTE_REFUSE,   /* answer with `refusal` */
    ROUTE_ANSWER,   /* OPTIONS for the proxy itself */
    ROUTE_REGISTER, /* REGISTER for the own domain: to the registrar */
    ROUTE_FORWARD,  /* to the hops, in order */
};

enum { ROUTE_HOPS_MAX = 128 };

/** One place to try. Pointers are borrowed from the inputs of the decision, or its `contacts`. */
struct route_hop {
    unsigned group;           /* ascending; hops of one group are tried in parallel, the next group
                                 when all of the former have failed */
    char const *name;         /* for logs; NULL: only the address it resolves to says what it is */
    url_t const *uri;         /* next hop; NULL: first Route, else Request-URI */
    url_t const *request_uri; /* new Request-URI; NULL: unchanged */
    sip_route_t const *route_set; /* put in front as Route: Path of a contact; NULL: none */
    bool internal;                /* one of our own programs */
    bool contact; /* of a registered user: any final answer but 2xx and 6xx leads to the next group;
                     otherwise only a failure does */
    char const *listener;             /* name of the one to leave by; NULL: any */
    struct static_route const *route; /* NULL: not by a static route */
};

/** What a decision reads besides the request. */
struct route_inputs {
    struct route_table const *table;
    struct federation const *federation; /* NULL: there is none */
    struct acl const *acl;               /* for groups of sources; NULL: there are none */
    uint16_t first_internal;             /* listeners from here on are internal; 0: none is */
    struct {
        struct registrar_policy const *policy; /* NULL: no registrar, and no more of these */
        struct location *location;
        struct store_users *users;
    } registrar;
    /* May requests be sent by this route now, or does its next hop rest? NULL: all may. */
    bool (*usable)(void *ctx, struct static_route const *route);
    void *usable_ctx;
};

/** A request after normalize_request(). */
struct route_request {
    sip_t const *sip;
    bool route_was_ours; /* its route set named us: struct normalized */
    bool no_hops_left;   /* came with Max-Forwards 0 */
};

struct route_decision {
    enum route_verdict verdict;
    enum refusal refusal;                     /* ROUTE_REFUSE */
    struct route_rule const *rule;            /* method route that matched, or NULL */
    struct static_route const *static_route;  /* that blocks or is tried first, or NULL */
    struct federation_entry const *federated; /* domain that it goes to, or NULL */
    char const *rule_name; /* for logs: "dialog", "method_routes[1]" ... never NULL */
    char const *reason;    /* a sentence for people, never NULL */
    bool in_dialog;        /* follows the route set of a dialog that runs through us */
    bool static_cut;       /* the look-up of static routes ended early */
    bool offline;          /* for a user of ours who has no contact */
    struct location_list const *contacts;  /* that hops point into; a reference, or NULL */
    unsigned n_hops;                       /* ROUTE_FORWARD: at least 1, else 0 */
    struct route_hop hops[ROUTE_HOPS_MAX]; /* those beyond n_hops are not initialised */
};

/** Decides; fills @p ret, whose `contacts` the caller drops when it needs the hops no more
 *  (location_list_unref()). @p trace may be NULL. No I/O, nothing is changed. */
void route_decide(struct route_inputs const *inputs, struct origin const *origin,
                  struct route_request const *request, struct route_trace const *trace,
                  struct route_decision *ret);
