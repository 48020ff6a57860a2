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
#include <stdbool.h>
#include <stddef.h>

struct secure_context;

enum secure_verify { SECURE_VERIFY_NONE, SECURE_VERIFY_OPTIONAL, SECURE_VERIFY_REQUIRED };
enum secure_version { SECURE_TLS_1_2, SECURE_TLS_1_3 };

/** What a context is made of; nothing is kept of it. Empty strings count as NULL. */
struct secure_settings {
    char const *name;
    char const *certificate; /* PEM: ours, then the chain; NULL: none, only to connect */
    char const *key;         /* PEM; NULL: in the file of the certificate */
    char const *ca;          /* PEM: trusted certificates; NULL: the system's */
    char const *ciphers;     /* OpenSSL list for TLS 1.2, in order; NULL: our default */
    char const *const *subjects;
    size_t n_subjects;
    enum secure_verify verify_peer; /* of those who connect to us; other than NONE wants `ca` */
    bool verify_server;             /* those whom we connect to, and their name */
    enum secure_version min_version;
};

/** Reads the files. One reference for the caller; NULL: see @p fault (also when out of memory). */
struct secure_context *secure_context_new(struct secure_settings const *settings,
                                          struct secure_fault *fault);
struct secure_context *secure_context_ref(struct secure_context *context); /* NULL: NULL */
void secure_context_unref(struct secure_context **pcontext);

char const *secure_context_name(struct secure_context const *context);

/** Whether it can accept connections. */
bool secure_context_has_certificate(struct secure_context const *context);

/** What is odd about it today: our certificate has expired, or is not yet valid. Static text, or
 *  NULL. */
char const *secure_context_doubt(struct secure_context const *context);
