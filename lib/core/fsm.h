/* SPDX-License-Identifier: Apache-2.0 */
/* State machines as tables (HACKING.md, "State machines").
 *
 * A machine is a const table of rows {states, event, action, next state}. fsm_step() is the only
 * place that changes a state: it sets the new state first (so that events raised inside the action
 * see it), then runs the action. An action that fails returns the failure event, which is stepped
 * at once; otherwise it returns FSM_OK. A pair that no row lists is logged and counted, never
 * silent. fsm_lint() proves a table sound; every table has a unit test that calls it. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define FSM_IN(state) (1u << (state))
#define FSM_ANY       UINT32_MAX

enum { FSM_OK = -1, FSM_STAY = -1 };

/** Runs on the transition; @p obj is the machine's object. Returns FSM_OK or the event to step
 * next. It may free @p obj only if it returns FSM_OK. */
typedef int fsm_action_fn(void *obj, void *event_arg);

struct fsm_row {
    uint32_t in; /* FSM_IN() bits of the states the row is for */
    int event;
    fsm_action_fn *action; /* NULL: none */
    int to;                /* FSM_STAY: no change */
};

struct fsm_table {
    char const *name; /* in logs: "session" */
    char const *const *state_names;
    char const *const *event_names;
    struct fsm_row const *rows;
    size_t n_rows;
    unsigned n_states; /* at most 32 */
    unsigned n_events;
    int initial;
    uint32_t final;    /* FSM_IN() bits of states that need no way out */
    int timeout_event; /* event that every non-final state must list, -1: the machine has no timer
                        */
};

/** Steps @p state of @p obj by @p event. @p object_id names the object in the log. Returns 0, or
 *  -EPROTO when the table has no row (state unchanged). */
int fsm_step(struct fsm_table const *table, uint8_t *state, void *obj, int event, void *event_arg,
             char const *object_id);

/** How many unlisted pairs fsm_step() has seen in this process. */
uint64_t fsm_unlisted(void);

/** Checks that every state is reachable, every non-final state lists the timeout event (if any) and
 *  no (state, event) pair stands twice. Returns 0, or -EINVAL with the fault in @p ret_fault. */
int fsm_lint(struct fsm_table const *table, char *ret_fault, size_t fault_size);
