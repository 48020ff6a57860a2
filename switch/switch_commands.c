/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what the switch tells and does over its control socket. */
#include "switch_commands.h"
#include "association.h"
#include "buf.h"
#include "clock.h"
#include "exchange.h"
#include "phone.h"
#include "svc.h"

enum { NAMES_MAX = 4096 };

static struct exchange *exchange_of(struct svc *svc)
{
    return svc_state(svc);
}

static json_int_t age_s(uint64_t since_ms)
{
    return (json_int_t)((clock_now_ms() - since_ms) / 1000);
}

static char const *state_name(struct call_conn const *conn)
{
    return call_fsm.state_names[conn->state];
}

static void cmd_show_calls(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    (void)args;
    json_t *table = ctl_table("call", "line", "state", "other party", "age s", NULL);
    struct call const *call;
    struct call_conn const *conn;
    TAILQ_FOREACH(call, &exchange_of(svc)->calls.all, link)
    {
        TAILQ_FOREACH(conn, &call->conns, on_call)
        {
            ctl_table_row(table,
                          json_pack("[s,s,s,s,I]", call->id, conn->line->number, state_name(conn),
                                    call_endpoint(conn), age_s(call->start_ms)));
        }
    }
    ctl_reply(ctl, table);
}

/* "free", "busy" when set by hand, else the states of its calls. */
static void describe_state(struct line const *line, struct buf *out)
{
    struct call_conn const *conn;
    if (line->busy)
        buf_puts(out, "busy");
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        buf_printf(out, "%s%s", out->len ? " " : "", state_name(conn));
    }
    if (out->len == 0)
        buf_puts(out, "free");
}

static void add_line(json_t *table, struct line const *line)
{
    struct buf devices, state;
    buf_init(&devices, NAMES_MAX);
    buf_init(&state, NAMES_MAX);
    for (size_t i = 0; i < line->n_devices; i++)
        buf_printf(&devices, "%s%s", i ? " " : "", line->devices[i]);
    describe_state(line, &state);
    ctl_table_row(table,
                  json_pack("[s,s,s,I,I]", line->number, buf_text(&devices), buf_text(&state),
                            (json_int_t)line->n_conns, (json_int_t)line->n_monitors));
    buf_fini(&state);
    buf_fini(&devices);
}

static void cmd_show_lines(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    (void)args;
    json_t *table = ctl_table("line", "devices", "state", "calls", "monitors", NULL);
    struct line const *line;
    TAILQ_FOREACH(line, &exchange_of(svc)->lines.all, link)
    {
        add_line(table, line);
    }
    ctl_reply(ctl, table);
}

static void cmd_show_links(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    (void)args;
    json_t *table = ctl_table("peer", "session", "monitors", "silent s", NULL);
    struct association const *as;
    TAILQ_FOREACH(as, &exchange_of(svc)->associations, next)
    {
        struct monitor const *monitor;
        json_int_t n = 0;
        TAILQ_FOREACH(monitor, &as->monitors, on_owner)
        {
            n++;
        }
        ctl_table_row(table, json_pack("[s,s,I,I]", link_name(as->link),
                                       as->open ? as->session_id : "-", n, age_s(as->heard_ms)));
    }
    ctl_reply(ctl, table);
}

static void cmd_phone(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    struct exchange *ex = exchange_of(svc);
    char const *id = ctl_arg(args, "line"), *verb = ctl_arg(args, "verb");
    char const *number = ctl_arg(args, "number");
    struct line *line = id ? line_find(&ex->lines, id) : NULL;
    if (!id || !verb) {
        ctl_fail(ctl, "bad-argument", "phone needs a line and a verb");
        return;
    }
    if (!line) {
        ctl_fail(ctl, "not-found", "no such line: %s", id);
        return;
    }
    switch (phone_act(ex, line, verb, number)) {
    case PHONE_OK:
        ctl_reply(ctl, json_pack("{s:s,s:s}", "line", line->number, "verb", verb));
        return;
    case PHONE_NO_VERB:
        ctl_fail(ctl, "bad-argument", "no such verb: %s; there are %s", verb, phone_verbs());
        return;
    case PHONE_NO_NUMBER:
        ctl_fail(ctl, "bad-argument", "dial needs a number");
        return;
    case PHONE_WRONG_STATE:
        ctl_fail(ctl, "wrong-state", "line %s cannot %s now", line->number, verb);
        return;
    case PHONE_NO_ROOM:
        ctl_fail(ctl, "unavailable", "line %s has no room for a further call", line->number);
        return;
    }
}

/* clang-format off */
const struct ctl_command switch_commands[] = {
    { "show calls", CTL_READ, cmd_show_calls, NULL, "Every line in a call, and who it talks to." },
    { "show lines", CTL_READ, cmd_show_lines, NULL, "The lines, their phones and their state." },
    { "show links", CTL_READ, cmd_show_links, NULL, "CSTA links and their sessions." },
    { "phone", CTL_WRITE, cmd_phone, "LINE VERB [NUMBER]",
      "Plays the human at a phone: answer, hangup, hold, retrieve, dial NUMBER, busy, free." },
    { .name = NULL },
};
/* clang-format on */
