/* SPDX-License-Identifier: Apache-2.0 */
/* The package "dialog" (RFC 4235): what the lines of a user do, for those who may see the user's
 * availability. All that is known of a line is whether it rings or is engaged, so a line has at
 * most one dialog, which is called as its source is and names nobody. Documents are full ones. An
 * idle line, one that is unknown and one that a watcher may not see look the same. */
#pragma once
#include <sofia-sip/msg_types.h>
#include <stdint.h>

#define DIALOG_EVENT_TYPE "application/dialog-info+xml"

struct presentity;
struct subscription;

/** A source of @p presentity has changed: tells who watches its lines. */
void dialog_event_changed(struct presentity *presentity);

/* The package, see event_package.h. */
uint64_t dialog_event_tag(struct subscription const *subscription);
int dialog_event_add(struct subscription *subscription, msg_t *notify, uint64_t tag);
