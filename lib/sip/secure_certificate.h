/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate of ours: the file of it and its chain, and its key, read and judged before anybody
 * is shown it. Read-only once read, and then for any thread. */
#pragma once
#include "secure_fault.h"
#include <openssl/types.h>
#include <openssl/x509.h>
#include <stdbool.h>

struct secure_identity;

struct secure_certificate {
    char *file;
    X509 *leaf;
    STACK_OF(X509) * chain; /* without the leaf; may be empty */
    EVP_PKEY *key;
    struct secure_identity *identity; /* for secure_identity_is_host(), _has() and _name() alone */
};

/** Reads @p file, PEM: ours, then each one's issuer, and the key of ours from @p key_file (NULL or
 *  "": it is in @p file) into @p ret, which is all zero. 0, or -1 with a @p fault of "certificates"
 *  or "keys" that names the file and what to do; either way secure_certificate_fini() it. */
int secure_certificate_read(struct secure_certificate *ret, char const *file, char const *key_file,
                            struct secure_fault *fault);
void secure_certificate_fini(struct secure_certificate *certificate);

/** "RSA", "ECDSA" or "EdDSA": a TLS connection chooses among certificates by this. NULL for a key
 *  that TLS does not take. */
char const *secure_certificate_kind(struct secure_certificate const *certificate);

/** Has it expired, or not begun? Static text, or NULL. */
char const *secure_certificate_doubt(struct secure_certificate const *certificate);

/** Whole days until it expires; negative: it has. */
int secure_certificate_days_left(struct secure_certificate const *certificate);
