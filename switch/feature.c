/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what a line does with its calls by itself, and the rules of its forwarding. */
#include "feature.h"
#include "line.h"
#include "station.h"
#include <string.h>

void feature_init(struct feature *features)
{
    *features = (struct feature){ .dnd = false };
    for (int scope = 0; scope < FEATURE_SCOPES; scope++) {
        for (int reason = 0; reason < FEATURE_REASONS; reason++) {
            struct feature_forward *forward = &features->forwards[scope][reason];
            forward->reason = (enum feature_reason)reason;
            forward->scope = (enum feature_scope)scope;
        }
    }
}

static void tell(struct line_table *tab, struct line_event event)
{
    if (tab->on_event)
        tab->on_event(tab->ctx, &event);
}

enum feature_fault feature_set_forward(struct line_table *tab, struct line *line,
                                       struct feature_forward const *wanted)
{
    struct feature_forward *forward = &line->features.forwards[wanted->scope][wanted->reason];
    if (wanted->to[0]) {
        if (!line_is_reachable(tab, wanted->to))
            return FEATURE_BAD_NUMBER;
        if (line_find(tab, wanted->to) == line)
            return FEATURE_OWN_NUMBER;
        memcpy(forward->to, wanted->to, sizeof forward->to);
    }
    if (wanted->active && !forward->to[0])
        return FEATURE_NO_NUMBER;
    forward->active = wanted->active;
    forward->rings = wanted->rings;
    tell(tab,
         (struct line_event){ .type = CSTA_ForwardingEvent, .line = line, .forward = forward });
    return FEATURE_OK;
}

void feature_set_dnd(struct line_table *tab, struct line *line, bool on)
{
    line->features.dnd = on;
    tell(tab, (struct line_event){ .type = CSTA_DoNotDisturbEvent, .line = line, .on = on });
}

void feature_set_message_waiting(struct line_table *tab, struct line *line, bool on)
{
    line->features.message_waiting = on;
    tell(tab, (struct line_event){ .type = CSTA_MessageWaitingEvent, .line = line, .on = on });
}

struct feature_forward const *feature_forward_for(struct line const *line,
                                                  enum feature_reason reason, bool external)
{
    enum feature_scope const order[] = { external ? FEATURE_EXTERNAL : FEATURE_INTERNAL,
                                         FEATURE_ALL };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct feature_forward const *forward = &line->features.forwards[order[i]][reason];
        if (forward->active)
            return forward;
    }
    return NULL;
}
