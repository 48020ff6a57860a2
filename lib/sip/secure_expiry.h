/* SPDX-License-Identifier: Apache-2.0 */
/* When what a TLS context is made of ends: our certificates and their chains, those that are
 * trusted, lists of revoked ones. Read once when the context is made; then for any thread. */
#pragma once
#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secure_choice;

enum secure_expiry_kind {
    SECURE_EXPIRY_OWN,
    SECURE_EXPIRY_CHAIN,
    SECURE_EXPIRY_TRUST,
    SECURE_EXPIRY_CRL,
};

struct secure_expiry {
    enum secure_expiry_kind kind;
    int64_t from_s, until_s; /* seconds since 1970 */
    char *title; /* CN of the subject (of a list: the issuer), else all of it; UTF-8, printable */
};

struct secure_expiry_list {
    struct secure_expiry *v;
    size_t n;
};

/** Collects from the certificates of @p choice and the store of @p ctx into @p ret, which is all
 *  zero. @p has_own_trust: what is trusted was configured; the system looks after its own. 0 or
 *  -ENOMEM; either way secure_expiry_fini(). */
int secure_expiry_init(struct secure_expiry_list *ret, struct secure_choice const *choice,
                       SSL_CTX *ctx, bool has_own_trust);
void secure_expiry_fini(struct secure_expiry_list *list);

/** What to call the holder of a certificate in one line: as secure_expiry.title. Caller owns
 *  (free()); NULL when out of memory. */
char *secure_expiry_title(X509_NAME const *name);

/** Seconds since 1970. NULL is a day that never comes, INT64_MAX; what cannot be read is 0: over,
 *  as for whoever verifies it. */
int64_t secure_expiry_seconds(ASN1_TIME const *when);

/** "own", "chain", "trust", "crl" */
char const *secure_expiry_kind_str(enum secure_expiry_kind kind);
