/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces of digest authentication (RFC 7616 §3.3, §5.4): made and recognised without a memory of
 * them, for each carries its time and a MAC under the key of this process.
 *
 * Only of nonces that have let somebody in, the highest nonce count is kept, so that a recorded
 * request does not work twice. That memory is bounded: when the oldest goes, every nonce as old as
 * it that is not remembered becomes stale. Shared by all workers; safe from any thread. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_NONCE_TEXT = 64 };

enum digest_nonce_verdict {
    DIGEST_NONCE_FRESH,    /* and its count was not seen before: it has been used now */
    DIGEST_NONCE_STALE,    /* not ours, of a former start, too old, or forgotten */
    DIGEST_NONCE_REPLAYED, /* this count or a higher one was used already */
};

struct digest_nonces;

/** Remembers at most @p max nonces. NULL when out of memory. */
struct digest_nonces *digest_nonce_new(size_t max);
void digest_nonce_free(struct digest_nonces **pnonces);

/** Makes a nonce: DIGEST_NONCE_TEXT hexadecimal digits and a NUL. */
void digest_nonce_make(struct digest_nonces const *nonces, char ret[static DIGEST_NONCE_TEXT + 1]);

/** Uses @p nonce with @p count once, to be called when everything else was right. */
enum digest_nonce_verdict digest_nonce_use(struct digest_nonces *nonces, char const *nonce,
                                           uint32_t count, uint64_t lifetime_ms);
