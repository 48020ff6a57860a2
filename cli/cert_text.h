/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, requests and lists as JSON, which the CLI prints as text, too. */
#pragma once
#include <jansson.h>
#include <openssl/x509.h>
#include <stdint.h>

enum { CERT_TEXT_TITLE = 256, CERT_TEXT_TIME = 32, CERT_TEXT_DIGEST = 96 };

/** {"kind": "certificate", "subject", "issuer", "serial", "names", "key", "signature", "usage",
 *  "ca", "from", "until", "days left", "sha256"}. Caller owns. */
json_t *cert_text_cert(X509 *cert);
json_t *cert_text_request(X509_REQ *request);
json_t *cert_text_crl(X509_CRL *crl);

/** What to call a certificate in one line, as the alarms of the proxy do: the CN of its subject,
 *  else the whole subject. Written to @p text and returned. */
char const *cert_text_title(X509_NAME const *name, char text[static CERT_TEXT_TITLE]);

/** The CN of @p name as UTF-8, or NULL: there is none, or it holds control characters. Caller owns
 *  (free()). */
char *cert_text_cn(X509_NAME const *name);

/** Whole days from now to @p when, negative if it is over. */
int64_t cert_text_days_left(ASN1_TIME const *when);

/** "2026-11-21 15:04:05 UTC", written to @p text and returned. */
char const *cert_text_time(ASN1_TIME const *when, char text[static CERT_TEXT_TIME]);

/** SHA-256 of the certificate as openssl prints it, "AB:CD:...", written to @p text and returned.
 */
char const *cert_text_digest(X509 const *cert, char text[static CERT_TEXT_DIGEST]);
