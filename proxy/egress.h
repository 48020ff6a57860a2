/* SPDX-License-Identifier: Apache-2.0 */
/* The way out of a request: from which of our listeners it goes, and the Record-Route values that
 * bring the dialog's later requests back (RFC 3261 §16.6 step 4, RFC 5658). */
#pragma once
#include "resolve.h"
#include "transport.h"
#include <sofia-sip/msg_types.h>
#include <sofia-sip/sip.h>

struct route_hop;
struct route_table;
struct worker;

/** What is known about the way out before the destination is. */
struct egress_hint {
    uint16_t in_listener; /* where the request came in */
    bool internal;        /* to one of our own programs */
    /* The following may be DOMAIN_ANY_LISTENER. */
    int out_listener; /* named by the dialog's route set */
    int named;        /* the configuration wants this one for the hop */
    int preferred;    /* the one for what our own programs send out */
};

/** The hint for a request that came in by @p in_listener and whose route set named @p out_listener;
 *  @p hop is of a decision under @p table. */
struct egress_hint egress_hint_of(struct worker const *worker, struct route_table const *table,
                                  struct route_hop const *hop, uint16_t in_listener,
                                  int out_listener);

/** Number of the listener called @p name; DOMAIN_ANY_LISTENER if @p name is NULL or no listener is
 *  called so: listeners are those of the start, names those of the last reload. */
int egress_listener(struct worker const *worker, char const *name);

/** Chooses @p to->listener, and whether a large request may go by TCP instead of UDP: not by an
 *  internal listener, nor inside a dialog whose route set names a UDP listener. Returns 0 or a
 * negative errno: no listener for this transport. */
int egress_choose_listener(struct worker const *worker, struct destination *to,
                           struct egress_hint const *hint);

/** Does a configured next hop name UDP, for requests of any size? (guide part 2, 1.2: the type of a
 *  static route says what is used.) */
bool egress_is_udp_only(struct route_hop const *hop);

/** Transport for a URI that does not name one, nor does the DNS: that of the listener that the
 *  configuration wants, else UDP by RFC 3263, if we have it. */
enum transport_kind egress_fallback(struct worker const *worker, struct egress_hint const *hint);

/** resolve_uri() for the next hop @p uri of the request @p sip, with egress_fallback(). To a sips:
 *  Request-URI every hop is TLS, whatever its URI says (RFC 3261 §16.6 step 7, RFC 5630), but for
 *  one to our own programs. */
struct resolve_query *egress_resolve(struct worker const *worker, sip_t const *sip,
                                     url_t const *uri, struct egress_hint const *hint,
                                     resolve_fn *fn, void *ctx);

/** Does this request make a dialog whose requests must come back through us? */
bool egress_makes_dialog(sip_t const *sip);

enum { EGRESS_LINE_MAX = 400 };

/** Prints the lines of Record-Route for @p sip: one, or two if the listeners differ (the one that
 *  the caller reaches below, the one that the callee reaches above). A TLS listener is named by a
 *  sips: URI if the request has one (RFC 3261 §16.6 step 4), else by transport=tls. Returns 0 or a
 *  negative errno. */
int egress_record_route(struct transport const *transport, sip_t const *sip, uint16_t in_listener,
                        uint16_t out_listener, char ret[static 2 * EGRESS_LINE_MAX]);
