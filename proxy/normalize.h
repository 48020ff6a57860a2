/* SPDX-License-Identifier: Apache-2.0 */
/* What a proxy does to every request before it decides (RFC 3261 §16.3, §16.4, RFC 5393): scheme,
 * Max-Forwards, loop check, Proxy-Require, strict-route fix, own maddr, own Route headers, asserted
 * identities (RFC 3325). Works on a copy of the request; no I/O. */
#pragma once
#include "refusal.h"
#include <sofia-sip/msg_types.h>
#include <sofia-sip/url.h>
#include <stdbool.h>

struct domain;
struct origin;

enum { NORMALIZE_HASH = 16, NORMALIZE_HEADER = 200 };

struct normalize_input {
    struct domain const *own;
    struct origin const *origin; /* NULL: routing does not look at it */
    bool is_inside;              /* came in by an internal listener; with `origin` only */
    bool trusted;                /* the source may say who its users are */
};

struct normalized {
    enum refusal refusal;
    char header[NORMALIZE_HEADER];      /* further header line of the refusal, "" = none */
    bool route_was_ours;                /* a Route (a strict router's Request-URI) named us */
    bool identity_removed;              /* P-Asserted-Identity of a source that is not trusted */
    bool no_hops_left;                  /* OPTIONS with Max-Forwards 0: not to be forwarded */
    int out_listener;                   /* named by the last of them, or DOMAIN_ANY_LISTENER */
    char loop_hash[NORMALIZE_HASH + 1]; /* for our branch */
};

/** Edits @p msg, a private copy of a request, and says in @p ret what was found. On a refusal the
 *  message may be half edited. */
void normalize_request(struct normalize_input const *input, msg_t *msg, struct normalized *ret);

/** Last edit before sending along Route or Request-URI (RFC 3261 §16.6 step 6): if the first Route
 *  is a strict router, swaps it with the Request-URI. Returns the URI to send to, borrowed from
 *  @p msg, or NULL when out of memory. */
url_t const *normalize_next_hop(msg_t *msg);

/** Replaces the Request-URI; @p uri is copied. Returns 0 or -ENOMEM. */
int normalize_set_request_uri(msg_t *msg, url_t const *uri);
