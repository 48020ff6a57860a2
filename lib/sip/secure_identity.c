/* SPDX-License-Identifier: Apache-2.0 */
/* Names in certificates: see secure_identity.h. */
#include "secure_identity.h"
#include "net_addr.h"
#include "secure_subjects.h"
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 64, NAME_BYTES = 256 };

struct name {
    enum secure_identity_kind kind;
    char text[NAME_BYTES];
};

struct names {
    size_t n, size;
    struct name *v;
};

struct secure_identity {
    unsigned refs;
    bool has_san; /* also when no name of it could be used */
    struct secure_identity_rules rules;
    size_t subject; /* index of the name that stands for all */
    struct names names;
    struct names
        xmpp; /* XMPP domains by their own kinds of names: none of them is of another use */
};

static int add_to(struct names *names, enum secure_identity_kind kind, char const *text, size_t len)
{
    if (len == 0 || len >= NAME_BYTES || memchr(text, '\0', len) || names->n == NAMES_MAX)
        return 0;
    if (names->n == names->size) {
        size_t size = names->size ? 2 * names->size : 2;
        struct name *v = realloc(names->v, size * sizeof *v);
        if (!v)
            return -1;
        names->v = v;
        names->size = size;
    }
    struct name *name = &names->v[names->n++];
    *name = (struct name){ .kind = kind };
    memcpy(name->text, text, len);
    return 0;
}

static int add(struct secure_identity *identity, enum secure_identity_kind kind, char const *text,
               size_t len)
{
    return add_to(&identity->names, kind, text, len);
}

/* The last CN is the most specific one. */
static int add_cn(struct secure_identity *identity, X509 *cert)
{
    X509_NAME const *subject = X509_get_subject_name(cert);
    int last = -1, at;
    unsigned char *text = NULL;

    while ((at = X509_NAME_get_index_by_NID(subject, NID_commonName, last)) >= 0)
        last = at;
    if (last < 0)
        return 0;
    int len =
        ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
    if (len < 0)
        return 0;
    int rc = add(identity, SECURE_NAME_CN, (char const *)text, (size_t)len);
    OPENSSL_free(text);
    return rc;
}

/* RFC 5922 §7.1: a sip: URI without a user stands for its host; sips: is no such identity. */
static int add_uri(struct secure_identity *identity, char const *text, size_t len)
{
    static char const scheme[] = "sip:";
    size_t const skip = sizeof scheme - 1;

    /* Before it is cut: what stands behind a NUL would be lost. */
    if (len <= skip || memchr(text, '\0', len) || memchr(text, '@', len) ||
        strncasecmp(text, scheme, skip) != 0)
        return 0;
    text += skip;
    len -= skip;
    size_t host = 0;
    bool bracket = text[0] == '[';
    while (host < len && !strchr(bracket ? "]" : ":;?", text[host]))
        host++;
    return bracket ? add(identity, SECURE_NAME_SIP, text + 1, host - 1)
                   : add(identity, SECURE_NAME_SIP, text, host);
}

static int add_ip(struct secure_identity *identity, ASN1_OCTET_STRING const *octets)
{
    unsigned char const *bytes = ASN1_STRING_get0_data(octets);
    int len = ASN1_STRING_length(octets);
    struct net_addr addr = { 0 };
    char text[NET_ADDR_TEXT];

    if (len == 4) {
        addr.in.sin_family = AF_INET;
        memcpy(&addr.in.sin_addr, bytes, 4);
    } else if (len == 16) {
        addr.in6.sin6_family = AF_INET6;
        memcpy(&addr.in6.sin6_addr, bytes, 16);
    } else {
        return 0;
    }
    net_addr_print_host(&addr, text);
    return add(identity, SECURE_NAME_IP, text, strlen(text));
}

/* RFC 4985 (_service.name) and RFC 6120 13.7.1.4. */
static int add_other(struct secure_identity *identity, OTHERNAME const *other)
{
    static char const service[] = "_xmpp-server.";
    size_t const skip = sizeof service - 1;
    int nid = OBJ_obj2nid(other->type_id), type = ASN1_TYPE_get(other->value);
    bool is_srv = nid == NID_SRVName && type == V_ASN1_IA5STRING;

    if (!is_srv && (nid != NID_XmppAddr || type != V_ASN1_UTF8STRING))
        return 0;
    char const *text = (char const *)ASN1_STRING_get0_data(other->value->value.asn1_string);
    size_t len = (size_t)ASN1_STRING_length(other->value->value.asn1_string);
    if (!is_srv)
        return add_to(&identity->xmpp, SECURE_NAME_XMPP, text, len);
    if (len <= skip || strncasecmp(text, service, skip) != 0)
        return 0;
    return add_to(&identity->xmpp, SECURE_NAME_SRV, text + skip, len - skip);
}

static int add_general_name(struct secure_identity *identity, GENERAL_NAME const *general)
{
    int type;
    void const *value = GENERAL_NAME_get0_value(general, &type);

    if (type == GEN_IPADD)
        return add_ip(identity, value);
    if (type == GEN_OTHERNAME)
        return add_other(identity, value);
    if (type != GEN_DNS && type != GEN_URI)
        return 0;
    char const *text = (char const *)ASN1_STRING_get0_data(value);
    size_t len = (size_t)ASN1_STRING_length(value);
    return type == GEN_DNS ? add(identity, SECURE_NAME_DNS, text, len)
                           : add_uri(identity, text, len);
}

static int add_alternative_names(struct secure_identity *identity, X509 *cert)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    int rc = 0;

    /* An extension that is there but cannot be read still forbids the CN. */
    identity->has_san = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1) >= 0;
    for (int i = 0; rc == 0 && i < sk_GENERAL_NAME_num(names); i++)
        rc = add_general_name(identity, sk_GENERAL_NAME_value(names, i));
    GENERAL_NAMES_free(names);
    return rc;
}

struct secure_identity *secure_identity_new(X509 *cert)
{
    struct secure_identity *identity = calloc(1, sizeof *identity);

    if (!identity)
        return NULL;
    identity->refs = 1;
    if (add_cn(identity, cert) < 0 || add_alternative_names(identity, cert) < 0)
        secure_identity_unref(&identity);
    return identity;
}

struct secure_identity *secure_identity_ref(struct secure_identity *identity)
{
    if (identity)
        identity->refs++;
    return identity;
}

void secure_identity_unref(struct secure_identity **pidentity)
{
    struct secure_identity *identity = *pidentity;

    *pidentity = NULL;
    if (!identity || --identity->refs)
        return;
    free(identity->names.v);
    free(identity->xmpp.v);
    free(identity);
}

char const *secure_identity_subject(struct secure_identity const *identity)
{
    return identity->subject < identity->names.n ? identity->names.v[identity->subject].text : "";
}

char const *secure_identity_name(struct secure_identity const *identity, size_t i)
{
    return i < identity->names.n ? identity->names.v[i].text : NULL;
}

/* The end of a name may be written with the root's dot. */
static bool same_text(char const *a, char const *b)
{
    size_t len = strlen(a), other = strlen(b);

    len -= len && a[len - 1] == '.';
    other -= other && b[other - 1] == '.';
    return len == other && strncasecmp(a, b, len) == 0;
}

bool secure_identity_stands_for(char const *wildcard, char const *host)
{
    size_t label = strcspn(host, ".");
    struct net_addr addr;

    if (net_addr_parse(&addr, host, 0) == 0)
        return false;
    if (wildcard[0] != '*' || wildcard[1] != '.' || !strchr(wildcard + 2, '.') || label == 0)
        return false;
    return host[label] == '.' && same_text(wildcard + 2, host + label + 1);
}

static bool is_wildcard(struct secure_identity const *identity, struct name const *name)
{
    return identity->rules.wildcards && name->text[0] == '*' &&
           (name->kind == SECURE_NAME_CN || name->kind == SECURE_NAME_DNS);
}

static bool is_same(struct secure_identity const *identity, struct name const *name,
                    char const *text)
{
    return same_text(name->text, text) ||
           (is_wildcard(identity, name) && secure_identity_stands_for(name->text, text));
}

static bool has(struct secure_identity const *identity, enum secure_identity_kind kind,
                char const *text)
{
    for (size_t i = 0; i < identity->names.n; i++)
        if (identity->names.v[i].kind == kind && is_same(identity, &identity->names.v[i], text))
            return true;
    return false;
}

static bool has_kind(struct secure_identity const *identity, enum secure_identity_kind kind)
{
    for (size_t i = 0; i < identity->names.n; i++)
        if (identity->names.v[i].kind == kind)
            return true;
    return false;
}

bool secure_identity_is_xmpp(struct secure_identity const *identity, char const *domain)
{
    enum secure_identity_kind kind = identity->has_san ? SECURE_NAME_DNS : SECURE_NAME_CN;
    struct net_addr addr;

    if (!*domain || net_addr_parse(&addr, domain, 0) == 0)
        return false;
    for (size_t i = 0; i < identity->xmpp.n; i++)
        if (same_text(identity->xmpp.v[i].text, domain))
            return true;
    for (size_t i = 0; i < identity->names.n; i++) {
        struct name const *name = &identity->names.v[i];
        if (name->kind == kind &&
            (same_text(name->text, domain) || secure_identity_stands_for(name->text, domain)))
            return true;
    }
    return false;
}

static bool has_xmpp(struct secure_identity const *identity, struct name const *wanted)
{
    for (size_t i = 0; i < identity->xmpp.n; i++)
        if (identity->xmpp.v[i].kind == wanted->kind &&
            same_text(identity->xmpp.v[i].text, wanted->text))
            return true;
    return false;
}

bool secure_identity_covers(struct secure_identity const *one, struct secure_identity const *two)
{
    for (size_t i = 0; i < two->names.n; i++)
        if (!secure_identity_has(one, two->names.v[i].text))
            return false;
    for (size_t i = 0; i < two->xmpp.n; i++)
        if (!has_xmpp(one, &two->xmpp.v[i]))
            return false;
    return true;
}

/* Does the CN say what host it is? */
static bool is_by_cn(struct secure_identity const *identity)
{
    return identity->rules.match == SECURE_MATCH_CN ||
           (identity->rules.match == SECURE_MATCH_BOTH && !identity->has_san);
}

bool secure_identity_is_host(struct secure_identity const *identity, char const *host)
{
    struct net_addr addr;
    char text[NET_ADDR_TEXT];

    if (!*host)
        return false;
    bool is_address = net_addr_parse(&addr, host, 0) == 0;
    if (is_by_cn(identity))
        return (!is_address || identity->rules.match == SECURE_MATCH_CN) &&
               has(identity, SECURE_NAME_CN, host);
    if (is_address)
        return has(identity, SECURE_NAME_IP, net_addr_print_host(&addr, text));
    return has(identity, has_kind(identity, SECURE_NAME_SIP) ? SECURE_NAME_SIP : SECURE_NAME_DNS,
               host);
}

/* Does a name of this kind count where subjects are selected? */
static bool counts(struct secure_identity const *identity, struct name const *name)
{
    if (identity->rules.match == SECURE_MATCH_BOTH)
        return true;
    return (name->kind == SECURE_NAME_CN) == (identity->rules.match == SECURE_MATCH_CN);
}

bool secure_identity_has(struct secure_identity const *identity, char const *subject)
{
    for (size_t i = 0; *subject && i < identity->names.n; i++)
        if (counts(identity, &identity->names.v[i]) &&
            is_same(identity, &identity->names.v[i], subject))
            return true;
    return false;
}

bool secure_identity_select(struct secure_identity *identity,
                            struct secure_subjects const *subjects)
{
    for (size_t i = 0; i < identity->names.n; i++) {
        struct name const *name = &identity->names.v[i];
        if (!counts(identity, name))
            continue;
        if (secure_subjects_has(subjects, name->text) ||
            (is_wildcard(identity, name) && secure_subjects_has_like(subjects, name->text))) {
            identity->subject = i;
            return true;
        }
    }
    return false;
}

void secure_identity_rule(struct secure_identity *identity, struct secure_identity_rules rules)
{
    identity->rules = rules;
    identity->subject = 0;
    while (identity->subject < identity->names.n &&
           !counts(identity, &identity->names.v[identity->subject]))
        identity->subject++;
}

char const *secure_identity_matched(struct secure_identity const *identity)
{
    static char const *const names[] = { [SECURE_NAME_CN] = "CN",
                                         [SECURE_NAME_DNS] = "dNSName",
                                         [SECURE_NAME_SIP] = "URI",
                                         [SECURE_NAME_IP] = "iPAddress" };

    return identity->subject < identity->names.n ? names[identity->names.v[identity->subject].kind]
                                                 : "";
}
