/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a certificate of this node is for: the names that were typed, or those of the
 * configuration. */
#pragma once
#include "cert_run.h"
#include <openssl/x509v3.h>

struct cert_names {
    char cn[256];
    STACK_OF(GENERAL_NAME) * sans;
};

/** From --cn and --san. Without --cn: the node's name, with "-EC" behind it for an EC key
 *  (guide-part2 §3.1). Without --san: node name and domains of the configuration if a context or no
 *  CN was named, else the CN. Returns CLI_OK or the exit code; cert_names_fini() in both cases. */
int cert_names_collect(struct cert_run *run, EVP_PKEY const *key, struct cert_names *ret);
void cert_names_fini(struct cert_names *names);
