/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what the switch tells and does over its control socket. */
#include "switch_commands.h"
#include "association.h"
#include "buf.h"
#include "clock.h"
#include "events.h"
#include "exchange.h"
#include "phone.h"
#include "station.h"
#include "svc.h"
#include <stdio.h>
#include <string.h>

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
    if (!line_in_service(line))
        buf_puts(out, "out-of-service");
    TAILQ_FOREACH(conn, &line->conns, on_line)
    {
        buf_printf(out, "%s%s", out->len ? " " : "", state_name(conn));
    }
    if (out->len == 0)
        buf_puts(out, "free");
}

/* A phone that does not work stands in brackets. */
static void describe_phones(struct line const *line, struct buf *out)
{
    for (size_t i = 0; i < line->n_stations; i++) {
        struct station const *station = line->stations[i];
        if (station->name != line->number)
            buf_printf(out, station->in_service ? "%s%s" : "%s(%s)", i ? " " : "", station->name);
    }
}

/* "dnd", "mwi", and what is forwarded where: "forwardBusy>2003". */
static void describe_features(struct line const *line, struct buf *out)
{
    if (line->features.dnd)
        buf_puts(out, "dnd");
    if (line->features.message_waiting)
        buf_printf(out, "%smwi", out->len ? " " : "");
    for (int i = 0; i < FEATURE_SCOPES * FEATURE_REASONS; i++) {
        struct feature_forward const *forward =
            &line->features.forwards[i / FEATURE_REASONS][i % FEATURE_REASONS];
        if (forward->active)
            buf_printf(out, "%s%s>%s", out->len ? " " : "",
                       csta_forwarding_str(events_forwarding(forward)), forward->to);
    }
    if (out->len == 0)
        buf_puts(out, "-");
}

static void add_line(json_t *table, struct line const *line)
{
    struct buf devices, state, features;
    buf_init(&devices, NAMES_MAX);
    buf_init(&state, NAMES_MAX);
    buf_init(&features, NAMES_MAX);
    describe_phones(line, &devices);
    describe_state(line, &state);
    describe_features(line, &features);
    ctl_table_row(table, json_pack("[s,s,s,s,I,I]", line->number, buf_text(&devices),
                                   buf_text(&state), buf_text(&features), (json_int_t)line->n_conns,
                                   (json_int_t)line->n_monitors));
    buf_fini(&features);
    buf_fini(&state);
    buf_fini(&devices);
}

static void cmd_show_lines(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    (void)args;
    json_t *table = ctl_table("line", "devices", "state", "features", "calls", "monitors", NULL);
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

static void fail_verb(struct ctl_call *ctl, char const *verb)
{
    struct buf verbs;
    buf_init(&verbs, NAMES_MAX);
    phone_verbs(&verbs);
    ctl_fail(ctl, "bad-argument", "no such verb: %s; there are %s", verb, buf_text(&verbs));
    buf_fini(&verbs);
}

static void answer_phone(struct ctl_call *ctl, enum phone_fault fault, char const *line,
                         char const *verb)
{
    switch (fault) {
    case PHONE_OK:
        ctl_reply(ctl, json_pack("{s:s,s:s}", "line", line, "verb", verb));
        return;
    case PHONE_NO_VERB:
        fail_verb(ctl, verb);
        return;
    case PHONE_NO_NUMBER:
        ctl_fail(ctl, "bad-argument", "%s needs a number that can be called", verb);
        return;
    case PHONE_NO_VALUE:
        ctl_fail(ctl, "bad-argument", "%s needs on or off, or a percentage", verb);
        return;
    case PHONE_WRONG_STATE:
        ctl_fail(ctl, "wrong-state", "line %s cannot %s now", line, verb);
        return;
    case PHONE_NO_ROOM:
        ctl_fail(ctl, "unavailable", "line %s has no room for a further call or member", line);
        return;
    case PHONE_DEAD:
        ctl_fail(ctl, "unavailable", "the phone of line %s is out of service", line);
        return;
    }
}

/* A line, one of its phones, or somebody outside who calls or is called. */
static bool find_phone(struct exchange *ex, char const *id, struct line_ref *ret)
{
    char number[NUMBER_MAX + 1];
    if (line_resolve(&ex->lines, id, ret))
        return true;
    ret->line = number_parse(id, number) == 0 ? line_guest(&ex->lines, number) : NULL;
    ret->station = NULL;
    return ret->line;
}

static void cmd_phone(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    struct exchange *ex = exchange_of(svc);
    char const *id = ctl_arg(args, "line"), *verb = ctl_arg(args, "verb");
    char number[NUMBER_MAX + 1];
    struct line_ref at;
    if (!id || !verb) {
        ctl_fail(ctl, "bad-argument", "phone needs a line and a verb");
        return;
    }
    if (!find_phone(ex, id, &at)) {
        ctl_fail(ctl, "not-found", "no such line: %s", id);
        return;
    }
    /* Somebody outside is gone when the call ends. */
    snprintf(number, sizeof number, "%s", at.line->number);
    answer_phone(ctl, phone_act(ex, at, verb, ctl_arg(args, "number")), number, verb);
    exchange_forget_guest(ex, number);
}

static void cmd_announce(struct svc *svc, struct ctl_call *ctl, json_t const *args)
{
    char const *name = ctl_arg(args, "status");
    for (enum csta_system_status status = CSTA_STATUS_ABSENT + 1; name && status < CSTA_STATUSES;
         status++) {
        if (strcmp(csta_system_status_str(status), name) != 0)
            continue;
        association_announce(exchange_of(svc), status);
        ctl_reply(ctl, json_pack("{s:s}", "status", name));
        return;
    }
    ctl_fail(ctl, "bad-argument",
             "no such status; there are normal, disabled, partiallyDisabled, "
             "overloadImminent, overloadReached, overloadRelieved and others "
             "of CSTA");
}

/* clang-format off */
const struct ctl_command switch_commands[] = {
    { "show calls", CTL_READ, cmd_show_calls, NULL, "Every line in a call, and who it talks to." },
    { "show lines", CTL_READ, cmd_show_lines, NULL,
      "The lines, their phones, their state and what they do with calls." },
    { "show links", CTL_READ, cmd_show_links, NULL, "CSTA links and their sessions." },
    { "phone", CTL_WRITE, cmd_phone, "LINE VERB [NUMBER]",
      "Plays the human at a phone: answer, hangup, hold, dial NUMBER, transfer ... "
      "See crosspoint-switch(8)." },
    { "announce", CTL_WRITE, cmd_announce, "STATUS",
      "Sets the system status that applications ask for, and tells those that registered." },
    { .name = NULL },
};
/* clang-format on */
