/* SPDX-License-Identifier: Apache-2.0 */
/* Publications of lines: see trunk_publication.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "trunk_publication.h"
#include "composed.h"
#include "event_server.h"
#include "log.h"
#include "pidf.h"
#include "presence_metrics.h"
#include "published.h"
#include "token.h"
#include <stdlib.h>
#include <string.h>

static bool stands_beside(struct trunk_publication const *p,
                          struct published_package const *package, uint64_t subject)
{
    return package->kind == COMPOSE_LINE && p->package == package && p->subject != subject;
}

static void drop(struct trunk_publication *p)
{
    wheel_disarm(&p->expiry);
    LIST_REMOVE(p, of_line);
    pidf_free(&p->doc);
    free(p);
}

struct trunk_publication *trunk_publication_find(struct phone_line const *line,
                                                 struct published_package const *package,
                                                 char const *etag)
{
    struct trunk_publication *p;

    LIST_FOREACH(p, &line->publications, of_line)
    if (p->package == package && strcmp(p->etag, etag) == 0)
        return p;
    return NULL;
}

unsigned trunk_publication_beside(struct phone_line const *line,
                                  struct published_package const *package, uint64_t subject)
{
    struct trunk_publication const *p;
    unsigned n = 0;

    LIST_FOREACH(p, &line->publications, of_line)
    n += stands_beside(p, package, subject);
    return n;
}

struct trunk_publication *trunk_publication_new(struct event_server *server,
                                                struct phone_line *line,
                                                struct published_package const *package)
{
    struct trunk_publication *fresh = calloc(1, sizeof *fresh);

    if (!fresh)
        return NULL;
    fresh->server = server;
    fresh->line = line;
    fresh->package = package;
    LIST_INSERT_HEAD(&line->publications, fresh, of_line);
    return fresh;
}

static void on_expiry(struct wheel_timer *timer)
{
    struct trunk_publication *p =
        (struct trunk_publication *)((char *)timer - offsetof(struct trunk_publication, expiry));

    presence_count(M_trunk_expired);
    log_info(NULL, "publication of phone expired line=%s", p->line->number);
    trunk_publication_end(&p);
}

void trunk_publication_hold(struct trunk_publication *p, uint32_t expires_s)
{
    TOKEN_FILL(p->etag);
    wheel_arm(p->server->wheel, &p->expiry, (uint64_t)expires_s * 1000, on_expiry);
}

void trunk_publication_say(struct trunk_publication *p, struct pidf *doc, uint64_t subject)
{
    struct trunk_publication *other, *next;

    pidf_free(&p->doc);
    p->doc = doc;
    p->subject = subject;
    for (other = LIST_FIRST(&p->line->publications); other; other = next) {
        next = LIST_NEXT(other, of_line);
        if (other != p && !stands_beside(other, p->package, subject))
            drop(other);
    }
}

/* The line owns what is reported of it. */
static struct pidf *copy(struct pidf const *doc)
{
    struct pidf *ours = pidf_new(doc->entity);
    int err = ours ? 0 : -1;

    for (enum pidf_kind kind = 0; kind < PIDF_KINDS; kind++)
        for (struct pidf_part const *part = doc->parts[kind]; err == 0 && part; part = part->next)
            err = pidf_add_copy(ours, part) ? 0 : -1;
    if (err == 0)
        err = pidf_merge_notes(ours, &ours->notes, doc->notes);
    if (err == 0)
        err = pidf_merge_pieces(ours, &ours->pieces, doc->pieces);
    if (err < 0)
        pidf_free(&ours);
    return ours;
}

void trunk_publication_tell(struct event_server *server, struct phone_line *line)
{
    struct trunk_publication const *p;
    struct pidf const *most = NULL;

    LIST_FOREACH(p, &line->publications, of_line)
    if (p->doc && (!most || composed_phone_rank(p->doc) > composed_phone_rank(most)))
        most = p->doc;
    phone_line_report(server, line, PHONE_TRUNK, most ? copy(most) : NULL);
}

void trunk_publication_end(struct trunk_publication **pp)
{
    struct event_server *server = (*pp)->server;
    struct phone_line *line = (*pp)->line;

    drop(*pp);
    *pp = NULL;
    trunk_publication_tell(server, line);
}

void trunk_publication_clear(struct phone_line *line)
{
    while (!LIST_EMPTY(&line->publications))
        drop(LIST_FIRST(&line->publications));
}
