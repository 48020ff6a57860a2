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

struct secure_identity {
    unsigned refs;
    bool has_san; /* also when no name of it could be used */
    struct secure_identity_rules rules;
    size_t n, size;
    size_t subject; /* index of the name that stands for all */
    struct name *names;
};

static int add(struct secure_identity *identity, enum secure_identity_kind kind, char const *text,
               size_t len)
{
    if (len == 0 || len >= NAME_BYTES || memchr(text, '\0', len) || identity->n == NAMES_MAX)
        return 0;
    if (identity->n == identity->size) {
        size_t size = identity->size ? 2 * identity->size : 2;
        struct name *names = realloc(identity->names, size * sizeof *names);
        if (!names)
            return -1;
        identity->names = names;
        identity->size = size;
    }
    struct name *name = &identity->names[identity->n++];
    *name = (struct name){ .kind = kind };
    memcpy(name->text, text, len);
    return 0;
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

static int add_general_name(struct secure_identity *identity, GENERAL_NAME const *general)
{
    int type;
    void const *value = GENERAL_NAME_get0_value(general, &type);

    if (type == GEN_IPADD)
        return add_ip(identity, value);
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
    free(identity->names);
    free(identity);
}

char const *secure_identity_subject(struct secure_identity const *identity)
{
    return identity->subject < identity->n ? identity->names[identity->subject].text : "";
}

char const *secure_identity_name(struct secure_identity const *identity, size_t i)
{
    return i < identity->n ? identity->names[i].text : NULL;
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
    for (size_t i = 0; i < identity->n; i++)
        if (identity->names[i].kind == kind && is_same(identity, &identity->names[i], text))
            return true;
    return false;
}

static bool has_kind(struct secure_identity const *identity, enum secure_identity_kind kind)
{
    for (size_t i = 0; i < identity->n; i++)
        if (identity->names[i].kind == kind)
            return true;
    return false;
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
    for (size_t i = 0; *subject && i < identity->n; i++)
        if (counts(identity, &identity->names[i]) &&
            is_same(identity, &identity->names[i], subject))
            return true;
    return false;
}

bool secure_identity_select(struct secure_identity *identity,
                            struct secure_subjects const *subjects)
{
    for (size_t i = 0; i < identity->n; i++) {
        struct name const *name = &identity->names[i];
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
    while (identity->subject < identity->n &&
           !counts(identity, &identity->names[identity->subject]))
        identity->subject++;
}

char const *secure_identity_matched(struct secure_identity const *identity)
{
    static char const *const names[] = { [SECURE_NAME_CN] = "CN",
                                         [SECURE_NAME_DNS] = "dNSName",
                                         [SECURE_NAME_SIP] = "URI",
                                         [SECURE_NAME_IP] = "iPAddress" };

    return identity->subject < identity->n ? names[identity->names[identity->subject].kind] : "";
}
