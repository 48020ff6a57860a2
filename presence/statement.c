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
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

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
    statement_end(s->presentity, s->kind);
}

static void changed(struct presentity *p)
{
    p->n_holds++;
    presentity_changed(p);
    p->n_holds--;
    presentity_release(p);
}

int statement_set(struct presentity *p, enum statement_kind kind, enum compose_state state,
                  char const *note, uint32_t expires_s)
{
    struct statement *s = calloc(1, sizeof *s);
    char entity[ENTITY_BYTES];

    (void)snprintf(entity, sizeof entity, "pres:%s", p->address);
    struct pidf *doc = s ? compose_statement(entity, kinds[kind].name, state, note) : NULL;
    if (!doc) {
        free(s);
        return -ENOMEM;
    }
    *s = (struct statement){ .presentity = p,
                             .doc = doc,
                             .time_ms = (int64_t)(clock_wall_us() / 1000),
                             .kind = kind,
                             .overrides = state == COMPOSE_DND || state == COMPOSE_UNAVAILABLE };
    statement_forget(p, kind);
    if (kind == STATEMENT_MANUAL)
        s->manual = presentity_new_manual(p);
    if (expires_s) {
        s->due_ms = clock_now_ms() + (uint64_t)expires_s * 1000;
        wheel_arm(p->server->wheel, &s->expiry, (uint64_t)expires_s * 1000, on_expiry);
    }
    p->statements[kind] = s;
    presence_gauge(M_statements, 1);
    changed(p);
    return 0;
}

void statement_forget(struct presentity *p, enum statement_kind kind)
{
    struct statement *s = p->statements[kind];

    p->statements[kind] = NULL;
    if (!s)
        return;
    wheel_disarm(&s->expiry);
    pidf_free(&s->doc);
    free(s);
    presence_gauge(M_statements, -1);
}

void statement_end(struct presentity *p, enum statement_kind kind)
{
    statement_forget(p, kind);
    if (kind == STATEMENT_MANUAL)
        p->manual = 0;
    changed(p);
}

bool statement_is_over(struct statement const *s)
{
    return s->kind == STATEMENT_MANUAL && s->manual != s->presentity->manual;
}

struct compose_source statement_source(struct statement const *s)
{
    return (struct compose_source){ .kind = kinds[s->kind].kind,
                                    .name = kinds[s->kind].name,
                                    .doc = s->doc,
                                    .time_ms = s->time_ms,
                                    .overrides = s->overrides };
}
