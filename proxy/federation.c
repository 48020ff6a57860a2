/* SPDX-License-Identifier: Apache-2.0 */
/* Federated domains in a hash table: see federation.h. */
#include "federation.h"
#include "cfg.h"
#include "domain.h"
#include "domain_name.h"
#include "federation_conf.h"
#include "htab.h"
#include "next_hop.h"
#include <errno.h>
#include <sofia-sip/su_alloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { WILD_SEED = 1 };

struct item {
    struct federation_entry entry;
    struct htab_entry link;
    char const *name; /* lower case; without "*." */
    bool wild;
    _Atomic uint64_t hits;
};

struct federation {
    su_home_t home[1];  /* owns everything but the buckets */
    struct item *items; /* in the order of the file */
    size_t n;
    struct htab by_name;
    unsigned wild_labels; /* of the longest "*." name; 0: there is none */
};

/* What a look-up asks for. */
struct wanted {
    char const *name;
    bool wild;
};

static struct item *item_of(struct htab_entry const *link)
{
    return (struct item *)((char *)(uintptr_t)link - offsetof(struct item, link));
}

static bool is_wanted(struct htab_entry const *link, void const *key)
{
    struct item const *item = item_of(link);
    struct wanted const *wanted = key;
    return item->wild == wanted->wild && strcmp(item->name, wanted->name) == 0;
}

static uint64_t hash_of(struct wanted const *wanted)
{
    return htab_hash(wanted->name, strlen(wanted->name), wanted->wild ? WILD_SEED : 0);
}

static struct item *find(struct federation const *federation, char const *name, bool wild)
{
    struct wanted const wanted = { name, wild };
    struct htab_entry *link = htab_find(&federation->by_name, hash_of(&wanted), is_wanted, &wanted);
    return link ? item_of(link) : NULL;
}

static unsigned labels_of(char const *name)
{
    unsigned n = 1;
    for (; *name; name++)
        n += *name == '.';
    return n;
}

/* --- compiling -----------------------------------------------------------------------------------
 */

static int make_uri(struct federation *federation, struct item *item,
                    struct federation_conf const *row)
{
    char host[NEXT_HOP_HOST], port[8] = "";
    bool any = row->transport == TRANSPORT_KINDS;
    item->entry.via = "";
    if (!row->next_hop || !*row->next_hop)
        return 0;
    int service = any ? next_hop_service(row->next_hop) : row->transport;
    if (row->port)
        (void)snprintf(port, sizeof port, ":%u", (unsigned)row->port);
    item->entry.via =
        su_sprintf(federation->home, "sip:%s%s%s%s", next_hop_host(row->next_hop, host), port,
                   service < 0 ? "" : ";transport=",
                   service < 0 ? "" : transport_kind_name((enum transport_kind)service));
    item->entry.uri = item->entry.via ? url_make(federation->home, item->entry.via) : NULL;
    return item->entry.uri ? 0 : -ENOMEM;
}

static void blame_twin(struct item const *item, struct item const *first, struct cfg_faults *faults)
{
    struct federation_conf const *row = item->entry.conf, *other = first->entry.conf;
    if (row->federation == other->federation)
        cfg_fault(faults, row->where, "domain \"%s\" stands twice, first at %s:%d", row->name,
                  other->where.file, other->where.line);
    else
        cfg_fault(faults, row->where,
                  "domain \"%s\" is federated by %s here and by %s at %s:%d: only one is possible",
                  row->name, federation_conf_kind_name(row->federation),
                  federation_conf_kind_name(other->federation), other->where.file,
                  other->where.line);
}

static int add(struct federation *federation, struct federation_conf const *row,
               struct domain const *own, struct cfg_faults *faults)
{
    struct item *item = &federation->items[federation->n++];
    char host[DOMAIN_NAME_MAX + 1];
    item->entry.conf = row;
    item->wild = row->name[0] == '*';
    (void)domain_name_normalize(row->name + (item->wild ? 2 : 0), host);
    item->name = su_strdup(federation->home, host);
    item->entry.rule = su_sprintf(federation->home, "domains[%s]", row->name);
    if (!item->name || !item->entry.rule || make_uri(federation, item, row) < 0)
        return -ENOMEM;
    struct item const *first = find(federation, item->name, item->wild);
    if (first)
        blame_twin(item, first, faults);
    if (!item->wild && domain_owns_host(own, item->name, 0, NULL))
        cfg_fault(faults, row->where, "domain \"%s\" is our own: it cannot be federated",
                  row->name);
    if (item->wild && labels_of(item->name) > federation->wild_labels)
        federation->wild_labels = labels_of(item->name);
    return htab_insert(&federation->by_name, &item->link,
                       hash_of(&(struct wanted){ item->name, item->wild }));
}

static void fini(void *memory)
{
    struct federation *federation = memory;
    htab_fini(&federation->by_name);
}

struct federation *federation_new(struct cfg_groups const *list, struct domain const *own,
                                  struct cfg_faults *faults)
{
    struct federation_conf const *rows = list->v;
    struct federation *federation = su_home_new(sizeof *federation);
    if (!federation || su_home_destructor(federation->home, fini) < 0)
        goto fail;
    htab_init(&federation->by_name);
    federation->items =
        su_zalloc(federation->home, (isize_t)((list->n + 1) * sizeof *federation->items));
    if (!federation->items)
        goto fail;
    for (size_t i = 0; i < list->n; i++) {
        char const *wrong = federation_conf_fault(&rows[i]);
        if (wrong)
            cfg_fault(faults, rows[i].where, "domain \"%s\": %s", rows[i].name ? rows[i].name : "?",
                      wrong);
        /* Without name: already a fault of its row. */
        if (rows[i].name && add(federation, &rows[i], own, faults) < 0)
            goto fail;
    }
    return federation;
fail:
    federation_free(&federation);
    return NULL;
}

void federation_free(struct federation **pfederation)
{
    struct federation *federation = *pfederation;
    *pfederation = NULL;
    if (federation)
        su_home_unref(federation->home);
}

/* --- looking up ----------------------------------------------------------------------------------
 */

struct federation_entry const *federation_find(struct federation const *federation,
                                               char const *host)
{
    char name[DOMAIN_NAME_MAX + 1];
    if (federation->n == 0 || !domain_name_normalize(host, name))
        return NULL;
    struct item const *item = find(federation, name, false);
    char const *above = federation->wild_labels ? name : NULL;
    unsigned labels = above ? labels_of(name) : 0;
    while (!item && above && (above = strchr(above, '.'))) {
        above++;
        if (--labels <= federation->wild_labels)
            item = find(federation, above, true);
    }
    return item ? &item->entry : NULL;
}

struct federation_entry const *federation_at(struct federation const *federation, size_t i)
{
    return i < federation->n ? &federation->items[i].entry : NULL;
}

static struct item *item_of_entry(struct federation_entry const *entry)
{
    return (struct item *)((char *)(uintptr_t)entry - offsetof(struct item, entry));
}

void federation_count_hit(struct federation_entry const *entry)
{
    atomic_fetch_add_explicit(&item_of_entry(entry)->hits, 1, memory_order_relaxed);
}

uint64_t federation_hits(struct federation_entry const *entry)
{
    return atomic_load_explicit(&item_of_entry(entry)->hits, memory_order_relaxed);
}
