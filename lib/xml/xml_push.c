/* SPDX-License-Identifier: Apache-2.0 */
/* xml_split.c says where a piece ends, libxml2 reads it, the handler hears of it when libxml2 has
 * returned: so a handler may do to the parser what it likes. */
#include "xml_push.h"
#include "buf.h"
#include "xml_guard.h"
#include "xml_silence.h"
#include "xml_split.h"
#include "xml_tree.h"
#include "xml_tree_internal.h"
#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdlib.h>
#include <string.h>

/* How far a parser's dictionary may grow beyond what the root's start tag has put there: names that
 * streams use are a few hundred. */
enum { MAX_NEW_NAMES = 2000, MAX_NEW_NAME_BYTES = 128 * 1024 };

/* Memory of a tree for each byte of its text: "<a/>" takes the most. */
enum { TREE_PER_BYTE = 8, TREE_LEAST = 16384 };

struct xml_push {
    struct xml_split split;
    xml_push_fn *fn;
    void *ctx;
    xmlParserCtxtPtr parser; /* NULL: before the root's start tag */
    struct buf held;         /* of a piece: what came with earlier calls */
    struct buf header;       /* the root's start tag, as it came */
    struct buf text;         /* of the open element, not yet in the tree */
    char *lang;              /* xml:lang of the root; NULL: none */
    struct xml_tree *tree;   /* being built, or whole */
    struct xml_element *open;
    unsigned depth;           /* elements that libxml2 has open */
    size_t names, name_bytes; /* in the dictionary behind the root's start tag */
    unsigned rotations;
    bool again; /* the root's start tag is read once more */
    bool stopped, restarted;
    size_t left;
    enum xml_push_fault fault;
    char fault_text[128];
};

/* The first fault stays: what follows it is its consequence. */
static void set_fault(struct xml_push *push, enum xml_push_fault fault, char const *text)
{
    size_t n = 0;

    if (push->fault)
        return;
    push->fault = fault;
    for (; *text && n + 1 < sizeof push->fault_text; text++)
        if ((unsigned char)*text >= 0x20 && (unsigned char)*text < 0x7f)
            push->fault_text[n++] = *text;
    push->fault_text[n] = '\0';
}

static void no_memory(struct xml_push *push)
{
    set_fault(push, XML_PUSH_NO_MEMORY, "out of memory");
}

/* A byte that is not UTF-8 and a character that XML forbids have one code. */
static bool is_encoding(char const *message)
{
    return strstr(message, "UTF-8") != NULL;
}

static enum xml_push_fault fault_of(int code, char const *message)
{
    switch (code) {
    case XML_ERR_INVALID_CHAR:
        return is_encoding(message) ? XML_PUSH_BAD_ENCODING : XML_PUSH_NOT_WELL_FORMED;
    case XML_ERR_NO_MEMORY:
        return XML_PUSH_NO_MEMORY;
    case XML_NS_ERR_UNDEFINED_NAMESPACE:
        return XML_PUSH_UNBOUND_PREFIX;
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
        return XML_PUSH_RESTRICTED;
    case XML_ERR_INVALID_ENCODING:
    case XML_ERR_UNSUPPORTED_ENCODING:
    case XML_ERR_UNKNOWN_ENCODING:
        return XML_PUSH_BAD_ENCODING;
    default:
        return XML_PUSH_NOT_WELL_FORMED;
    }
}

/* A namespace fault is an error to us, a warning (say, a relative namespace URI) is not. But
 * libxml2 warns only of an entity that nobody has declared, if it could be declared elsewhere. */
static void on_error(void *ctx, xmlErrorPtr error)
{
    struct xml_push *push = ctx;

    if (!error || (error->level < XML_ERR_ERROR && error->code != XML_WAR_UNDECLARED_ENTITY))
        return;
    if (error->message)
        set_fault(push, fault_of(error->code, error->message), error->message);
    else
        no_memory(push); /* not even for the words */
}

static void stop(struct xml_push *push, enum xml_push_fault fault, char const *text)
{
    set_fault(push, fault, text);
    xmlStopParser(push->parser);
}

static void flush_text(struct xml_push *push)
{
    if (push->text.len == 0)
        return;
    if (push->tree)
        xml_tree_put_text(push->tree, push->open,
                          xml_tree_keep(push->tree, push->text.data, push->text.len));
    buf_reset(&push->text);
}

/* A failed tree, or no memory for one, ends the parsing. */
static void check_tree(struct xml_push *push)
{
    if (push->tree && xml_tree_ok(push->tree))
        return;
    if (push->tree && xml_tree_is_full(push->tree))
        stop(push, XML_PUSH_TOO_LARGE, "element is too large");
    else
        stop(push, XML_PUSH_NO_MEMORY, "out of memory");
}

/* libxml2 hands on every & of a value as "&#38;". */
static char *keep_value(struct xml_tree *tree, char const *value, size_t len)
{
    static char const escaped[] = "&#38;";
    char *copy = xml_tree_keep(tree, value, len);
    char *to = copy ? memchr(copy, '&', len) : NULL;

    for (char const *from = to; from && from <= copy + len; to++) {
        bool is_escaped = strncmp(from, escaped, sizeof escaped - 1) == 0;
        *to = *from;
        from += is_escaped ? sizeof escaped - 1 : 1;
    }
    return copy;
}

/* Of a namespace, too. Most have none. */
static char const *namespace_of(struct xml_tree *tree, xmlChar const *uri)
{
    char const *ns = uri ? (char const *)uri : "";

    return strchr(ns, '&') ? keep_value(tree, ns, strlen(ns)) : ns;
}

static char const *keep_name(struct xml_tree *tree, xmlChar const *name)
{
    return name ? xml_tree_keep(tree, (char const *)name, strlen((char const *)name)) : "";
}

/* Each attribute is five pointers: name, prefix, namespace, value, end of the value. */
static void add_attributes(struct xml_push *push, int count, xmlChar const **five)
{
    struct xml_tree *tree = push->tree;

    for (int i = 0; i < count; i++, five += 5) {
        char const *value = (char const *)five[3];
        char *kept = keep_value(tree, value, (size_t)((char const *)five[4] - value));
        char const *ns =
            five[2] ? keep_value(tree, (char const *)five[2], strlen((char const *)five[2])) : "";
        xml_tree_put_attribute(tree, push->open, keep_name(tree, five[0]), ns, kept);
    }
}

static struct xml_tree *new_tree(struct xml_push *push)
{
    size_t max = push->split.limits.max_bytes;

    return xml_tree_new(
        max > SIZE_MAX / TREE_PER_BYTE - TREE_LEAST ? SIZE_MAX : max * TREE_PER_BYTE + TREE_LEAST);
}

static void on_start(void *ctx, xmlChar const *name, xmlChar const *prefix, xmlChar const *uri,
                     int n_namespaces, xmlChar const **namespaces, int n_attributes,
                     int n_defaulted, xmlChar const **attributes)
{
    struct xml_push *push = ctx;
    unsigned above = push->depth++;
    (void)prefix;
    (void)n_namespaces;
    (void)namespaces;
    (void)n_defaulted;

    if (push->fault || push->again)
        return;
    flush_text(push);
    if (above < 2 && !push->tree)
        push->tree = new_tree(push);
    if (push->tree) {
        push->open =
            xml_tree_add(push->tree, push->open, (char const *)name, namespace_of(push->tree, uri));
        add_attributes(push, n_attributes, attributes);
        if (push->open && above == 1 && !push->open->own_lang && push->lang)
            xml_tree_attribute(push->tree, push->open, "xml:lang", push->lang);
    }
    check_tree(push);
}

static void on_end(void *ctx, xmlChar const *name, xmlChar const *prefix, xmlChar const *uri)
{
    struct xml_push *push = ctx;
    (void)name;
    (void)prefix;
    (void)uri;

    push->depth--;
    if (push->fault || push->again)
        return;
    flush_text(push);
    if (push->open)
        push->open = push->open->parent;
    if (push->tree)
        check_tree(push);
}

static void on_text(void *ctx, xmlChar const *text, int len)
{
    struct xml_push *push = ctx;

    if (push->fault || push->again || !push->open)
        return;
    buf_add(&push->text, text, (size_t)len);
    if (!buf_ok(&push->text))
        stop(push, XML_PUSH_NO_MEMORY, "out of memory");
}

/* xml_split.c refuses these before libxml2 sees them. If the two ever differ, nothing gets by. */
static void on_subset(void *ctx, xmlChar const *name, xmlChar const *external,
                      xmlChar const *system)
{
    (void)name;
    (void)external;
    (void)system;
    stop(ctx, XML_PUSH_RESTRICTED, "document type declaration");
}

static void on_instruction(void *ctx, xmlChar const *target, xmlChar const *data)
{
    (void)target;
    (void)data;
    stop(ctx, XML_PUSH_RESTRICTED, "processing instruction");
}

static void on_comment(void *ctx, xmlChar const *text)
{
    (void)text;
    stop(ctx, XML_PUSH_RESTRICTED, "comment");
}

static xmlSAXHandler const handlers = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_subset,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .processingInstruction = on_instruction,
    .comment = on_comment,
    .serror = on_error,
};

struct xml_push *xml_push_new(struct xml_limits const *limits, xml_push_fn *fn, void *ctx)
{
    struct xml_push *push = calloc(1, sizeof *push);
    if (!push)
        return NULL;

    push->fn = fn;
    push->ctx = ctx;
    xml_split_init(&push->split, limits);
    buf_init(&push->held, SIZE_MAX / 4);
    buf_init(&push->header, SIZE_MAX / 4);
    buf_init(&push->text, SIZE_MAX / 4);
    return push;
}

static void drop_parser(struct xml_push *push)
{
    if (push->parser)
        xmlFreeParserCtxt(push->parser);
    push->parser = NULL;
    push->depth = 0;
}

void xml_push_restart(struct xml_push *push)
{
    struct xml_limits limits = push->split.limits;

    drop_parser(push);
    xml_tree_free(&push->tree);
    push->open = NULL;
    buf_fini(&push->held);
    buf_fini(&push->header);
    buf_fini(&push->text);
    free(push->lang);
    push->lang = NULL;
    xml_split_init(&push->split, &limits);
    push->fault = XML_PUSH_OK;
    push->fault_text[0] = '\0';
    push->restarted = true;
}

void xml_push_free(struct xml_push **ppush)
{
    struct xml_push *push = *ppush;

    *ppush = NULL;
    if (!push)
        return;
    xml_push_restart(push);
    free(push);
}

static void new_parser(struct xml_push *push)
{
    xmlSAXHandler copy = handlers;

    xml_silence();
    drop_parser(push);
    push->parser = xmlCreatePushParserCtxt(&copy, push, NULL, 0, NULL);
    if (!push->parser)
        no_memory(push);
    else
        xmlCtxtUseOptions(push->parser, XML_PARSE_NONET);
}

static void parse(struct xml_push *push, char const *bytes, size_t len)
{
    if (push->fault)
        return;
    int code = xmlParseChunk(push->parser, bytes, (int)len, 0);
    /* Not all that lacks memory tells, or counts as a fault of the document. */
    if (code == XML_PARSER_EOF || code == XML_ERR_NO_MEMORY)
        no_memory(push);
    if (code != XML_ERR_OK && code != XML_WAR_UNDECLARED_ENTITY && !push->parser->wellFormed)
        set_fault(push, fault_of(code, ""), "malformed");
    if (!push->parser->nsWellFormed)
        set_fault(push, XML_PUSH_UNBOUND_PREFIX, "namespace fault");
}

/* libxml2 waits for four bytes, to know the encoding by them. */
static void parse_header(struct xml_push *push, char const *bytes, size_t len)
{
    if (len < 4)
        parse(push, " ", 1);
    parse(push, bytes, len);
}

static void measure(struct xml_push *push)
{
    push->names = (size_t)xmlDictSize(push->parser->dict);
    push->name_bytes = xmlDictGetUsage(push->parser->dict);
}

/* At depth 1, so the new parser only has to know what the root binds. */
static void rotate(struct xml_push *push)
{
    new_parser(push);
    push->again = true;
    parse_header(push, push->header.data, push->header.len);
    push->again = false;
    if (push->fault)
        return;
    measure(push);
    push->rotations++;
}

static bool is_grown(struct xml_push const *push)
{
    xmlDictPtr names = push->parser->dict;

    return (size_t)xmlDictSize(names) > push->names + MAX_NEW_NAMES ||
           xmlDictGetUsage(names) > push->name_bytes + MAX_NEW_NAME_BYTES;
}

static bool is_declared_otherwise(char const *bytes, size_t len)
{
    char const *end = memmem(bytes, len, "?>", 2);

    return end && !xml_guard_is_utf8_declared(bytes, (size_t)(end - bytes));
}

/* Keeps of the root's start tag what comes to hold for the children. */
static void open_root(struct xml_push *push, char const *bytes, size_t len)
{
    if (is_declared_otherwise(bytes, len))
        set_fault(push, XML_PUSH_BAD_ENCODING, "encoding is not UTF-8");
    else
        new_parser(push);
    parse_header(push, bytes, len);
    if (push->fault)
        return;
    measure(push);
    buf_add(&push->header, bytes, len);
    char const *lang = push->tree ? xml_tree_root(push->tree)->own_lang : NULL;
    if (lang)
        push->lang = strdup(lang);
    if (!buf_ok(&push->header) || (lang && !push->lang))
        no_memory(push);
    push->open = NULL;
}

static void tell(struct xml_push *push, enum xml_push_event event)
{
    struct xml_tree *tree = push->tree;

    push->tree = NULL;
    push->open = NULL;
    push->fn(push->ctx, event, tree);
}

/* libxml2 must have seen just what the splitter has. */
static bool is_whole(struct xml_push const *push, enum xml_push_event event)
{
    if (push->depth != push->split.depth)
        return false;
    if (event == XML_PUSH_CLOSE)
        return !push->tree;
    return push->tree && xml_tree_root(push->tree) && !push->open && push->text.len == 0;
}

static void take_piece(struct xml_push *push, enum xml_push_event event, char const *bytes,
                       size_t len)
{
    if (event == XML_PUSH_OPEN)
        open_root(push, bytes, len);
    else
        parse(push, bytes, len);
    if (!push->fault && !is_whole(push, event))
        set_fault(push, XML_PUSH_NOT_WELL_FORMED, "malformed");
    if (push->fault)
        return;
    bool is_empty = event == XML_PUSH_OPEN && push->split.depth == 0;
    push->restarted = false;
    tell(push, event);
    if (is_empty && !push->restarted)
        tell(push, XML_PUSH_CLOSE);
    if (!push->fault && push->parser && push->split.depth == 1 && is_grown(push))
        rotate(push);
}

static void hold(struct xml_push *push, char const *bytes, size_t len)
{
    buf_add(&push->held, bytes, len);
    if (!buf_ok(&push->held))
        no_memory(push);
}

/* The bytes of a piece, from this call and from earlier ones. */
static void end_piece(struct xml_push *push, enum xml_push_event event, char const *bytes,
                      size_t len)
{
    if (push->held.len == 0) {
        take_piece(push, event, bytes, len);
        return;
    }
    hold(push, bytes, len);
    struct buf held = push->held;
    buf_init(&push->held, held.max); /* the handler may restart us */
    if (!push->fault)
        take_piece(push, event, held.data, held.len);
    buf_fini(&held);
}

/* Up to the end of one piece; returns how many bytes that took. */
static size_t feed_piece(struct xml_push *push, char const *bytes, size_t len)
{
    size_t used, space = xml_split_space(&push->split, bytes, len);
    enum xml_split_piece piece = xml_split_next(&push->split, bytes + space, len - space, &used);

    switch (piece) {
    case XML_SPLIT_MORE:
        hold(push, bytes + space, used);
        break;
    case XML_SPLIT_FAULT:
        set_fault(push, push->split.fault, push->split.fault_text);
        break;
    case XML_SPLIT_OPEN:
        end_piece(push, XML_PUSH_OPEN, bytes + space, used);
        break;
    case XML_SPLIT_CHILD:
        end_piece(push, XML_PUSH_CHILD, bytes + space, used);
        break;
    case XML_SPLIT_CLOSE:
        end_piece(push, XML_PUSH_CLOSE, bytes + space, used);
        break;
    }
    return space + used;
}

int xml_push_feed(struct xml_push *push, char const *bytes, size_t len)
{
    push->stopped = false;
    push->left = len;
    while (push->left > 0 && !push->fault && !push->stopped)
        push->left -= feed_piece(push, bytes + len - push->left, push->left);
    if (push->fault)
        xml_tree_free(&push->tree);
    if (push->fault == XML_PUSH_NO_MEMORY)
        return -ENOMEM;
    return push->fault ? -EPROTO : 0;
}

void xml_push_stop(struct xml_push *push)
{
    push->stopped = true;
}

size_t xml_push_left(struct xml_push const *push)
{
    return push->left;
}

void xml_push_limit(struct xml_push *push, struct xml_limits const *limits)
{
    push->split.limits = *limits;
}

enum xml_push_fault xml_push_fault(struct xml_push const *push)
{
    return push->fault;
}

char const *xml_push_fault_text(struct xml_push const *push)
{
    return push->fault_text;
}

unsigned xml_push_rotations(struct xml_push const *push)
{
    return push->rotations;
}
