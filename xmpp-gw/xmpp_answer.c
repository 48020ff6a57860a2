/* SPDX-License-Identifier: Apache-2.0 */
/* See xmpp_answer.h. */
#include "xmpp_answer.h"
#include "stanza_error.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include "xmpp_metrics.h"
#include <string.h>

enum { ANSWER_BYTES = 8192 };

static char const *value(struct xml_element const *element, char const *name)
{
    char const *text = xml_element_attribute(element, name);

    return text ? text : "";
}

static struct xml_tree *pong(struct xml_element const *iq)
{
    struct xml_tree *tree = xml_tree_new(ANSWER_BYTES);
    struct xml_element *root = tree ? xml_tree_add(tree, NULL, "iq", STANZA_NS) : NULL;

    if (!root) {
        xml_tree_free(&tree);
        return NULL;
    }
    xml_tree_attribute(tree, root, "type", "result");
    xml_tree_attribute(tree, root, "id", xml_element_attribute(iq, "id"));
    xml_tree_attribute(tree, root, "from", xml_element_attribute(iq, "to"));
    xml_tree_attribute(tree, root, "to", xml_element_attribute(iq, "from"));
    xmpp_count(M_xmpp_queries);
    return tree;
}

/* RFC 6121 8.5.2: to nobody there, presence is ignored, and so are messages that want no answer. */
static bool wants_error(struct xml_element const *stanza)
{
    char const *type = value(stanza, "type");

    if (strcmp(stanza->name, "iq") == 0)
        return strcmp(type, "get") == 0 || strcmp(type, "set") == 0;
    return strcmp(stanza->name, "message") == 0 && strcmp(type, "error") != 0 &&
           strcmp(type, "headline") != 0;
}

struct xml_tree *xmpp_answer(struct xml_element const *stanza)
{
    bool is_ping = strcmp(stanza->name, "iq") == 0 && strcmp(value(stanza, "type"), "get") == 0 &&
                   xml_element_child(stanza, "ping", STANZA_NS_PING) &&
                   !strpbrk(value(stanza, "to"), "@/");

    if (is_ping)
        return pong(stanza);
    if (!wants_error(stanza)) {
        xmpp_count(M_xmpp_ignored);
        return NULL;
    }
    struct stanza_error const error = stanza_error_make(STANZA_ERROR_SERVICE_UNAVAILABLE, NULL);
    xmpp_count(M_xmpp_errors_sent);
    return stanza_error_answer(stanza, &error, false);
}
