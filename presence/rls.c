/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves of a list: how they come, go, and are judged. Documents are in rls_document.c. */
#define LOG_SUBSYSTEM LOG_PRESENCE
#include "rls.h"
#include "event_server.h"
#include "foreign.h"
#include "log.h"
#include "presence_conf.h"
#include "presence_metrics.h"
#include "presentity.h"
#include "rls_list.h"
#include "subscription.h"
#include "watcher_policy.h"
#include "winfo.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool rls_is_list(struct event_server const *server, url_t const *url,
                 char ret[static PRESENCE_ADDRESS_BYTES])
{
    char const *suffix = server->conf->list_suffix;
    size_t len = strlen(suffix);

    if (!*suffix || presence_address_of(url, ret) < 0 || event_server_has_user(server, ret))
        return false;
    char *at = strrchr(ret, '@');
    if (!at || (size_t)(at - ret) <= len || memcmp(at - len, suffix, len) != 0)
        return false;
    memmove(at - len, at, strlen(at) + 1);
    return event_server_has_user(server, ret);
}

/* --- one leaf --------------------------------------------------------------------------------- */

static bool is_refused(struct rls_leaf const *leaf)
{
    return leaf->decision.rule && leaf->decision.verdict == USER_POLICY_REFUSE;
}

/* Who is refused takes no room. */
static void decide(struct rls_leaf *leaf, struct user_policy_decision decision)
{
    leaf->presentity->n_refused -= is_refused(leaf);
    leaf->decision = decision;
    leaf->presentity->n_refused += is_refused(leaf);
}

static void judge(struct rls_leaf *leaf)
{
    /* Who was refused for want of room may have it now. */
    bool is_new = !leaf->decision.rule || is_refused(leaf);

    if (leaf->presentity)
        decide(leaf, watcher_policy_decide(leaf->presentity, leaf->list->watcher, is_new));
}

static void record(struct rls_leaf *leaf)
{
    struct subscription const *s = leaf->list;

    if (!leaf->presentity || s->reason)
        return;
    if (leaf->decision.verdict == USER_POLICY_REFUSE)
        winfo_leave(&leaf->record, "rejected");
    else
        winfo_take(&leaf->record, leaf->presentity, s, leaf->decision.verdict == USER_POLICY_ASK);
}

static void ask_abroad(struct rls_leaf *leaf)
{
    struct foreigners *foreigners = leaf->list->server->foreigners;

    if (foreigners && leaf->is_foreign && !leaf->foreign && !leaf->is_gone && !leaf->list->reason)
        foreign_join(foreigners, leaf, true);
}

void rls_drop(struct rls_leaf **pleaf)
{
    struct rls_leaf *leaf = *pleaf;
    struct presentity *p = leaf->presentity;

    *pleaf = NULL;
    TAILQ_REMOVE(&leaf->list->list->leaves, leaf, among);
    leaf->list->list->n--;
    winfo_forget(&leaf->record);
    free(leaf->name);
    foreign_leave(leaf);
    if (p) {
        decide(leaf, (struct user_policy_decision){ 0 });
        LIST_REMOVE(leaf, link);
        p->n_leaves--;
        presentity_release(p);
    }
    free(leaf);
    presence_gauge(M_list_leaves, -1);
}

static int attach(struct rls_leaf *leaf)
{
    struct event_server *server = leaf->list->server;

    leaf->is_foreign = !own_users_are_of(&server->users, presence_address_domain(leaf->address));
    if (!event_server_has_user(server, leaf->address)) {
        if (leaf->is_foreign && server->foreigners)
            foreign_join(server->foreigners, leaf, false);
        return 0;
    }
    leaf->is_foreign = false;
    leaf->presentity = presentity_get(server, leaf->address);
    if (!leaf->presentity)
        return -ENOMEM;
    judge(leaf);
    LIST_INSERT_HEAD(&leaf->presentity->leaves, leaf, link);
    leaf->presentity->n_leaves++;
    return 0;
}

static void detach(struct rls_leaf *leaf)
{
    struct presentity *p = leaf->presentity;

    winfo_leave(&leaf->record, "noresource");
    decide(leaf, (struct user_policy_decision){ 0 });
    leaf->presentity = NULL;
    LIST_REMOVE(leaf, link);
    p->n_leaves--;
    presentity_release(p);
}

/* Whoever has become a user since, or is none any more. */
static int follow_user(struct rls_leaf *leaf)
{
    if (event_server_has_user(leaf->list->server, leaf->address) == (leaf->presentity != NULL))
        return 0;
    if (leaf->presentity)
        detach(leaf);
    else
        foreign_leave(leaf);
    return attach(leaf);
}

/* Before @p next, NULL: last. */
static struct rls_leaf *leaf_add(struct subscription *s, struct store_contact const *contact,
                                 struct rls_leaf *next)
{
    size_t size = strlen(contact->address) + 1;
    struct rls_leaf *leaf = calloc(1, sizeof *leaf + size);

    if (!leaf)
        return NULL;
    leaf->list = s;
    memcpy(leaf->address, contact->address, size);
    if (next)
        TAILQ_INSERT_BEFORE(next, leaf, among);
    else
        TAILQ_INSERT_TAIL(&s->list->leaves, leaf, among);
    s->list->n++;
    presence_gauge(M_list_leaves, 1);
    leaf->name = strdup(contact->nickname);
    if (!leaf->name || attach(leaf) < 0)
        rls_drop(&leaf);
    return leaf;
}

/* --- all of them ------------------------------------------------------------------------------ */

static struct store_roster const *roster_of(struct subscription const *s)
{
    struct store_contacts const *contacts = s->server->rosters.contacts;

    return contacts ? store_contacts_roster(contacts, s->presentity->address) : NULL;
}

static size_t most_of(struct subscription const *s, struct store_roster const *roster)
{
    size_t n = roster ? roster->n_contacts : 0, max = (size_t)s->server->conf->max_contacts;

    if (!max || n <= max)
        return n;
    log_warn(NULL, "contacts beyond max_contacts are not in the list user=\"%s\" contacts=%zu",
             s->presentity->address, n);
    return max;
}

static void lose(struct rls_leaf *leaf)
{
    leaf->is_gone = true;
    foreign_leave(leaf);
    winfo_leave(&leaf->record, "timeout");
}

static int rename_leaf(struct rls_leaf *leaf, char const *name)
{
    char *copy;

    leaf->is_gone = false;
    if (strcmp(leaf->name, name) == 0)
        return 0;
    if (!(copy = strdup(name)))
        return -ENOMEM;
    free(leaf->name);
    leaf->name = copy;
    leaf->told_tag = 0;
    return 0;
}

/* Both are in the order of addresses. */
static int follow_roster(struct subscription *s)
{
    struct store_roster const *roster = roster_of(s);
    struct rls_leaf *leaf = TAILQ_FIRST(&s->list->leaves);
    size_t n = most_of(s, roster);
    int err = 0;

    for (size_t i = 0; i < n && err == 0; i++) {
        struct store_contact const *contact = &roster->contacts[i];
        int order = -1;
        while (leaf && (order = strcmp(leaf->address, contact->address)) < 0) {
            lose(leaf);
            leaf = TAILQ_NEXT(leaf, among);
        }
        if (leaf && order == 0) {
            err = rename_leaf(leaf, contact->nickname);
            leaf = TAILQ_NEXT(leaf, among);
        } else if (!leaf_add(s, contact, leaf)) {
            err = -ENOMEM;
        }
    }
    for (; leaf; leaf = TAILQ_NEXT(leaf, among))
        lose(leaf);
    return err;
}

int rls_new(struct subscription *s)
{
    s->list = calloc(1, sizeof *s->list);
    if (!s->list)
        return -ENOMEM;
    TAILQ_INIT(&s->list->leaves);
    return follow_roster(s);
}

void rls_free(struct rls **plist)
{
    struct rls *list = *plist;
    struct rls_leaf *leaf;

    if (!list)
        return;
    while ((leaf = TAILQ_FIRST(&list->leaves)))
        rls_drop(&leaf);
    *plist = NULL;
    free(list);
}

void rls_begin(struct subscription *s)
{
    struct rls_leaf *leaf;

    if (s->list)
        TAILQ_FOREACH(leaf, &s->list->leaves, among)
        {
            record(leaf);
            ask_abroad(leaf);
        }
}

void rls_refresh(struct subscription *s)
{
    struct rls_leaf *leaf;

    if (s->list)
        TAILQ_FOREACH(leaf, &s->list->leaves, among)
        {
            ask_abroad(leaf);
        }
}

void rls_leave(struct subscription *s, char const *reason)
{
    struct rls_leaf *leaf;

    if (s->list)
        TAILQ_FOREACH(leaf, &s->list->leaves, among)
        {
            winfo_leave(&leaf->record, reason);
        }
}

void rls_judge(struct subscription *s)
{
    struct rls_leaf *leaf;

    if (!s->list || s->reason)
        return;
    if (follow_roster(s) < 0)
        log_error(NULL, "list is not complete user=\"%s\" error=\"out of memory\"",
                  s->presentity->address);
    TAILQ_FOREACH(leaf, &s->list->leaves, among)
    {
        if (leaf->is_gone)
            continue;
        if (follow_user(leaf) < 0)
            log_error(NULL, "contact not shown user=\"%s\" contact=\"%s\" error=\"out of memory\"",
                      s->presentity->address, leaf->address);
        judge(leaf);
        record(leaf);
        ask_abroad(leaf);
    }
    if (rls_tag(s) != s->told_tag)
        subscription_change(s, true);
}

void rls_changed(struct presentity *p, bool is_urgent)
{
    struct rls_leaf *leaf, *next;

    for (leaf = LIST_FIRST(&p->leaves); leaf; leaf = next) {
        next = LIST_NEXT(leaf, link);
        subscription_change(leaf->list, is_urgent);
    }
}
