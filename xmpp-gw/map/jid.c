/* SPDX-License-Identifier: Apache-2.0 */
/* Most addresses are ASCII and never reach the tables of libidn. Domains follow IDNA2008 (TR 46,
 * not transitional), because Nameprep would make "strasse" of the domain "straße". */
#include "jid.h"
#include "buf.h"
#include "xml_char.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>
#include <stringprep.h>

/* Of a name in DNS, as text. */
enum { LABEL_MAX = 63, NAME_MAX_ASCII = 253 };

/* Preparation is repeated until nothing changes: Nodeprep of a few characters is not its own
 * preparation. */
enum { ROUNDS = 4 };

static char const *const fault_texts[] = {
#define JID_FAULT(id, words) [JID_##id] = (words),
#include "jid_faults.def"
#undef JID_FAULT
};

char const *jid_fault_text(enum jid_fault fault)
{
    return fault < JID_FAULTS ? fault_texts[fault] : "";
}

static bool is_ascii(char const *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static bool is_utf8(char const *text)
{
    char const *end = text + strlen(text);

    return xml_char_span(text, end) == end;
}

/* --- local part and resource ------------------------------------------------------------------ */

struct profile {
    Stringprep_profile const *tables;
    char const *forbidden; /* of ASCII */
    bool lowers;
    enum jid_fault bad, too_long;
};

static struct profile const local_profile = {
    .tables = stringprep_xmpp_nodeprep,
    .forbidden = " \"&'/:<>@",
    .lowers = true,
    .bad = JID_BAD_LOCAL,
    .too_long = JID_LONG_LOCAL,
};

static struct profile const resource_profile = {
    .tables = stringprep_xmpp_resourceprep,
    .forbidden = "",
    .bad = JID_BAD_RESOURCE,
    .too_long = JID_LONG_RESOURCE,
};

static enum jid_fault prepare_ascii(struct profile const *profile, char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f || strchr(profile->forbidden, c))
            return profile->bad;
        if (profile->lowers)
            *text = (char)tolower(c);
    }
    return JID_FINE;
}

static enum jid_fault prepare_unicode(struct profile const *profile, char *text)
{
    char before[JID_PART_MAX + 1];

    for (int round = 0; round < ROUNDS; round++) {
        memcpy(before, text, sizeof before);
        int code = stringprep(text, JID_PART_MAX + 1, 0, profile->tables);
        if (code == STRINGPREP_TOO_SMALL_BUFFER)
            return profile->too_long;
        if (code != STRINGPREP_OK || !*text)
            return profile->bad;
        if (strcmp(before, text) == 0)
            return JID_FINE;
    }
    return profile->bad;
}

/* @p ret[JID_PART_MAX + 1] */
static enum jid_fault prepare(struct profile const *profile, char const *part, size_t len,
                              char *ret)
{
    if (len > JID_PART_MAX)
        return profile->too_long;
    memset(ret, 0, JID_PART_MAX + 1);
    memcpy(ret, part, len);
    if (!is_utf8(ret))
        return JID_NOT_UTF8;
    return is_ascii(ret) ? prepare_ascii(profile, ret) : prepare_unicode(profile, ret);
}

/* --- domain ----------------------------------------------------------------------------------- */

/* Letters, digits and hyphens, no hyphen at an edge, nothing reserved for what we do not know. */
static bool is_label(char const *label, size_t len)
{
    if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)label[i]) && label[i] != '-')
            return false;
    return len < 4 || strncmp(label + 2, "--", 2) != 0 || strncmp(label, "xn--", 4) == 0;
}

/* In lower case. */
static bool is_ascii_name(char const *name, bool *ret_has_a_label)
{
    *ret_has_a_label = false;
    if (strlen(name) > NAME_MAX_ASCII)
        return false;
    for (;;) {
        size_t len = strcspn(name, ".");
        if (!is_label(name, len))
            return false;
        *ret_has_a_label |= strncmp(name, "xn--", 4) == 0;
        if (!name[len])
            return true;
        name += len + 1;
    }
}

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

static bool take(char *idn_text, char *ret)
{
    size_t len = strlen(idn_text);
    bool fits = len <= JID_PART_MAX;

    if (fits)
        memcpy(ret, idn_text, len + 1);
    idn2_free(idn_text);
    return fits;
}

static bool to_ascii(char const *name, char *ret)
{
    char *ascii = NULL;
    bool has_a_label;

    if (idn2_to_ascii_8z(name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
        return false;
    return take(ascii, ret) && is_ascii_name(ret, &has_a_label);
}

/* There and back: only what both ways agree on is a domain. */
static enum jid_fault unicode_domain(char const *name, char *ret)
{
    char ascii[JID_PART_MAX + 1], again[JID_PART_MAX + 1], *unicode = NULL;

    if (!to_ascii(name, ascii))
        return JID_BAD_DOMAIN;
    if (idn2_to_unicode_8z8z(ascii, &unicode, 0) != IDN2_OK)
        return JID_BAD_DOMAIN;
    if (!take(unicode, ret) || !to_ascii(ret, again) || strcmp(ascii, again) != 0)
        return JID_BAD_DOMAIN;
    return JID_FINE;
}

/* "[2001:db8::1]", in one spelling. */
static enum jid_fault address_domain(char const *text, size_t len, char *ret)
{
    char inside[INET6_ADDRSTRLEN];
    struct in6_addr addr;

    if (len < 2 || text[len - 1] != ']' || len - 2 >= sizeof inside)
        return JID_BAD_DOMAIN;
    memcpy(inside, text + 1, len - 2);
    inside[len - 2] = '\0';
    if (inet_pton(AF_INET6, inside, &addr) != 1 ||
        !inet_ntop(AF_INET6, &addr, inside, sizeof inside))
        return JID_BAD_DOMAIN;
    snprintf(ret, JID_PART_MAX + 1, "[%s]", inside);
    return JID_FINE;
}

static enum jid_fault prepare_domain(char const *part, size_t len, char *ret)
{
    char name[JID_PART_MAX + 1];
    bool has_a_label;

    if (len > 1 && part[len - 1] == '.')
        len--;
    if (len == 0)
        return JID_EMPTY_DOMAIN;
    if (len > JID_PART_MAX)
        return JID_LONG_DOMAIN;
    if (part[0] == '[')
        return address_domain(part, len, ret);
    memcpy(name, part, len);
    name[len] = '\0';
    if (!is_utf8(name))
        return JID_NOT_UTF8;
    if (!is_ascii(name))
        return unicode_domain(name, ret);
    lower(name);
    if (!is_ascii_name(name, &has_a_label))
        return len > NAME_MAX_ASCII ? JID_LONG_DOMAIN : JID_BAD_DOMAIN;
    if (has_a_label)
        return unicode_domain(name, ret);
    memcpy(ret, name, len + 1);
    return JID_FINE;
}

enum jid_fault jid_domain(char const *domain, char ret[static JID_PART_MAX + 1])
{
    enum jid_fault fault = prepare_domain(domain, strlen(domain), ret);

    if (fault != JID_FINE)
        *ret = '\0';
    return fault;
}

bool jid_domain_ascii(char const *domain, char ret[static JID_PART_MAX + 1])
{
    char prepared[JID_PART_MAX + 1];

    if (jid_domain(domain, prepared) != JID_FINE)
        return false;
    if (!is_ascii(prepared))
        return to_ascii(prepared, ret);
    memcpy(ret, prepared, strlen(prepared) + 1);
    return true;
}

/* --- the whole -------------------------------------------------------------------------------- */

struct parts {
    char const *local, *domain, *resource; /* NULL: none */
    size_t local_len, domain_len, resource_len;
};

static enum jid_fault prepare_parts(struct parts const *parts, struct jid *ret)
{
    enum jid_fault fault;

    if (parts->local && !parts->local_len)
        return JID_EMPTY_LOCAL;
    if (parts->resource && !parts->resource_len)
        return JID_EMPTY_RESOURCE;
    fault = prepare_domain(parts->domain, parts->domain_len, ret->domain);
    if (fault == JID_FINE && parts->local)
        fault = prepare(&local_profile, parts->local, parts->local_len, ret->local);
    if (fault == JID_FINE && parts->resource)
        fault = prepare(&resource_profile, parts->resource, parts->resource_len, ret->resource);
    return fault;
}

static enum jid_fault begin_and_prepare(struct parts const *parts, struct jid *ret)
{
    ret->local[0] = ret->domain[0] = ret->resource[0] = '\0';
    enum jid_fault fault = prepare_parts(parts, ret);
    if (fault != JID_FINE)
        ret->local[0] = ret->domain[0] = ret->resource[0] = '\0';
    return fault;
}

enum jid_fault jid_parse(char const *text, struct jid *ret)
{
    struct parts parts = { .domain = text };
    size_t bare = strcspn(text, "/"), local = strcspn(text, "@");

    /* RFC 7622 3.1: the resource begins at the first "/", and may hold further ones, and "@". */
    if (text[bare]) {
        parts.resource = text + bare + 1;
        parts.resource_len = strlen(parts.resource);
    }
    parts.domain_len = bare;
    if (local < bare) {
        parts.local = text;
        parts.local_len = local;
        parts.domain = text + local + 1;
        parts.domain_len = bare - local - 1;
    }
    return begin_and_prepare(&parts, ret);
}

enum jid_fault jid_make(char const *local, char const *domain, char const *resource,
                        struct jid *ret)
{
    struct parts parts = {
        .local = local && *local ? local : NULL,
        .local_len = local ? strlen(local) : 0,
        .domain = domain,
        .domain_len = strlen(domain),
        .resource = resource && *resource ? resource : NULL,
        .resource_len = resource ? strlen(resource) : 0,
    };

    return begin_and_prepare(&parts, ret);
}

void jid_print_bare(struct jid const *jid, struct buf *out)
{
    if (*jid->local) {
        buf_puts(out, jid->local);
        buf_puts(out, "@");
    }
    buf_puts(out, jid->domain);
}

void jid_print(struct jid const *jid, struct buf *out)
{
    jid_print_bare(jid, out);
    if (*jid->resource) {
        buf_puts(out, "/");
        buf_puts(out, jid->resource);
    }
}

static char *append(char *at, char const *text)
{
    size_t len = strlen(text);

    memcpy(at, text, len + 1);
    return at + len;
}

/* All parts and their marks fit: JID_MAX. */
static char *put_bare(struct jid const *jid, char *at)
{
    *at = '\0';
    if (*jid->local)
        at = append(append(at, jid->local), "@");
    return append(at, jid->domain);
}

char const *jid_text_bare(struct jid const *jid, char ret[static JID_MAX + 1])
{
    put_bare(jid, ret);
    return ret;
}

char const *jid_text(struct jid const *jid, char ret[static JID_MAX + 1])
{
    char *at = put_bare(jid, ret);

    if (*jid->resource)
        append(append(at, "/"), jid->resource);
    return ret;
}

bool jid_same_bare(struct jid const *a, struct jid const *b)
{
    return strcmp(a->local, b->local) == 0 && strcmp(a->domain, b->domain) == 0;
}

bool jid_equal(struct jid const *a, struct jid const *b)
{
    return jid_same_bare(a, b) && strcmp(a->resource, b->resource) == 0;
}
