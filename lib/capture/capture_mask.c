/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of SIP messages, and which masker is for which protocol. */
#include "capture_mask.h"
#include "buf.h"
#include "capture_mask_body.h"
#include "capture_mask_xml.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* A header with its continuation lines, without what ends it. */
struct header {
    struct capture_mask_span name, value;
};

static bool is_called(struct capture_mask_span name, char const *word)
{
    return name.len == strlen(word) && strncasecmp(name.at, word, name.len) == 0;
}

/* Stars instead of every value of parameter @p name, "name=" in lower case, quoted or not. Quotes
 * around it are not looked at: whoever puts one in a wrong place hides more, not less. */
static void mask_parameter(struct capture_mask_span value, char const *name)
{
    char *p = value.at, *end = value.at + value.len;

    while ((p = capture_mask_find(p, (size_t)(end - p), name))) {
        p += strlen(name);
        while (p < end && isspace((unsigned char)*p))
            p++;
        if (p == end || *p != '=')
            continue;
        for (p++; p < end && isspace((unsigned char)*p); p++)
            ;
        bool quoted = p < end && *p == '"';
        for (p += quoted; p < end && *p != '"' && (quoted || !memchr(", \t\r\n", *p, 5)); p++) {
            if (quoted && *p == '\\' && p + 1 < end)
                *p++ = '*';
            *p = '*';
        }
    }
}

static void mask_challenge(struct capture_mask_span value)
{
    static char const *const names[] = { "response", "cnonce", "rspauth", "gssapi-data", "token" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        mask_parameter(value, names[i]);
}

static void mask_all(struct capture_mask_span value)
{
    capture_mask_all(value.at, value.len);
}

/* Of Digest the answer; of all other schemes everything, for Basic and Bearer are the secret. */
static void mask_credentials(struct capture_mask_span value)
{
    static char const digest[] = "digest";
    char *p = value.at, *end = value.at + value.len;

    mask_challenge(value);
    if (value.len > sizeof digest - 1 && strncasecmp(p, digest, sizeof digest - 1) == 0 &&
        isspace((unsigned char)p[sizeof digest - 1]))
        return;
    while (p < end && !isspace((unsigned char)*p))
        p++;
    capture_mask_all(p < end ? p + 1 : value.at, p < end ? (size_t)(end - p) - 1 : value.len);
}

static struct {
    char const *name;
    void (*mask)(struct capture_mask_span value);
} const headers[] = {
    { "Authorization", mask_credentials },
    { "Proxy-Authorization", mask_credentials },
    { "WWW-Authenticate", mask_challenge },
    { "Proxy-Authenticate", mask_challenge },
    { "Authentication-Info", mask_challenge },
    { "Proxy-Authentication-Info", mask_challenge },
    { "Subject", mask_all },
    { "s", mask_all },
    { "User-to-User", mask_all }, /* RFC 7433: what the caller's application says */
};

/* Names that hold one of these are of nobody's standard, and hold what they say. */
static char const *const secret_words[] = { "cookie",  "token",    "secret", "password",
                                            "api-key", "auth-key", "ticket" };

static void mask_header(struct header const *header)
{
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (is_called(header->name, headers[i].name))
            headers[i].mask(header->value);
    for (size_t i = 0; i < sizeof secret_words / sizeof *secret_words; i++)
        if (capture_mask_find(header->name.at, header->name.len, secret_words[i]))
            mask_all(header->value);
}

/* Passwords of URIs (sip:user:password@host), and credentials among the headers that a URI carries
 * (RFC 3261 19.1.1). Each byte is looked at once: what has no '@' has none for a later start. */
static void mask_uris(struct capture_mask_span text)
{
    static char const scheme[] = "sip", carried[] = "authorization=";
    char *end = text.at + text.len, *p = text.at;

    while ((p = capture_mask_find(p, (size_t)(end - p), scheme))) {
        char *colon = NULL, *start = p += sizeof scheme - 1;
        start += start < end && (*start | 0x20) == 's';
        if (start == end || *start != ':')
            continue;
        for (p = start + 1; p < end && !memchr("@<>\" \t\r\n", *p, 8); p++)
            if (*p == ':' && !colon)
                colon = p;
        if (p < end && *p == '@' && colon)
            capture_mask_all(colon + 1, (size_t)(p - colon) - 1);
    }
    for (p = text.at; (p = capture_mask_find(p, (size_t)(end - p), carried));)
        for (p += sizeof carried - 1; p < end && !memchr("&<>\" \t\r\n", *p, 8); p++)
            *p = '*';
}

/* Takes the next header off @p rest; false at the empty line, which is taken, and at the end. */
static bool next_header(struct capture_mask_span *rest, struct header *ret)
{
    struct capture_mask_span line, more;

    if (!capture_mask_line(rest, &line) || !line.len)
        return false;
    while (rest->len && (*rest->at == ' ' || *rest->at == '\t')) {
        (void)capture_mask_line(rest, &more);
        line.len = (size_t)(more.at + more.len - line.at);
    }
    char *colon = memchr(line.at, ':', line.len), *value = colon ? colon + 1 : line.at;
    ret->name.at = line.at;
    ret->name.len = colon ? (size_t)(colon - line.at) : 0;
    while (ret->name.len && isspace((unsigned char)line.at[ret->name.len - 1]))
        ret->name.len--;
    while (value < line.at + line.len && isspace((unsigned char)*value))
        value++;
    ret->value.at = value;
    ret->value.len = (size_t)(line.at + line.len - value);
    return true;
}

static bool ends_with(struct capture_mask_span text, char const *word)
{
    size_t n = strlen(word);

    while (text.len && isspace((unsigned char)text.at[text.len - 1]))
        text.len--;
    return text.len >= n && strncasecmp(text.at + text.len - n, word, n) == 0;
}

void capture_mask_part(char *bytes, size_t len, bool text, int depth)
{
    struct capture_mask_span rest = { bytes, len }, type = { bytes, 0 };
    struct header header;
    bool packed = false;

    while (next_header(&rest, &header)) {
        if (is_called(header.name, "Content-Type") || is_called(header.name, "c"))
            type = header.value;
        else if (is_called(header.name, "Content-Encoding") || is_called(header.name, "e"))
            packed = !is_called(header.value, "identity");
        else if (is_called(header.name, "Content-Transfer-Encoding"))
            packed = packed || ends_with(header.value, "base64") ||
                     ends_with(header.value, "quoted-printable");
        else if (is_called(header.name, "CSeq"))
            text = text || ends_with(header.value, "MESSAGE");
        mask_header(&header);
        mask_uris((struct capture_mask_span){
            header.name.at, (size_t)(header.value.at + header.value.len - header.name.at) });
    }
    if (text || packed)
        capture_mask_all(rest.at, rest.len);
    else
        capture_mask_body(type, rest.at, rest.len, depth);
}

static void mask_sip(char *bytes, size_t len)
{
    struct capture_mask_span rest = { bytes, len }, line;
    static char const version[] = "SIP/2.0", method[] = "MESSAGE ";

    while (rest.len && (*rest.at == '\r' || *rest.at == '\n')) {
        rest.at++;
        rest.len--;
    }
    if (!capture_mask_line(&rest, &line))
        return;
    if (!ends_with(line, version) &&
        (line.len < sizeof version - 1 || strncasecmp(line.at, version, sizeof version - 1) != 0)) {
        capture_mask_all(line.at, (size_t)(bytes + len - line.at));
        return;
    }
    bool text =
        line.len >= sizeof method - 1 && strncasecmp(line.at, method, sizeof method - 1) == 0;
    mask_uris(line);
    capture_mask_part(rest.at, rest.len, text, 0);
}

void capture_mask(enum tap_protocol protocol, char *bytes, size_t len)
{
    switch (protocol) {
    case TAP_SIP:
        mask_sip(bytes, len);
        break;
    case TAP_CSTA:
        capture_mask_xml(CAPTURE_MASK_XML_CSTA, bytes, len);
        break;
    case TAP_XMPP:
        capture_mask_xml(CAPTURE_MASK_XML_XMPP, bytes, len);
        break;
    default:
        capture_mask_all(bytes, len);
    }
}

int capture_mask_message(struct capture_message *message, struct buf *memory)
{
    buf_reset(memory);
    buf_add(memory, message->bytes, message->len);
    int error = buf_ok(memory) ? 0 : message->len > memory->max ? -EMSGSIZE : -ENOMEM;
    if (!error && message->len)
        capture_mask(message->protocol, memory->data, memory->len);
    message->bytes = error ? "" : buf_text(memory);
    message->len = error ? 0 : message->len;
    return error;
}
