/* SPDX-License-Identifier: Apache-2.0 */
/* The table of registered contacts: see location.h. */
#define LOG_SUBSYSTEM LOG_ROUTE
#include "location.h"
#include "clock.h"
#include "contact_uri.h"
#include "htab.h"
#include "log.h"
#include "proxy_metrics.h"
#include "store_bindings.h"
#include "wheel.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* An address of record: present while it has contacts or an update is not settled. */
struct aor {
    struct htab_entry link;
    struct wheel_timer timer; /* until the first contact expires */
    struct location *location;
    struct location_list const *list;
    uint64_t version; /* counts the swaps */
    unsigned unsettled;
};

struct location_ticket {
    struct aor *aor;
    struct location_list const *before;
    uint64_t version;
};

/* Expired lists are logged when the lock is free again. */
struct expired {
    STAILQ_ENTRY(expired) link;
    struct location_list const *before;
    uint64_t now_ms;
};

struct location {
    pthread_mutex_t lock; /* of everything here */
    struct htab aors;
    struct wheel *wheel;
    size_t n_bindings;
    STAILQ_HEAD(, expired) expired;
};

/* --- the table, under the lock --- */

static bool is_aor(struct htab_entry const *link, void const *name)
{
    return strcmp(((struct aor const *)link)->list->aor, name) == 0;
}

static uint64_t hash_of(char const *name)
{
    return htab_hash(name, strlen(name), 0);
}

static struct aor *find(struct location const *location, char const *name)
{
    return (struct aor *)htab_find(&location->aors, hash_of(name), is_aor, name);
}

static struct aor *add(struct location *location, char const *name)
{
    struct aor *aor = calloc(1, sizeof *aor);
    if (!aor)
        return NULL;
    aor->location = location;
    aor->list = location_list_new(name, NULL, 0);
    if (!aor->list || htab_insert(&location->aors, &aor->link, hash_of(name)) < 0) {
        location_list_unref(&aor->list);
        free(aor);
        return NULL;
    }
    return aor;
}

static void drop(struct aor *aor)
{
    aor->location->n_bindings -= aor->list->n;
    met_add(&proxy_metrics, M_registrations, -(int64_t)aor->list->n);
    htab_remove(&aor->location->aors, &aor->link);
    wheel_disarm(&aor->timer);
    location_list_unref(&aor->list);
    free(aor);
}

static void drop_if_empty(struct aor *aor)
{
    if (aor->list->n == 0 && aor->unsettled == 0)
        drop(aor);
}

static void on_expiry(struct wheel_timer *timer);

static uint64_t first_expiry(struct location_list const *list)
{
    uint64_t first = UINT64_MAX;
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].expires_ms < first)
            first = list->v[i].expires_ms;
    return first;
}

static void arm(struct aor *aor)
{
    uint64_t first = first_expiry(aor->list), now_ms = clock_now_ms();
    wheel_disarm(&aor->timer);
    if (first != UINT64_MAX)
        wheel_arm(aor->location->wheel, &aor->timer, first > now_ms ? first - now_ms : 0,
                  on_expiry);
}

/* Takes the reference @p list; returns the old one. */
static struct location_list const *swap(struct aor *aor, struct location_list const *list)
{
    struct location_list const *before = aor->list;
    int64_t more = (int64_t)list->n - (int64_t)before->n;
    aor->location->n_bindings += list->n - before->n;
    met_add(&proxy_metrics, M_registrations, more);
    aor->list = list;
    aor->version++;
    arm(aor);
    return before;
}

/* --- life --- */

struct location *location_new(void)
{
    struct location *location = calloc(1, sizeof *location);
    if (!location || !(location->wheel = wheel_new(clock_now_ms()))) {
        free(location);
        return NULL;
    }
    pthread_mutex_init(&location->lock, NULL);
    htab_init(&location->aors);
    STAILQ_INIT(&location->expired);
    return location;
}

void location_free(struct location **plocation)
{
    struct location *location = *plocation;
    struct htab_entry *next;
    *plocation = NULL;
    if (!location)
        return;
    for (struct htab_entry *e = htab_next(&location->aors, NULL); e; e = next) {
        next = htab_next(&location->aors, e);
        drop((struct aor *)e);
    }
    wheel_free(&location->wheel);
    htab_fini(&location->aors);
    pthread_mutex_destroy(&location->lock);
    free(location);
}

static int64_t wall_s(void)
{
    return (int64_t)(clock_wall_us() / 1000000);
}

static struct location_list const *list_from_store(char const *name,
                                                   struct store_binding const *rows, size_t n)
{
    uint64_t now_ms = clock_now_ms();
    int64_t now_s = wall_s();
    struct location_binding *v = calloc(n, sizeof *v);
    for (size_t i = 0; v && i < n; i++)
        v[i] = (struct location_binding){
            .contact = rows[i].contact,
            .path = rows[i].path,
            .received = rows[i].received,
            .call_id = rows[i].call_id,
            .user_agent = rows[i].user_agent,
            .cseq = rows[i].cseq,
            .q = rows[i].q,
            .expires_ms = rows[i].expires_s > now_s
                              ? now_ms + 1000 * (uint64_t)(rows[i].expires_s - now_s)
                              : now_ms,
        };
    struct location_list const *list = v ? location_list_new(name, v, n) : NULL;
    free(v);
    return list;
}

int location_restore(struct location *location, char const *name, struct store_binding const *rows,
                     size_t n)
{
    struct location_list const *list = list_from_store(name, rows, n);
    pthread_mutex_lock(&location->lock);
    struct aor *aor = list ? add(location, name) : NULL;
    struct location_list const *before = aor ? swap(aor, list) : list;
    pthread_mutex_unlock(&location->lock);
    location_list_unref(&before);
    return aor ? 0 : -ENOMEM;
}

/* --- reading --- */

struct location_list const *location_find(struct location *location, char const *name)
{
    pthread_mutex_lock(&location->lock);
    struct aor const *aor = find(location, name);
    struct location_list const *list = aor && aor->list->n ? location_list_ref(aor->list) : NULL;
    pthread_mutex_unlock(&location->lock);
    return list;
}

int location_all(struct location *location, size_t max, struct location_list const ***ret)
{
    size_t n = 0;
    pthread_mutex_lock(&location->lock);
    size_t room = location->aors.n < max ? location->aors.n : max;
    struct location_list const **all = *ret = calloc(room + 1, sizeof(struct location_list *));
    for (struct htab_entry *e = NULL; all && n < room && (e = htab_next(&location->aors, e));)
        if (((struct aor *)e)->list->n)
            all[n++] = location_list_ref(((struct aor *)e)->list);
    pthread_mutex_unlock(&location->lock);
    return all ? (int)n : -ENOMEM;
}

/* --- expiry --- */

/* Takes out what has expired. Without memory all stays, and the next second tries again. */
static void expire(struct aor *aor)
{
    struct location_list const *list = aor->list, *next = NULL;
    uint64_t now_ms = clock_now_ms();
    struct expired *expired = calloc(1, sizeof *expired);
    struct location_binding *alive = calloc(list->n + 1, sizeof *alive);
    size_t n = 0;
    for (size_t i = 0; alive && i < list->n; i++)
        if (list->v[i].expires_ms > now_ms)
            alive[n++] = list->v[i];
    if (alive && expired && n < list->n)
        next = location_list_new(list->aor, alive, n);
    free(alive);
    if (!next) {
        free(expired);
        wheel_arm(aor->location->wheel, &aor->timer, 1000, on_expiry);
        return;
    }
    *expired = (struct expired){ .before = swap(aor, next), .now_ms = now_ms };
    STAILQ_INSERT_TAIL(&aor->location->expired, expired, link);
}

/* In location_tick(). */
static void on_expiry(struct wheel_timer *timer)
{
    struct aor *aor = (struct aor *)((char *)timer - offsetof(struct aor, timer));
    expire(aor);
    drop_if_empty(aor);
}

static void tell(struct expired const *expired)
{
    for (size_t i = 0; i < expired->before->n; i++) {
        struct location_binding const *binding = &expired->before->v[i];
        if (binding->expires_ms > expired->now_ms)
            continue;
        met_inc(&proxy_metrics, M_registrations_expired);
        log_info(NULL, "registration expired aor=\"%s\" contact=\"%s\"", expired->before->aor,
                 binding->contact);
    }
}

void location_tick(struct location *location)
{
    STAILQ_HEAD(, expired) all = STAILQ_HEAD_INITIALIZER(all);
    struct expired *expired;
    pthread_mutex_lock(&location->lock);
    wheel_run(location->wheel, clock_now_ms());
    STAILQ_CONCAT(&all, &location->expired);
    pthread_mutex_unlock(&location->lock);
    while ((expired = STAILQ_FIRST(&all))) {
        STAILQ_REMOVE_HEAD(&all, link);
        tell(expired);
        location_list_unref(&expired->before);
        free(expired);
    }
}

/* --- updates --- */

/* The new list while it is made; strings are borrowed from the old one and from the update. */
struct draft {
    struct location_update const *update;
    struct location_result *result;
    struct location_binding *v;
    bool *fresh; /* already set by this update */
    size_t n;
    uint64_t now_ms;
};

/* RFC 3261 §10.3 step 7: of the same Call-ID, only a higher CSeq may change a binding. */
static bool is_late(struct draft const *draft, size_t i)
{
    struct location_update const *update = draft->update;
    return !update->force && !draft->fresh[i] && update->cseq <= draft->v[i].cseq &&
           strcmp(update->call_id, draft->v[i].call_id) == 0;
}

static enum location_verdict clear(struct draft *draft)
{
    for (size_t i = 0; i < draft->n; i++)
        if (is_late(draft, i))
            return LOCATION_OLD;
    draft->result->removed = (unsigned)draft->n;
    draft->n = 0;
    return LOCATION_DONE;
}

static void remove_at(struct draft *draft, size_t i)
{
    draft->n--;
    memmove(&draft->v[i], &draft->v[i + 1], (draft->n - i) * sizeof *draft->v);
    memmove(&draft->fresh[i], &draft->fresh[i + 1], (draft->n - i) * sizeof *draft->fresh);
    draft->result->removed++;
}

static void put_at(struct draft *draft, size_t i, struct location_contact const *contact)
{
    struct location_update const *update = draft->update;
    draft->v[i] = (struct location_binding){
        .contact = contact->uri,
        .path = update->path,
        .received = contact->received,
        .call_id = update->call_id,
        .user_agent = update->user_agent,
        .cseq = update->cseq,
        .q = contact->q,
        .expires_ms = draft->now_ms + 1000 * (uint64_t)contact->expires_s,
    };
    draft->fresh[i] = true;
}

static enum location_verdict apply(struct draft *draft, struct location_contact const *contact)
{
    size_t i = 0;
    while (i < draft->n && !contact_uri_equal(draft->v[i].contact, contact->uri))
        i++;
    bool known = i < draft->n;
    if (known && is_late(draft, i))
        return LOCATION_OLD;
    if (contact->expires_s == 0) {
        if (known)
            remove_at(draft, i);
        return LOCATION_DONE;
    }
    draft->n += !known;
    put_at(draft, i, contact);
    draft->result->added += !known;
    draft->result->refreshed += known;
    return LOCATION_DONE;
}

static enum location_verdict make_draft(struct draft *draft, struct location_list const *list,
                                        size_t others)
{
    struct location_update const *update = draft->update;
    enum location_verdict verdict = LOCATION_DONE;
    for (size_t i = 0; i < list->n; i++)
        if (list->v[i].expires_ms > draft->now_ms)
            draft->v[draft->n++] = list->v[i];
    size_t had = draft->n;
    if (update->clear)
        verdict = clear(draft);
    for (size_t i = 0; verdict == LOCATION_DONE && i < update->n_contacts; i++)
        verdict = apply(draft, &update->contacts[i]);
    if (verdict != LOCATION_DONE || draft->n <= had)
        return verdict;
    if (draft->n > update->limits.max_contacts)
        return LOCATION_TOO_MANY;
    return others + draft->n > update->limits.max_registrations ? LOCATION_FULL : LOCATION_DONE;
}

static int persist(struct location_update const *update, struct draft const *draft)
{
    int64_t now_s = wall_s();
    struct store_binding *rows = calloc(draft->n + 1, sizeof *rows);
    if (!rows)
        return -ENOMEM;
    for (size_t i = 0; i < draft->n; i++) {
        struct location_binding const *binding = &draft->v[i];
        rows[i] = (struct store_binding){
            .contact = binding->contact,
            .path = binding->path,
            .received = binding->received,
            .call_id = binding->call_id,
            .user_agent = binding->user_agent,
            .cseq = binding->cseq,
            .q = binding->q,
            .expires_s = now_s + (int64_t)((binding->expires_ms - draft->now_ms + 999) / 1000),
        };
    }
    int error = update->persist(update->ctx, update->aor, rows, draft->n);
    free(rows);
    return error;
}

/* Puts the draft in force. */
static int commit(struct aor *aor, struct draft const *draft)
{
    struct location_result *result = draft->result;
    struct location_ticket *ticket = calloc(1, sizeof *ticket);
    struct location_list const *list = location_list_new(draft->update->aor, draft->v, draft->n);
    int error = ticket && list ? persist(draft->update, draft) : -ENOMEM;
    if (error < 0) {
        location_list_unref(&list);
        free(ticket);
        return error;
    }
    result->list = location_list_ref(list);
    ticket->before = swap(aor, list);
    ticket->aor = aor;
    ticket->version = aor->version;
    aor->unsettled++;
    result->ticket = ticket;
    return 0;
}

static enum location_verdict update_aor(struct aor *aor, struct draft *draft)
{
    size_t room = aor->list->n + draft->update->n_contacts + 1;
    draft->v = calloc(room, sizeof *draft->v);
    draft->fresh = calloc(room, sizeof *draft->fresh);
    enum location_verdict verdict = LOCATION_FAILED;
    draft->result->error = -ENOMEM;
    if (draft->v && draft->fresh)
        verdict = make_draft(draft, aor->list, aor->location->n_bindings - aor->list->n);
    if (verdict == LOCATION_DONE && (draft->result->error = commit(aor, draft)) < 0)
        verdict = LOCATION_FAILED;
    free(draft->v);
    free(draft->fresh);
    return verdict;
}

enum location_verdict location_update(struct location *location,
                                      struct location_update const *update,
                                      struct location_result *ret)
{
    enum location_verdict verdict = LOCATION_FAILED;
    struct draft draft = { .update = update, .result = ret, .now_ms = clock_now_ms() };
    *ret = (struct location_result){ .error = -ENOMEM };
    pthread_mutex_lock(&location->lock);
    struct aor *aor = find(location, update->aor);
    if (!aor)
        aor = add(location, update->aor);
    if (aor) {
        if (first_expiry(aor->list) <= draft.now_ms)
            expire(aor);
        verdict = update_aor(aor, &draft);
        drop_if_empty(aor);
    }
    pthread_mutex_unlock(&location->lock);
    return verdict;
}

void location_settle(struct location *location, struct location_ticket **pticket, bool durable)
{
    struct location_ticket *ticket = *pticket;
    *pticket = NULL;
    pthread_mutex_lock(&location->lock);
    struct aor *aor = ticket->aor;
    if (!durable && aor->version == ticket->version)
        ticket->before = swap(aor, ticket->before);
    aor->unsettled--;
    drop_if_empty(aor);
    pthread_mutex_unlock(&location->lock);
    location_list_unref(&ticket->before);
    free(ticket);
}
