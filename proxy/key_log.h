/* SPDX-License-Identifier: Apache-2.0 */
/* Who may read along: the TLS contexts whose secrets are written to a file (`key_log`). Switching
 * that on and off is said in the log, at each start, reload and end, and an alarm stands while it
 * is on. Belongs to the main thread. */
#pragma once
#include "secure_set.h"

struct alarm_board;

struct key_log {
    struct alarm_board *alarms; /* borrowed; NULL: none */
    struct secure_set set;
};

void key_log_init(struct key_log *log, struct alarm_board *alarms);

/** The contexts of @p set write their secrets from now on, if they are to (references are kept),
 *  and those of before no longer. */
void key_log_use(struct key_log *log, struct secure_set const *set);

/** Ends all. */
void key_log_fini(struct key_log *log);
