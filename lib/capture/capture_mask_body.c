/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies by their type: rows say who masks which. A type without a row is hidden, for nobody knows
 * what it holds. */
#include "capture_mask_body.h"
#include "capture_mask_xml.h"
#include <string.h>
#include <strings.h>

enum { BOUNDARY_BYTES = 70 }; /* RFC 2046 5.1.1 */

void capture_mask_all(char *bytes, size_t len)
{
    memset(bytes, '*', len);
}

char *capture_mask_find(char *bytes, size_t len, char const *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= len; i++)
        if ((bytes[i] | 0x20) == (*word | 0x20) && strncasecmp(bytes + i, word, n) == 0)
            return bytes + i;
    return NULL;
}

bool capture_mask_line(struct capture_mask_span *rest, struct capture_mask_span *ret)
{
    size_t n = 0;

    if (!rest->len)
        return false;
    while (n < rest->len && rest->at[n] != '\r' && rest->at[n] != '\n')
        n++;
    *ret = (struct capture_mask_span){ rest->at, n };
    if (n < rest->len)
        n += rest->at[n] == '\r' && n + 1 < rest->len && rest->at[n + 1] == '\n' ? 2 : 1;
    rest->at += n;
    rest->len -= n;
    return true;
}

static bool begins(struct capture_mask_span line, char const *word)
{
    size_t n = strlen(word);

    return line.len >= n && strncasecmp(line.at, word, n) == 0;
}

static void mask_from(struct capture_mask_span line, size_t start)
{
    if (start < line.len)
        capture_mask_all(line.at + start, line.len - start);
}

/* Master keys of SRTP (RFC 4568): from each "inline:" to its lifetime. */
static void mask_inline_keys(char *body, size_t len)
{
    static char const word[] = "inline:";
    char *end = body + len, *p = body;

    while ((p = capture_mask_find(p, (size_t)(end - p), word)))
        for (p += sizeof word - 1; p < end && !memchr("|; \t\r\n", *p, 6); p++)
            *p = '*';
}

static void mask_sdp(char *body, size_t len)
{
    static char const *const keys[] = { "k=", "a=ice-pwd:", "a=key-mgmt:" };
    struct capture_mask_span rest = { body, len }, line;

    mask_inline_keys(body, len);
    while (capture_mask_line(&rest, &line))
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (begins(line, keys[i]))
                mask_from(line, strlen(keys[i]));
}

static void mask_csta(char *body, size_t len)
{
    capture_mask_xml(CAPTURE_MASK_XML_CSTA, body, len);
}

static void mask_presence(char *body, size_t len)
{
    capture_mask_xml(CAPTURE_MASK_XML_PRESENCE, body, len);
}

static void mask_nothing(char *body, size_t len)
{
    (void)body;
    (void)len;
}

static struct {
    char const *type;
    void (*mask)(char *body, size_t len);
} const types[] = {
    { "application/csta+xml", mask_csta },
    { "application/sdp", mask_sdp },
    { "application/pidf+xml", mask_presence },
    { "application/xpidf+xml", mask_presence },
    { "application/cpim-pidf+xml", mask_presence },
    { "application/dialog-info+xml", mask_presence },
    { "application/reginfo+xml", mask_presence },
    { "application/watcherinfo+xml", mask_presence },
    { "application/conference-info+xml", mask_presence },
    { "application/rlmi+xml", mask_presence },
    { "application/resource-lists+xml", mask_presence },
    { "application/media_control+xml", mask_presence },
    { "application/x-as-feature-event+xml", mask_presence },
    { "application/im-iscomposing+xml", mask_presence },
    { "application/simple-message-summary", mask_nothing },
};

static bool is_type(struct capture_mask_span type, char const *name)
{
    size_t n = strlen(name);

    return begins(type, name) && (type.len == n || memchr("; \t\r\n", type.at[n], 5));
}

/* Writes the boundary of a multipart type as "--boundary". Returns its length, 0 if there is none.
 */
static size_t find_boundary(struct capture_mask_span type, char *ret)
{
    static char const word[] = "boundary=";
    char *p = capture_mask_find(type.at, type.len, word), *end = type.at + type.len;
    size_t n = 2;

    if (!p)
        return 0;
    p += sizeof word - 1;
    bool quoted = p < end && *p == '"';
    p += quoted;
    memcpy(ret, "--", 2);
    for (; p < end && *p != '"' && (quoted || !memchr("; \t\r\n", *p, 5)); p++) {
        if (n == BOUNDARY_BYTES + 2)
            return 0;
        ret[n++] = *p;
    }
    return n > 2 ? n : 0;
}

/* Each part is masked by its own headers; what is in front of the first is for nobody. */
static void mask_multipart(struct capture_mask_span type, char *body, size_t len, int depth)
{
    char boundary[BOUNDARY_BYTES + 2], *end = body + len;
    size_t n = find_boundary(type, boundary);
    char *part = n ? memmem(body, len, boundary, n) : NULL;

    capture_mask_all(body, (size_t)((part ? part : end) - body));
    while (part) {
        struct capture_mask_span rest = { part, (size_t)(end - part) }, line;
        (void)capture_mask_line(&rest, &line);
        char *next = memmem(rest.at, rest.len, boundary, n);
        if (line.len >= n + 2 && memcmp(line.at + n, "--", 2) == 0) {
            capture_mask_all(rest.at, rest.len);
            return;
        }
        mask_from(line, n);
        capture_mask_part(rest.at, (size_t)((next ? next : end) - rest.at), false, depth + 1);
        part = next;
    }
}

/* A message in a message, its first line or only headers (RFC 3420). */
static void mask_message(char *body, size_t len, int depth)
{
    capture_mask_part(body, len, begins((struct capture_mask_span){ body, len }, "message "),
                      depth + 1);
}

void capture_mask_body(struct capture_mask_span type, char *body, size_t len, int depth)
{
    if (depth < CAPTURE_MASK_DEPTH) {
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (is_type(type, types[i].type)) {
                types[i].mask(body, len);
                return;
            }
        if (begins(type, "multipart/")) {
            mask_multipart(type, body, len, depth);
            return;
        }
        if (is_type(type, "message/sipfrag") || is_type(type, "message/sip")) {
            mask_message(body, len, depth);
            return;
        }
    }
    capture_mask_all(body, len);
}
