/* SPDX-License-Identifier: Apache-2.0 */
/* libxml2's text reader, started only for documents that the guard let through. */
#include "xml_reader.h"
#include "xml_guard.h"
#include "xml_reader_node.h"
#include "xml_silence.h"
#include <libxml/xmlerror.h>
#include <libxml/xmlreader.h>
#include <stdlib.h>
#include <string.h>

struct xml_reader {
    xmlTextReaderPtr text; /* NULL if the guard refused the document */
    xmlNodePtr node;       /* current, owned by text */
    enum xml_event event;  /* the last one told */
    struct xml_limits limits;
    unsigned depth;
    bool at_empty; /* on <name/>, its XML_END is still to be told */
    bool no_memory;
    char fault[128];
};

struct xml_limits const xml_limits_default = {
    .max_bytes = 65536,
    .max_depth = 32,
    .max_attributes = 64,
};

/* The first fault stays: what follows it is its consequence. */
static void set_fault(struct xml_reader *reader, char const *text)
{
    size_t n = 0;

    if (reader->fault[0])
        return;
    for (; *text && n + 1 < sizeof reader->fault; text++)
        if ((unsigned char)*text >= 0x20 && *text != 0x7f)
            reader->fault[n++] = *text;
    reader->fault[n] = '\0';
}

/* A namespace fault is an error to us, a warning (say,
 * a relative namespace URI) is not. */
static void on_libxml_error(void *ctx, xmlErrorPtr error)
{
    struct xml_reader *reader = ctx;

    if (!error || error->level < XML_ERR_ERROR)
        return;
    if (error->code == XML_ERR_NO_MEMORY)
        reader->no_memory = true;
    set_fault(reader, error->message ? error->message : "malformed");
}

struct xml_reader *xml_reader_new(char const *xml, size_t len, struct xml_limits const *limits)
{
    struct xml_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;

    xml_silence();
    reader->event = XML_TEXT;
    reader->limits = *limits;
    char const *fault = xml_guard_check(xml, len, limits);
    if (fault) {
        set_fault(reader, fault);
        return reader;
    }
    reader->text = xmlReaderForMemory(xml, (int)len, NULL, NULL, XML_PARSE_NONET);
    if (!reader->text) {
        free(reader);
        return NULL;
    }
    xmlTextReaderSetStructuredErrorHandler(reader->text, on_libxml_error, reader);
    return reader;
}

void xml_reader_free(struct xml_reader **preader)
{
    struct xml_reader *reader = *preader;

    *preader = NULL;
    if (!reader)
        return;
    if (reader->text)
        xmlFreeTextReader(reader->text);
    free(reader);
}

static enum xml_event refuse(struct xml_reader *reader, char const *text)
{
    set_fault(reader, text);
    reader->node = NULL;
    return XML_ERROR;
}

/* The guard has counted depth and attributes by the bytes; here they are counted by the parser. */
static enum xml_event start_element(struct xml_reader *reader)
{
    if (reader->depth >= reader->limits.max_depth)
        return refuse(reader, "elements are nested too deep");
    if (xmlTextReaderAttributeCount(reader->text) > (int)reader->limits.max_attributes)
        return refuse(reader, "too many attributes");
    reader->depth++;
    reader->at_empty = xmlTextReaderIsEmptyElement(reader->text) == 1;
    return XML_START;
}

/* What a node of libxml2 means to us. XML_END_DOCUMENT: nothing, go on. */
static enum xml_event node_event(struct xml_reader *reader)
{
    switch (xmlTextReaderNodeType(reader->text)) {
    case XML_READER_TYPE_ELEMENT:
        return start_element(reader);
    case XML_READER_TYPE_END_ELEMENT:
        return XML_END;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        return XML_TEXT;
    case XML_READER_TYPE_COMMENT:
        return XML_END_DOCUMENT;
    default:
        return refuse(reader, "markup that is not allowed");
    }
}

static enum xml_event read_event(struct xml_reader *reader)
{
    if (reader->at_empty) {
        reader->at_empty = false;
        return XML_END;
    }
    for (;;) {
        int got = xmlTextReaderRead(reader->text);
        if (got < 0 || reader->fault[0])
            return refuse(reader, "malformed");
        if (got == 0) {
            reader->node = NULL;
            return XML_END_DOCUMENT;
        }
        reader->node = xmlTextReaderCurrentNode(reader->text);
        enum xml_event event = node_event(reader);
        if (event != XML_END_DOCUMENT)
            return event;
    }
}

enum xml_event xml_reader_next(struct xml_reader *reader)
{
    if (reader->event == XML_ERROR || reader->event == XML_END_DOCUMENT)
        return reader->event;
    if (reader->event == XML_END)
        reader->depth--;
    reader->event = reader->text ? read_event(reader) : XML_ERROR;
    return reader->event;
}

static bool is_element(struct xml_reader const *reader)
{
    return reader->event == XML_START || reader->event == XML_END;
}

char const *xml_reader_name(struct xml_reader const *reader)
{
    return is_element(reader) ? (char const *)reader->node->name : "";
}

char const *xml_reader_namespace(struct xml_reader const *reader)
{
    if (!is_element(reader) || !reader->node->ns || !reader->node->ns->href)
        return "";
    return (char const *)reader->node->ns->href;
}

char const *xml_reader_text(struct xml_reader const *reader)
{
    if (reader->event != XML_TEXT || !reader->node || !reader->node->content)
        return "";
    return (char const *)reader->node->content;
}

xmlNodePtr xml_reader_node(struct xml_reader const *reader)
{
    return reader->node;
}

/* An attribute's value is one text node, for there is no DOCTYPE and so no entity. */
char const *xml_reader_attribute(struct xml_reader const *reader, char const *name, char const *ns)
{
    if (reader->event != XML_START)
        return NULL;
    for (xmlAttr const *attr = reader->node->properties; attr; attr = attr->next) {
        if (strcmp((char const *)attr->name, name) != 0)
            continue;
        if (!ns == !attr->ns && (!ns || strcmp((char const *)attr->ns->href, ns) == 0))
            return attr->children ? (char const *)attr->children->content : "";
    }
    return NULL;
}

unsigned xml_reader_depth(struct xml_reader const *reader)
{
    return reader->depth;
}

char const *xml_reader_fault(struct xml_reader const *reader)
{
    return reader->fault;
}

bool xml_reader_is_out_of_memory(struct xml_reader const *reader)
{
    return reader->no_memory;
}

enum xml_event xml_reader_skip(struct xml_reader *reader)
{
    unsigned depth = reader->depth;
    enum xml_event event;

    do
        event = xml_reader_next(reader);
    while (event != XML_ERROR && event != XML_END_DOCUMENT &&
           !(event == XML_END && reader->depth == depth));
    return event;
}
