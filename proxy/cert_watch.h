/* SPDX-License-Identifier: Apache-2.0 */
/* What lib/sip/secure_watch.h finds about the certificates of the contexts in force, as alarms and
 * gauges of the proxy. Belongs to the main thread. */
#pragma once
#include "secure_watch.h"

struct alarm_board;
struct secure_set;

/** @p alarms (NULL: none) is borrowed. NULL when out of memory; secure_watch_free() ends it. */
struct secure_watch *cert_watch_new(struct wheel *wheel, struct alarm_board *alarms);

/** Watches the contexts of @p set from now on. */
void cert_watch_set(struct secure_watch *watch, struct secure_set const *set,
                    struct secure_watch_limits const *limits);
