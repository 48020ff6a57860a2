/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, names, requests and self-signed certificates, as OpenSSL reads them back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cert_chain.h"
#include "cert_key.h"
#include "cert_request.h"
#include "cert_text.h"
#include "clock.h"
#include <string.h>

static struct {
    char const *type, *text;
} const types[] = {
    { NULL, "RSA 3072 bits" },
    { "rsa:2048", "RSA 2048 bits" },
    { "ec:P-256", "EC P-256" },
    { "ec:P-384", "EC P-384" },
};

static void test_keys(void **state)
{
    char text[CERT_KEY_TEXT];
    struct cert_fault fault;
    (void)state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        EVP_PKEY *key = cert_key_new(types[i].type, &fault);
        assert_non_null(key);
        assert_string_equal(cert_key_print(key, text), types[i].text);
        assert_null(cert_key_weakness(key));
        EVP_PKEY_free(key);
    }
    assert_null(cert_key_new("rsa:1024", &fault));
    assert_non_null(strstr(fault.text, "rsa:3072, rsa:4096"));
    EVP_PKEY *weak = EVP_RSA_gen(1024);
    assert_string_equal(cert_key_weakness(weak), "an RSA key of less than 2048 bits");
    EVP_PKEY_free(weak);
}

static struct {
    char const *typed;
    char const *printed; /* NULL: refused */
} const names[] = {
    { "sip.example.test", "DNS:sip.example.test" },
    { "dns:*.example.test", "DNS:*.example.test" },
    { "192.0.2.1", "IP Address:192.0.2.1" },
    { "IP:2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1" },
    { "2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1" },
    { "sip:example.test", "URI:sip:example.test" },
    { "URI:sip:example.test", "URI:sip:example.test" },
    { "", NULL },
    { "DNS:", NULL },
    { "two words", NULL },
    { "a.test,DNS:b.test", NULL },
    { "IP:300.1.1.1", NULL },
    { "URI:nothing", NULL },
    { "sip:a\n", NULL },
};

static void test_names(void **state)
{
    struct cert_fault fault;
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        STACK_OF(GENERAL_NAME) *list = sk_GENERAL_NAME_new_null();
        int result = cert_request_add_name(list, names[i].typed, &fault);
        assert_int_equal(result, names[i].printed ? 0 : -1);
        if (result == 0) {
            BIO *bio = BIO_new(BIO_s_mem());
            char text[128] = "";
            GENERAL_NAME_print(bio, sk_GENERAL_NAME_value(list, 0));
            BIO_read(bio, text, sizeof text - 1);
            BIO_free(bio);
            assert_string_equal(text, names[i].printed);
        }
        assert_int_equal(cert_request_add_name(list, "x.test", &fault), 0);
        assert_int_equal(cert_request_add_name(list, "DNS:x.test", &fault), 0); /* once */
        assert_int_equal(sk_GENERAL_NAME_num(list), names[i].printed ? 2 : 1);
        sk_GENERAL_NAME_pop_free(list, GENERAL_NAME_free);
    }
}

static void test_request(void **state)
{
    struct cert_fault fault;
    EVP_PKEY *key = cert_key_new("ec:P-256", &fault);
    STACK_OF(GENERAL_NAME) *list = sk_GENERAL_NAME_new_null();
    (void)state;

    assert_int_equal(cert_request_add_name(list, "a.test", &fault), 0);
    X509_REQ *request = cert_request_new(key, "a.test-EC", list, &fault);
    assert_non_null(request);
    json_t *object = cert_text_request(request);
    assert_string_equal(json_string_value(json_object_get(object, "subject")), "CN=a.test-EC");
    assert_string_equal(json_string_value(json_object_get(object, "signature")), "good");
    assert_string_equal(json_string_value(json_array_get(json_object_get(object, "names"), 0)),
                        "DNS:a.test");
    json_decref(object);
    X509_REQ_free(request);
    assert_null(cert_request_new(key, "", list, &fault));
    assert_null(cert_request_new(key, "line\nbreak", list, &fault));
    char longer[CERT_REQUEST_CN_MAX + 2];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_null(cert_request_new(key, longer, list, &fault));
    assert_non_null(strstr(fault.text, "1 to 64 bytes"));
    sk_GENERAL_NAME_pop_free(list, GENERAL_NAME_free);
    EVP_PKEY_free(key);
}

static void test_self_signed(void **state)
{
    struct cert_fault fault;
    EVP_PKEY *key = cert_key_new("ec:P-384", &fault);
    STACK_OF(GENERAL_NAME) *list = sk_GENERAL_NAME_new_null();
    (void)state;

    assert_int_equal(cert_request_add_name(list, "sip:a.test", &fault), 0);
    X509 *cert = cert_request_self_sign(key, "a.test", list, 30, &fault);
    assert_non_null(cert);
    assert_int_equal(X509_self_signed(cert, 1), 1);
    assert_int_equal(X509_check_ca(cert), 0);
    assert_int_equal(X509_get_extended_key_usage(cert), XKU_SSL_SERVER | XKU_SSL_CLIENT);
    assert_int_equal(X509_get_signature_nid(cert), NID_ecdsa_with_SHA384);
    assert_null(cert_chain_doubt(cert));
    assert_in_range(cert_text_days_left(X509_get0_notAfter(cert)), 29, 30);
    clock_advance_ms(UINT64_C(31) * 86400 * 1000);
    assert_string_equal(cert_chain_doubt(cert), "has expired");
    assert_true(cert_text_days_left(X509_get0_notAfter(cert)) < 0);
    X509_free(cert);
    sk_GENERAL_NAME_pop_free(list, GENERAL_NAME_free);
    EVP_PKEY_free(key);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_self_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
