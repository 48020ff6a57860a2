/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts of other domains: how their subscriptions come, go, and are shown. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "foreign.h"
#include "clock.h"
#include "event_server.h"
#include "foreign_conf.h"
#include "foreign_document.h"
#include "log.h"
#include "presence_address.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "rlmi.h"
#include "rls.h"
#include "subscription.h"
#include <errno.h>
#include <sofia-sip/sip_header.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Of states without a document; even, as those of rls_document.c. */
enum { TAG_STATE = 100, TAG_STOPPED = 200 };

struct foreign_domain {
    struct htab_entry by_name;
    struct foreigners *all;
    struct watch_pace pace;
    struct wheel_timer idle; /* nobody uses it, but its rate would begin anew */
    size_t n;
    char name[];
};

struct pair {
    char const *user, *address;
};

static uint64_t hash_pair(struct pair const *pair)
{
    return htab_hash(pair->user, strlen(pair->user),
                     htab_hash(pair->address, strlen(pair->address), 0));
}

static struct foreign *of_pair(struct htab_entry const *entry)
{
    return (struct foreign *)((char *)(uintptr_t)entry - offsetof(struct foreign, by_pair));
}

static bool is_pair(struct htab_entry const *entry, void const *key)
{
    struct foreign const *f = of_pair(entry);
    struct pair const *pair = key;

    return strcmp(f->user, pair->user) == 0 && strcmp(f->address, pair->address) == 0;
}

struct foreign *foreign_find(struct foreigners *all, char const *user, char const *address)
{
    struct pair const pair = { user, address };
    struct htab_entry *entry = htab_find(&all->by_pair, hash_pair(&pair), is_pair, &pair);

    return entry ? of_pair(entry) : NULL;
}

static struct event_server *server_of(struct watch const *w)
{
    return ((struct foreign const *)w)->all->server;
}

/* --- what it says ----------------------------------------------------------------------------- */

static void tell(struct foreign *f, bool is_urgent)
{
    struct rls_leaf *leaf, *next;

    for (leaf = LIST_FIRST(&f->leaves); leaf; leaf = next) {
        next = LIST_NEXT(leaf, link);
        subscription_change(leaf->list, is_urgent);
    }
}

static void forget_document(struct foreign *f)
{
    free(f->text);
    free(f->type);
    f->text = f->type = NULL;
    f->len = 0;
}

/* Signing out is told at once, and so is what is like it for a watcher: an open contact whose state
 * is taken away. Everything else waits for the interval of the list. */
static void set(struct foreign *f, enum foreign_says says, struct foreign_document const *document)
{
    bool was_open = f->is_open;

    forget_document(f);
    f->says = says;
    f->is_open = document && document->is_open;
    if (document) {
        f->type = document->type;
        f->text = document->text;
        f->len = document->len;
        f->tag = document->tag;
    }
    if (foreign_tag(f) == f->shown)
        return;
    f->shown = foreign_tag(f);
    tell(f, was_open && !f->is_open);
}

/* RFC 3856 6.5: who waits is shown nothing, whatever the NOTIFY holds. A state that we do not know
 * is not "active" either. */
static bool on_told(struct watch *w, sip_t const *sip)
{
    struct foreign *f = (struct foreign *)w;
    struct foreign_document document;
    char const *why = "";

    if (strcasecmp(sip->sip_subscription_state->ss_substate, "active") != 0) {
        set(f, FOREIGN_PENDING, NULL);
    } else if (!sip->sip_payload || !sip->sip_payload->pl_len) {
        set(f, FOREIGN_ACTIVE, NULL);
    } else if (foreign_document_read(server_of(w)->conf, f->address, sip, &document, &why) < 0) {
        presence_count(M_foreign_bad_documents);
        log_info(sip->sip_call_id->i_id, "NOTIFY of contact not read of=\"%s\" reason=\"%s\"",
                 w->name, why);
        set(f, FOREIGN_ACTIVE, NULL);
    } else {
        set(f, FOREIGN_ACTIVE, &document);
    }
    return false;
}

static void on_unknown(struct watch *w)
{
    set((struct foreign *)w, FOREIGN_LOST, NULL);
}

uint64_t foreign_tag(struct foreign const *f)
{
    if (f->text)
        return f->tag;
    return watch_is_stopped(&f->watch) ? TAG_STOPPED : TAG_STATE + 2 * (uint64_t)f->says;
}

void foreign_show(struct foreign const *f, struct rlmi_resource *ret)
{
    if (watch_is_stopped(&f->watch)) {
        ret->state = RLMI_TERMINATED;
        ret->reason = f->watch.reason ? f->watch.reason : "rejected";
    } else if (f->says == FOREIGN_LOST) {
        ret->state = RLMI_TERMINATED;
        ret->reason = "probation";
    } else if (f->says == FOREIGN_PENDING) {
        ret->state = RLMI_PENDING;
    } else if (f->says == FOREIGN_ACTIVE) {
        ret->state = RLMI_ACTIVE;
        ret->content_type = f->type;
        ret->body = f->text;
        ret->body_len = f->len;
    }
    /* RFC 4662 5.2: without an instance nothing is known yet. */
    ret->instance = watch_is_stopped(&f->watch) || f->says != FOREIGN_NOTHING ? "1" : NULL;
}

char const *foreign_says_str(struct foreign const *f)
{
    static char const *const names[] = { [FOREIGN_NOTHING] = "unknown",
                                         [FOREIGN_LOST] = "unknown",
                                         [FOREIGN_PENDING] = "pending",
                                         [FOREIGN_ACTIVE] = "active" };

    return watch_is_stopped(&f->watch) ? "refused" : names[f->says];
}

/* --- domains ---------------------------------------------------------------------------------- */

static bool is_domain(struct htab_entry const *entry, void const *name)
{
    return strcmp(((struct foreign_domain const *)entry)->name, name) == 0;
}

static void domain_free(struct foreign_domain *domain)
{
    wheel_disarm(&domain->idle);
    htab_remove(&domain->all->domains, &domain->by_name);
    free(domain);
}

static void on_idle(struct wheel_timer *timer)
{
    domain_free((struct foreign_domain *)((char *)timer - offsetof(struct foreign_domain, idle)));
}

static void domain_drop(struct foreign_domain *domain)
{
    uint64_t now = clock_now_ms(), next = domain->pace.next_ms;

    if (--domain->n == 0)
        wheel_arm(domain->all->server->wheel, &domain->idle, next > now ? next - now : 0, on_idle);
}

static struct foreign_domain *domain_find(struct foreigners *all, char const *name)
{
    size_t size = strlen(name) + 1;
    uint64_t hash = htab_hash(name, size, 0);
    struct foreign_domain *domain =
        (struct foreign_domain *)htab_find(&all->domains, hash, is_domain, name);

    if (domain || !(domain = calloc(1, sizeof *domain + size)))
        return domain;
    domain->all = all;
    domain->pace.rate = all->conf->rate;
    memcpy(domain->name, name, size);
    if (htab_insert(&all->domains, &domain->by_name, hash) < 0) {
        free(domain);
        return NULL;
    }
    return domain;
}

/* One more in the domain of @p address, if there is room. */
static struct foreign_domain *domain_take(struct foreigners *all, char const *address)
{
    struct foreign_domain *domain = domain_find(all, presence_address_domain(address));

    if (!domain)
        return NULL;
    wheel_disarm(&domain->idle);
    if (domain->n++ < (size_t)all->conf->max_per_domain)
        return domain;
    presence_count(M_foreign_limited);
    log_info(NULL, "contact is not asked for address=\"%s\" cause=\"foreign.max_per_domain\"",
             address);
    domain_drop(domain);
    return NULL;
}

/* --- coming and going ------------------------------------------------------------------------- */

static void print_parties(struct watch const *w, char from[static WATCH_URI_BYTES],
                          char to[static WATCH_URI_BYTES])
{
    struct foreign const *f = (struct foreign const *)w;

    (void)snprintf(from, WATCH_URI_BYTES, "sip:%s", f->user);
    (void)snprintf(to, WATCH_URI_BYTES, "sip:%s", f->address);
}

static void print_contact(struct watch const *w, char ret[static WATCH_CONTACT_BYTES])
{
    event_server_own_contact(server_of(w), ret);
}

static void foreign_free(struct foreign *f)
{
    watch_fini(&f->watch);
    LIST_REMOVE(f, among_all);
    htab_remove(&f->all->by_pair, &f->by_pair);
    domain_drop(f->domain);
    forget_document(f);
    free(f->user);
    free(f->address);
    free(f);
    presence_gauge(M_foreign_subscriptions, -1);
}

static void on_gone(struct watch *w)
{
    foreign_free((struct foreign *)w);
}

static struct watch_kind const contacts = { .what = "contact",
                                            .subscribes = M_foreign_subscribes,
                                            .failures = M_foreign_failures,
                                            .notifies = M_foreign_notifies,
                                            .takes_refusals = true,
                                            .print_parties = print_parties,
                                            .print_contact = print_contact,
                                            .on_told = on_told,
                                            .on_unknown = on_unknown,
                                            .on_gone = on_gone };

static struct foreign *foreign_new(struct foreigners *all, struct pair const *pair)
{
    size_t size = strlen(pair->user) + strlen(pair->address) + sizeof " for ";
    struct foreign_domain *domain = domain_take(all, pair->address);
    struct foreign *f = domain ? calloc(1, sizeof *f + size) : NULL;

    if (!domain)
        return NULL;
    if (!f) {
        domain_drop(domain);
        return NULL;
    }
    f->all = all;
    f->domain = domain;
    f->shown = foreign_tag(f);
    LIST_INIT(&f->leaves);
    LIST_INSERT_HEAD(&all->list, f, among_all);
    presence_gauge(M_foreign_subscriptions, 1);
    (void)snprintf(f->name, size, "%s for %s", pair->address, pair->user);
    watch_init(&f->watch, &all->server->watches, &all->terms, &domain->pace, f->name);
    f->user = strdup(pair->user);
    f->address = strdup(pair->address);
    if (!f->user || !f->address || htab_insert(&all->by_pair, &f->by_pair, hash_pair(pair)) < 0) {
        foreign_free(f);
        return NULL;
    }
    return f;
}

void foreign_join(struct foreigners *all, struct rls_leaf *leaf, bool may_make)
{
    struct pair const pair = { leaf->list->presentity->address, leaf->address };
    struct foreign *f = foreign_find(all, pair.user, pair.address);

    if (!f && may_make)
        f = foreign_new(all, &pair);
    if (!f)
        return;
    leaf->foreign = f;
    LIST_INSERT_HEAD(&f->leaves, leaf, link);
    f->n_leaves++;
}

void foreign_leave(struct rls_leaf *leaf)
{
    struct foreign *f = leaf->foreign;

    if (!f)
        return;
    leaf->foreign = NULL;
    LIST_REMOVE(leaf, link);
    if (--f->n_leaves)
        return;
    /* Who wants it from now on gets another one. */
    htab_remove(&f->all->by_pair, &f->by_pair);
    watch_end(&f->watch);
}

/* --- up and down ------------------------------------------------------------------------------ */

int foreigners_init(struct foreigners *all, struct event_server *server)
{
    struct foreign_conf const *conf = server->conf->foreign.v;

    *all = (struct foreigners){ .server = server,
                                .conf = conf,
                                .terms = { .kind = &contacts,
                                           .package = "presence",
                                           .accept = EVENT_SERVER_TYPE,
                                           .expires_s = conf->expires,
                                           .retry_s = conf->retry,
                                           .max_retry_s = conf->max_retry } };
    htab_init(&all->by_pair);
    htab_init(&all->domains);
    LIST_INIT(&all->list);
    return watch_terms_set_outbound(&all->terms, conf->outbound);
}

void foreigners_fini(struct foreigners *all)
{
    struct htab_entry *domain;
    struct foreign *f;

    while ((f = LIST_FIRST(&all->list)))
        foreign_free(f);
    while ((domain = htab_next(&all->domains, NULL)))
        domain_free((struct foreign_domain *)domain);
    htab_fini(&all->by_pair);
    htab_fini(&all->domains);
}
