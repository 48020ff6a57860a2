/* SPDX-License-Identifier: Apache-2.0 */
/* What a file of certificates holds: PEM blocks of any kinds, or one certificate or PKCS #7 bundle
 * in DER, as certification authorities send them. */
#pragma once
#include "cert_fault.h"
#include <openssl/x509.h>
#include <stdbool.h>

enum { CERT_PEM_FILE_MAX = 16 << 20, CERT_PEM_CERTS_MAX = 10000 };

struct buf;

struct cert_pem {
    STACK_OF(X509) * certs; /* in the order of the file; never NULL after a read */
    STACK_OF(X509_CRL) * crls;
    X509_REQ *request; /* the first; NULL: none */
    EVP_PKEY *key;     /* the first; NULL: none */
};

/** Reads the file @p path. Blocks of other kinds are passed over; a file that holds nothing of
 *  ours, or a block that is broken, is a fault. Returns 0 or -1 with @p fault; cert_pem_fini() in
 *  both cases. */
int cert_pem_read(struct cert_pem *ret, char const *path, struct cert_fault *fault);
void cert_pem_fini(struct cert_pem *pem);

/** Reads the private key of a file. Caller owns; NULL with @p fault, also for one with a
 *  passphrase: the programs start with nobody there to type it. */
EVP_PKEY *cert_pem_read_key(char const *path, struct cert_fault *fault);

/** Append as PEM; the buffer fails when there is no memory. */
void cert_pem_add_cert(struct buf *out, X509 *cert);
void cert_pem_add_key(struct buf *out, EVP_PKEY *key);
void cert_pem_add_request(struct buf *out, X509_REQ *request);
