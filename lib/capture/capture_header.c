/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, names and values of the head of a SIP message. */
#include "capture_header.h"
#include <string.h>
#include <strings.h>

enum { METHOD_MAX = 32, URI_MAX = 8192 };

static char const version[] = "SIP/2.0";

bool capture_header_is(struct capture_span span, char const *text)
{
    return strlen(text) == span.len && memcmp(span.at, text, span.len) == 0;
}

bool capture_header_like(struct capture_span span, char const *text)
{
    return strlen(text) == span.len && strncasecmp(span.at, text, span.len) == 0;
}

bool capture_header_ends(struct capture_span span, char const *tail)
{
    size_t n = strlen(tail);

    return span.len >= n && memcmp(span.at + span.len - n, tail, n) == 0;
}

/* RFC 3261 25.1: token. */
static bool is_token(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c && strchr("-.!%*_+`'~", c));
}

enum capture_start capture_header_begins(char const *bytes, size_t len, char const *text)
{
    size_t n = strlen(text);

    if (memcmp(bytes, text, len < n ? len : n) != 0)
        return CAPTURE_START_NO;
    return len < n ? CAPTURE_START_MORE : CAPTURE_START_YES;
}

static enum capture_start start_of_request(char const *bytes, size_t len)
{
    size_t method = 0, uri;

    while (method < len && method <= METHOD_MAX && is_token(bytes[method]))
        method++;
    if (method == len)
        return method <= METHOD_MAX ? CAPTURE_START_MORE : CAPTURE_START_NO;
    if (method == 0 || method > METHOD_MAX || bytes[method] != ' ')
        return CAPTURE_START_NO;
    for (uri = method + 1; uri < len && uri < URI_MAX && (unsigned char)bytes[uri] > ' ';)
        uri++;
    if (uri == len)
        return CAPTURE_START_MORE;
    if (uri == method + 1 || bytes[uri] != ' ')
        return CAPTURE_START_NO;
    enum capture_start at_version = capture_header_begins(bytes + uri + 1, len - uri - 1, version);
    if (at_version != CAPTURE_START_YES)
        return at_version;
    size_t end = uri + 1 + strlen(version);
    if (end == len)
        return CAPTURE_START_MORE;
    return bytes[end] == '\r' || bytes[end] == '\n' ? CAPTURE_START_YES : CAPTURE_START_NO;
}

enum capture_start capture_header_start(char const *bytes, size_t len)
{
    enum capture_start response = capture_header_begins(bytes, len, "SIP/2.0 ");

    return response == CAPTURE_START_NO ? start_of_request(bytes, len) : response;
}

static struct capture_span trim(struct capture_span span)
{
    while (span.len && capture_header_is_blank(span.at[0])) {
        span.at++;
        span.len--;
    }
    while (span.len && capture_header_is_blank(span.at[span.len - 1]))
        span.len--;
    return span;
}

struct capture_span capture_header_first_line(char const *bytes, size_t len,
                                              struct capture_span *ret_rest)
{
    char const *end = len ? memchr(bytes, '\n', len) : NULL;
    size_t line = end ? (size_t)(end - bytes) : len;
    size_t taken = end ? line + 1 : len;

    *ret_rest = (struct capture_span){ bytes + taken, len - taken };
    if (line && bytes[line - 1] == '\r')
        line--;
    return (struct capture_span){ bytes, line };
}

struct capture_span capture_header_word(struct capture_span text)
{
    struct capture_span word = { text.at, 0 };

    while (word.len < text.len && !capture_header_is_blank(text.at[word.len]))
        word.len++;
    return word;
}

static enum capture_header_kind short_kind(char letter)
{
    switch (letter | 0x20) {
    case 'i':
        return CAPTURE_HEADER_CALL_ID;
    case 'f':
        return CAPTURE_HEADER_FROM;
    case 't':
        return CAPTURE_HEADER_TO;
    case 'v':
        return CAPTURE_HEADER_VIA;
    case 'c':
        return CAPTURE_HEADER_CONTENT_TYPE;
    case 'l':
        return CAPTURE_HEADER_CONTENT_LENGTH;
    default:
        return CAPTURE_HEADER_OTHER;
    }
}

/* One name of each length but for 4, so that most lines cost one comparison or none. */
static enum capture_header_kind kind_of(struct capture_span name)
{
    switch (name.len) {
    case 1:
        return short_kind(name.at[0]);
    case 2:
        return capture_header_like(name, "To") ? CAPTURE_HEADER_TO : CAPTURE_HEADER_OTHER;
    case 3:
        return capture_header_like(name, "Via") ? CAPTURE_HEADER_VIA : CAPTURE_HEADER_OTHER;
    case 4:
        if (capture_header_like(name, "From"))
            return CAPTURE_HEADER_FROM;
        return capture_header_like(name, "CSeq") ? CAPTURE_HEADER_CSEQ : CAPTURE_HEADER_OTHER;
    case 7:
        return capture_header_like(name, "Call-ID") ? CAPTURE_HEADER_CALL_ID : CAPTURE_HEADER_OTHER;
    case 12:
        return capture_header_like(name, "Content-Type") ? CAPTURE_HEADER_CONTENT_TYPE
                                                         : CAPTURE_HEADER_OTHER;
    case 14:
        return capture_header_like(name, "Content-Length") ? CAPTURE_HEADER_CONTENT_LENGTH
                                                           : CAPTURE_HEADER_OTHER;
    default:
        return CAPTURE_HEADER_OTHER;
    }
}

/* Length of the next line with those that continue it (RFC 3261 7.3.1), ends included. */
static size_t folded_line(struct capture_span text)
{
    size_t at = 0;

    do {
        char const *end = memchr(text.at + at, '\n', text.len - at);

        if (!end)
            return text.len;
        at = (size_t)(end - text.at) + 1;
    } while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t'));
    return at;
}

bool capture_header_next(struct capture_span *rest, struct capture_header *ret)
{
    if (rest->len == 0)
        return false;
    if (rest->at[0] == '\n' || rest->at[0] == '\r') {
        size_t end = rest->at[0] == '\r' && rest->len > 1 && rest->at[1] == '\n' ? 2 : 1;

        *rest = (struct capture_span){ rest->at + end, rest->len - end };
        return false;
    }
    size_t len = folded_line(*rest);
    char const *colon = memchr(rest->at, ':', len);
    size_t name = colon ? (size_t)(colon - rest->at) : len;
    size_t value = colon ? name + 1 : len;

    ret->name = trim((struct capture_span){ rest->at, name });
    ret->value = trim((struct capture_span){ rest->at + value, len - value });
    ret->kind = kind_of(ret->name);
    *rest = (struct capture_span){ rest->at + len, rest->len - len };
    return true;
}
