/* SPDX-License-Identifier: Apache-2.0 */
/* From what happened in a call to the CSTA events that its monitors see. */
#pragma once
#include "call.h"
#include "csta.h"

struct monitor;

/** Sends @p message over the session of @p monitor. Must not stop monitors: it may only mark its
 *  session to be closed later. */
typedef void events_send_fn(struct monitor *monitor, struct csta_msg const *message);

/** Fills the event as the monitors of @p line see it, all but monitor_xref and edition. Strings
 *  are borrowed from @p event and the call. */
void events_fill(struct call_event const *event, struct line const *line, struct csta_msg *ret);

/** Tells @p event to each monitor of each line in the call, the calling line's first. */
void events_tell(struct call_event const *event, events_send_fn *send);
