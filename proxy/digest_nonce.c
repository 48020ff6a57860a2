/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces: see digest_nonce.h. */
#include "digest_nonce.h"
#include "clock.h"
#include "htab.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum { KEY = 32, RANDOM = 8, MAC = 16, NAME = 8 + RANDOM, RAW = NAME + MAC };
_Static_assert(2 * RAW == DIGEST_NONCE_TEXT, "a nonce is its bytes in hexadecimal");

/* What a nonce says of itself, and the proof that we said it. */
struct raw {
    unsigned char bytes[RAW]; /* time in ms, random, MAC */
};

struct used {
    struct htab_entry link;
    TAILQ_ENTRY(used) order;
    unsigned char name[NAME];
    uint32_t count;
};

struct digest_nonces {
    unsigned char key[KEY];
    size_t max;
    pthread_mutex_t lock; /* of what follows */
    struct htab used;
    TAILQ_HEAD(, used) oldest; /* by first use */
    uint64_t forgotten_ms;     /* time of the youngest nonce that was forgotten */
};

struct digest_nonces *digest_nonce_new(size_t max)
{
    struct digest_nonces *nonces = calloc(1, sizeof *nonces);
    if (!nonces || RAND_bytes(nonces->key, KEY) != 1) {
        free(nonces);
        return NULL;
    }
    nonces->max = max;
    pthread_mutex_init(&nonces->lock, NULL);
    htab_init(&nonces->used);
    TAILQ_INIT(&nonces->oldest);
    return nonces;
}

static void forget(struct digest_nonces *nonces, struct used *used)
{
    htab_remove(&nonces->used, &used->link);
    TAILQ_REMOVE(&nonces->oldest, used, order);
    free(used);
}

void digest_nonce_free(struct digest_nonces **pnonces)
{
    struct digest_nonces *nonces = *pnonces;
    *pnonces = NULL;
    if (!nonces)
        return;
    while (!TAILQ_EMPTY(&nonces->oldest))
        forget(nonces, TAILQ_FIRST(&nonces->oldest));
    htab_fini(&nonces->used);
    pthread_mutex_destroy(&nonces->lock);
    OPENSSL_cleanse(nonces->key, KEY);
    free(nonces);
}

/* --- the text --- */

static uint64_t time_of(unsigned char const name[static NAME])
{
    uint64_t ms;
    memcpy(&ms, name, sizeof ms);
    return ms;
}

static void sign(struct digest_nonces const *nonces, unsigned char const name[static NAME],
                 unsigned char ret[static MAC])
{
    unsigned char mac[EVP_MAX_MD_SIZE] = { 0 };
    (void)HMAC(EVP_sha256(), nonces->key, KEY, name, NAME, mac, NULL);
    memcpy(ret, mac, MAC);
}

void digest_nonce_make(struct digest_nonces const *nonces, char ret[static DIGEST_NONCE_TEXT + 1])
{
    static char const digits[] = "0123456789abcdef";
    struct raw raw;
    uint64_t now_ms = clock_now_ms();
    memcpy(raw.bytes, &now_ms, sizeof now_ms);
    if (RAND_bytes(raw.bytes + sizeof now_ms, RANDOM) != 1)
        abort(); /* OpenSSL has no randomness left to give: nothing here would be safe */
    sign(nonces, raw.bytes, raw.bytes + NAME);
    for (size_t i = 0; i < RAW; i++) {
        ret[2 * i] = digits[raw.bytes[i] >> 4];
        ret[2 * i + 1] = digits[raw.bytes[i] & 15];
    }
    ret[DIGEST_NONCE_TEXT] = '\0';
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_ours(struct digest_nonces const *nonces, char const *text, struct raw *ret)
{
    unsigned char mac[MAC];
    if (strlen(text) != DIGEST_NONCE_TEXT)
        return false;
    for (size_t i = 0; i < RAW; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret->bytes[i] = (unsigned char)(high << 4 | low);
    }
    sign(nonces, ret->bytes, mac);
    return CRYPTO_memcmp(mac, ret->bytes + NAME, MAC) == 0;
}

/* --- the counts --- */

static bool is_name(struct htab_entry const *link, void const *name)
{
    return memcmp(((struct used const *)link)->name, name, NAME) == 0;
}

static void make_room(struct digest_nonces *nonces)
{
    while (nonces->used.n >= nonces->max) {
        struct used *oldest = TAILQ_FIRST(&nonces->oldest);
        uint64_t ms = time_of(oldest->name);
        if (ms > nonces->forgotten_ms)
            nonces->forgotten_ms = ms;
        forget(nonces, oldest);
    }
}

static enum digest_nonce_verdict use_first(struct digest_nonces *nonces,
                                           unsigned char const name[static NAME], uint32_t count)
{
    if (time_of(name) <= nonces->forgotten_ms)
        return DIGEST_NONCE_STALE;
    make_room(nonces);
    struct used *used = calloc(1, sizeof *used);
    if (!used || htab_insert(&nonces->used, &used->link, htab_hash(name, NAME, 0)) < 0) {
        free(used);
        return DIGEST_NONCE_STALE; /* what cannot be remembered must not be used */
    }
    memcpy(used->name, name, NAME);
    used->count = count;
    TAILQ_INSERT_TAIL(&nonces->oldest, used, order);
    return DIGEST_NONCE_FRESH;
}

static enum digest_nonce_verdict use(struct digest_nonces *nonces,
                                     unsigned char const name[static NAME], uint32_t count)
{
    struct used *used =
        (struct used *)htab_find(&nonces->used, htab_hash(name, NAME, 0), is_name, name);
    if (!used)
        return use_first(nonces, name, count);
    if (count <= used->count)
        return DIGEST_NONCE_REPLAYED;
    used->count = count;
    return DIGEST_NONCE_FRESH;
}

enum digest_nonce_verdict digest_nonce_use(struct digest_nonces *nonces, char const *nonce,
                                           uint32_t count, uint64_t lifetime_ms)
{
    struct raw raw;
    if (!is_ours(nonces, nonce, &raw) || clock_now_ms() - time_of(raw.bytes) > lifetime_ms)
        return DIGEST_NONCE_STALE;
    pthread_mutex_lock(&nonces->lock);
    enum digest_nonce_verdict verdict = use(nonces, raw.bytes, count);
    pthread_mutex_unlock(&nonces->lock);
    return verdict;
}
