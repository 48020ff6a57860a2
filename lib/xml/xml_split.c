/* SPDX-License-Identifier: Apache-2.0 */
/* A function per state, which goes as far as its state lasts. */
#include "xml_split.h"
#include <stdint.h>
#include <string.h>

void xml_split_init(struct xml_split *split, struct xml_limits const *limits)
{
    *split = (struct xml_split){ .limits = *limits };
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

size_t xml_split_space(struct xml_split const *split, char const *bytes, size_t len)
{
    size_t n = 0;

    if (split->bytes == 0)
        while (n < len && is_space(bytes[n]))
            n++;
    return n;
}

static enum xml_split_piece refuse(struct xml_split *split, enum xml_push_fault fault,
                                   char const *text)
{
    split->fault = fault;
    split->fault_text = text;
    return XML_SPLIT_FAULT;
}

static enum xml_split_piece malformed(struct xml_split *split, char const *text)
{
    return refuse(split, XML_PUSH_NOT_WELL_FORMED, text);
}

/* Behind the '>' of a tag. */
static enum xml_split_piece finish_tag(struct xml_split *split, unsigned before)
{
    split->state = split->depth ? XML_SPLIT_CONTENT : XML_SPLIT_DONE;
    if (before == 0)
        return XML_SPLIT_OPEN;
    if (split->depth == 0)
        return XML_SPLIT_CLOSE;
    return split->depth == 1 ? XML_SPLIT_CHILD : XML_SPLIT_MORE;
}

/* UTF-16 and UTF-32 begin with bytes that UTF-8 never does, or have a zero beside the first '<'. */
static enum xml_split_piece on_start(struct xml_split *split, char c)
{
    static char const mark[] = "\xEF\xBB\xBF";

    if (c == '<') {
        split->state = XML_SPLIT_MARKUP;
        return XML_SPLIT_MORE;
    }
    if (split->state == XML_SPLIT_START && split->bytes < 3 && c == mark[split->bytes])
        return XML_SPLIT_MORE;
    if (c == '\0' || (unsigned char)c >= 0xFE)
        return refuse(split, XML_PUSH_BAD_ENCODING, "encoding is not UTF-8");
    return is_space(c) ? XML_SPLIT_MORE : malformed(split, "no start tag");
}

static enum xml_split_piece on_markup(struct xml_split *split, char c)
{
    split->matched = 0;
    if (c == '?' && !split->declared && split->depth == 0) {
        split->state = XML_SPLIT_TARGET;
        split->declared = true;
    } else if (c == '?') {
        return refuse(split, XML_PUSH_RESTRICTED, "processing instruction");
    } else if (c == '!') {
        split->state = XML_SPLIT_BANG;
    } else if (c == '/') {
        if (split->depth == 0)
            return malformed(split, "end tag without a start");
        split->state = XML_SPLIT_END_TAG;
    } else if (c == '\0' && split->depth == 0) {
        return refuse(split, XML_PUSH_BAD_ENCODING, "encoding is not UTF-8");
    } else {
        if (split->depth >= split->limits.max_depth)
            return refuse(split, XML_PUSH_TOO_LARGE, "elements are nested too deep");
        split->attributes = 0;
        split->before = c;
        split->state = XML_SPLIT_TAG;
        /* "<>" would hide its '>' from us and is no tag anyway. */
        if (c == '>' || c == '<' || is_space(c))
            return malformed(split, "tag without a name");
    }
    return XML_SPLIT_MORE;
}

static enum xml_split_piece on_target(struct xml_split *split, char c)
{
    if (split->matched < 3 ? c != "xml"[split->matched] : !is_space(c))
        return refuse(split, XML_PUSH_RESTRICTED, "processing instruction");
    if (split->matched++ == 3)
        split->state = XML_SPLIT_DECLARATION;
    split->before = c;
    return XML_SPLIT_MORE;
}

static enum xml_split_piece on_declaration(struct xml_split *split, char c)
{
    if (c == '>' && split->before == '?')
        split->state = XML_SPLIT_PROLOG;
    else if (c == '<' || c == '>')
        return malformed(split, "XML declaration without an end");
    split->before = c;
    return XML_SPLIT_MORE;
}

static enum xml_split_piece on_bang(struct xml_split *split, char c)
{
    static char const cdata[] = "[CDATA[";

    if (split->matched == 0 && c == '-')
        return refuse(split, XML_PUSH_RESTRICTED, "comment");
    if (split->matched == 0 && c == 'D')
        return refuse(split, XML_PUSH_RESTRICTED, "document type declaration");
    if (split->depth < 2 || c != cdata[split->matched])
        return malformed(split, "markup that is none");
    if (!cdata[++split->matched]) {
        split->state = XML_SPLIT_CDATA;
        split->matched = 0;
    }
    return XML_SPLIT_MORE;
}

static enum xml_split_piece on_cdata(struct xml_split *split, char c)
{
    if (c == ']') {
        split->matched += split->matched < 2;
        return XML_SPLIT_MORE;
    }
    if (c == '>' && split->matched == 2)
        split->state = XML_SPLIT_CONTENT;
    split->matched = 0;
    return XML_SPLIT_MORE;
}

/* Attributes are counted by their '='. */
static enum xml_split_piece on_tag(struct xml_split *split, char c)
{
    char before = split->before;

    split->before = c;
    switch (c) {
    case '\'':
    case '"':
        split->quote = c;
        split->state = XML_SPLIT_VALUE;
        return XML_SPLIT_MORE;
    case '=':
        if (++split->attributes > split->limits.max_attributes)
            return refuse(split, XML_PUSH_TOO_LARGE, "too many attributes");
        return XML_SPLIT_MORE;
    case '<':
        return malformed(split, "tag without an end");
    case '>':
        break;
    default:
        return XML_SPLIT_MORE;
    }
    unsigned depth = split->depth;
    if (before != '/')
        split->depth++;
    return finish_tag(split, depth);
}

static enum xml_split_piece on_end_tag(struct xml_split *split, char c)
{
    if (c != '>')
        return c == '<' ? malformed(split, "tag without an end") : XML_SPLIT_MORE;
    return finish_tag(split, split->depth--);
}

static enum xml_split_piece on_content(struct xml_split *split, char c)
{
    if (c == '<')
        split->state = XML_SPLIT_MARKUP;
    else if (split->depth < 2)
        return refuse(split, XML_PUSH_STRAY_TEXT, "text between elements");
    return XML_SPLIT_MORE;
}

static enum xml_split_piece on_byte(struct xml_split *split, char c)
{
    switch (split->state) {
    case XML_SPLIT_START:
    case XML_SPLIT_PROLOG:
        return on_start(split, c);
    case XML_SPLIT_CONTENT:
        return on_content(split, c);
    case XML_SPLIT_MARKUP:
        return on_markup(split, c);
    case XML_SPLIT_TARGET:
        return on_target(split, c);
    case XML_SPLIT_DECLARATION:
        return on_declaration(split, c);
    case XML_SPLIT_BANG:
        return on_bang(split, c);
    case XML_SPLIT_CDATA:
        return on_cdata(split, c);
    case XML_SPLIT_TAG:
        return on_tag(split, c);
    case XML_SPLIT_VALUE:
        if (c == split->quote)
            split->state = XML_SPLIT_TAG;
        return XML_SPLIT_MORE;
    case XML_SPLIT_END_TAG:
        return on_end_tag(split, c);
    case XML_SPLIT_DONE:
        break;
    }
    return malformed(split, "bytes behind the end");
}

/* How many bytes mean nothing to the state: text without '<', a value without its end. */
static size_t dull(struct xml_split const *split, char const *bytes, size_t len)
{
    char const *found = NULL;

    if (split->state == XML_SPLIT_VALUE)
        found = memchr(bytes, split->quote, len);
    else if (split->state == XML_SPLIT_CONTENT && split->depth > 1)
        found = memchr(bytes, '<', len);
    else
        return 0;
    return found ? (size_t)(found - bytes) : len;
}

enum xml_split_piece xml_split_next(struct xml_split *split, char const *bytes, size_t len,
                                    size_t *ret_used)
{
    enum xml_split_piece piece = XML_SPLIT_MORE;
    size_t max = split->limits.max_bytes;
    size_t room = max > split->bytes ? max - split->bytes : 0;
    bool cut = len > room;
    size_t n = 0, end = cut ? room : len;

    while (n < end && piece == XML_SPLIT_MORE) {
        size_t skipped = dull(split, bytes + n, end - n);
        n += skipped;
        split->bytes += skipped;
        if (n < end) {
            piece = on_byte(split, bytes[n++]);
            split->bytes++;
        }
    }
    *ret_used = n;
    if (piece == XML_SPLIT_MORE && cut)
        return refuse(split, XML_PUSH_TOO_LARGE, "element is too long");
    if (piece != XML_SPLIT_MORE)
        split->bytes = 0;
    return piece;
}
