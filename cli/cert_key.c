/* SPDX-License-Identifier: Apache-2.0 */
/* Making and describing keys. */
#include "cert_key.h"
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

enum { RSA_BITS_MIN = 2048, EC_BITS_MIN = 224, P_384_BITS = 384 };

/* The guide offers RSA of 3072 and 4096 bits for new certificates; 2048 is for peers that know no
 * better. */
static struct {
    char const *name;
    unsigned rsa_bits;
    char const *curve;
} const types[] = {
    { "rsa:3072", 3072, NULL }, { "rsa:4096", 4096, NULL }, { "rsa:2048", 2048, NULL },
    { "ec:P-256", 0, "P-256" }, { "ec:P-384", 0, "P-384" },
};

char const cert_key_types[] = "rsa:3072, rsa:4096, rsa:2048, ec:P-256, ec:P-384";

EVP_PKEY *cert_key_new(char const *type, struct cert_fault *fault)
{
    EVP_PKEY *key = NULL;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (type && strcmp(types[i].name, type) != 0)
            continue;
        key = types[i].curve ? EVP_EC_gen(types[i].curve) : EVP_RSA_gen(types[i].rsa_bits);
        if (!key)
            cert_fault_set(fault, "no key could be made: %s", cert_fault_reason());
        return key;
    }
    cert_fault_set(fault, "no such type of key: \"%s\"; there are %s", type, cert_key_types);
    return NULL;
}

bool cert_key_is_ec(EVP_PKEY const *key)
{
    return EVP_PKEY_is_a(key, "EC");
}

char const *cert_key_print(EVP_PKEY const *key, char text[static CERT_KEY_TEXT])
{
    char group[CERT_KEY_TEXT / 2] = "";
    char const *nist = NULL;

    if (cert_key_is_ec(key)) {
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
        nist = EC_curve_nid2nist(OBJ_txt2nid(group));
        snprintf(text, CERT_KEY_TEXT, "EC %s", nist ? nist : group);
    } else {
        char const *name = EVP_PKEY_get0_type_name(key);
        snprintf(text, CERT_KEY_TEXT, "%.40s %d bits", name ? name : "unknown",
                 EVP_PKEY_get_bits(key));
    }
    return text;
}

char const *cert_key_weakness(EVP_PKEY const *key)
{
    if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) < RSA_BITS_MIN)
        return "an RSA key of less than 2048 bits";
    if (cert_key_is_ec(key) && EVP_PKEY_get_bits(key) < EC_BITS_MIN)
        return "an EC key of less than 224 bits";
    return NULL;
}

EVP_MD const *cert_key_digest(EVP_PKEY const *key)
{
    if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
        return NULL; /* they bring their own */
    return cert_key_is_ec(key) && EVP_PKEY_get_bits(key) >= P_384_BITS ? EVP_sha384()
                                                                       : EVP_sha256();
}
