/* SPDX-License-Identifier: Apache-2.0 */
/* Causes of TLS failures: see secure_cause.h. */
#include "secure_cause.h"
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stddef.h>
#include <string.h>

/* Beyond every errno and what libuv adds to them. */
enum { FIRST_ERROR = 10000 };

/* What OpenSSL makes of an alert that it received: this plus the number of the alert. */
enum { FIRST_ALERT = 1000, LAST_ALERT = 1255 };

struct translation {
    int from;
    enum secure_cause to;
};

static struct {
    char const *name, *text;
} const rows[SECURE_CAUSES] = {
    { "none", "" },
#define CAUSE(name, text) { #name, text },
#include "secure_causes.def"
#undef CAUSE
};

/* clang-format off */
static struct translation const chain_errors[] = {
    { X509_V_OK, SECURE_FINE },
    { X509_V_ERR_CERT_HAS_EXPIRED, SECURE_expired },
    { X509_V_ERR_CERT_NOT_YET_VALID, SECURE_not_yet_valid },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, SECURE_untrusted },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, SECURE_untrusted },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, SECURE_untrusted },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, SECURE_untrusted },
    { X509_V_ERR_CERT_UNTRUSTED, SECURE_untrusted },
    { X509_V_ERR_CERT_REJECTED, SECURE_untrusted },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, SECURE_self_signed },
    { X509_V_ERR_HOSTNAME_MISMATCH, SECURE_wrong_name },
    { X509_V_ERR_APPLICATION_VERIFICATION, SECURE_not_selected },
    { X509_V_ERR_CERT_REVOKED, SECURE_revoked },
    { X509_V_ERR_UNABLE_TO_GET_CRL, SECURE_no_crl },
    { X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, SECURE_no_crl },
    { X509_V_ERR_DIFFERENT_CRL_SCOPE, SECURE_no_crl },
    { X509_V_ERR_CRL_HAS_EXPIRED, SECURE_old_crl },
    { X509_V_ERR_CRL_NOT_YET_VALID, SECURE_old_crl },
    { X509_V_ERR_CRL_SIGNATURE_FAILURE, SECURE_bad_crl },
    { X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, SECURE_bad_crl },
    { X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, SECURE_bad_crl },
    { X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, SECURE_bad_crl },
    { X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, SECURE_bad_crl },
    { X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, SECURE_bad_crl },
    { X509_V_ERR_CRL_PATH_VALIDATION_ERROR, SECURE_bad_crl },
    { X509_V_ERR_INVALID_PURPOSE, SECURE_wrong_use },
    { X509_V_ERR_INVALID_CA, SECURE_wrong_use },
    { X509_V_ERR_KEYUSAGE_NO_CERTSIGN, SECURE_wrong_use },
    { X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE, SECURE_wrong_use },
    { X509_V_ERR_CERT_CHAIN_TOO_LONG, SECURE_too_deep },
    { X509_V_ERR_PATH_LENGTH_EXCEEDED, SECURE_too_deep },
    { X509_V_ERR_EE_KEY_TOO_SMALL, SECURE_weak },
    { X509_V_ERR_CA_KEY_TOO_SMALL, SECURE_weak },
    { X509_V_ERR_CA_MD_TOO_WEAK, SECURE_weak },
    { X509_V_ERR_OUT_OF_MEM, SECURE_ours },
    { X509_V_ERR_UNSPECIFIED, SECURE_ours },
};

static struct translation const ssl_errors[] = {
    { SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, SECURE_no_certificate },
    { SSL_R_HTTP_REQUEST, SECURE_not_tls },
    { SSL_R_HTTPS_PROXY_REQUEST, SECURE_not_tls },
    { SSL_R_UNSUPPORTED_PROTOCOL, SECURE_no_version },
    { SSL_R_UNKNOWN_PROTOCOL, SECURE_no_version },
    { SSL_R_VERSION_TOO_LOW, SECURE_no_version },
    { SSL_R_UNSUPPORTED_SSL_VERSION, SECURE_no_version },
    { SSL_R_WRONG_SSL_VERSION, SECURE_no_version },
    { SSL_R_INAPPROPRIATE_FALLBACK, SECURE_no_version },
    { SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SECURE_no_version },
    { SSL_R_TLSV1_ALERT_INAPPROPRIATE_FALLBACK, SECURE_no_version },
    { SSL_R_NO_SHARED_CIPHER, SECURE_no_cipher },
    { SSL_R_NO_SUITABLE_KEY_SHARE, SECURE_no_cipher },
    { SSL_R_NO_SHARED_GROUPS, SECURE_no_cipher },
    { SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SECURE_no_cipher },
    { SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SECURE_no_cipher },
    { SSL_R_WRONG_SIGNATURE_TYPE, SECURE_no_cipher },
    { SSL_R_WRONG_CIPHER_RETURNED, SECURE_no_cipher },
    { SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, SECURE_no_cipher },
    { SSL_R_DH_KEY_TOO_SMALL, SECURE_weak },
    { SSL_R_EE_KEY_TOO_SMALL, SECURE_weak },
    { SSL_R_CA_KEY_TOO_SMALL, SECURE_weak },
    { SSL_R_CA_MD_TOO_WEAK, SECURE_weak },
    { SSL_R_NO_APPLICATION_PROTOCOL, SECURE_no_protocol },
    { SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, SECURE_no_protocol },
    { SSL_R_NO_RENEGOTIATION, SECURE_renegotiation },
    { SSL_R_SSLV3_ALERT_NO_CERTIFICATE, SECURE_not_accepted },
    { SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SECURE_not_accepted },
    { SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SECURE_not_accepted },
    { SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SECURE_not_accepted },
    { SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, SECURE_not_accepted },
    { SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SECURE_not_accepted },
    { SSL_R_TLSV1_ALERT_UNKNOWN_CA, SECURE_not_accepted },
    { SSL_R_TLSV1_ALERT_ACCESS_DENIED, SECURE_not_accepted },
    { SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SECURE_not_accepted },
    { ERR_R_ASN1_LIB, SECURE_bad_certificate },
    { ERR_R_X509_LIB, SECURE_bad_certificate },
    { ERR_R_MALLOC_FAILURE, SECURE_ours },
    { ERR_R_INTERNAL_ERROR, SECURE_ours },
};
/* clang-format on */

static enum secure_cause translate(struct translation const *table, size_t n, int from,
                                   enum secure_cause otherwise)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].from == from)
            return table[i].to;
    return otherwise;
}

char const *secure_cause_name(enum secure_cause cause)
{
    return (unsigned)cause < SECURE_CAUSES ? rows[cause].name : "?";
}

char const *secure_cause_text(enum secure_cause cause)
{
    return (unsigned)cause < SECURE_CAUSES ? rows[cause].text : "?";
}

bool secure_cause_is_rejection(enum secure_cause cause)
{
    return cause >= SECURE_no_certificate && cause <= SECURE_bad_certificate;
}

enum secure_cause secure_cause_of_chain(int error)
{
    return translate(chain_errors, sizeof chain_errors / sizeof *chain_errors, error,
                     SECURE_bad_certificate);
}

enum secure_cause secure_cause_of_ssl(unsigned long error)
{
    int lib = ERR_GET_LIB(error), reason = ERR_GET_REASON(error);

    /* Whatever cannot be taken apart was in a certificate: nothing else is ASN.1. */
    if (lib == ERR_LIB_ASN1 || lib == ERR_LIB_X509 || lib == ERR_LIB_X509V3)
        return SECURE_bad_certificate;
    if (lib != ERR_LIB_SSL)
        return SECURE_protocol;
    bool is_alert = reason >= FIRST_ALERT && reason <= LAST_ALERT;
    return translate(ssl_errors, sizeof ssl_errors / sizeof *ssl_errors, reason,
                     is_alert ? SECURE_alert : SECURE_protocol);
}

int secure_cause_error(enum secure_cause cause)
{
    return -FIRST_ERROR - (int)cause;
}

enum secure_cause secure_cause_of_error(int error)
{
    bool is_one = error < -FIRST_ERROR && error > -FIRST_ERROR - SECURE_CAUSES;

    return is_one ? (enum secure_cause)(-FIRST_ERROR - error) : SECURE_FINE;
}

char const *secure_cause_error_text(int error)
{
    enum secure_cause cause = secure_cause_of_error(error);
    int number = error < 0 && error > -FIRST_ERROR ? -error : error;
    char const *text = cause ? secure_cause_text(cause) : strerrordesc_np(number);

    return text ? text : "unknown error";
}
