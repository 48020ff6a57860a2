/* SPDX-License-Identifier: Apache-2.0 */
/* The table of phones: a row for each user of a line. */
#include "phone_commands.h"
#include "composed.h"
#include "event_server.h"
#include "phone_gateway.h"
#include "presence_commands.h"
#include "svc.h"

static void add_user(json_t *table, struct phone_line const *line, struct phone_user const *user)
{
    struct phone_report const *state = phone_line_state(line);
    json_t *source, *since;

    if (state && state->stale)
        state = NULL;
    if (state) {
        source = json_string(phone_way_name((enum phone_way)(state - line->reports)));
        since = json_integer(presence_commands_age_s(state->time_ms));
    } else {
        source = json_string("");
        since = json_null();
    }
    ctl_table_row(table, json_pack("[s,s,o,s,o,s]", line->number, user->address, source,
                                   state ? composed_phone_says(state->doc) : "unknown", since,
                                   phone_gateway_state_str(line)));
}

void phone_commands_show(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server const *server = svc_state(svc);
    json_t *table = ctl_table("line", "user", "source", "state", "since s", "subscription", NULL);

    (void)args;
    for (struct htab_entry *e = htab_next(&server->phones.by_number, NULL); e;
         e = htab_next(&server->phones.by_number, e)) {
        struct phone_line const *line = (struct phone_line const *)e;
        for (struct phone_user const *user = line->users; user; user = user->next)
            add_user(table, line, user);
    }
    ctl_reply(call, table);
}
