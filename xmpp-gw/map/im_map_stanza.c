/* SPDX-License-Identifier: Apache-2.0 */
/* The XMPP side: RFC 6121 5, and XEP-0085, 0184, 0203, 0333, 0334, 0071. */
#include "buf.h"
#include "html_text.h"
#include "im_map.h"
#include "jid.h"
#include "pidf_time.h"
#include "stanza_names.h"
#include "xml_tree.h"
#include <string.h>
#include <strings.h>

enum { STANZA_MAX = 1 << 20, TEXT_MAX = 1 << 18 };

static struct {
    enum im_state state;
    char const *name;
} const states[] = {
    { IM_ACTIVE, "active" },     { IM_COMPOSING, "composing" }, { IM_PAUSED, "paused" },
    { IM_INACTIVE, "inactive" }, { IM_GONE, "gone" },
};

/* --- reading ---------------------------------------------------------------------------------- */

static char const *keep(struct im *im, char const *text)
{
    char *kept = text && *text ? su_strdup(im->home, text) : NULL;

    im->no_memory |= text && *text && !kept;
    return kept;
}

static char const *read_address(struct im *im, struct xml_element const *message, char const *name)
{
    char const *text = xml_element_attribute(message, name);
    char prepared[JID_MAX + 1];
    struct jid jid;

    if (!text || jid_parse(text, &jid) != JID_FINE)
        return NULL;
    return keep(im, jid_text(&jid, prepared));
}

/* Of several elements in several languages, the one in @p lang, else in that of the stanza, else
 * the first. */
static struct xml_element *choose(struct xml_element const *message, char const *name,
                                  char const *lang)
{
    struct xml_element *best = NULL, *own = NULL;

    for (struct xml_element *in = xml_element_first(message); in; in = xml_element_next(in)) {
        if (!xml_element_is(in, name, STANZA_NS))
            continue;
        if (lang && strcasecmp(xml_element_lang(in), lang) == 0)
            return in;
        if (!own && !in->own_lang)
            own = in;
        best = best ? best : in;
    }
    return own ? own : best;
}

/* The text of XHTML-IM, for a message that has no body. */
static char const *read_xhtml(struct im *im, struct xml_element const *message)
{
    struct xml_element *html = xml_element_child(message, "html", STANZA_NS_XHTML_IM);
    struct xml_element *body = xml_element_child(html, "body", STANZA_NS_XHTML);
    struct buf xml, text;

    if (!body)
        return NULL;
    buf_init(&xml, TEXT_MAX);
    buf_init(&text, TEXT_MAX);
    xml_element_write(body, STANZA_NS_XHTML, &xml);
    html_text(buf_text(&xml), xml.len, &text);
    im->no_memory |= !buf_ok(&xml) || !buf_ok(&text);
    char const *kept = keep(im, buf_text(&text));
    buf_fini(&xml);
    buf_fini(&text);
    return kept;
}

static void read_texts(struct im *im, struct xml_element const *message,
                       struct im_map_options const *options)
{
    struct xml_element *body = choose(message, "body", options->lang);
    struct xml_element *subject = choose(message, "subject", options->lang);

    im->lang = keep(im, xml_element_lang(body ? body : message));
    im->body = body ? keep(im, xml_element_text(body)) : NULL;
    if (!im->body)
        im->body = read_xhtml(im, message);
    im->subject = subject ? keep(im, xml_element_text(subject)) : NULL;
    im->thread = keep(im, xml_element_child_text(message, "thread", STANZA_NS));
}

static void read_state(struct im *im, struct xml_element const *message)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (xml_element_child(message, states[i].name, STANZA_NS_CHATSTATES))
            im->state = states[i].state;
}

/* XEP-0184 5.3, 5.4: who asks must have an id, and an answer asks for none. */
static void read_receipts(struct im *im, struct xml_element const *message)
{
    struct xml_element *received = xml_element_child(message, "received", STANZA_NS_RECEIPTS);
    struct xml_element *displayed = xml_element_child(message, "displayed", STANZA_NS_MARKERS);

    if (received || displayed) {
        im->notice = displayed ? IM_DISPLAYED : IM_DELIVERED;
        im->notice_id = keep(im, xml_element_attribute(displayed ? displayed : received, "id"));
        return;
    }
    if (im->id && xml_element_child(message, "request", STANZA_NS_RECEIPTS))
        im->wants |= IM_WANTS_DELIVERED;
    if (im->id && xml_element_child(message, "markable", STANZA_NS_MARKERS))
        im->wants |= IM_WANTS_DISPLAYED;
}

static void read_rest(struct im *im, struct xml_element const *message)
{
    struct xml_element *delay = xml_element_child(message, "delay", STANZA_NS_DELAY);
    char const *stamp = xml_element_attribute(delay, "stamp");

    if (!stamp || pidf_time_parse(stamp, &im->time_ms) < 0)
        im->time_ms = IM_TIME_NONE;
    im->no_store = xml_element_child(message, "no-store", STANZA_NS_HINTS) ||
                   xml_element_child(message, "no-permanent-store", STANZA_NS_HINTS);
}

static bool is_invitation(struct xml_element const *message)
{
    struct xml_element *user = xml_element_child(message, "x", STANZA_NS_MUC_USER);

    return xml_element_child(user, "invite", STANZA_NS_MUC_USER) ||
           xml_element_child(message, "x", STANZA_NS_CONFERENCE);
}

static void read_failure(struct im *im, struct stanza_error const *error)
{
    im->notice = IM_FAILED;
    im->notice_id = im->id;
    im->error = *error;
    im->error.text = keep(im, error->text);
    im->error.address = keep(im, error->address);
}

static enum im_fault read_message(struct im *im, struct xml_element const *message,
                                  struct im_map_options const *options)
{
    char const *type = xml_element_attribute(message, "type");
    struct stanza_error error;

    im->from = read_address(im, message, "from");
    im->to = read_address(im, message, "to");
    im->id = keep(im, xml_element_attribute(message, "id"));
    if (!im->from || !im->to)
        return IM_BAD_ADDRESS;
    if (stanza_error_read(message, &error)) {
        read_failure(im, &error);
        return IM_FINE;
    }
    if (type && strcmp(type, "groupchat") == 0)
        return IM_GROUPCHAT;
    /* XEP-0258: never taken off without a word. */
    if (xml_element_child(message, "securitylabel", STANZA_NS_LABEL))
        return IM_LABELLED;
    if (type)
        im->type = strcmp(type, "chat") == 0       ? IM_CHAT
                   : strcmp(type, "headline") == 0 ? IM_HEADLINE
                                                   : IM_NORMAL;
    read_texts(im, message, options);
    read_state(im, message);
    read_receipts(im, message);
    read_rest(im, message);
    return !im->body && is_invitation(message) ? IM_ROOM : IM_FINE;
}

enum im_fault im_map_read_stanza(struct xml_element const *message,
                                 struct im_map_options const *options, struct im **ret)
{
    struct im *im = im_map_new();
    enum im_fault fault = im ? read_message(im, message, options) : IM_NO_MEMORY;

    /* A text that came in pieces is put together in the tree's memory. */
    if (im && (im->no_memory || !xml_tree_ok(message->tree)))
        fault = IM_NO_MEMORY;
    if (fault != IM_FINE)
        im_map_free(&im);
    *ret = im;
    return fault;
}

/* --- building --------------------------------------------------------------------------------- */

static void add_optional(struct xml_tree *tree, struct xml_element *root, char const *name,
                         char const *text)
{
    if (text)
        xml_tree_add_text(tree, root, name, STANZA_NS, text);
}

static void add_id(struct xml_tree *tree, struct xml_element *root, char const *name,
                   char const *ns, char const *id)
{
    xml_tree_attribute(tree, xml_tree_add(tree, root, name, ns), "id", id);
}

static void add_notice(struct xml_tree *tree, struct xml_element *root, struct im const *im)
{
    if (im->notice == IM_DELIVERED)
        add_id(tree, root, "received", STANZA_NS_RECEIPTS, im->notice_id);
    else if (im->notice == IM_DISPLAYED)
        add_id(tree, root, "displayed", STANZA_NS_MARKERS, im->notice_id);
    else if (im->notice == IM_FAILED)
        stanza_error_add(tree, root, &im->error);
}

static void add_marks(struct xml_tree *tree, struct xml_element *root, struct im const *im)
{
    char stamp[PIDF_TIME_TEXT];

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].state == im->state)
            xml_tree_add(tree, root, states[i].name, STANZA_NS_CHATSTATES);
    if (im->id && im->wants & IM_WANTS_DELIVERED)
        xml_tree_add(tree, root, "request", STANZA_NS_RECEIPTS);
    if (im->id && im->wants & IM_WANTS_DISPLAYED)
        xml_tree_add(tree, root, "markable", STANZA_NS_MARKERS);
    if (im->time_ms != IM_TIME_NONE)
        xml_tree_attribute(tree, xml_tree_add(tree, root, "delay", STANZA_NS_DELAY), "stamp",
                           pidf_time_print(im->time_ms, stamp));
    if (im->no_store)
        xml_tree_add(tree, root, "no-store", STANZA_NS_HINTS);
}

static char const *type_of(struct im const *im, struct im_map_options const *options)
{
    if (im->notice == IM_FAILED)
        return "error";
    if (im->type == IM_HEADLINE)
        return "headline";
    return options->chat || im->type == IM_CHAT ? "chat" : NULL;
}

struct xml_tree *im_map_stanza(struct im const *im, struct im_map_options const *options)
{
    struct xml_tree *tree = xml_tree_new(STANZA_MAX);
    struct xml_element *root;

    if (!tree)
        return NULL;
    root = xml_tree_add(tree, NULL, "message", STANZA_NS);
    xml_tree_attribute(tree, root, "from", im->from);
    xml_tree_attribute(tree, root, "to", im->to);
    xml_tree_attribute(tree, root, "id", im->notice == IM_FAILED ? im->notice_id : im->id);
    xml_tree_attribute(tree, root, "type", type_of(im, options));
    xml_tree_attribute(tree, root, "xml:lang", im->lang);
    add_optional(tree, root, "subject", im->subject);
    add_optional(tree, root, "body", im->body);
    add_optional(tree, root, "thread", im->thread);
    add_marks(tree, root, im);
    add_notice(tree, root, im);
    if (!xml_tree_ok(tree))
        xml_tree_free(&tree);
    return tree;
}
