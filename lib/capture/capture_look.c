/* SPDX-License-Identifier: Apache-2.0 */
/* Names of messages, by a scan of their bytes. */
#include "capture_look.h"
#include <string.h>

enum { TAG_MAX = 4096 /* how much of an opening tag is looked at */ };

static struct capture_span const nothing;

/* What stands in front of the first @p c, or all. */
static struct capture_span before(struct capture_span span, char c)
{
    char const *at = span.len ? memchr(span.at, c, span.len) : NULL;

    return at ? (struct capture_span){ span.at, (size_t)(at - span.at) } : span;
}

static struct capture_span from(struct capture_span span, size_t at)
{
    return at < span.len ? (struct capture_span){ span.at + at, span.len - at } : nothing;
}

static bool is_letter(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || (unsigned char)c >= 0x80;
}

/* Behind the display name: `"Al \"x\" <" <sip:a@b>` is what it has to cope with. */
static struct capture_span uri_of(struct capture_span value)
{
    size_t at = 0;
    bool quoted = false;

    for (; at < value.len && (quoted || value.at[at] != '<'); at++) {
        if (value.at[at] == '"')
            quoted = !quoted;
        else if (quoted && value.at[at] == '\\')
            at++;
    }
    if (at < value.len)
        return before(from(value, at + 1), '>');
    return before(value, ';');
}

/* "[v6]" or up to the port, a parameter or a header of the URI. */
static struct capture_span host_of(struct capture_span text)
{
    struct capture_span host = { text.at, 0 };
    char const *bracket = text.len && text.at[0] == '[' ? memchr(text.at, ']', text.len) : NULL;

    if (bracket) {
        host.len = (size_t)(bracket - text.at) + 1;
        return host;
    }
    while (host.len < text.len && !strchr(":;?>, \t\r\n", text.at[host.len]))
        host.len++;
    return host;
}

static struct capture_party party_of(struct capture_span value)
{
    struct capture_span uri = uri_of(value), scheme = before(uri, ':'), rest, user;

    if (scheme.len == uri.len)
        return (struct capture_party){ nothing, nothing };
    rest = from(uri, scheme.len + 1);
    if (capture_header_like(scheme, "tel"))
        return (struct capture_party){ host_of(rest), nothing };
    user = before(rest, '@');
    if (user.len == rest.len)
        return (struct capture_party){ nothing, host_of(rest) };
    /* A password is nobody's name. */
    return (struct capture_party){ before(user, ':'), host_of(from(rest, user.len + 1)) };
}

/* Where the first element opens: behind "<?xml ...?>", comments and blanks. Empty if none does. */
static struct capture_span root_of(struct capture_span xml)
{
    while (xml.len) {
        xml = from(xml, before(xml, '<').len + 1);
        if (xml.len && (is_letter(xml.at[0]) || xml.at[0] == '/'))
            return xml;
        if (xml.len > 3 && memcmp(xml.at, "!--", 3) == 0) {
            char const *end = memmem(xml.at + 3, xml.len - 3, "-->", 3);

            xml = end ? from(xml, (size_t)(end - xml.at)) : nothing;
        }
    }
    return nothing;
}

/* Length of the name that @p tag begins with. */
static size_t name_length(struct capture_span tag)
{
    size_t len = tag.len && tag.at[0] == '/';

    while (len < tag.len && !strchr(" \t\r\n/>", tag.at[len]))
        len++;
    return len;
}

static struct capture_span local_name(struct capture_span tag)
{
    struct capture_span name = { tag.at, name_length(tag) };
    struct capture_span prefix = before(name, ':');

    return prefix.len < name.len ? from(name, prefix.len + 1) : name;
}

/* Takes one attribute off @p tag. */
static bool next_attribute(struct capture_span *tag, struct capture_span *name,
                           struct capture_span *value)
{
    size_t at = 0, start;
    char quote;

    while (at < tag->len && (capture_header_is_blank(tag->at[at]) || tag->at[at] == '/'))
        at++;
    for (start = at; at < tag->len && tag->at[at] != '=' && tag->at[at] != '>';)
        at++;
    if (at + 1 >= tag->len || tag->at[at] != '=')
        return false;
    *name = capture_header_word((struct capture_span){ tag->at + start, at - start });
    for (at++; at < tag->len && capture_header_is_blank(tag->at[at]);)
        at++;
    if (at >= tag->len || (tag->at[at] != '"' && tag->at[at] != '\''))
        return false;
    quote = tag->at[at];
    *tag = from(*tag, at + 1);
    *value = before(*tag, quote);
    *tag = from(*tag, value->len + 1);
    return true;
}

/* user@host/resource of RFC 7622; the resource is left out. */
static struct capture_party jid_of(struct capture_span jid)
{
    struct capture_span bare = before(jid, '/'), user = before(bare, '@');

    if (user.len == bare.len)
        return (struct capture_party){ nothing, bare };
    return (struct capture_party){ user, from(bare, user.len + 1) };
}

static void look_at_stanza(struct capture_message const *message, struct capture_look *ret)
{
    struct capture_span tag = root_of((struct capture_span){ message->bytes, message->len });
    struct capture_span name, value;

    if (tag.len && tag.at[0] == '/') {
        ret->name = (struct capture_span){ tag.at, name_length(tag) };
        return;
    }
    ret->name = local_name(tag);
    tag = from(tag, name_length(tag));
    if (tag.len > TAG_MAX)
        tag.len = TAG_MAX;
    while (next_attribute(&tag, &name, &value)) {
        if (capture_header_is(name, "type"))
            ret->type = value;
        else if (capture_header_is(name, "from"))
            ret->from = jid_of(value);
        else if (capture_header_is(name, "to"))
            ret->to = jid_of(value);
        else if (capture_header_is(name, "id"))
            ret->call_id = value;
    }
    if (!capture_header_is(ret->name, "iq"))
        return;
    bool answers = capture_header_is(ret->type, "result") || capture_header_is(ret->type, "error");
    ret->kind = answers ? CAPTURE_ANSWER : CAPTURE_REQUEST;
}

static void look_at_csta(struct capture_message const *message, struct capture_look *ret)
{
    struct capture_span root = root_of((struct capture_span){ message->bytes, message->len });

    ret->name = local_name(root);
    if (capture_header_ends(ret->name, "Response") || capture_header_is(ret->name, "CSTAErrorCode"))
        ret->kind = CAPTURE_ANSWER;
    else if (ret->name.len && !capture_header_ends(ret->name, "Event"))
        ret->kind = CAPTURE_REQUEST;
}

static void look_at_header(struct capture_header const *header, struct capture_look *ret)
{
    switch (header->kind) {
    case CAPTURE_HEADER_CALL_ID:
        ret->call_id = header->value;
        break;
    case CAPTURE_HEADER_FROM:
        ret->from = party_of(header->value);
        break;
    case CAPTURE_HEADER_TO:
        ret->to = party_of(header->value);
        break;
    case CAPTURE_HEADER_CSEQ:
        ret->cseq = capture_header_word(header->value);
        if (ret->kind == CAPTURE_ANSWER) {
            struct capture_span behind = from(header->value, ret->cseq.len);

            while (behind.len && capture_header_is_blank(behind.at[0]))
                behind = from(behind, 1);
            ret->method = capture_header_word(behind);
        }
        break;
    case CAPTURE_HEADER_VIA:
        ret->vias++;
        break;
    case CAPTURE_HEADER_CONTENT_TYPE:
        ret->content_type = header->value;
        break;
    default:
        break;
    }
}

/* Three digits behind the version, or 0. */
static unsigned status_of(struct capture_span line)
{
    struct capture_span text = capture_header_word(from(line, strlen("SIP/2.0 ")));
    unsigned status = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (i == 3 || text.at[i] < '0' || text.at[i] > '9')
            return 0;
        status = status * 10 + (unsigned)(text.at[i] - '0');
    }
    return status;
}

static void look_at_sip(struct capture_message const *message, struct capture_look *ret)
{
    struct capture_span rest;
    struct capture_header header;

    ret->line = capture_header_first_line(message->bytes, message->len, &rest);
    if (capture_header_start(message->bytes, message->len) != CAPTURE_START_YES)
        return;
    ret->status = status_of(ret->line);
    ret->kind = memcmp(ret->line.at, "SIP/2.0 ", 8) == 0 ? CAPTURE_ANSWER : CAPTURE_REQUEST;
    if (ret->kind == CAPTURE_REQUEST)
        ret->method = capture_header_word(ret->line);
    while (capture_header_next(&rest, &header))
        look_at_header(&header, ret);
    ret->body = rest;
    if (capture_header_like(capture_header_word(before(ret->content_type, ';')),
                            "application/csta+xml"))
        ret->name = local_name(root_of(ret->body));
}

void capture_look(struct capture_message const *message, struct capture_look *ret)
{
    struct capture_span rest;

    *ret = (struct capture_look){ 0 };
    if (message->protocol == TAP_SIP) {
        look_at_sip(message, ret);
        return;
    }
    ret->line = capture_header_first_line(message->bytes, message->len, &rest);
    if (message->protocol == TAP_CSTA)
        look_at_csta(message, ret);
    else
        look_at_stanza(message, ret);
}

struct capture_party const *capture_look_sender(struct capture_look const *look)
{
    /* From of SIP is who sent the request; a stanza has its own. */
    return look->kind == CAPTURE_ANSWER && look->status ? &look->to : &look->from;
}

struct capture_party const *capture_look_receiver(struct capture_look const *look)
{
    return look->kind == CAPTURE_ANSWER && look->status ? &look->from : &look->to;
}

char const *capture_look_print_span(struct capture_span span, char *text, size_t size)
{
    size_t len = span.len < size - 1 ? span.len : size - 1;

    for (size_t i = 0; i < len; i++)
        text[i] = span.at[i] < ' ' || span.at[i] > '~' ? '?' : span.at[i];
    text[len] = '\0';
    return text;
}

/* Appends @p span behind what is there, with at most @p max characters. */
static void append(char text[static CAPTURE_LABEL], struct capture_span span, size_t max)
{
    size_t at = strlen(text);
    size_t room = CAPTURE_LABEL - at;

    capture_look_print_span(span, text + at, room < max + 1 ? room : max + 1);
}

static void print_sip(struct capture_look const *look, char text[static CAPTURE_LABEL])
{
    struct capture_span name = look->name;

    if (look->kind == CAPTURE_REQUEST) {
        append(text, look->method, 24);
    } else {
        append(text, capture_header_word(from(look->line, strlen("SIP/2.0 "))), 3);
        /* The status says that it is a response. */
        if (capture_header_ends(name, "Response"))
            name.len -= strlen("Response");
    }
    if (!name.len && look->kind == CAPTURE_ANSWER)
        name = look->method;
    if (name.len) {
        append(text, (struct capture_span){ " ", 1 }, 1);
        append(text, name, CAPTURE_LABEL - 32);
    }
}

char const *capture_look_print(struct capture_look const *look, char text[static CAPTURE_LABEL])
{
    *text = '\0';
    if (look->method.len || look->status) {
        print_sip(look, text);
    } else if (look->name.len) {
        append(text, look->name, CAPTURE_LABEL / 2);
        if (look->type.len) {
            append(text, (struct capture_span){ " ", 1 }, 1);
            append(text, look->type, 24);
        }
    } else {
        append(text, look->line, CAPTURE_LABEL);
    }
    if (!*text)
        append(text, (struct capture_span){ "?", 1 }, 1);
    return text;
}

char const *capture_look_print_party(struct capture_party const *party,
                                     char text[static CAPTURE_PARTY])
{
    size_t len;

    capture_look_print_span(party->user, text, CAPTURE_PARTY);
    len = strlen(text);
    if (len && party->host.len && len + 1 < CAPTURE_PARTY) {
        text[len++] = '@';
        text[len] = '\0';
    }
    capture_look_print_span(party->host, text + len, CAPTURE_PARTY - len);
    return text;
}
