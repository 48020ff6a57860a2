/* SPDX-License-Identifier: Apache-2.0 */
/* What a TLS handshake shows, kept for people: the certificates of the peer, the path from there to
 * our trust and the judgement of it, whether we were asked for a certificate and which one we
 * showed, and the alerts. secure_link.c fills it in for a link that is only looked at
 * (secure_link_watch()); `crosspoint probe` prints it. Plain values, owned by who made it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SECURE_SIGHT_CERTS = 12, /* further ones are counted only */
    SECURE_SIGHT_TEXT = 256,
    SECURE_SIGHT_NAMES = 1024,
    SECURE_SIGHT_CAS = 8,
};

struct secure_sight_cert {
    char subject[SECURE_SIGHT_TEXT], issuer[SECURE_SIGHT_TEXT]; /* "CN=a.test,O=Test" */
    char names[SECURE_SIGHT_NAMES]; /* alternative names: "DNS:a.test, IP Address:192.0.2.1" */
    char key[40];                   /* "RSA 2048", "EC P-256" */
    int64_t from_s, to_s;           /* since 1970 */
};

struct secure_sight {
    struct secure_sight_cert shown[SECURE_SIGHT_CERTS]; /* as the peer sent them, its own first */
    size_t n_shown;
    char anchor[SECURE_SIGHT_TEXT]; /* subject of the certificate that we trust; "": none */
    bool is_judged;
    int verify_error; /* X509_V_OK, or why the certificate is not accepted */
    char const *why;  /* the same for people; static, "" */

    bool is_asked; /* for our certificate, by one of these */
    char asked[SECURE_SIGHT_CAS][SECURE_SIGHT_TEXT];
    size_t n_asked;   /* 0: any will do */
    bool is_answered; /* with `own` */
    struct secure_sight_cert own;

    int alert;      /* fatal, from the peer (RFC 8446 §6); 0: none, or close_notify */
    int alert_sent; /* fatal, from us */
    int reason;     /* of OpenSSL, when we gave up: SSL_R_... */
};

struct ssl_st;
struct x509_store_ctx_st;

/** Notes the messages of @p ssl from now on into @p sight, which is zeroed here and must live as
 *  long. For secure_link.c. */
void secure_sight_attach(struct secure_sight *sight, struct ssl_st *ssl);

/** Notes the chain and what became of it: @p verify_error and @p why as above. For secure_link.c.
 */
void secure_sight_judge(struct secure_sight *sight, struct x509_store_ctx_st *store,
                        int verify_error, char const *why);
