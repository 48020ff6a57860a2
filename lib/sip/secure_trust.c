/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted certificates: see secure_trust.h. */
#include "secure_trust.h"
#include <openssl/ssl.h>

int secure_trust_load(SSL_CTX *ctx, struct secure_settings const *settings,
                      struct secure_fault *fault)
{
    char const *ca = settings->ca && *settings->ca ? settings->ca : NULL;

    if (!ca && settings->verify_peer != SECURE_VERIFY_NONE)
        return secure_fault_set(fault, "ca", "verify_peer wants the certificates that are trusted");
    if (!ca)
        return SSL_CTX_set_default_verify_paths(ctx) == 1
                   ? 0
                   : secure_fault_set(fault, "ca", "the system's certificates cannot be read: %s",
                                      secure_fault_reason());
    if (secure_fault_check_file(fault, "ca", ca) < 0)
        return -1;
    if (SSL_CTX_load_verify_file(ctx, ca) != 1)
        return secure_fault_set(fault, "ca", "\"%s\" holds no usable PEM certificate: %s", ca,
                                secure_fault_reason());
    /* So that a client with several certificates shows one that we trust. */
    if (settings->verify_peer != SECURE_VERIFY_NONE)
        SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(ca));
    return 0;
}
