/* SPDX-License-Identifier: Apache-2.0 */
/* The one engine behind every state table. */
#define LOG_SUBSYSTEM LOG_FSM
#include "fsm.h"
#include "log.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic uint64_t fsm_unlisted_pairs;

uint64_t fsm_unlisted(void)
{
    return atomic_load_explicit(&fsm_unlisted_pairs, memory_order_relaxed);
}

static struct fsm_row const *find_row(struct fsm_table const *table, int state, int event)
{
    for (size_t i = 0; i < table->n_rows; i++)
        if (table->rows[i].event == event && table->rows[i].in & FSM_IN(state))
            return &table->rows[i];
    return NULL;
}

int fsm_step(struct fsm_table const *table, uint8_t *state, void *obj, int event, void *event_arg,
             char const *object_id)
{
    while (event != FSM_OK) {
        struct fsm_row const *row = find_row(table, *state, event);
        if (!row) {
            atomic_fetch_add_explicit(&fsm_unlisted_pairs, 1, memory_order_relaxed);
            log_debug(object_id, "event not listed machine=%s state=%s event=%s", table->name,
                      table->state_names[*state], table->event_names[event]);
            return -EPROTO;
        }
        int to = row->to == FSM_STAY ? *state : row->to;
        log_trace(object_id, "%s %s --%s--> %s", table->name, table->state_names[*state],
                  table->event_names[event], table->state_names[to]);
        *state = (uint8_t)to;
        event = row->action ? row->action(obj, event_arg) : FSM_OK;
    }
    return 0;
}

static uint32_t reachable(struct fsm_table const *table)
{
    uint32_t seen = FSM_IN(table->initial), before;

    do {
        before = seen;
        for (size_t i = 0; i < table->n_rows; i++)
            if (table->rows[i].in & seen && table->rows[i].to != FSM_STAY)
                seen |= FSM_IN(table->rows[i].to);
    } while (seen != before);
    return seen;
}

static int rows_for(struct fsm_table const *table, unsigned state, int event)
{
    int n = 0;

    for (size_t i = 0; i < table->n_rows; i++)
        n += table->rows[i].event == event && table->rows[i].in & FSM_IN(state);
    return n;
}

static char const *state_fault(struct fsm_table const *table, unsigned state)
{
    bool is_final = table->final & FSM_IN(state);

    if (!(reachable(table) & FSM_IN(state)))
        return "is not reachable";
    if (!is_final && table->timeout_event >= 0 && !rows_for(table, state, table->timeout_event))
        return "has no timeout row";
    for (unsigned event = 0; event < table->n_events; event++)
        if (rows_for(table, state, (int)event) > 1)
            return "lists an event twice";
    return NULL;
}

int fsm_lint(struct fsm_table const *table, char *ret_fault, size_t fault_size)
{
    for (unsigned state = 0; state < table->n_states; state++) {
        char const *fault = state_fault(table, state);
        if (fault) {
            snprintf(ret_fault, fault_size, "%s: state %s %s", table->name,
                     table->state_names[state], fault);
            return -EINVAL;
        }
    }
    return 0;
}
