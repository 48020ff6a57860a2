/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that an administrator looks at. */
#include "cti_commands.h"
#include "clock.h"
#include "cmd_feature.h"
#include "cmd_line.h"
#include "cmd_number.h"
#include "cmd_signin.h"
#include "dialog.h"
#include "session.h"
#include "svc.h"

static void cmd_show_sessions(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("session", "user", "line", "state", "monitors", "unanswered", "age s",
                              "expires s", "connection", "device", "call-id", NULL);
    struct gateway *gw = svc_state(svc);
    uint64_t now = clock_now_ms();
    struct session *s;

    (void)args;
    LIST_FOREACH(s, &gw->all, link)
    {
        uint64_t left = s->due_ms > now ? (s->due_ms - now) / 1000 : 0;
        ctl_table_row(table, json_pack("[s,s,s,s,i,i,I,I,i,s,s]", s->id, s->user, s->line_text,
                                       session_state_str(s), (int)s->n_monitors, (int)s->n_sent,
                                       (json_int_t)((now - s->started_ms) / 1000), (json_int_t)left,
                                       (int)s->connection, s->device ? s->device : "",
                                       dialog_call_id(s->dialog)));
    }
    ctl_reply(call, table);
}

static void cmd_show_cti(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    json_t *table = ctl_table("connection", "state", "identity", "sessions", "round trip ms",
                              "lost at", "last loss", "last attempt", NULL);
    struct gateway *gw = svc_state(svc);

    (void)args;
    provider_rows(gw->provider, table);
    ctl_reply(call, table);
}

struct ctl_command const cti_commands[] = {
    { "show sessions", CTL_READ, cmd_show_sessions, NULL, "CSTA sessions of clients." },
    { "show cti", CTL_READ, cmd_show_cti, NULL,
      "CTI connections: heartbeat, last loss, why one is not up." },
    { "show features", CTL_READ, cmd_feature_show, NULL,
      "Phones that have subscribed to the features of their lines, and how these are." },
    { "show signins", CTL_READ, cmd_signin_show, NULL,
      "The last sign-ins that were refused, each with what the client was told." },
    { "signin check", CTL_READ, cmd_signin_check, "USER [LINE]",
      "Whether a user (an address) may sign in now, for which line and phone, and why not." },
    { "directory reload", CTL_WRITE, directory_cmd_reload, NULL,
      "Reads the users of the store again; whoever changes the store says so." },
    { "line select", CTL_WRITE, cmd_line_select, "USER LINE DEVICE",
      "The device that a user controls a line on, from now on and in open sessions." },
    { "number", CTL_READ, cmd_number, "NUMBER [DIRECTION]",
      "What the rules make of a number that clients write, or are shown (--outbound)." },
    { 0 },
};
