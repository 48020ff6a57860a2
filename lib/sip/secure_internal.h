/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the TLS part, for secure_context.c and secure_link.c alone. */
#pragma once
#include "secure_choice.h"
#include "secure_context.h"
#include "secure_counts.h"
#include "secure_expiry.h"
#include "secure_keylog.h"
#include "secure_mode.h"
#include "secure_session.h"
#include "secure_ticket.h"
#include "secure_verify.h"
#include <openssl/ssl.h>
#include <stdatomic.h>

struct secure_link;

struct secure_context {
    atomic_uint refs;
    struct secure_mode_library library; /* of ctx */
    SSL_CTX *ctx;
    BIO_METHOD *bio; /* the bytes of a link */
    struct secure_choice choice;
    struct secure_expiry_list expiries;
    struct secure_verify_policy policy;
    struct secure_tickets tickets;   /* given to those who connect */
    struct secure_sessions sessions; /* of those whom we connect to */
    struct secure_keylog keylog;
    bool no_empty_fragments;
    struct secure_counts *counts; /* a reference */
    size_t n_trusted;             /* certificates; 0: those of the system */
    char name[];
};

/** Methods of the BIO through which OpenSSL reads and writes a link, or NULL. */
BIO_METHOD *secure_link_bio_new(void);

/** May @p session, of a ticket that the peer of @p link has sent, go on? */
bool secure_link_resumes(struct secure_link *link, SSL_SESSION const *session);

/** Keeps a copy of @p session, which the peer of @p link has given us. */
void secure_link_keep(struct secure_link *link, SSL_SESSION *session);

/** Chooses what is spoken: an SSL_CTX_set_alpn_select_cb function. */
int secure_link_choose(SSL *ssl, unsigned char const **ret, unsigned char *ret_len,
                       unsigned char const *offers, unsigned len, void *unused);

/** Judges the certificate of a peer: an SSL_CTX_set_cert_verify_callback function. */
int secure_link_verify(X509_STORE_CTX *store, void *unused);
