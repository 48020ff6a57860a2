/* SPDX-License-Identifier: Apache-2.0 */
/* A line whose features phones have subscribed to: one monitor at the switch for all of them, and
 * what is known of the line. Made by its first subscription, put down after the last.
 *
 * It lives on one CTI connection; when that is lost its subscriptions end with the advice to come
 * again (RFC 6665 4.1.3, probation). */
#pragma once
#include "feature_state.h"
#include "htab.h"
#include <sys/queue.h>

struct feature_subscription;
struct gateway;

LIST_HEAD(feature_line_list, feature_line);
LIST_HEAD(feature_subscription_list, feature_subscription);

struct feature_line {
    struct htab_entry by_number, by_xref;
    LIST_ENTRY(feature_line) link;
    struct feature_subscription_list subscriptions;
    struct gateway *gw;
    unsigned connection, pending; /* answers that the driver owes */
    bool closed;                  /* goes when nothing is pending */
    char *number;
    char *xref; /* of the monitor at the switch; NULL until it is there */
    struct feature_state state;
};

/** All lines and subscriptions; embedded in the gateway. */
struct feature_lines {
    struct feature_line_list all;
    struct feature_subscription_list subscriptions; /* those that are ending, too */
    struct htab by_number, by_xref, by_tag;
};

void feature_line_init(struct feature_lines *lines);

/** Ends every subscription without a word, and puts the lines down: before the driver goes. */
void feature_line_stop(struct gateway *gw);
/** Frees what is left: after the driver has answered all. */
void feature_line_fini(struct feature_lines *lines);

/** The line @p number, made if it is new. NULL: no CTI connection is up, or out of memory. */
struct feature_line *feature_line_get(struct gateway *gw, char const *number);

/** Puts the line down if nobody is subscribed to it. */
void feature_line_release(struct feature_line *line);

/** Asks the switch for SetDoNotDisturb or SetForwarding (@p request, its device is set here). What
 *  comes of it all subscriptions hear as an event; of a failure @p line's phones are told how it is
 *  instead. Returns 0 or a negative errno. */
int feature_line_set(struct feature_line *line, struct csta_msg request);

/** An event of connection @p index: true if it is of one of our monitors. */
bool feature_line_take(struct gateway *gw, unsigned index, struct csta_msg const *event);

/** Connection @p index is lost. */
void feature_line_lost(struct gateway *gw, unsigned index);
