/* SPDX-License-Identifier: Apache-2.0 */
/* Causes of TLS failures: names, words, numbers, and what OpenSSL's errors become. */
#include "secure_cause.h"
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <uv.h>

#include <cmocka.h>

static struct {
    int error;
    enum secure_cause cause;
} const chains[] = {
    { X509_V_OK, SECURE_FINE },
    { X509_V_ERR_CERT_HAS_EXPIRED, SECURE_expired },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, SECURE_untrusted },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, SECURE_untrusted },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, SECURE_self_signed },
    { X509_V_ERR_CERT_REVOKED, SECURE_revoked },
    { X509_V_ERR_UNABLE_TO_GET_CRL, SECURE_no_crl },
    { X509_V_ERR_CRL_HAS_EXPIRED, SECURE_old_crl },
    { X509_V_ERR_INVALID_PURPOSE, SECURE_wrong_use },
    { X509_V_ERR_EE_KEY_TOO_SMALL, SECURE_weak },
    { X509_V_ERR_CERT_SIGNATURE_FAILURE, SECURE_bad_certificate },
    { 123456, SECURE_bad_certificate },
};

static struct {
    int lib, reason;
    enum secure_cause cause;
} const errors[] = {
    { ERR_LIB_SSL, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, SECURE_no_certificate },
    { ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL, SECURE_no_version },
    { ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER, SECURE_no_cipher },
    { ERR_LIB_SSL, SSL_R_TLSV1_ALERT_UNKNOWN_CA, SECURE_not_accepted },
    { ERR_LIB_SSL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SECURE_no_version },
    { ERR_LIB_SSL, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SECURE_alert },
    { ERR_LIB_SSL, SSL_R_UNEXPECTED_MESSAGE, SECURE_protocol },
    { ERR_LIB_SSL, ERR_R_INTERNAL_ERROR, SECURE_ours },
    { ERR_LIB_ASN1, SSL_R_NO_SHARED_CIPHER, SECURE_bad_certificate },
    { ERR_LIB_BN, SSL_R_NO_SHARED_CIPHER, SECURE_protocol },
};

static void test_translation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof chains / sizeof *chains; i++)
        assert_string_equal(secure_cause_name(secure_cause_of_chain(chains[i].error)),
                            secure_cause_name(chains[i].cause));
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        assert_string_equal(
            secure_cause_name(secure_cause_of_ssl(ERR_PACK(errors[i].lib, 0, errors[i].reason))),
            secure_cause_name(errors[i].cause));
    assert_int_not_equal(secure_cause_of_ssl(0), SECURE_FINE);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(secure_cause_name(SECURE_FINE), "none");
    assert_string_equal(secure_cause_text(SECURE_FINE), "");
    for (int i = 1; i < SECURE_CAUSES; i++) {
        assert_true(*secure_cause_name((enum secure_cause)i));
        assert_null(strpbrk(secure_cause_text((enum secure_cause)i), "\"\n"));
        /* `show peers` keeps so many bytes. */
        assert_in_range(strlen(secure_cause_text((enum secure_cause)i)), 1, 79);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(secure_cause_text((enum secure_cause)i),
                                    secure_cause_text((enum secure_cause)j));
    }
    assert_true(secure_cause_is_rejection(SECURE_no_certificate));
    assert_true(secure_cause_is_rejection(SECURE_bad_certificate));
    assert_false(secure_cause_is_rejection(SECURE_FINE));
    assert_false(secure_cause_is_rejection(SECURE_not_tls));
}

static void test_errors(void **state)
{
    static int const others[] = { 0, 1, -1, -EKEYREJECTED, UV_EOF, -9999, -10000, INT32_MIN };

    (void)state;
    for (int i = 1; i < SECURE_CAUSES; i++) {
        int error = secure_cause_error((enum secure_cause)i);
        assert_true(error < UV_EOF);
        assert_int_equal(secure_cause_of_error(error), i);
        assert_string_equal(secure_cause_error_text(error),
                            secure_cause_text((enum secure_cause)i));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(secure_cause_of_error(others[i]), SECURE_FINE);
    assert_int_equal(secure_cause_of_error(secure_cause_error(SECURE_CAUSES)), SECURE_FINE);
    assert_string_equal(secure_cause_error_text(-ECONNREFUSED), "Connection refused");
    assert_string_equal(secure_cause_error_text(INT32_MIN), "unknown error");
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_translation),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
