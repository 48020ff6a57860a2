/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS context: a name, and everything that decides how a TLS connection under it is secured: our
 * certificate, whom we trust, what a peer must show.
 *
 * Immutable once made, counted atomically, and therefore shared by all workers and connections; a
 * change of configuration makes a new one beside it. A peer that shows a certificate is accepted if
 * the chain leads to the trusted certificates and, where subjects are selected, if one of them is
 * the CN or an alternative name of it (guide-part2 §3.3). */
#pragma once
#include "secure_fault.h"
#include "secure_identity.h"
#include <stdbool.h>
#include <stddef.h>

struct secure_certificate;
struct secure_context;
struct secure_counts;
struct secure_expiry;

enum { SECURE_DOUBT_TEXT = 512 };
enum secure_verify {
    SECURE_VERIFY_NONE,
    SECURE_VERIFY_OPTIONAL,
    SECURE_VERIFY_REQUIRED,
    SECURE_VERIFY_LATER, /* whoever is at the other end: secure_link_proves() tells the verdict */
};
enum secure_crl_check { SECURE_CRL_NONE, SECURE_CRL_LEAF, SECURE_CRL_CHAIN };
enum secure_mode { SECURE_MODE_NORMAL, SECURE_MODE_FIPS, SECURE_MODE_COMMON_CRITERIA };
enum secure_version {
    SECURE_TLS_DEFAULT, /* 1.2 and later */
    SECURE_TLS_1_0,
    SECURE_TLS_1_1,
    SECURE_TLS_1_2,
    SECURE_TLS_1_3
};

struct secure_names {
    char const *const *v;
    size_t n;
};

/** What a context is made of; nothing is kept of it. Empty strings count as NULL. */
struct secure_settings {
    char const *name;
    enum secure_mode mode; /* secure_mode.h */
    struct secure_names
        certificates;         /* files of PEM: ours, then its chain; none: only to connect */
    struct secure_names keys; /* of each; NULL or missing: in the file of the certificate */
    bool skips_same; /* a certificate that would never be shown is left out; else it is a fault */
    char const *ca;  /* PEM, or a folder of such files: trusted; NULL: what the system trusts */
    struct secure_names crls;        /* files of PEM: what is revoked */
    enum secure_crl_check crl_check; /* who may not be on them, or lack one */
    int verify_depth;                /* CA certificates in a chain, the trusted one too; 0: 10 */
    int max_peer_certificates;       /* that a peer may send; 0: 10 */
    bool key_usage; /* an extended key usage must be there; it must fit if it is there */
    struct secure_names ciphers, suites; /* secure_ciphers.h; none: our default, OpenSSL's */
    char const *const *subjects;
    size_t n_subjects;
    char const *subjects_file;       /* further ones, a line each; NULL: none */
    enum secure_match subject_match; /* of a peer's names, these count */
    bool wildcards;                  /* in a peer's names */
    /* Of those who connect to us; OPTIONAL and REQUIRED want `ca`. LATER is of those whom we
     * connect to, too: any certificate lets the handshake end, as one of a server or a client. */
    enum secure_verify verify_peer;
    bool verify_server; /* those whom we connect to, and their name */
    enum secure_version min_version, max_version;
    char const *key_log;  /* secure_keylog.h; NULL: none */
    bool session_tickets; /* to come back with a shorter handshake, both to us and to others */
    unsigned session_lifetime_s;
    unsigned session_servers; /* whose sessions are kept; 0: of none */
    bool no_empty_fragments;  /* TLS 1.0 alone: BEAST is open, and some old peers understand us */
};

/** Reads the files. One reference for the caller; NULL: see @p fault (also when out of memory). */
struct secure_context *secure_context_new(struct secure_settings const *settings,
                                          struct secure_fault *fault);
struct secure_context *secure_context_ref(struct secure_context *context); /* NULL: NULL */
void secure_context_unref(struct secure_context **pcontext);

char const *secure_context_name(struct secure_context const *context);

/** What has become of its connections. Borrowed. */
struct secure_counts const *secure_context_counts(struct secure_context const *context);

/** Goes on counting where @p former, of the same name, did. Before others have @p context. */
void secure_context_inherit(struct secure_context *context, struct secure_context const *former);

/** How many certificates it trusts (0: those of the system), subjects are selected (0: all), and
 *  ciphers it has, those of TLS 1.3 too. */
size_t secure_context_trusted(struct secure_context const *context);
size_t secure_context_subjects(struct secure_context const *context);
size_t secure_context_ciphers(struct secure_context const *context);

/** Does it ask who connects to us for a certificate? */
bool secure_context_asks(struct secure_context const *context);

/** Whether it can accept connections. */
bool secure_context_has_certificate(struct secure_context const *context);

/** Where its secrets are written to while that is switched on; NULL: nowhere. */
char const *secure_context_key_log(struct secure_context const *context);

/** Switches the writing on or off, from any thread; its file must be named. 0 or a negative errno.
 */
int secure_context_log_keys(struct secure_context *context, bool is_on);

/** Our certificates in the order of the settings; NULL behind the last. Borrowed. */
struct secure_certificate const *secure_context_certificate(struct secure_context const *context,
                                                            size_t i);

/** When its certificates and lists end, in no order; NULL behind the last. Borrowed. */
struct secure_expiry const *secure_context_expiry(struct secure_context const *context, size_t i);

/** Is @p identity, by the rules of this context from now on, one of the subjects selected into it,
 *  or is none selected at all? The name that was found becomes its subject. */
bool secure_context_selects(struct secure_context const *context, struct secure_identity *identity);

/** Says what is odd about it today, but no reason to refuse it, one @p text after the other: a
 *  certificate of ours that has expired, ciphers that do not go with it, old versions of TLS. */
typedef void secure_doubt_fn(void *who, char const *text);
void secure_context_doubts(struct secure_context const *context, secure_doubt_fn *say, void *who);
