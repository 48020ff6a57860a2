/* SPDX-License-Identifier: Apache-2.0 */
/* Publications and their tags: see publication.h. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "publication.h"
#include "clock.h"
#include "event_server.h"
#include "log.h"
#include "presence_metrics.h"
#include "presence_state.h"
#include "presentity.h"
#include "published.h"
#include "token.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 1000 };

static uint64_t hash_of(char const *etag)
{
    return htab_hash(etag, strlen(etag), 0);
}

static bool is_etag(struct htab_entry const *entry, void const *etag)
{
    return strcmp(((struct publication const *)entry)->etag, etag) == 0;
}

struct publication *publication_find(struct event_server *server, char const *etag)
{
    return (struct publication *)htab_find(&server->publications, hash_of(etag), is_etag, etag);
}

static void on_expiry(struct wheel_timer *timer)
{
    struct publication *p =
        (struct publication *)((char *)timer - offsetof(struct publication, expiry));

    if (p->wait) { /* what is being written is that it goes on */
        wheel_arm(p->server->wheel, &p->expiry, WAIT_MS, on_expiry);
        return;
    }
    presence_count(M_publications_expired);
    presence_state_forget_publication(p);
    log_info(NULL, "publication expired user=\"%s\"", p->presentity->address);
    publication_end(&p);
}

static int tag(struct publication *p, char const *etag)
{
    memcpy(p->etag, etag, sizeof p->etag);
    return htab_insert(&p->server->publications, &p->by_etag, hash_of(p->etag));
}

static void hold(struct publication *p, uint32_t expires_s)
{
    p->due_ms = clock_now_ms() + (uint64_t)expires_s * 1000;
    wheel_arm(p->server->wheel, &p->expiry, (uint64_t)expires_s * 1000, on_expiry);
}

/* A new document of its own. */
static void take(struct publication *p, struct published *content, int64_t changed_ms)
{
    p->content = content;
    p->changed_ms = changed_ms;
    p->manual = published_nature(content)->kind == COMPOSE_MANUAL
                    ? presentity_new_manual(p->presentity)
                    : 0;
}

void publication_id_make(struct publication_id *ret)
{
    *ret = (struct publication_id){ .changed_ms = (int64_t)(clock_wall_us() / 1000) };
    TOKEN_FILL(ret->etag);
    TOKEN_FILL(ret->name);
}

struct publication *publication_new(struct presentity *presentity, struct published *content,
                                    struct publication_id const *id, uint32_t expires_s)
{
    struct publication *p = calloc(1, sizeof *p);

    if (p) {
        p->server = presentity->server;
        p->presentity = presentity;
    }
    if (!p || tag(p, id->etag) < 0) {
        published_free(&content);
        free(p);
        return NULL;
    }
    memcpy(p->name, id->name, sizeof p->name);
    p->by_partner = id->by_partner;
    take(p, content, id->changed_ms);
    LIST_INSERT_HEAD(&presentity->publications, p, link);
    presentity->n_publications++;
    presence_gauge(M_publications, 1);
    hold(p, expires_s);
    return p;
}

int publication_renew(struct publication *p, struct published *content,
                      struct publication_id const *id, uint32_t expires_s)
{
    htab_remove(&p->server->publications, &p->by_etag);
    if (tag(p, id->etag) < 0) {
        published_free(&content);
        return -ENOMEM;
    }
    hold(p, expires_s);
    if (content && published_equal(content, p->content)) {
        published_free(&content);
    } else if (content) {
        published_free(&p->content);
        take(p, content, id->changed_ms);
    }
    return 0;
}

void publication_free(struct publication **pp)
{
    struct publication *p = *pp;

    *pp = NULL;
    if (!p)
        return;
    wheel_disarm(&p->expiry);
    htab_remove(&p->server->publications, &p->by_etag);
    LIST_REMOVE(p, link);
    p->presentity->n_publications--;
    presence_gauge(M_publications, -1);
    published_free(&p->content);
    free(p);
}

void publication_end(struct publication **pp)
{
    struct presentity *presentity = (*pp)->presentity;
    bool was_in_force = (*pp)->manual && (*pp)->manual == presentity->manual;

    presentity->n_holds++;
    publication_free(pp);
    if (was_in_force)
        presentity_clear_manual(presentity);
    presentity_changed(presentity);
    presentity->n_holds--;
    presentity_release(presentity);
}
