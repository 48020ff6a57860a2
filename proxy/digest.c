/* SPDX-License-Identifier: Apache-2.0 */
/* Challenges and their answers: see digest.h. */
#include "digest.h"
#include "buf.h"
#include "message.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sofia-sip/sip_header.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 4096 };

static char const *const names[DIGEST_ALGORITHMS] = {
    [DIGEST_SHA256] = "SHA-256",
    [DIGEST_MD5] = "MD5",
};

/* --- hashes --- */

/* H(parts[0]:parts[1]: ...) */
static int hash(enum digest_algorithm algorithm, char const *const *parts, size_t n,
                char ret[static DIGEST_HEX + 1])
{
    static char const digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool done = ctx && EVP_DigestInit_ex(ctx, algorithm == DIGEST_MD5 ? EVP_md5() : EVP_sha256(),
                                         NULL) == 1;
    for (size_t i = 0; done && i < n; i++)
        done = (i == 0 || EVP_DigestUpdate(ctx, ":", 1) == 1) &&
               EVP_DigestUpdate(ctx, parts[i], strlen(parts[i])) == 1;
    done = done && EVP_DigestFinal_ex(ctx, bytes, &len) == 1 && 2 * len <= DIGEST_HEX;
    EVP_MD_CTX_free(ctx);
    for (unsigned i = 0; done && i < len; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[done ? 2 * len : 0] = '\0';
    return done ? 0 : -ENOTSUP;
}

int digest_ha1(enum digest_algorithm algorithm, char const *user, char const *realm,
               char const *password, char ret[static DIGEST_HEX + 1])
{
    char const *const parts[] = { user, realm, password };
    return hash(algorithm, parts, 3, ret);
}

int digest_response(struct digest_credentials const *credentials, char const *ha1,
                    char const *method, char ret[static DIGEST_HEX + 1])
{
    char ha2[DIGEST_HEX + 1];
    char const *const request[] = { method, credentials->uri };
    char const *const all[] = {
        ha1, credentials->nonce, credentials->nc, credentials->cnonce, "auth", ha2
    };
    int error = hash(credentials->algorithm, request, 2, ha2);
    return error < 0 ? error : hash(credentials->algorithm, all, 6, ret);
}

/* --- reading --- */

/* Value of a parameter, without its quotes. Returns 1, 0 if it is not there, or a negative errno:
 * -E2BIG longer than @p size - 1, -EINVAL twice there or without its closing quote. */
static int get_param(msg_auth_t const *auth, char const *name, char *ret, size_t size)
{
    size_t len = strlen(name), n = 0;
    char const *value = NULL;
    for (size_t i = 0; auth->au_params && auth->au_params[i]; i++) {
        char const *param = auth->au_params[i];
        if (strncasecmp(param, name, len) != 0 || param[len] != '=')
            continue;
        if (value)
            return -EINVAL;
        value = param + len + 1;
    }
    if (!value)
        return 0;
    bool quoted = *value == '"';
    for (value += quoted; *value && !(quoted && *value == '"'); value++) {
        if (quoted && *value == '\\' && value[1])
            value++;
        if (n + 1 >= size)
            return -E2BIG;
        ret[n++] = *value;
    }
    ret[n] = '\0';
    return quoted && *value != '"' ? -EINVAL : 1;
}

static bool is_for_realm(msg_auth_t const *auth, char const *realm)
{
    char value[256];
    return auth->au_scheme && strcasecmp(auth->au_scheme, "Digest") == 0 &&
           get_param(auth, "realm", value, sizeof value) == 1 && strcmp(value, realm) == 0;
}

/* RFC 7616 §3.3: MD5 is meant if nothing is said. */
static bool has_algorithm(msg_auth_t const *auth, struct digest_policy const *policy,
                          enum digest_algorithm *ret)
{
    char value[32];
    int found = get_param(auth, "algorithm", value, sizeof value);
    *ret = DIGEST_MD5;
    if (found == 0)
        return policy->offered[DIGEST_MD5];
    for (int i = 0; found == 1 && i < DIGEST_ALGORITHMS; i++)
        if (strcasecmp(value, names[i]) == 0) {
            *ret = (enum digest_algorithm)i;
            return policy->offered[i];
        }
    return false;
}

/* NULL, or what is wrong. */
static char const *read_params(msg_auth_t const *auth, struct digest_credentials *ret)
{
    char qop[16];
    struct {
        char const *name, *wrong;
        char *place;
        size_t size;
    } const wanted[] = {
        { "username", "Authorization: bad username", ret->user, sizeof ret->user },
        { "nonce", "Authorization: bad nonce", ret->nonce, sizeof ret->nonce },
        { "uri", "Authorization: bad uri", ret->uri, sizeof ret->uri },
        { "response", "Authorization: bad response", ret->response, sizeof ret->response },
        { "qop", "Authorization: qop is not auth", qop, sizeof qop },
        { "cnonce", "Authorization: bad cnonce", ret->cnonce, sizeof ret->cnonce },
        { "nc", "Authorization: bad nc", ret->nc, sizeof ret->nc },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (get_param(auth, wanted[i].name, wanted[i].place, wanted[i].size) != 1)
            return wanted[i].wrong;
    if (strcmp(qop, "auth") != 0)
        return "Authorization: qop is not auth";
    if (strlen(ret->nc) != 8 || strspn(ret->nc, "0123456789abcdefABCDEF") != 8)
        return "Authorization: bad nc";
    return NULL;
}

enum digest_verdict digest_find(sip_t const *sip, struct digest_policy const *policy,
                                struct digest_credentials *ret, char const **ret_why)
{
    for (sip_authorization_t const *auth = sip->sip_authorization; auth; auth = auth->au_next) {
        if (!is_for_realm(auth, policy->realm) || !has_algorithm(auth, policy, &ret->algorithm))
            continue;
        *ret_why = read_params(auth, ret);
        return *ret_why ? DIGEST_MALFORMED : DIGEST_OK;
    }
    return DIGEST_ABSENT;
}

/* --- judging --- */

/* RFC 3261 §22.4 lets uri differ from the Request-URI: a proxy may have changed that one. */
enum digest_verdict digest_check(struct digest_nonces *nonces, struct digest_policy const *policy,
                                 struct digest_credentials const *credentials, char const *method,
                                 char const *ha1)
{
    char wanted[DIGEST_HEX + 1];
    size_t len = credentials->algorithm == DIGEST_MD5 ? 32 : DIGEST_HEX;
    uint32_t count = (uint32_t)strtoul(credentials->nc, NULL, 16);
    if (digest_response(credentials, ha1 ? ha1 : "", method, wanted) < 0 ||
        strlen(credentials->response) != len ||
        CRYPTO_memcmp(wanted, credentials->response, len) != 0 || !ha1)
        return DIGEST_WRONG;
    switch (digest_nonce_use(nonces, credentials->nonce, count, policy->lifetime_ms)) {
    case DIGEST_NONCE_FRESH:
        return DIGEST_OK;
    case DIGEST_NONCE_REPLAYED:
        return DIGEST_REPLAYED;
    default:
        return DIGEST_STALE;
    }
}

int digest_challenge(struct digest_nonces const *nonces, struct digest_policy const *policy,
                     bool stale, msg_t *response)
{
    char nonce[DIGEST_NONCE_TEXT + 1];
    struct buf text;
    int error = 0;
    digest_nonce_make(nonces, nonce);
    buf_init(&text, TEXT_MAX);
    for (int i = 0; error == 0 && i < DIGEST_ALGORITHMS; i++) {
        if (!policy->offered[i])
            continue;
        buf_reset(&text);
        buf_printf(&text,
                   "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", algorithm=%s, "
                   "qop=\"auth\"%s",
                   policy->realm, nonce, names[i], stale ? ", stale=true" : "");
        error = buf_ok(&text) ? message_add(response, buf_text(&text)) : -ENOMEM;
    }
    buf_fini(&text);
    return error;
}
