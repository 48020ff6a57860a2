/* SPDX-License-Identifier: Apache-2.0 */
/* States set by hand, and what calendars say, by command. */
#include "statement_commands.h"
#include "audit.h"
#include "clock.h"
#include "command_user.h"
#include "composed.h"
#include "event_server.h"
#include "pidf_time.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "svc.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SPAN_DIGITS = 8 };

/* Answers @p call if there is none. */
static struct presentity *presentity_for(struct event_server *server, struct ctl_call *call,
                                         char const *address)
{
    struct presentity *p = presentity_get(server, address);

    if (!p)
        ctl_fail(call, "unavailable", "max_presentities is reached");
    return p;
}

/* What is set of somebody who is not there would be over at once (guide 1.6). */
static bool is_there(struct presentity *p)
{
    return presentity_show(p, PRESENTITY_FULL, pidf_profiles()) && composed_has_client(p->composed);
}

/* --- written first, then said ------------------------------------------------------------------
 */

/* What somebody says, while it is written. */
struct saying {
    struct ctl_call *call;
    struct presentity *presentity; /* held */
    struct statement *statement;   /* owned; NULL: what was set by hand is over */
    struct statement_said said;    /* without note */
    unsigned n_cleared;            /* as it was */
};

static void refuse(struct ctl_call *call, int error)
{
    if (error == -ECANCELED) {
        ctl_fail(call, "unavailable", "the presence server ends");
        return;
    }
    presence_count(M_state_failures);
    ctl_fail(call, "unavailable", "the store cannot write, and nothing has changed: %s",
             error == -EBUSY ? "too many changes wait for it" : strerror(-error));
}

static void answer_set(struct saying const *saying)
{
    struct presentity const *p = saying->presentity;

    audit_command(saying->call, "presence set user=\"%s\" state=%s", p->address,
                  compose_state_name(saying->said.state));
    ctl_reply(saying->call,
              json_pack("{s:s,s:s,s:s}", "user", p->address, "state", composed_state(p->composed),
                        "rule", composed_rule(p->composed)));
}

static void answer_calendar(struct saying const *saying)
{
    char const *user = saying->presentity->address;
    char const *state = saying->said.state == COMPOSE_BUSY ? "busy" : "free";
    uint32_t expires_s = saying->said.expires_s;

    audit_command(saying->call, "presence calendar user=\"%s\" state=%s seconds=%u", user, state,
                  (unsigned)expires_s);
    ctl_reply(saying->call, json_pack("{s:s,s:s,s:I}", "user", user, "calendar", state, "seconds",
                                      (json_int_t)expires_s));
}

static void answer_clear(struct saying const *saying)
{
    char const *user = saying->presentity->address;

    audit_command(saying->call, "presence clear user=\"%s\"", user);
    ctl_reply(saying->call, json_pack("{s:s,s:b}", "user", user, "cleared", 1));
}

static void fail_absent(struct ctl_call *call, struct presentity const *p)
{
    ctl_fail(call, "wrong-state", "%s has no client signed in, so nobody can set a state",
             p->address);
}

/* Whoever has signed out meanwhile has set nothing. */
static void take(struct saying *saying)
{
    struct presentity *p = saying->presentity;
    bool is_manual = saying->said.kind == STATEMENT_MANUAL;

    if (!saying->statement) {
        statement_end(p, STATEMENT_MANUAL);
        answer_clear(saying);
    } else if (is_manual && (p->n_cleared != saying->n_cleared || !is_there(p))) {
        presence_state_forget_statement(p, STATEMENT_MANUAL, saying->said.time_ms);
        fail_absent(saying->call, p);
    } else {
        statement_begin(saying->statement);
        saying->statement = NULL;
        if (is_manual)
            answer_set(saying);
        else
            answer_calendar(saying);
    }
}

static void on_written(void *vsaying, int error)
{
    struct saying *saying = vsaying;

    if (error < 0)
        refuse(saying->call, error);
    else
        take(saying);
    statement_free(&saying->statement);
    saying->presentity->n_holds--;
    presentity_release(saying->presentity);
    free(saying);
}

/* State unknown: what was set by hand is over. */
static void say(struct ctl_call *call, struct presentity *p, struct statement_said said)
{
    struct saying *saying = malloc(sizeof *saying);

    said.time_ms = (int64_t)(clock_wall_us() / 1000);
    struct statement *statement = saying && said.state ? statement_new(p, &said) : NULL;
    if (!saying || (said.state && !statement)) {
        free(saying);
        presentity_release(p);
        ctl_fail(call, "unavailable", "no memory");
        return;
    }
    *saying = (struct saying){ call, p, statement, said, p->n_cleared };
    saying->said.note = NULL;
    p->n_holds++;
    presence_state_put_statement(p, &said, on_written, saying);
}

/* --- states set by hand ------------------------------------------------------------------------
 */

void statement_commands_set(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server *server = svc_state(svc);
    char const *note = ctl_arg(args, "note");
    enum compose_state state = statement_state_find(ctl_arg(args, "state"));
    char user[PRESENCE_ADDRESS_BYTES];

    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    if (!state) {
        ctl_fail(call, "bad-argument",
                 "the state is available, away, dnd, busy or unavailable, not %s",
                 ctl_arg(args, "state"));
        return;
    }
    if (note && (!statement_note_is_right(note) || strlen(note) > (size_t)server->conf->max_note)) {
        ctl_fail(call, "bad-argument", "the note has control characters, or more than max_note");
        return;
    }
    struct presentity *p = presentity_for(server, call, user);
    if (p && is_there(p)) {
        say(call, p,
            (struct statement_said){ .kind = STATEMENT_MANUAL, .state = state, .note = note });
    } else if (p) {
        fail_absent(call, p);
        presentity_release(p);
    }
}

void statement_commands_clear(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server *server = svc_state(svc);
    char user[PRESENCE_ADDRESS_BYTES];

    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    struct presentity *p = presentity_find(server, user);
    if (p && p->manual)
        say(call, p, (struct statement_said){ .kind = STATEMENT_MANUAL });
    else
        ctl_reply(call, json_pack("{s:s,s:b}", "user", user, "cleared", 0));
}

/* --- calendars -------------------------------------------------------------------------------- */

/* "90m", "2h", "45s". Returns 0: no such span. */
static uint64_t parse_span(char const *text)
{
    size_t digits = strspn(text, "0123456789");
    uint64_t n = digits && digits <= SPAN_DIGITS ? strtoull(text, NULL, 10) : 0;

    if (strcmp(text + digits, "s") == 0)
        return n;
    if (strcmp(text + digits, "m") == 0)
        return n * 60;
    return strcmp(text + digits, "h") == 0 ? n * 3600 : 0;
}

/* A point of time (RFC 3339), or a span from now. Returns 0, or -EINVAL: neither, or over. */
static int parse_end(char const *text, uint64_t *ret_s)
{
    int64_t now_ms = (int64_t)(clock_wall_us() / 1000), end_ms;

    *ret_s = parse_span(text);
    if (!*ret_s && pidf_time_parse(text, &end_ms) == 0 && end_ms > now_ms)
        *ret_s = (uint64_t)(end_ms - now_ms + 999) / 1000;
    return *ret_s ? 0 : -EINVAL;
}

/* How long; answers @p call if that cannot be. */
static bool read_end(struct event_server const *server, struct ctl_call *call, json_t const *args,
                     uint64_t *ret_s)
{
    char const *until = ctl_arg(args, "until"), *time = ctl_arg(args, "time");
    uint64_t most = (uint64_t)server->conf->calendar_ttl;

    *ret_s = most;
    if (until && (!time || strcmp(until, "until") != 0))
        ctl_fail(call, "bad-argument", "say \"until TIME\"");
    else if (until && parse_end(time, ret_s) < 0)
        ctl_fail(call, "bad-argument",
                 "%s is neither a time to come, such as 2026-11-22T10:00:00Z, nor a span, such as "
                 "90m",
                 time);
    else if (*ret_s > most)
        ctl_fail(call, "bad-argument", "%s is further away than calendar_ttl", time);
    else
        return true;
    return false;
}

void statement_commands_calendar(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server *server = svc_state(svc);
    char const *state = ctl_arg(args, "state");
    char user[PRESENCE_ADDRESS_BYTES];
    bool is_busy = state && strcmp(state, "busy") == 0;
    uint64_t expires_s;

    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    if (!is_busy && (!state || strcmp(state, "free") != 0)) {
        ctl_fail(call, "bad-argument", "a calendar says busy or free");
        return;
    }
    if (!read_end(server, call, args, &expires_s))
        return;
    struct presentity *p = presentity_for(server, call, user);
    if (p)
        say(call, p,
            (struct statement_said){ .kind = STATEMENT_CALENDAR,
                                     .state = is_busy ? COMPOSE_BUSY : COMPOSE_AVAILABLE,
                                     .expires_s = (uint32_t)expires_s });
}
