/* SPDX-License-Identifier: Apache-2.0 */
/* The XMPP side: RFC 6121 4.7, XEP-0319. */
#include "buf.h"
#include "jid.h"
#include "pidf_time.h"
#include "presence_map.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STANZA_MAX = 1 << 18 };

/* xs:byte; what is none is 0, as if it were not there. */
static int read_priority(char const *text)
{
    char *end;
    long priority = text ? strtol(text, &end, 10) : 0;

    return text && *text && !*end && priority >= -128 && priority <= 127 ? (int)priority : 0;
}

static enum presence_show read_show(char const *text)
{
    for (enum presence_show show = PRESENCE_CHAT; text && show < PRESENCE_SHOWS; show++)
        if (strcmp(presence_map_show_name(show), text) == 0)
            return show;
    return PRESENCE_AVAILABLE;
}

static void read_status(struct xml_element const *presence, struct presence_resource *ret)
{
    struct xml_element *status = xml_element_child(presence, "status", STANZA_NS);
    char const *text = xml_element_text(status), *lang = xml_element_lang(status);

    if (status && *text) {
        ret->status = text;
        ret->lang = *lang ? lang : NULL;
    }
}

bool presence_map_read_stanza(struct xml_element const *presence, struct presence_resource *ret)
{
    char const *type = xml_element_attribute(presence, "type");
    char const *from = xml_element_attribute(presence, "from");
    char const *resource = from ? strchr(from, '/') : NULL;
    struct xml_element *idle = xml_element_child(presence, "idle", STANZA_NS_IDLE);
    char const *since = xml_element_attribute(idle, "since");

    *ret = (struct presence_resource){ .idle_since_ms = PIDF_TIME_NONE };
    ret->resource = resource ? resource + 1 : "";
    if (type && strcmp(type, "unavailable") != 0)
        return false;
    read_status(presence, ret);
    if (type)
        return true;
    ret->show = read_show(xml_element_child_text(presence, "show", STANZA_NS));
    ret->priority = read_priority(xml_element_child_text(presence, "priority", STANZA_NS));
    if (since && pidf_time_parse(since, &ret->idle_since_ms) < 0)
        ret->idle_since_ms = PIDF_TIME_NONE;
    return true;
}

static void add_available(struct xml_tree *tree, struct xml_element *root,
                          struct presence_resource const *told)
{
    char text[PIDF_TIME_TEXT];

    if (told->priority) {
        snprintf(text, sizeof text, "%d", told->priority);
        xml_tree_add_text(tree, root, "priority", STANZA_NS, text);
    }
    if (told->idle_since_ms != PIDF_TIME_NONE)
        xml_tree_attribute(tree, xml_tree_add(tree, root, "idle", STANZA_NS_IDLE), "since",
                           pidf_time_print(told->idle_since_ms, text));
}

struct xml_tree *presence_map_stanza(char const *bare, char const *to,
                                     struct presence_resource const *told)
{
    struct xml_tree *tree = xml_tree_new(STANZA_MAX);
    struct xml_element *root;
    struct buf from;

    if (!tree)
        return NULL;
    buf_init(&from, JID_MAX);
    buf_printf(&from, "%s%s%s", bare, *told->resource ? "/" : "", told->resource);
    root = xml_tree_add(tree, NULL, "presence", STANZA_NS);
    xml_tree_attribute(tree, root, "from", buf_text(&from));
    xml_tree_attribute(tree, root, "to", to);
    if (told->show == PRESENCE_UNAVAILABLE)
        xml_tree_attribute(tree, root, "type", "unavailable");
    else if (told->show != PRESENCE_AVAILABLE)
        xml_tree_add_text(tree, root, "show", STANZA_NS, presence_map_show_name(told->show));
    if (told->status)
        xml_tree_attribute(tree, xml_tree_add_text(tree, root, "status", STANZA_NS, told->status),
                           "xml:lang", told->lang);
    if (told->show != PRESENCE_UNAVAILABLE)
        add_available(tree, root, told);
    if (!buf_ok(&from) || !xml_tree_ok(tree))
        xml_tree_free(&tree);
    buf_fini(&from);
    return tree;
}
