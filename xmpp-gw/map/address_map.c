/* SPDX-License-Identifier: Apache-2.0 */
/* One pass each way: percent signs, XEP-0106, and at last the preparation of jid.c. */
#include "address_map.h"
#include "buf.h"
#include "jid.h"
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Of a user or resource whose percent signs are undone; longer ones fit into no JID. */
enum { RAW_MAX = JID_PART_MAX + 1 };

static struct {
    char const *words;
    int status;
} const faults[] = {
#define ADDRESS_FAULT(id, code, text) [ADDRESS_##id] = { text, code },
#include "address_faults.def"
#undef ADDRESS_FAULT
};

static char const *const scheme_names[] = {
    [ADDRESS_SIP] = "sip",
    [ADDRESS_SIPS] = "sips",
    [ADDRESS_IM] = "im",
    [ADDRESS_PRES] = "pres",
};

char const *address_map_fault_text(enum address_fault fault)
{
    return fault < ADDRESS_FAULTS ? faults[fault].words : "";
}

int address_map_fault_status(enum address_fault fault)
{
    return fault < ADDRESS_FAULTS ? faults[fault].status : 500;
}

char const *address_map_scheme_name(enum address_scheme scheme)
{
    return scheme < ADDRESS_SCHEMES ? scheme_names[scheme] : "";
}

static bool is_sip(enum address_scheme scheme)
{
    return scheme == ADDRESS_SIP || scheme == ADDRESS_SIPS;
}

/* --- XEP-0106 --------------------------------------------------------------------------------- */

static char const escaped_characters[] = " \"&'/:<>@\\";

static int hex(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? (c | 0x20) - 'a' + 10
                                        : -1;
}

/* Two digits at @p text, -1 if there are none. */
static int hex_pair(char const *text)
{
    int high = hex(text[0]);
    int low = high < 0 ? -1 : hex(text[1]);

    return low < 0 ? -1 : high << 4 | low;
}

/* The character that stands for the sequence \xx at @p text, 0 if it is none of the ten. Upper case
 * counts: Nodeprep makes lower case of it. */
static char sequence(char const *text)
{
    int c = *text == '\\' ? hex_pair(text + 1) : -1;

    return c > 0 && strchr(escaped_characters, c) ? (char)c : 0;
}

static void escape(char const *raw, struct buf *out)
{
    for (; *raw; raw++) {
        bool plain = *raw == '\\' ? !sequence(raw) : !strchr(escaped_characters, *raw);
        if (plain)
            buf_add(out, raw, 1);
        else
            buf_printf(out, "\\%02x", (unsigned char)*raw);
    }
}

static void unescape(char const *local, struct buf *out)
{
    while (*local) {
        char c = sequence(local);
        buf_add(out, c ? &c : local, 1);
        local += c ? 3 : 1;
    }
}

/* XEP-0106: a local part may not begin or end with an escaped space. */
static bool has_space_at_edge(char const *local)
{
    size_t len = strlen(local);

    return sequence(local) == ' ' || (len >= 3 && sequence(local + len - 3) == ' ');
}

/* Undoes the escapes. What escape() would write otherwise, as "a\5cb", which would come back as
 * "a\b", is somebody else's address and gets none. */
static enum address_fault read_local(char const *local, struct buf *raw)
{
    struct buf again;

    if (has_space_at_edge(local))
        return ADDRESS_SPACE_AT_EDGE;
    unescape(local, raw);
    buf_init(&again, 3 * RAW_MAX);
    escape(buf_text(raw), &again);
    bool same = strcmp(buf_text(&again), local) == 0, ok = buf_ok(raw) && buf_ok(&again);
    buf_fini(&again);
    if (!ok)
        return ADDRESS_NO_MEMORY;
    return same ? ADDRESS_FINE : ADDRESS_NOT_ESCAPED;
}

/* --- percent signs ---------------------------------------------------------------------------- */

/* RFC 3261 25.1: user-unreserved; RFC 7247 6.2: what im and pres URIs hold; param-unreserved. */
static char const sip_marks[] = "-_.!~*'()&=+$,;?/";
static char const im_marks[] = "!#$&'*+-/=?^_`{|}~";
static char const xmpp_marks[] = "-._~!$()*+,;="; /* RFC 5122 2.2: of a node; a resource has more */
static char const parameter_marks[] = "-_.!~*'()[]/:&+$";

static void percent_encode(char const *raw, char const *marks, struct buf *out)
{
    for (; *raw; raw++) {
        unsigned char c = (unsigned char)*raw;
        if (c < 0x80 && (isalnum(c) || strchr(marks, c)))
            buf_add(out, raw, 1);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* A percent sign without two digits stands for itself: XEP-0106's own example has one. */
static enum address_fault percent_decode(char const *text, size_t len, char ret[static RAW_MAX + 1])
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        int c = text[i] == '%' && i + 2 < len ? hex_pair(text + i + 1) : -1;
        i += c >= 0 ? 2 : 0;
        c = c >= 0 ? c : (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            return ADDRESS_BAD_ESCAPE;
        if (n == RAW_MAX)
            return ADDRESS_TOO_LONG;
        ret[n++] = (char)c;
    }
    ret[n] = '\0';
    return ADDRESS_FINE;
}

/* --- URI to JID ------------------------------------------------------------------------------- */

/* A URI in its parts, which are not changed. */
struct uri {
    enum address_scheme scheme;
    char const *user; /* NULL: none */
    size_t user_len;
    char const *host;
    size_t host_len;
    char const *gr; /* NULL: none */
    size_t gr_len;
    bool temporary;
};

static enum address_fault read_scheme(char const **ptext, struct uri *uri)
{
    size_t len = strcspn(*ptext, ":");

    for (enum address_scheme scheme = 0; (*ptext)[len] && scheme < ADDRESS_SCHEMES; scheme++)
        if (strlen(scheme_names[scheme]) == len &&
            strncasecmp(*ptext, scheme_names[scheme], len) == 0) {
            uri->scheme = scheme;
            *ptext += len + 1;
            return ADDRESS_FINE;
        }
    return ADDRESS_NO_SCHEME;
}

/* Parameters up to headers: "gr=value", or "gr" alone, which RFC 5627 makes temporary. */
static void read_parameters(char const *text, struct uri *uri)
{
    while (*text == ';') {
        size_t len = strcspn(++text, ";?");
        if (len >= 2 && strncasecmp(text, "gr", 2) == 0) {
            if (len > 3 && text[2] == '=') {
                uri->gr = text + 3;
                uri->gr_len = len - 3;
            }
            uri->temporary |= len == 2 || (len == 3 && text[2] == '=');
        }
        text += len;
    }
}

static enum address_fault read_uri(char const *text, struct uri *uri)
{
    enum address_fault fault = read_scheme(&text, uri);
    char const *at = strchr(text, '@');

    if (fault != ADDRESS_FINE)
        return fault;
    if (at) {
        uri->user = text;
        uri->user_len = (size_t)(at - text);
        text = at + 1;
    }
    uri->host = text;
    uri->host_len = *text == '[' ? strcspn(text, "]") : strcspn(text, ":;?");
    if (*text == '[' && text[uri->host_len])
        uri->host_len++;
    text += uri->host_len;
    if (*text && !strchr(":;?", *text))
        return ADDRESS_BAD_URI;
    text += strcspn(text, ";?"); /* a port says nothing about who somebody is */
    if (is_sip(uri->scheme)) {
        if (uri->user && memchr(uri->user, ':', uri->user_len))
            uri->user_len = strcspn(uri->user, ":"); /* a password */
        read_parameters(text, uri);
    }
    if (uri->temporary)
        return ADDRESS_TEMPORARY;
    return uri->user && !uri->user_len ? ADDRESS_BAD_URI : ADDRESS_FINE;
}

/* joe@sip.example is joe\40sip.example@gateway, the domain in its ASCII form, for Nodeprep would
 * not leave the other one alone. */
static enum address_fault add_origin(struct address_options const *options, char *domain,
                                     struct buf *local)
{
    char ascii[JID_PART_MAX + 1];

    if (!options || !options->gateway || strcmp(domain, options->gateway) == 0)
        return ADDRESS_FINE;
    if (!local->len || !jid_domain_ascii(domain, ascii))
        return ADDRESS_BAD_URI;
    buf_puts(local, "\\40");
    escape(ascii, local);
    memcpy(domain, options->gateway, strlen(options->gateway) + 1);
    return ADDRESS_FINE;
}

static enum address_fault fault_of(enum jid_fault fault)
{
    switch (fault) {
    case JID_FINE:
        return ADDRESS_FINE;
    case JID_NOT_UTF8:
        return ADDRESS_BAD_ESCAPE;
    case JID_LONG_LOCAL:
    case JID_LONG_DOMAIN:
    case JID_LONG_RESOURCE:
        return ADDRESS_TOO_LONG;
    default:
        return ADDRESS_BAD_URI;
    }
}

/* Nodeprep may have made a sequence of what was none: full width characters. */
static enum address_fault check_way_back(struct jid *jid)
{
    enum address_fault fault = ADDRESS_FINE;
    struct buf raw;

    if (!strchr(jid->local, '\\'))
        return ADDRESS_FINE;
    buf_init(&raw, RAW_MAX);
    fault = read_local(jid->local, &raw);
    buf_fini(&raw);
    if (fault != ADDRESS_FINE)
        jid->local[0] = jid->domain[0] = jid->resource[0] = '\0';
    return fault;
}

static enum address_fault make_jid(struct uri const *uri, struct address_options const *options,
                                   struct buf *local, struct jid *ret)
{
    char raw[RAW_MAX + 1] = "", domain[JID_PART_MAX + 1], resource[RAW_MAX + 1] = "";
    enum address_fault fault = ADDRESS_FINE;

    if (uri->host_len > JID_PART_MAX)
        return ADDRESS_TOO_LONG;
    memcpy(domain, uri->host, uri->host_len);
    domain[uri->host_len] = '\0';
    fault = fault_of(jid_domain(domain, domain));
    if (fault == ADDRESS_FINE && uri->user)
        fault = percent_decode(uri->user, uri->user_len, raw);
    if (fault == ADDRESS_FINE && uri->gr)
        fault = percent_decode(uri->gr, uri->gr_len, resource);
    if (fault != ADDRESS_FINE)
        return fault;
    if (*raw == ' ' || (*raw && raw[strlen(raw) - 1] == ' '))
        return ADDRESS_SPACE_AT_EDGE;
    escape(raw, local);
    fault = add_origin(options, domain, local);
    if (fault != ADDRESS_FINE)
        return fault;
    if (!buf_ok(local))
        return ADDRESS_NO_MEMORY;
    fault = fault_of(jid_make(buf_text(local), domain, resource, ret));
    return fault == ADDRESS_FINE ? check_way_back(ret) : fault;
}

enum address_fault address_map_jid(char const *text, struct address_options const *options,
                                   struct jid *ret)
{
    struct uri uri = { .user = NULL };
    struct buf local;

    ret->local[0] = ret->domain[0] = ret->resource[0] = '\0';
    enum address_fault fault = read_uri(text, &uri);
    if (fault == ADDRESS_FINE && uri.scheme == ADDRESS_SIPS && !(options && options->secure))
        fault = ADDRESS_SECURE;
    if (fault != ADDRESS_FINE)
        return fault;
    buf_init(&local, 3 * RAW_MAX + JID_PART_MAX);
    fault = make_jid(&uri, options, &local, ret);
    buf_fini(&local);
    return fault;
}

/* --- JID to URI ------------------------------------------------------------------------------- */

/* Under the gateway's domain the last "@" stands before the true domain, if add_origin() may have
 * put it there. False: as it is. */
static bool take_origin(struct address_options const *options, char *raw,
                        char domain[static JID_PART_MAX + 1])
{
    char *at = strrchr(raw, '@');

    if (!options || !options->gateway || !at || at == raw || at[-1] == ' ')
        return false;
    if (!jid_domain_ascii(at + 1, domain) || strcmp(at + 1, domain) != 0 ||
        strcmp(domain, options->gateway) == 0)
        return false;
    *at = '\0';
    return true;
}

static enum address_fault write_uri(struct jid const *jid, enum address_scheme scheme,
                                    struct address_options const *options, struct buf *raw,
                                    struct buf *out)
{
    char domain[JID_PART_MAX + 1];
    enum address_fault fault = read_local(jid->local, raw);

    if (fault != ADDRESS_FINE)
        return fault;
    if ((!raw->len || !take_origin(options, raw->data, domain)) &&
        !jid_domain_ascii(jid->domain, domain))
        return ADDRESS_NO_FORM;
    buf_printf(out, "%s:", scheme_names[scheme]);
    if (raw->len) {
        percent_encode(raw->data, is_sip(scheme) ? sip_marks : im_marks, out);
        buf_puts(out, "@");
    }
    buf_puts(out, domain);
    if (*jid->resource && is_sip(scheme)) {
        buf_puts(out, ";gr=");
        percent_encode(jid->resource, parameter_marks, out);
    }
    return buf_ok(out) ? ADDRESS_FINE : ADDRESS_NO_MEMORY;
}

enum address_fault address_map_uri(struct jid const *jid, enum address_scheme scheme,
                                   struct address_options const *options, struct buf *out)
{
    struct buf raw;

    if (scheme == ADDRESS_SIPS && !(options && options->secure))
        return ADDRESS_SECURE;
    if (options && options->gateway && strcmp(jid->domain, options->gateway) != 0)
        return ADDRESS_ELSEWHERE;
    buf_init(&raw, JID_PART_MAX + 1);
    enum address_fault fault = write_uri(jid, scheme, options, &raw, out);
    buf_fini(&raw);
    return fault;
}

/* --- xmpp URIs -------------------------------------------------------------------------------- */

bool address_map_to_xmpp(char const *uri, struct address_options const *options, struct buf *out)
{
    char domain[JID_PART_MAX + 1];
    struct jid jid;

    if (address_map_jid(uri, options, &jid) != ADDRESS_FINE ||
        !jid_domain_ascii(jid.domain, domain))
        return false;
    buf_puts(out, "xmpp:");
    percent_encode(jid.local, xmpp_marks, out);
    buf_puts(out, *jid.local ? "@" : "");
    buf_puts(out, domain);
    buf_puts(out, *jid.resource ? "/" : "");
    percent_encode(jid.resource, xmpp_marks, out);
    return buf_ok(out);
}

/* "xmpp://who-asks/joe@example.com?message" is about joe. */
bool address_map_from_xmpp(char const *uri, struct address_options const *options, struct buf *out)
{
    char raw[RAW_MAX + 1];
    struct jid jid;

    if (strncasecmp(uri, "xmpp:", strlen("xmpp:")) != 0)
        return false;
    uri += strlen("xmpp:");
    if (strncmp(uri, "//", 2) == 0) {
        uri += 2 + strcspn(uri + 2, "/");
        uri += *uri == '/';
    }
    return percent_decode(uri, strcspn(uri, "?#"), raw) == ADDRESS_FINE &&
           jid_parse(raw, &jid) == JID_FINE &&
           address_map_uri(&jid, ADDRESS_SIP, options, out) == ADDRESS_FINE;
}
