/* SPDX-License-Identifier: Apache-2.0 */
/* Subscriptions of phones as rows: see cmd_feature.h. */
#include "cmd_feature.h"
#include "buf.h"
#include "clock.h"
#include "dialog.h"
#include "feature_subscription.h"
#include "gateway.h"
#include "svc.h"

enum { FORWARD_BYTES = 2048 };

static char const *disturb_str(struct feature_line const *line)
{
    if (!line || !(line->state.known & FEATURE_STATE_DND))
        return "unknown";
    return line->state.dnd ? "on" : "off";
}

/* Those that are on; "unknown" until the switch has told of one. */
static char const *print_forwards(struct feature_line const *line, struct buf *ret)
{
    uint16_t known = line ? line->state.known & (uint16_t)~FEATURE_STATE_DND : 0;

    for (int type = 1; type < CSTA_FORWARDINGS; type++) {
        if (!(known >> type & 1) || !line->state.forwards[type].on)
            continue;
        buf_printf(ret, "%s%s to %s", ret->len ? ", " : "",
                   csta_forwarding_str((enum csta_forwarding)type),
                   line->state.forwards[type].number);
        if (line->state.forwards[type].rings)
            buf_printf(ret, " after %u rings", (unsigned)line->state.forwards[type].rings);
    }
    return ret->len ? buf_text(ret) : known ? "none" : "unknown";
}

/* What the phone has heard of all this. */
static char const *told_str(struct feature_subscription const *s)
{
    if (s->reason)
        return s->reason;
    if (s->outgoing)
        return s->untold ? "late" : "unanswered";
    return s->line->state.known ? "all" : "nothing";
}

static json_t *row_of(struct feature_subscription const *s, uint64_t now)
{
    uint64_t left = s->due_ms > now ? (s->due_ms - now) / 1000 : 0;
    struct buf forwards;

    buf_init(&forwards, FORWARD_BYTES);
    json_t *row =
        json_pack("[s,s,I,s,s,s,i,s]", s->line ? s->line->number : "", dialog_remote_uri(s->dialog),
                  (json_int_t)left, disturb_str(s->line), print_forwards(s->line, &forwards),
                  told_str(s), s->line ? (int)s->line->connection : -1, dialog_call_id(s->dialog));
    buf_fini(&forwards);
    return row;
}

void cmd_feature_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("line", "phone", "expires s", "do not disturb", "forwarding", "told",
                              "connection", "call-id", NULL);
    struct gateway *gw = svc_state(svc);
    struct feature_subscription const *s;
    uint64_t now = clock_now_ms();

    (void)args;
    LIST_FOREACH(s, &gw->features.subscriptions, among_all)
    {
        ctl_table_row(table, row_of(s, now));
    }
    ctl_reply(call, table);
}
