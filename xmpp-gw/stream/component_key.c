/* SPDX-License-Identifier: Apache-2.0 */
/* See component_key.h. */
#include "component_key.h"
#include <openssl/evp.h>
#include <string.h>

bool component_key(char const *id, char const *secret, char ret[static COMPONENT_KEY_BYTES])
{
    static char const digits[] = "0123456789abcdef";
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool done = ctx && EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) == 1 &&
                EVP_DigestUpdate(ctx, id, strlen(id)) == 1 &&
                EVP_DigestUpdate(ctx, secret, strlen(secret)) == 1 &&
                EVP_DigestFinal_ex(ctx, bytes, &len) == 1 && 2 * len + 1 == COMPONENT_KEY_BYTES;

    EVP_MD_CTX_free(ctx);
    for (unsigned i = 0; done && i < len; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[done ? 2 * len : 0] = '\0';
    return done;
}
