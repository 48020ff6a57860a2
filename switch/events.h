/* SPDX-License-Identifier: Apache-2.0 */
/* From what happened in a call, or to a line, to the CSTA events that its monitors see.
 *
 * The monitors of a line see all of its calls as one party. Those of one phone of a shared line see
 * what rings there and what is talked there; a call that another phone answers is gone from them,
 * by a cause that makes no missed call of it. The monitors of a call see each event once. */
#pragma once
#include "call.h"
#include "csta.h"
#include "station.h"

struct monitor;

/** Sends @p message over the session of @p monitor. Must not stop monitors: it may only mark its
 *  session to be closed later. */
typedef void events_send_fn(struct monitor *monitor, struct csta_msg const *message);

/** Fills the event as the monitors of @p conn's line see it (NULL: as those of the call), all but
 *  monitor_xref and edition. Strings are borrowed from @p event and the call, the list of a
 *  transfer or conference is written to @p items. */
void events_fill(struct call_event const *event, struct call_conn const *conn,
                 struct csta_connection_item items[static CALL_MEMBERS_MAX], struct csta_msg *ret);

/** Adds the services that @p conn is ready for (servicesPermitted, ECMA-269 12.2.26): those of its
 *  state, and with another call of the same phone those for two calls. */
void events_permit(struct call_conn const *conn, struct csta_set *ret);

/** Takes the numbers of restricted lines out of @p msg where @p viewer (NULL: anybody) is told.
 * What was dialled stays: the caller knows it. */
void events_hide(struct line_table const *lines, struct line const *viewer, struct csta_msg *msg);

/** Tells @p event to each monitor of each line in the call, the calling line's first; then to the
 *  monitors of the call. */
void events_tell(struct call_event const *event, events_send_fn *send);

/** Tells the monitors of @p call that it has ended. */
void events_tell_end(struct call const *call, events_send_fn *send);

/** Tells what happened to a line or one of its phones. */
void events_tell_line(struct line_event const *event, events_send_fn *send);

/** The members of a transfer or conference as CSTA lists them; returns how many. */
size_t events_list(struct call_join const *join,
                   struct csta_connection_item ret[static CALL_MEMBERS_MAX]);

/** The CSTA forwarding type of a forwarding, and back; false if @p type is none. */
enum csta_forwarding events_forwarding(struct feature_forward const *forward);
bool events_parse_forwarding(enum csta_forwarding type, struct feature_forward *ret);
