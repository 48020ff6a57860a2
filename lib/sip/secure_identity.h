/* SPDX-License-Identifier: Apache-2.0 */
/* Who a certificate says that its holder is: the subject CN and the subject alternative names, read
 * once when the peer shows it, and the questions asked of them.
 *
 * "Is it this host?" follows RFC 5922 §7: sip: URIs, else dNSNames, else (no alternative names at
 * all) the CN. "Is it this subject?" is the guide's: CN or any alternative name. "Is it this XMPP
 * domain?" has names of its own beside them, which count for nothing else. Rules may narrow both to
 * the CN or to the alternative names, and let a name begin with a wildcard, which RFC 5922 §7.2
 * forbids. An identity belongs to one thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct secure_identity;
struct secure_subjects;
struct x509_st;

enum secure_match { SECURE_MATCH_BOTH, SECURE_MATCH_CN, SECURE_MATCH_SAN };
enum secure_identity_kind {
    SECURE_NAME_CN,
    SECURE_NAME_DNS,
    SECURE_NAME_SIP,
    SECURE_NAME_IP,
    SECURE_NAME_SRV, /* of an XMPP server */
    SECURE_NAME_XMPP,
};

struct secure_identity_rules {
    enum secure_match match; /* names that count */
    bool wildcards; /* "*.a.test", a CN or a dNSName, stands for b.a.test, but not for c.b.a.test */
};

/** Reads the names of @p cert (borrowed); names that hold a NUL, and those beyond the first 64, are
 *  left out. All names count, and no wildcard. One reference for the caller. NULL when out of
 *  memory. */
struct secure_identity *secure_identity_new(struct x509_st *cert);
struct secure_identity *secure_identity_ref(struct secure_identity *identity); /* NULL: NULL */
void secure_identity_unref(struct secure_identity **pidentity);

/** Other rules from now on; the first name that counts becomes the subject. */
void secure_identity_rule(struct secure_identity *identity, struct secure_identity_rules rules);

/** The name that secure_identity_select() found, else the first that counts, that is the subject
 *  CN or else an alternative name, else "". Borrowed. */
char const *secure_identity_subject(struct secure_identity const *identity);

/** What kind of name that is: "CN", "dNSName", "URI", "iPAddress", or "". Static. */
char const *secure_identity_matched(struct secure_identity const *identity);

/** Does the certificate speak for @p host, a name or a numeric address (RFC 5922 §7.2)? A numeric
 *  one only by an alternative name of the kind iPAddress, unless the rules ask the CN alone. */
bool secure_identity_is_host(struct secure_identity const *identity, char const *host);

/** Does the certificate speak for the XMPP domain @p domain, in A-labels (RFC 6120 §13.7.1.2,
 *  XEP-0178)? By a SRVName "_xmpp-server.domain", a dNSName, where a "*" may stand for the
 * left-most label, or an XmppAddr; by the CN only where there is no alternative name at all. The
 * rules do not matter. */
bool secure_identity_is_xmpp(struct secure_identity const *identity, char const *domain);

/** Has @p one every name that @p two has, those of XMPP too? */
bool secure_identity_covers(struct secure_identity const *one, struct secure_identity const *two);

/** Is @p subject one of the names that count? Without regard to case. */
bool secure_identity_has(struct secure_identity const *identity, char const *subject);

/** Is one of the names that count among @p subjects? It becomes the subject. */
bool secure_identity_select(struct secure_identity *identity,
                            struct secure_subjects const *subjects);

/** Does @p wildcard ("*.a.test", at least two labels behind the star) stand for @p host? */
bool secure_identity_stands_for(char const *wildcard, char const *host);

/** All names, the CN first, then in the order of the certificate; NULL behind the last. Borrowed.
 */
char const *secure_identity_name(struct secure_identity const *identity, size_t i);
