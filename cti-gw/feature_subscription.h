/* SPDX-License-Identifier: Apache-2.0 */
/* One subscription of a phone to the features of its line (RFC 6665, package as-feature-event).
 *
 * One NOTIFY is under way at a time; what changes meanwhile is remembered as a mask and told next,
 * so a phone that does not answer costs nothing more, and hears the latest in the end. A phone that
 * has forgotten the subscription (481), or does not answer, loses it. */
#pragma once
#include "feature_line.h"
#include "transaction.h"
#include "wheel.h"

#define FEATURE_SUBSCRIPTION_TYPE "application/x-as-feature-event+xml"

struct dialog;
struct outgoing;

struct feature_subscription {
    struct htab_entry by_tag;              /* our tag of its dialog */
    LIST_ENTRY(feature_subscription) link; /* of its line */
    LIST_ENTRY(feature_subscription) among_all;
    struct gateway *gw;
    struct feature_line *line; /* NULL: it is ending */
    struct dialog *dialog;
    struct outgoing *outgoing; /* the NOTIFY under way */
    struct origin flow;        /* of the phone's last request; ours go back the same way */
    struct wheel_timer expiry;
    uint64_t due_ms;
    uint16_t untold;    /* parts of the line's state */
    char const *reason; /* why it ends: a static text; NULL: it goes on */
    bool is_last;       /* the NOTIFY under way is the last one */
};

/** New one for the SUBSCRIBE @p st, which is to be answered with the transaction's To tag; @p
 *  contact is our Contact value. NULL when out of memory or the SUBSCRIBE makes no dialog. */
struct feature_subscription *feature_subscription_new(struct feature_line *line,
                                                      struct server_transaction *st,
                                                      char const *contact);

/** Frees at once, without a word; the line stays. Accepts NULL inside. */
void feature_subscription_free(struct feature_subscription **psubscription);

/** The subscription that a request is in, or NULL. */
struct feature_subscription *feature_subscription_find(struct gateway *gw, sip_t const *request);

/** It goes on for @p expires_s from now; a request came by @p from. */
void feature_subscription_refresh(struct feature_subscription *subscription, uint32_t expires_s,
                                  struct origin const *from);

/** Tells the phone these parts of its line's state. May free the subscription. */
void feature_subscription_tell(struct feature_subscription *subscription, uint16_t mask);

/** Ends it with a last NOTIFY; @p reason is one of RFC 6665 4.1.3, a static text. May free it, and
 *  its line. */
void feature_subscription_end(struct feature_subscription *subscription, char const *reason);
