/* SPDX-License-Identifier: Apache-2.0 */
/* Three elements with items in them. */
#include "blocking.h"
#include "iq_answer.h"
#include "jid.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include <string.h>

enum { STANZA_MAX = 1 << 20 };

static char const *const verb_names[] = {
    [BLOCKING_LIST] = "blocklist",
    [BLOCKING_BLOCK] = "block",
    [BLOCKING_UNBLOCK] = "unblock",
};

static bool has_type(struct xml_element const *iq, char const *wanted)
{
    char const *type = xml_element_attribute(iq, "type");

    return type && strcmp(type, wanted) == 0;
}

bool blocking_is_request(struct xml_element const *iq)
{
    struct xml_element *query = xml_element_first(iq);

    return xml_element_is(iq, "iq", STANZA_NS) && query &&
           strcmp(query->ns, STANZA_NS_BLOCKING) == 0 &&
           (has_type(iq, "get") || has_type(iq, "set"));
}

/* --- reading ---------------------------------------------------------------------------------- */

#define FAULT(name, condition_id, type_id, words)                                                  \
    static struct stanza_error const name = { .condition = STANZA_ERROR_##condition_id,            \
                                              .type = STANZA_ERROR_##type_id,                      \
                                              .text = (words) }
FAULT(bad_request, BAD_REQUEST, MODIFY, "No request of XEP-0191");
FAULT(no_items, BAD_REQUEST, MODIFY, "Block whom?");
FAULT(malformed, JID_MALFORMED, MODIFY, NULL);
FAULT(too_many, POLICY_VIOLATION, MODIFY, "Too many at once");
FAULT(no_memory, RESOURCE_CONSTRAINT, WAIT, NULL);
#undef FAULT

static struct stanza_error const *add_item(struct blocking_request *request,
                                           struct xml_element const *item)
{
    char const *text = xml_element_attribute(item, "jid");
    char prepared[JID_MAX + 1];
    struct jid jid;

    if (!text || jid_parse(text, &jid) != JID_FINE)
        return &malformed;
    request->items[request->n] = su_strdup(request->home, jid_text(&jid, prepared));
    return request->items[request->n++] ? NULL : &no_memory;
}

static struct stanza_error const *read_items(struct blocking_request *request,
                                             struct xml_element const *query, size_t max_items)
{
    struct stanza_error const *error = NULL;
    struct xml_element *item;
    size_t n = 0;

    for (item = xml_element_first(query); item; item = xml_element_next(item))
        n++;
    if (n > max_items)
        return &too_many;
    request->items = su_zalloc(request->home, (isize_t)((n + 1) * sizeof *request->items));
    if (!request->items)
        return &no_memory;
    for (item = xml_element_first(query); item && !error; item = xml_element_next(item))
        if (xml_element_is(item, "item", STANZA_NS_BLOCKING))
            error = add_item(request, item);
    return error ? error : request->verb == BLOCKING_BLOCK && request->n == 0 ? &no_items : NULL;
}

static struct stanza_error const *read_query(struct blocking_request *request,
                                             struct xml_element const *iq, size_t max_items)
{
    struct xml_element *query = xml_element_first(iq);
    enum blocking_verb verb = BLOCKING_LIST;

    while (verb <= BLOCKING_UNBLOCK && !xml_element_is(query, verb_names[verb], STANZA_NS_BLOCKING))
        verb++;
    if (verb > BLOCKING_UNBLOCK || !has_type(iq, verb == BLOCKING_LIST ? "get" : "set"))
        return &bad_request;
    request->verb = verb;
    return verb == BLOCKING_LIST ? NULL : read_items(request, query, max_items);
}

struct stanza_error const *blocking_read(struct xml_element const *iq, size_t max_items,
                                         struct blocking_request **ret)
{
    struct blocking_request *request = su_home_new(sizeof *request);
    struct stanza_error const *error = request ? read_query(request, iq, max_items) : &no_memory;

    if (error)
        blocking_free(&request);
    *ret = request;
    return error;
}

void blocking_free(struct blocking_request **prequest)
{
    struct blocking_request *request = *prequest;

    *prequest = NULL;
    if (request)
        su_home_unref(request->home);
}

/* --- building --------------------------------------------------------------------------------- */

static void add_items(struct xml_tree *tree, enum blocking_verb verb, char const *const *items,
                      size_t n)
{
    struct xml_element *query =
        xml_tree_add(tree, xml_tree_root(tree), verb_names[verb], STANZA_NS_BLOCKING);

    for (size_t i = 0; i < n; i++)
        xml_tree_attribute(tree, xml_tree_add(tree, query, "item", NULL), "jid", items[i]);
}

struct xml_tree *blocking_list(struct xml_element const *iq, char const *const *items, size_t n)
{
    struct xml_tree *tree = iq_answer_result(iq);

    if (!tree)
        return NULL;
    add_items(tree, BLOCKING_LIST, items, n);
    if (!xml_tree_ok(tree))
        xml_tree_free(&tree);
    return tree;
}

struct xml_tree *blocking_push(char const *to, char const *id,
                               struct blocking_request const *request)
{
    struct xml_tree *tree = xml_tree_new(STANZA_MAX);
    struct xml_element *root;

    if (!tree)
        return NULL;
    root = xml_tree_add(tree, NULL, "iq", STANZA_NS);
    xml_tree_attribute(tree, root, "to", to);
    xml_tree_attribute(tree, root, "type", "set");
    xml_tree_attribute(tree, root, "id", id);
    add_items(tree, request->verb, request->items, request->n);
    if (!xml_tree_ok(tree))
        xml_tree_free(&tree);
    return tree;
}

/* --- who is blocked --------------------------------------------------------------------------- */

/* XEP-0191 2: domain/resource is that address alone, the domain is everybody there. */
bool blocking_matches(struct jid const *entry, struct jid const *who)
{
    if (!*entry->local && !*entry->resource)
        return strcmp(entry->domain, who->domain) == 0;
    return jid_same_bare(entry, who) &&
           (!*entry->resource || strcmp(entry->resource, who->resource) == 0);
}

struct xml_tree *blocking_refuse(struct xml_element const *stanza)
{
    struct stanza_error error = stanza_error_make(STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);

    if (xml_element_is(stanza, "presence", STANZA_NS))
        return NULL;
    return stanza_error_answer(stanza, &error, false);
}

struct stanza_error blocking_own_error(void)
{
    struct stanza_error error = stanza_error_make(STANZA_ERROR_NOT_ACCEPTABLE, NULL);

    error.type = STANZA_ERROR_CANCEL;
    error.blocked = true;
    return error;
}
