/* SPDX-License-Identifier: Apache-2.0 */
/* Who a certificate says that its holder is: the subject CN and the subject alternative names, read
 * once when the peer shows it, and the two questions asked of them.
 *
 * "Is it this host?" follows RFC 5922 §7: sip: URIs, else dNSNames, else (no alternative names at
 * all) the CN; no wildcards. "Is it this subject?" is the guide's: CN or any alternative name.
 * An identity belongs to one thread. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct secure_identity;
struct x509_st;

/** Reads the names of @p cert (borrowed); names that hold a NUL, and those beyond the first 64, are
 *  left out. One reference for the caller. NULL when out of memory. */
struct secure_identity *secure_identity_new(struct x509_st *cert);
struct secure_identity *secure_identity_ref(struct secure_identity *identity); /* NULL: NULL */
void secure_identity_unref(struct secure_identity **pidentity);

/** The name that secure_identity_select() found, else the subject CN, else the first alternative
 *  name, else "". Borrowed. */
char const *secure_identity_subject(struct secure_identity const *identity);

/** Does the certificate speak for @p host, a name or a numeric address (RFC 5922 §7.2)? A numeric
 *  one only by an alternative name of the kind iPAddress. */
bool secure_identity_is_host(struct secure_identity const *identity, char const *host);

/** Is @p subject the CN or one of the alternative names? Without regard to case. */
bool secure_identity_has(struct secure_identity const *identity, char const *subject);

/** As secure_identity_has(); the name found becomes the subject. */
bool secure_identity_select(struct secure_identity *identity, char const *subject);

/** All names, the CN first, then in the order of the certificate; NULL behind the last. Borrowed.
 */
char const *secure_identity_name(struct secure_identity const *identity, size_t i);
