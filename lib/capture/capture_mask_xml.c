/* SPDX-License-Identifier: Apache-2.0 */
/* XML without a parser, for it must work on any bytes and change none but those it hides. When in
 * doubt it hides: what is inside an element of the list stays hidden until the end tag of the same
 * name. */
#include "capture_mask_xml.h"
#include "capture_mask_body.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { CSTA = CAPTURE_MASK_XML_CSTA, XMPP = CAPTURE_MASK_XML_XMPP };
enum { PRESENCE = CAPTURE_MASK_XML_PRESENCE, FRAME_BYTES = 8, DECLARATION_BYTES = 200 };

/* clang-format off */
static struct {
    char const *name; /* without prefix */
    unsigned kinds;
} const secrets[] = {
    { "password", CSTA | XMPP | PRESENCE },
    { "token", CSTA | XMPP | PRESENCE },
    { "secret", CSTA | XMPP | PRESENCE },
    { "private", CSTA },              /* of privateData */
    { "privateData", CSTA },
    { "userData", CSTA },
    { "correlatorData", CSTA },
    { "charactersToSend", CSTA },     /* digits that callers dial, PINs among them */
    { "charactersReceived", CSTA },
    { "ioData", CSTA },
    { "authCode", CSTA },
    { "accountCode", CSTA },
    { "body", XMPP },
    { "subject", XMPP | PRESENCE },
    { "html", XMPP },                 /* XEP-0071 */
    { "status", XMPP },               /* the words of a presence */
    { "auth", XMPP },                 /* SASL: RFC 6120 6.4 */
    { "authenticate", XMPP },
    { "initial-response", XMPP },
    { "challenge", XMPP },
    { "response", XMPP },
    { "success", XMPP },
    { "additional-data", XMPP },
    { "digest", XMPP },               /* XEP-0078 */
    { "handshake", XMPP },            /* XEP-0114 */
    { "result", XMPP },               /* XEP-0220: db:result, db:verify */
    { "verify", XMPP },
    { "vCard", XMPP },
    { "data", XMPP },                 /* XEP-0047, XEP-0084 */
    { "note", PRESENCE },             /* RFC 3863 */
    { "free-text", PRESENCE },        /* RFC 4575 */
    { "keywords", PRESENCE },
};
/* clang-format on */

/* Attributes that are secrets in any element. */
static char const *const secret_attributes[] = { "password", "token", "secret" };

struct scan {
    char *at, *end;
    unsigned kinds;
    struct capture_mask_span
        inside;   /* name of the element whose content is hidden; else no bytes */
    size_t depth; /* of elements of that name */
};

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || strchr("_-.:", c) || (unsigned char)c >= 0x80;
}

static bool is_called(struct capture_mask_span name, char const *word)
{
    return name.len == strlen(word) && strncasecmp(name.at, word, name.len) == 0;
}

static bool is_same(struct capture_mask_span a, struct capture_mask_span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* The name that begins at @p at, without its prefix. */
static struct capture_mask_span name_at(char *at, char const *end)
{
    struct capture_mask_span name = { at, 0 };

    for (; at < end && *at && is_name(*at); at++)
        if (*at == ':')
            name.at = at + 1;
    name.len = (size_t)(at - name.at);
    return name;
}

static bool is_secret(struct scan const *scan, struct capture_mask_span name)
{
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (secrets[i].kinds & scan->kinds && is_called(name, secrets[i].name))
            return true;
    return false;
}

static bool is_secret_attribute(struct capture_mask_span name)
{
    for (size_t i = 0; i < sizeof secret_attributes / sizeof *secret_attributes; i++)
        if (is_called(name, secret_attributes[i]))
            return true;
    return false;
}

/* What only sets tags apart, or is the mark of UTF-8 at the start. */
static bool is_blank(char const *at, char const *end)
{
    static char const blanks[] = " \t\r\n\xef\xbb\xbf";

    while (at < end && memchr(blanks, *at, sizeof blanks - 1))
        at++;
    return at == end;
}

static void take_text(struct scan *scan)
{
    char *start = scan->at, *next = memchr(start, '<', (size_t)(scan->end - start));

    scan->at = next ? next : scan->end;
    if (scan->inside.at && !is_blank(start, scan->at))
        capture_mask_all(start, (size_t)(scan->at - start));
}

/* Walks to the '>' of a tag whose name has been read, and hides values of attributes. Returns where
 * that stands, or NULL: the tag never ends. */
static char *take_attributes(struct scan *scan)
{
    struct capture_mask_span name = { scan->at, 0 };
    char *p = scan->at;

    while (p < scan->end && *p != '>') {
        if (*p == '"' || *p == '\'') {
            char *close = memchr(p + 1, *p, (size_t)(scan->end - p - 1));
            char *stop = close ? close : scan->end;
            if (scan->inside.at || !close || is_secret_attribute(name))
                capture_mask_all(p + 1, (size_t)(stop - p - 1));
            p = close ? close + 1 : scan->end;
        } else if (*p && is_name(*p)) {
            name = name_at(p, scan->end);
            p = name.at + name.len;
        } else {
            p++;
        }
    }
    return p < scan->end ? p : NULL;
}

static void take_start_tag(struct scan *scan)
{
    struct capture_mask_span name = name_at(scan->at + 1, scan->end);

    scan->at = name.at + name.len;
    char *close = take_attributes(scan);
    scan->at = close ? close + 1 : scan->end;
    if (!close || close[-1] == '/')
        return;
    if (scan->inside.at) {
        scan->depth += is_same(scan->inside, name);
    } else if (is_secret(scan, name)) {
        scan->inside = name;
        scan->depth = 1;
    }
}

static void take_end_tag(struct scan *scan)
{
    struct capture_mask_span name = name_at(scan->at + 2, scan->end);
    char *close = memchr(name.at, '>', (size_t)(scan->end - name.at));

    if (!close) {
        scan->at = scan->end;
        return;
    }
    scan->at = close + 1;
    if (scan->inside.at && is_same(scan->inside, name) && --scan->depth == 0)
        scan->inside.at = NULL;
}

/* A section that begins with @p open and ends with @p close. Shown as it is unless inside. */
static bool take_section(struct scan *scan, char const *open, char const *close)
{
    size_t before = strlen(open), left = (size_t)(scan->end - scan->at);

    if (left < before || memcmp(scan->at, open, before) != 0)
        return false;
    char *start = scan->at + before, *stop = memmem(start, left - before, close, strlen(close));
    if (scan->inside.at)
        capture_mask_all(start, (size_t)((stop ? stop : scan->end) - start));
    scan->at = stop ? stop + strlen(close) : scan->end;
    return true;
}

static void take_markup(struct scan *scan)
{
    char next = scan->at + 1 < scan->end ? scan->at[1] : '\0';

    if (next == '/') {
        take_end_tag(scan);
    } else if (next == '?') {
        take_section(scan, "<?", "?>");
    } else if (next != '!') {
        take_start_tag(scan);
    } else if (!take_section(scan, "<!--", "-->") && !take_section(scan, "<![CDATA[", "]]>")) {
        /* A document type may define what any reference behind it stands for. */
        capture_mask_all(scan->at + 1, (size_t)(scan->end - scan->at - 1));
        scan->at = scan->end;
    }
}

/* Whether tags can be told from text byte by byte. */
static bool is_plain_encoding(char *bytes, size_t len)
{
    static char const *const plain[] = { "utf-8", "us-ascii", "ascii", "iso-8859-", "windows-125" };
    size_t some = len < DECLARATION_BYTES ? len : DECLARATION_BYTES;
    char *stop = memchr(bytes, '>', some), *found;

    if (memchr(bytes, '\0', len))
        return false;
    if (stop)
        some = (size_t)(stop - bytes);
    found = capture_mask_find(bytes, some, "encoding");
    if (!found)
        return true;
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (capture_mask_find(found, some - (size_t)(found - bytes), plain[i]))
            return true;
    return false;
}

void capture_mask_xml(enum capture_mask_xml_kind kind, char *bytes, size_t len)
{
    struct scan scan = { .at = bytes, .end = bytes + len, .kinds = kind };
    char *first = memchr(bytes, '<', len);

    /* A frame of CSTA has a head in front of the document (ECMA-354). */
    if (kind == CAPTURE_MASK_XML_CSTA && first && first - bytes <= FRAME_BYTES)
        scan.at = first;
    if (!first || !is_plain_encoding(scan.at, (size_t)(scan.end - scan.at))) {
        capture_mask_all(bytes, len);
        return;
    }
    /* What stands in front of the first tag may be the rest of anything. */
    if (!is_blank(scan.at, first))
        capture_mask_all(scan.at, (size_t)(first - scan.at));
    for (scan.at = first; scan.at < scan.end;)
        if (*scan.at == '<')
            take_markup(&scan);
        else
            take_text(&scan);
}
