/* SPDX-License-Identifier: Apache-2.0 */
/* What a list tells: the states of its leaves, and the body made of those that are to be told. */
#include "buf.h"
#include "event_server.h"
#include "foreign.h"
#include "htab.h"
#include "message.h"
#include "pidf_write.h"
#include "presence_conf.h"
#include "presentity.h"
#include "rlmi.h"
#include "rls_list.h"
#include "subscription.h"
#include "token.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 4194304, URI_EXTRA = 4 };

/* Of a NOTIFY, its headers with those that proxies add; of rlmi.c, what it writes around a part and
 * a resource; of a character in XML. */
enum { HEADER_BYTES = 4096, PART_BYTES = 320, RESOURCE_BYTES = 112, ESCAPED_BYTES = 6 };

/* Tags of leaves without a document; those of documents are odd. */
enum { TAG_PENDING = 2, TAG_REJECTED = 4, TAG_NOBODY = 6, TAG_FOREIGN = 8, TAG_GONE = 10 };

static struct presentity_document const *document_of(struct rls_leaf const *leaf)
{
    enum presentity_view view =
        leaf->decision.verdict == USER_POLICY_ALLOW ? PRESENTITY_FULL : PRESENTITY_OFFLINE;

    return presentity_show(leaf->presentity, view, leaf->list->profile);
}

static uint64_t tag_of(struct rls_leaf const *leaf)
{
    struct presentity_document const *document;

    if (leaf->is_gone)
        return TAG_GONE;
    if (leaf->foreign)
        return foreign_tag(leaf->foreign);
    if (!leaf->presentity)
        return leaf->is_foreign ? TAG_FOREIGN : TAG_NOBODY;
    if (leaf->decision.verdict == USER_POLICY_ASK)
        return TAG_PENDING;
    if (leaf->decision.verdict == USER_POLICY_REFUSE)
        return TAG_REJECTED;
    document = document_of(leaf);
    return document ? document->tag : 0;
}

uint64_t rls_tag(struct subscription const *s)
{
    uint64_t tag = s->list->n + 1;
    struct rls_leaf const *leaf;

    TAILQ_FOREACH(leaf, &s->list->leaves, among)
    {
        uint64_t const of_leaf = tag_of(leaf);
        tag = htab_hash(&of_leaf, sizeof of_leaf, tag);
        tag = htab_hash(leaf->name, strlen(leaf->name), tag);
    }
    return tag | 1;
}

bool rls_has_more(struct subscription const *s)
{
    return s->list && s->list->has_more;
}

/* --- one leaf --------------------------------------------------------------------------------- */

static struct rlmi_resource show(struct rls_leaf const *leaf, char *uri, size_t size)
{
    struct rlmi_resource r = { .uri = uri, .name = *leaf->name ? leaf->name : NULL };
    struct presentity_document const *document;

    (void)snprintf(uri, size, "sip:%s", leaf->address);
    if (leaf->is_in && leaf->foreign)
        foreign_show(leaf->foreign, &r);
    if (!leaf->is_in || (leaf->is_foreign && !leaf->is_gone))
        return r;
    r.instance = "1";
    switch (tag_of(leaf)) {
    case TAG_PENDING:
        r.state = RLMI_PENDING;
        break;
    case TAG_REJECTED:
        r.state = RLMI_TERMINATED;
        r.reason = "rejected";
        break;
    case TAG_NOBODY:
    case TAG_GONE:
        r.state = RLMI_TERMINATED;
        r.reason = "noresource";
        break;
    default:
        document = document_of(leaf);
        r.state = RLMI_ACTIVE;
        r.content_type = leaf->list->profile->content_type;
        r.body = document ? document->text : NULL;
        r.body_len = document ? document->len : 0;
    }
    return r;
}

/* What a leaf costs: its resource and instance, and if it has a document that and its part of the
 * body. Rather too much than too little: a NOTIFY that is too large is not sent at all, and its
 * subscription is lost. */
static size_t name_bytes(struct rls_leaf const *leaf)
{
    return RESOURCE_BYTES + strlen(leaf->address) + ESCAPED_BYTES * strlen(leaf->name);
}

static size_t part_bytes(struct rls_leaf const *leaf)
{
    char const *domain = presence_address_domain(leaf->list->presentity->address);
    uint64_t tag = tag_of(leaf);

    if (!(tag & 1))
        return 0;
    return PART_BYTES + 2 * strlen(domain) +
           (leaf->foreign ? leaf->foreign->len : document_of(leaf)->len);
}

/* A full document names every leaf, whatever else is in it. */
static size_t room_of(struct subscription const *s, bool is_full)
{
    size_t message = (size_t)s->server->conf->limits.max_message_bytes, fixed = HEADER_BYTES;
    size_t most = (size_t)s->server->conf->max_list_bytes;
    struct rls_leaf const *leaf;

    if (is_full)
        TAILQ_FOREACH(leaf, &s->list->leaves, among)
        {
            fixed += name_bytes(leaf);
        }
    message = message > fixed ? message - fixed : 0;
    return message < most ? message : most;
}

/* Marks what is told now: as much as there is room for, and at least one leaf. */
static void choose(struct subscription *s, bool is_full)
{
    size_t room = room_of(s, is_full), used = 0;
    struct rls_leaf *leaf;

    s->list->has_more = false;
    TAILQ_FOREACH(leaf, &s->list->leaves, among)
    {
        bool is_due = is_full ? !leaf->is_gone : leaf->told_tag != tag_of(leaf);
        size_t bytes = is_due ? part_bytes(leaf) + (is_full ? 0 : name_bytes(leaf)) : 0;
        leaf->is_in = is_due && (used == 0 || used + bytes <= room);
        s->list->has_more |= is_due && !leaf->is_in;
        used += leaf->is_in ? bytes : 0;
    }
}

static void set_told(struct subscription *s, bool is_full)
{
    struct rls_leaf *leaf, *next;

    for (leaf = TAILQ_FIRST(&s->list->leaves); leaf; leaf = next) {
        next = TAILQ_NEXT(leaf, among);
        if (leaf->is_gone && (leaf->is_in || is_full))
            rls_drop(&leaf);
        else if (leaf->is_in)
            leaf->told_tag = tag_of(leaf);
        else if (is_full)
            leaf->told_tag = 0;
    }
}

/* --- the body --------------------------------------------------------------------------------- */

struct texts {
    char uri[PRESENCE_ADDRESS_BYTES + URI_EXTRA];
};

static int write_body(struct subscription const *s, bool is_full, struct buf *out,
                      char ret_type[static RLMI_CONTENT_TYPE])
{
    struct rlmi_resource *resources = calloc(s->list->n + 1, sizeof *resources);
    struct texts *texts = calloc(s->list->n + 1, sizeof *texts);
    char boundary[RLMI_BOUNDARY + 1], uri[PRESENCE_ADDRESS_BYTES * 2];
    char const *domain = presence_address_domain(s->presentity->address);
    struct rls_leaf const *leaf;
    size_t n = 0;
    int err = -ENOMEM;

    (void)snprintf(uri, sizeof uri, "sip:%.*s%s@%s",
                   (int)(strrchr(s->presentity->address, '@') - s->presentity->address),
                   s->presentity->address, s->server->conf->list_suffix, domain);
    TOKEN_FILL(boundary);
    if (resources && texts) {
        TAILQ_FOREACH(leaf, &s->list->leaves, among)
        {
            if (leaf->is_in || (is_full && !leaf->is_gone)) {
                resources[n] = show(leaf, texts[n].uri, sizeof texts[n].uri);
                n++;
            }
        }
        struct rlmi const list = { uri, NULL, s->version, is_full, resources, n };
        err = rlmi_write(&list, boundary, domain, out, ret_type);
    }
    free(resources);
    free(texts);
    return err;
}

/* RFC 4662 4.5: all resources after a SUBSCRIBE, those that have changed else. */
int rls_add(struct subscription *s, msg_t *notify, uint64_t tag)
{
    bool is_full = s->is_full;
    char type[RLMI_CONTENT_TYPE];
    struct buf body;

    (void)tag;
    choose(s, is_full);
    buf_init(&body, BODY_MAX);
    int err = write_body(s, is_full, &body, type);
    if (err == 0)
        err = message_add(notify, "Require: eventlist");
    if (err == 0)
        err = message_set_body(notify, type, buf_text(&body), body.len);
    buf_fini(&body);
    if (err < 0)
        return err;
    s->version++;
    s->is_full = false;
    set_told(s, is_full);
    return 0;
}
