/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the call model do for each other; nobody else includes this. */
#pragma once
#include "call.h"

/** The argument of fsm_step() for a connection: what the event says besides its subject. */
struct call_tell {
    enum csta_cause cause;
    char const *text;
    struct call_join const *join;
};

/** Steps the connection; the event is told within. The connection may only be freed after it. */
void call_step(struct call_conn *conn, enum call_step event, enum csta_cause cause);
void call_step_telling(struct call_conn *conn, enum call_step event, struct call_tell const *tell);

/** A call without connections, from @p caller to @p called. NULL: no memory; the limit of calls is
 *  call_has_room()'s. */
struct call *call_new(struct call_table *tab, struct line const *caller, char const *called);
bool call_has_room(struct call_table const *tab);
void call_free(struct call **pcall);

struct call_conn *call_conn_new(struct call *call, struct line *line);
void call_conn_free(struct call_conn **pconn);

/** Puts the connection to a phone; NULL takes it away from its phone. */
void call_seat(struct call_conn *conn, struct station *station);

/** Moves the connection to another call. */
void call_move(struct call_conn *conn, struct call *to);

/** Ends the connection with @p cause, and the call when nobody would be left to talk to. */
void call_leave(struct call_conn *conn, enum csta_cause cause);

/** Whether any phone call keeps this handset off its hook. */
bool call_station_is_off_hook(struct station const *station);

/** Appearances of the line in use; waiting callers have none. */
size_t call_appearances(struct line const *line);

/** Frees the handset for @p conn: what it talks in is held, what it only listens to ends. */
void call_take_handset(struct call_conn *conn, enum csta_cause cause);

/** Has @p number rung on behalf of the call, forwarding followed; what cannot be reached is told
 *  to the caller. May end the call when its caller is a guest. */
void call_ring(struct call *call, char const *number, enum csta_cause cause);

/** Starts the time in which something must be done about what rings, or wants its handset lifted.
 */
void call_arm_no_answer(struct call_conn *conn);

/** The digits are complete: goes out. */
void call_originate(struct call_conn *conn, enum csta_cause cause);

/** The one timer of a connection. */
void call_on_timer(struct wheel_timer *timer);

/** Tells that the connection goes to @p to instead, remembers it, and frees the connection. */
void call_send_on(struct call_conn *conn, char const *to, enum csta_cause cause);
