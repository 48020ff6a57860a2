/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of sessions that end together. */
#include "farewell.h"
#include "session.h"

enum { TURN_MS = 20 };

static void on_turn(struct wheel_timer *timer)
{
    struct farewell *farewell =
        (struct farewell *)((char *)timer - offsetof(struct farewell, turn));
    struct session *session;

    for (int64_t i = 0; i < farewell->batch && (session = TAILQ_FIRST(&farewell->waiting)); i++)
        session_turn(session);
    if (!TAILQ_EMPTY(&farewell->waiting))
        wheel_arm(farewell->wheel, timer, TURN_MS, on_turn);
}

void farewell_init(struct farewell *farewell, struct wheel *wheel, int64_t batch)
{
    *farewell = (struct farewell){ .wheel = wheel, .batch = batch };
    TAILQ_INIT(&farewell->waiting);
}

void farewell_fini(struct farewell *farewell)
{
    wheel_disarm(&farewell->turn);
}

void farewell_add(struct farewell *farewell, struct session *session)
{
    if (TAILQ_EMPTY(&farewell->waiting) && !farewell->turn.armed)
        wheel_arm(farewell->wheel, &farewell->turn, 0, on_turn);
    TAILQ_INSERT_TAIL(&farewell->waiting, session, leaving);
    session->is_leaving = true;
}

void farewell_remove(struct farewell *farewell, struct session *session)
{
    if (session->is_leaving)
        TAILQ_REMOVE(&farewell->waiting, session, leaving);
    session->is_leaving = false;
}
