/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: see statement.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "statement.h"
#include "clock.h"
#include "event_server.h"
#include "log.h"
#include "pidf.h"
#include "presence_metrics.h"
#include "presentity.h"
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTITY_BYTES = PRESENCE_ADDRESS_BYTES + 8 };

static struct {
    char const *name;
    enum compose_kind kind;
} const kinds[] = { { "manual", COMPOSE_MANUAL }, { "calendar", COMPOSE_CALENDAR } };

static void on_expiry(struct wheel_timer *timer)
{
    struct statement *s = (struct statement *)((char *)timer - offsetof(struct statement, expiry));

    presence_count(M_statements_expired);
    log_info(NULL, "%s state is over user=\"%s\"", kinds[s->kind].name, s->presentity->address);
    presence_state_forget_statement(s->presentity, s->kind, s->time_ms);
    statement_end(s->presentity, s->kind);
}

static void changed(struct presentity *p)
{
    p->n_holds++;
    presentity_changed(p);
    p->n_holds--;
    presentity_release(p);
}

struct statement *statement_new(struct presentity *p, struct statement_said const *said)
{
    struct statement *s = calloc(1, sizeof *s);
    char entity[ENTITY_BYTES];

    (void)snprintf(entity, sizeof entity, "pres:%s", p->address);
    struct pidf *doc =
        s ? compose_statement(entity, kinds[said->kind].name, said->state, said->note) : NULL;
    if (!doc) {
        free(s);
        return NULL;
    }
    *s = (struct statement){ .presentity = p,
                             .doc = doc,
                             .time_ms = said->time_ms,
                             .kind = said->kind,
                             .overrides =
                                 said->state == COMPOSE_DND || said->state == COMPOSE_UNAVAILABLE };
    if (said->expires_s)
        s->due_ms = clock_now_ms() + (uint64_t)said->expires_s * 1000;
    return s;
}

void statement_free(struct statement **ps)
{
    struct statement *s = *ps;

    *ps = NULL;
    if (!s)
        return;
    wheel_disarm(&s->expiry);
    pidf_free(&s->doc);
    free(s);
}

void statement_restore(struct statement *s)
{
    uint64_t now = clock_now_ms();

    statement_forget(s->presentity, s->kind);
    if (s->kind == STATEMENT_MANUAL)
        (void)presentity_new_manual(s->presentity);
    if (s->due_ms)
        wheel_arm(s->presentity->server->wheel, &s->expiry, s->due_ms > now ? s->due_ms - now : 1,
                  on_expiry);
    s->presentity->statements[s->kind] = s;
    presence_gauge(M_statements, 1);
}

void statement_begin(struct statement *s)
{
    statement_restore(s);
    changed(s->presentity);
}

void statement_forget(struct presentity *p, enum statement_kind kind)
{
    if (p->statements[kind])
        presence_gauge(M_statements, -1);
    statement_free(&p->statements[kind]);
}

void statement_end(struct presentity *p, enum statement_kind kind)
{
    statement_forget(p, kind);
    if (kind == STATEMENT_MANUAL)
        p->manual = 0;
    changed(p);
}

char const *statement_kind_name(enum statement_kind kind)
{
    return kinds[kind].name;
}

enum statement_kind statement_kind_find(char const *name)
{
    enum statement_kind kind = 0;

    while (kind < STATEMENT_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

enum compose_state statement_state_find(char const *name)
{
    static enum compose_state const states[] = { COMPOSE_AVAILABLE, COMPOSE_AWAY, COMPOSE_DND,
                                                 COMPOSE_BUSY, COMPOSE_UNAVAILABLE };

    for (size_t i = 0; name && i < sizeof states / sizeof states[0]; i++)
        if (strcmp(compose_state_name(states[i]), name) == 0)
            return states[i];
    return COMPOSE_UNKNOWN;
}

bool statement_note_is_right(char const *note)
{
    while (*note && !iscntrl((unsigned char)*note))
        note++;
    return !*note;
}

struct compose_source statement_source(struct statement const *s)
{
    return (struct compose_source){ .kind = kinds[s->kind].kind,
                                    .name = kinds[s->kind].name,
                                    .doc = s->doc,
                                    .time_ms = s->time_ms,
                                    .overrides = s->overrides };
}
