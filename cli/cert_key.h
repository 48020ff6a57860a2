/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of keys: the lengths and curves of guide-part2 §3.1. */
#pragma once
#include "cert_fault.h"
#include <openssl/evp.h>
#include <stdbool.h>

enum { CERT_KEY_TEXT = 64 };

/** "rsa:3072, rsa:4096, ..." of all that cert_key_new() makes. */
extern char const cert_key_types[];

/** A new key of @p type, a word of cert_key_types; NULL means the first. Caller owns; NULL with
 *  @p fault. */
EVP_PKEY *cert_key_new(char const *type, struct cert_fault *fault);

bool cert_key_is_ec(EVP_PKEY const *key);

/** "RSA 3072 bits", "EC P-256"; written to @p text and returned. */
char const *cert_key_print(EVP_PKEY const *key, char text[static CERT_KEY_TEXT]);

/** Why the public key is too weak to be used at all; static, NULL if it is not. */
char const *cert_key_weakness(EVP_PKEY const *key);

/** What a signature by this key is made over. */
EVP_MD const *cert_key_digest(EVP_PKEY const *key);
