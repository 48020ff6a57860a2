/* SPDX-License-Identifier: Apache-2.0 */
/* A row per question. */
#include "iq_answer.h"
#include "pidf_time.h"
#include "stanza_error.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 1 << 20 };

/* What a question is answered with. */
struct answer {
    struct xml_tree *tree;
    struct xml_element *root;
    struct xml_element const *query; /* the question */
    struct iq_answer_about const *about;
};

/* Returns the stanza_condition of an error, STANZA_ERRORS when it has answered. */
typedef int answer_fn(struct answer *answer);

static int answer_info(struct answer *answer)
{
    char const *node = xml_element_attribute(answer->query, "node");
    char own[DISCO_NODE_BYTES];

    if (node && (answer->about->kind != DISCO_DEVICE || disco_node(answer->about->name, own) < 0 ||
                 strcmp(node, own) != 0))
        return STANZA_ERROR_ITEM_NOT_FOUND;
    disco_add_info(answer->tree, answer->root, answer->about->kind, answer->about->name, node);
    return STANZA_ERRORS;
}

/* Who our users are is nobody's business. */
static int answer_items(struct answer *answer)
{
    if (xml_element_attribute(answer->query, "node"))
        return STANZA_ERROR_ITEM_NOT_FOUND;
    xml_tree_add(answer->tree, answer->root, "query", STANZA_NS_DISCO_ITEMS);
    return STANZA_ERRORS;
}

static int answer_ping(struct answer *answer)
{
    (void)answer;
    return STANZA_ERRORS;
}

static int answer_version(struct answer *answer)
{
    struct xml_element *query =
        xml_tree_add(answer->tree, answer->root, "query", STANZA_NS_VERSION);

    xml_tree_add_text(answer->tree, query, "name", NULL, answer->about->name);
    xml_tree_add_text(answer->tree, query, "version", NULL, answer->about->version);
    return STANZA_ERRORS;
}

static int answer_last(struct answer *answer)
{
    struct xml_element *query;
    char seconds[24];

    if (answer->about->idle_s < 0)
        return STANZA_ERROR_SERVICE_UNAVAILABLE;
    query = xml_tree_add(answer->tree, answer->root, "query", STANZA_NS_LAST);
    snprintf(seconds, sizeof seconds, "%lld", (long long)answer->about->idle_s);
    xml_tree_attribute(answer->tree, query, "seconds", seconds);
    return STANZA_ERRORS;
}

static int answer_time(struct answer *answer)
{
    struct xml_element *time = xml_tree_add(answer->tree, answer->root, "time", STANZA_NS_TIME);
    char text[PIDF_TIME_TEXT];
    int64_t seconds_ms = answer->about->now_ms / 1000 * 1000;

    xml_tree_add_text(answer->tree, time, "tzo", NULL, "+00:00");
    xml_tree_add_text(answer->tree, time, "utc", NULL, pidf_time_print(seconds_ms, text));
    return STANZA_ERRORS;
}

static struct {
    char const *name, *ns;
    answer_fn *answer;
    bool of_accounts; /* a bare JID has it */
} const rows[] = {
    { "query", STANZA_NS_DISCO_INFO, answer_info, true },
    { "query", STANZA_NS_DISCO_ITEMS, answer_items, true },
    { "ping", STANZA_NS_PING, answer_ping, true },
    { "query", STANZA_NS_LAST, answer_last, true },
    { "query", STANZA_NS_VERSION, answer_version, false },
    { "time", STANZA_NS_TIME, answer_time, false },
};

/* Empty. */
static struct xml_tree *result_of(struct xml_element const *iq)
{
    struct xml_tree *tree = xml_tree_new(ANSWER_MAX);
    struct xml_element *root;

    if (!tree)
        return NULL;
    root = xml_tree_add(tree, NULL, "iq", STANZA_NS);
    xml_tree_attribute(tree, root, "from", xml_element_attribute(iq, "to"));
    xml_tree_attribute(tree, root, "to", xml_element_attribute(iq, "from"));
    xml_tree_attribute(tree, root, "id", xml_element_attribute(iq, "id"));
    xml_tree_attribute(tree, root, "type", "result");
    return tree;
}

static int answer_get(struct answer *answer)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (xml_element_is(answer->query, rows[i].name, rows[i].ns) &&
            (rows[i].of_accounts || answer->about->kind != DISCO_ACCOUNT))
            return rows[i].answer(answer);
    return STANZA_ERROR_SERVICE_UNAVAILABLE;
}

static bool has_type(struct xml_element const *iq, char const *wanted)
{
    char const *type = xml_element_attribute(iq, "type");

    return type && strcmp(type, wanted) == 0;
}

/* RFC 6120 8.2.3: a request has a type, an id and one child. */
static int judge(struct xml_element const *iq, struct answer *answer)
{
    struct iq_answer_about const *about = answer->about;
    bool is_get = has_type(iq, "get");

    if ((!is_get && !has_type(iq, "set")) || !xml_element_attribute(iq, "id") || !answer->query ||
        xml_element_next(answer->query))
        return STANZA_ERROR_BAD_REQUEST;
    if (about->kind != DISCO_DOMAIN && (!about->exists || !about->may_see))
        return STANZA_ERROR_SERVICE_UNAVAILABLE;
    return is_get ? answer_get(answer) : STANZA_ERROR_SERVICE_UNAVAILABLE;
}

struct xml_tree *iq_answer(struct xml_element const *iq, struct iq_answer_about const *about)
{
    struct answer answer = { .query = xml_element_first(iq), .about = about };

    if (!stanza_error_may_answer(iq))
        return NULL;
    answer.tree = result_of(iq);
    if (!answer.tree)
        return NULL;
    answer.root = xml_tree_root(answer.tree);
    int fault = judge(iq, &answer);
    if (fault != STANZA_ERRORS || !xml_tree_ok(answer.tree))
        xml_tree_free(&answer.tree);
    if (fault == STANZA_ERRORS)
        return answer.tree;
    struct stanza_error error = stanza_error_make((enum stanza_condition)fault, NULL);
    return stanza_error_answer(iq, &error, false);
}
