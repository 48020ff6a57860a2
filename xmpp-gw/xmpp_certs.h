/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of domains of ours: their ends as alarms and gauges, and new ones at a reload,
 * which no stream is dropped for: those that are there stay under what they began with. */
#pragma once
#include "secure_watch.h"

struct alarm_board;
struct streams_settings;
struct xmpp_conf;

/** @p alarms (NULL: none) is borrowed. NULL when out of memory; secure_watch_free() ends it. */
struct secure_watch *xmpp_certs_new(struct wheel *wheel, struct alarm_board *alarms);

/** Watches the contexts of @p settings from now on, by the limits of @p conf. */
void xmpp_certs_watch(struct secure_watch *watch, struct streams_settings const *settings,
                      struct xmpp_conf const *conf);

/** Reads the certificates of those domains of ours that @p settings has, as @p conf names them now;
 *  streams that begin later are under them. 0, or a negative errno after logging why: nothing has
 *  changed. */
int xmpp_certs_renew(struct streams_settings *settings, struct xmpp_conf const *conf);
