/* SPDX-License-Identifier: Apache-2.0 */
/* Digest authentication with MD5 and SHA-256 (RFC 7616, RFC 8760, RFC 3261 §22), quality of
 * protection "auth" only. Passwords are not known here: HA1 is what they are checked with. */
#pragma once
#include "digest_nonce.h"
#include <sofia-sip/msg_types.h>
#include <sofia-sip/sip.h>
#include <stdbool.h>

enum { DIGEST_HEX = 64, DIGEST_USER = 128, DIGEST_NONCE = 256, DIGEST_URI = 1024 };

enum digest_algorithm { DIGEST_SHA256, DIGEST_MD5, DIGEST_ALGORITHMS }; /* best first */

struct digest_policy {
    char const *realm;               /* without '"' and '\' */
    bool offered[DIGEST_ALGORITHMS]; /* and taken */
    uint64_t lifetime_ms;
};

/** One Authorization header, as far as it matters; quotes and escapes are gone. */
struct digest_credentials {
    enum digest_algorithm algorithm;
    char user[DIGEST_USER + 1];
    char nonce[DIGEST_NONCE + 1];
    char cnonce[DIGEST_NONCE + 1];
    char uri[DIGEST_URI + 1];
    char response[DIGEST_HEX + 1];
    char nc[9];
};

enum digest_verdict {
    DIGEST_OK,
    DIGEST_ABSENT,    /* no credentials for this realm with an algorithm that is offered */
    DIGEST_MALFORMED, /* credentials for this realm that cannot be read */
    DIGEST_WRONG,     /* wrong password or unknown user */
    DIGEST_STALE,     /* right password, nonce used up: challenge again with stale=true */
    DIGEST_REPLAYED,  /* right password, nonce and count were used before: the same */
};

/** H(user:realm:password) in lower-case hexadecimal. Returns 0, or -ENOTSUP when OpenSSL does not
 *  have the algorithm. */
int digest_ha1(enum digest_algorithm algorithm, char const *user, char const *realm,
               char const *password, char ret[static DIGEST_HEX + 1]);

/** The response that @p credentials should hold. Returns 0 or -ENOTSUP. */
int digest_response(struct digest_credentials const *credentials, char const *ha1,
                    char const *method, char ret[static DIGEST_HEX + 1]);

/** Looks for credentials in @p sip. Returns DIGEST_OK with @p ret filled, DIGEST_ABSENT, or
 *  DIGEST_MALFORMED with a static text in @p ret_why. */
enum digest_verdict digest_find(sip_t const *sip, struct digest_policy const *policy,
                                struct digest_credentials *ret, char const **ret_why);

/** Checks credentials that digest_find() found. @p ha1: the user's for credentials->algorithm, NULL
 *  if there is no such user, which takes as long. DIGEST_OK uses up nonce and count. */
enum digest_verdict digest_check(struct digest_nonces *nonces, struct digest_policy const *policy,
                                 struct digest_credentials const *credentials, char const *method,
                                 char const *ha1);

/** Adds one WWW-Authenticate per algorithm to a 401, the best first (RFC 8760 §2.4). Returns 0 or a
 *  negative errno. */
int digest_challenge(struct digest_nonces const *nonces, struct digest_policy const *policy,
                     bool stale, msg_t *response);
