/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between SIP and XMPP (RFC 7572, RFC 3428; guide part 3, 18.1): im_map.h says what
 * becomes what, here is when it goes and what its sender is told.
 *
 * From SIP: the MESSAGE is answered when the XMPP side has taken the stanza over; an error that
 * comes after that goes to the sender as a message with xmpp.im_failure_text. From XMPP: the stanza
 * is handled when the SIP side has answered every MESSAGE of it; what is refused goes back as an
 * error. Nothing is kept beyond that: whoever sent it still has it. */
#pragma once
#include "conversation.h"
#include "im_map.h"
#include "im_queue.h"

struct server_transaction;
struct stack;
struct streams;
struct streams_incoming;
struct xml_tree;
struct xmpp_conf;

struct im_bridge {
    struct xmpp_conf const *conf;
    struct streams *streams; /* borrowed */
    struct im_map_options options;
    char const **rooms; /* owned; ends with NULL */
    struct conversations conversations;
    struct im_queues queues;
    struct htab crossings; /* to XMPP, under way: by the id of their stanza */
};

/** Everything is borrowed until fini, which comes before the end of @p streams. Returns 0 or
 *  -ENOMEM; fini is right after either. */
int im_bridge_init(struct im_bridge *bridge, struct xmpp_conf const *conf, struct streams *streams,
                   struct stack *stack, struct wheel *wheel, url_t const *next_hop);
void im_bridge_fini(struct im_bridge *bridge);

/** Answers the MESSAGE @p st, now or later. */
void im_bridge_from_sip(struct im_bridge *bridge, struct server_transaction *st);

/** Takes a <message/> (given) and says streams_handled(), now or later. */
void im_bridge_from_xmpp(struct im_bridge *bridge, struct xml_tree *message,
                         struct streams_incoming *in);

/* Of its two halves. */

/** The error for a stanza that is not passed on; @p stanza stays the caller's. */
void im_bridge_refuse(struct im_bridge *bridge, struct xml_tree const *stanza,
                      struct stanza_error const *error);

/** An error came for a message to XMPP. Returns true if that has not been taken over: its sender is
 *  answered so. */
bool im_bridge_bounced(struct im_bridge *bridge, struct im const *failure);

/** Has the SIP user asked for this notice, by what went to XMPP? */
bool im_bridge_asked(struct im_bridge *bridge, struct im const *notice);

/** With the moment in them. */
struct im_map_options im_bridge_options(struct im_bridge const *bridge);
