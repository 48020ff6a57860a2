/* SPDX-License-Identifier: Apache-2.0 */
/* What a TLS handshake shows, kept for people: the certificates of the peer, the path from there to
 * our trust and the judgement of it, whether we were asked for a certificate and which one we
 * showed, and the alerts. secure_link.c fills it in for a link that is only looked at
 * (secure_link_watch()); `crosspoint probe` prints it. Plain values, owned by who made it. */
#pragma once
#include "secure_cause.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SECURE_SIGHT_CERTS = 12, /* further ones are counted only */
    SECURE_SIGHT_TEXT = 256,
    SECURE_SIGHT_NAMES = 1024,
    SECURE_SIGHT_CAS = 8,
};

/* Alerts that end a handshake (RFC 8446 §6.2, RFC 6066 §9). */
enum secure_sight_alert {
    SECURE_SIGHT_HANDSHAKE_FAILURE = 40,
    SECURE_SIGHT_BAD_CERTIFICATE = 42,
    SECURE_SIGHT_UNSUPPORTED_CERTIFICATE,
    SECURE_SIGHT_CERTIFICATE_REVOKED,
    SECURE_SIGHT_CERTIFICATE_EXPIRED,
    SECURE_SIGHT_CERTIFICATE_UNKNOWN,
    SECURE_SIGHT_UNKNOWN_CA = 48,
    SECURE_SIGHT_ACCESS_DENIED,
    SECURE_SIGHT_PROTOCOL_VERSION = 70,
    SECURE_SIGHT_INTERNAL_ERROR = 80,
    SECURE_SIGHT_UNRECOGNIZED_NAME = 112,
    SECURE_SIGHT_CERTIFICATE_REQUIRED = 116,
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
    enum secure_cause cause; /* why the certificate is not accepted; SECURE_FINE: it is */
    char const *detail;      /* what OpenSSL says about it; static, "" */
    bool is_ignored;         /* whatever the cause, our context would have gone on */

    bool is_asked; /* for our certificate, by one of these */
    char asked[SECURE_SIGHT_CAS][SECURE_SIGHT_TEXT];
    size_t n_asked;   /* 0: any will do */
    bool is_answered; /* with `own` */
    struct secure_sight_cert own;

    int alert; /* fatal, from the peer, perhaps an enum secure_sight_alert; 0: none */
};

struct ssl_st;
struct x509_store_ctx_st;

/** Notes the messages of @p ssl from now on into @p sight, which is zeroed here and must live as
 *  long. For secure_link.c. */
void secure_sight_attach(struct secure_sight *sight, struct ssl_st *ssl);

/** Notes the chain and what became of it: @p cause and @p detail as above. For secure_link.c. */
void secure_sight_judge(struct secure_sight *sight, struct x509_store_ctx_st *store,
                        enum secure_cause cause, char const *detail);
