/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the TLS part, for secure_context.c and secure_link.c alone. */
#pragma once
#include "secure_choice.h"
#include "secure_context.h"
#include "secure_expiry.h"
#include "secure_verify.h"
#include <openssl/ssl.h>
#include <stdatomic.h>

struct secure_context {
    atomic_uint refs;
    SSL_CTX *ctx;
    BIO_METHOD *bio; /* the bytes of a link */
    struct secure_choice choice;
    struct secure_expiry_list expiries;
    struct secure_verify_policy policy;
    bool no_empty_fragments;
    size_t n_trusted; /* certificates; 0: those of the system */
    char name[];
};

/** Methods of the BIO through which OpenSSL reads and writes a link, or NULL. */
BIO_METHOD *secure_link_bio_new(void);

/** Judges the certificate of a peer: an SSL_CTX_set_cert_verify_callback function. */
int secure_link_verify(X509_STORE_CTX *store, void *unused);
