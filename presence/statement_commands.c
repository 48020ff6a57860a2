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
#include "presentity.h"
#include "svc.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SPAN_DIGITS = 8 };

static enum compose_state const by_hand[] = { COMPOSE_AVAILABLE, COMPOSE_AWAY, COMPOSE_DND,
                                              COMPOSE_BUSY, COMPOSE_UNAVAILABLE };

/* COMPOSE_UNKNOWN: it is the name of none. */
static enum compose_state state_called(char const *name)
{
    for (size_t i = 0; name && i < sizeof by_hand / sizeof by_hand[0]; i++)
        if (strcmp(compose_state_name(by_hand[i]), name) == 0)
            return by_hand[i];
    return COMPOSE_UNKNOWN;
}

static bool is_printable(char const *text)
{
    while (*text && !iscntrl((unsigned char)*text))
        text++;
    return !*text;
}

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

static void set(struct ctl_call *call, struct presentity *p, enum compose_state state,
                char const *note)
{
    if (!is_there(p)) {
        ctl_fail(call, "wrong-state", "%s has no client signed in, so nobody can set a state",
                 p->address);
        presentity_release(p);
        return;
    }
    if (statement_set(p, STATEMENT_MANUAL, state, note, 0) < 0) {
        ctl_fail(call, "unavailable", "no memory");
        return;
    }
    audit_command(call, "presence set user=\"%s\" state=%s", p->address, compose_state_name(state));
    ctl_reply(call, json_pack("{s:s,s:s,s:s}", "user", p->address, "state",
                              composed_state(p->composed), "rule", composed_rule(p->composed)));
}

void statement_commands_set(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server *server = svc_state(svc);
    char const *note = ctl_arg(args, "note");
    enum compose_state state = state_called(ctl_arg(args, "state"));
    char user[PRESENCE_ADDRESS_BYTES];

    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    if (!state) {
        ctl_fail(call, "bad-argument",
                 "the state is available, away, dnd, busy or unavailable, not %s",
                 ctl_arg(args, "state"));
        return;
    }
    if (note && (!is_printable(note) || strlen(note) > (size_t)server->conf->max_note)) {
        ctl_fail(call, "bad-argument", "the note has control characters, or more than max_note");
        return;
    }
    struct presentity *p = presentity_for(server, call, user);
    if (p)
        set(call, p, state, note);
}

void statement_commands_clear(struct svc *svc, struct ctl_call *call, json_t const *args)
{
    struct event_server *server = svc_state(svc);
    char user[PRESENCE_ADDRESS_BYTES];

    if (!command_user_read(server, call, ctl_arg(args, "user"), user))
        return;
    struct presentity *p = presentity_find(server, user);
    bool had_one = p && p->manual;
    if (had_one) {
        audit_command(call, "presence clear user=\"%s\"", user);
        statement_end(p, STATEMENT_MANUAL);
    }
    ctl_reply(call, json_pack("{s:s,s:b}", "user", user, "cleared", (int)had_one));
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
    if (!p)
        return;
    if (statement_set(p, STATEMENT_CALENDAR, is_busy ? COMPOSE_BUSY : COMPOSE_AVAILABLE, NULL,
                      (uint32_t)expires_s) < 0) {
        ctl_fail(call, "unavailable", "no memory");
        presentity_release(p);
        return;
    }
    audit_command(call, "presence calendar user=\"%s\" state=%s seconds=%llu", user, state,
                  (unsigned long long)expires_s);
    ctl_reply(call, json_pack("{s:s,s:s,s:I}", "user", user, "calendar", state, "seconds",
                              (json_int_t)expires_s));
}
