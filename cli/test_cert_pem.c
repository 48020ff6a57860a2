/* SPDX-License-Identifier: Apache-2.0 */
/* Files of certificates as certification authorities and administrators make them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "cert_key.h"
#include "cert_pem.h"
#include "secure_rig.h"
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
    struct secure_rig *rig = secure_rig_begin(state, NULL, 0);

    secure_rig_make(rig, &(struct secure_rig_cert){ .name = "a", .cn = "a.test" });
    secure_rig_make(rig, &(struct secure_rig_cert){ .name = "b", .cn = "b.test" });
    return 0;
}

static int read_file(struct secure_rig const *rig, char const *file, struct cert_pem *ret,
                     struct cert_fault *fault)
{
    char path[SECURE_RIG_PATH];

    return cert_pem_read(ret, secure_rig_path(rig, file, path), fault);
}

static X509 *cert_of(struct secure_rig const *rig, char const *file)
{
    struct cert_fault fault;
    struct cert_pem pem;

    assert_int_equal(read_file(rig, file, &pem, &fault), 0);
    X509 *cert = sk_X509_shift(pem.certs);
    cert_pem_fini(&pem);
    return cert;
}

static void test_several_blocks(void **state)
{
    X509 *a = cert_of(*state, "a.pem"), *b = cert_of(*state, "b.pem");
    EVP_PKEY *key = cert_key_new("ec:P-256", &(struct cert_fault){ "" });
    struct cert_fault fault;
    struct cert_pem pem;
    struct buf text;

    buf_init(&text, 65536);
    buf_puts(&text, "Bag Attributes\n    friendlyName: x\n");
    cert_pem_add_cert(&text, a);
    buf_puts(&text, "-----BEGIN DH PARAMETERS-----\nMAYCAQUCAQI=\n-----END DH PARAMETERS-----\n");
    cert_pem_add_key(&text, key);
    cert_pem_add_cert(&text, b);
    assert_true(buf_ok(&text));
    secure_rig_write(*state, "all.pem", buf_text(&text));
    assert_int_equal(read_file(*state, "all.pem", &pem, &fault), 0);
    assert_int_equal(sk_X509_num(pem.certs), 2);
    assert_int_equal(X509_cmp(sk_X509_value(pem.certs, 1), b), 0);
    assert_non_null(pem.key);
    assert_int_equal(EVP_PKEY_eq(pem.key, key), 1);
    assert_null(pem.request);
    cert_pem_fini(&pem);
    buf_fini(&text);
    EVP_PKEY_free(key);
    X509_free(a);
    X509_free(b);
}

static BIO *new_file(struct secure_rig const *rig, char const *file)
{
    char path[SECURE_RIG_PATH];

    return BIO_new_file(secure_rig_path(rig, file, path), "wb");
}

static void test_der_and_bundles(void **state)
{
    X509 *a = cert_of(*state, "a.pem"), *b = cert_of(*state, "b.pem");
    static char const *const files[] = { "b.p7b", "b.p7b.pem" };
    PKCS7 *bundle = PKCS7_new();
    BIO *bio = new_file(*state, "a.cer");
    struct cert_fault fault;
    struct cert_pem pem;

    assert_int_equal(i2d_X509_bio(bio, a), 1);
    BIO_free(bio);
    assert_int_equal(read_file(*state, "a.cer", &pem, &fault), 0);
    assert_int_equal(X509_cmp(sk_X509_value(pem.certs, 0), a), 0);
    cert_pem_fini(&pem);
    PKCS7_set_type(bundle, NID_pkcs7_signed);
    PKCS7_content_new(bundle, NID_pkcs7_data);
    PKCS7_add_certificate(bundle, a);
    PKCS7_add_certificate(bundle, b);
    bio = new_file(*state, files[0]);
    assert_int_equal(i2d_PKCS7_bio(bio, bundle), 1);
    BIO_free(bio);
    bio = new_file(*state, files[1]);
    assert_int_equal(PEM_write_bio_PKCS7(bio, bundle), 1);
    BIO_free(bio);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read_file(*state, files[i], &pem, &fault), 0);
        assert_int_equal(sk_X509_num(pem.certs), 2);
        cert_pem_fini(&pem);
    }
    PKCS7_free(bundle);
    X509_free(a);
    X509_free(b);
}

static struct {
    char const *text, *fault;
} const bad[] = {
    { "", "holds no certificate, request, list or key" },
    { "no certificate\n", "holds no certificate, request, list or key" },
    { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "a block \"CERTIFICATE\" is broken" },
    { "-----BEGIN CERTIFICATE-----\nAAAA\n", "a PEM block is broken" },
    { "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
      "a block \"X509 CRL\" is broken" },
};

static void test_faults(void **state)
{
    struct cert_fault fault;
    struct cert_pem pem;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        secure_rig_write(*state, "bad.pem", bad[i].text);
        assert_int_equal(read_file(*state, "bad.pem", &pem, &fault), -1);
        assert_non_null(strstr(fault.text, bad[i].fault));
        cert_pem_fini(&pem);
    }
    assert_int_equal(read_file(*state, "missing.pem", &pem, &fault), -1);
    assert_non_null(strstr(fault.text, "No such file"));
    cert_pem_fini(&pem);
    assert_int_equal(read_file(*state, ".", &pem, &fault), -1);
    cert_pem_fini(&pem);
}

static void test_key_with_passphrase(void **state)
{
    EVP_PKEY *key = cert_key_new("ec:P-256", &(struct cert_fault){ "" });
    char path[SECURE_RIG_PATH];
    struct cert_fault fault;
    BIO *bio = new_file(*state, "locked.key");

    assert_int_equal(
        PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), "word", 4, NULL, NULL), 1);
    BIO_free(bio);
    assert_null(cert_pem_read_key(secure_rig_path(*state, "locked.key", path), &fault));
    assert_non_null(strstr(fault.text, "is encrypted"));
    assert_null(cert_pem_read_key(secure_rig_path(*state, "a.pem", path), &fault));
    assert_non_null(strstr(fault.text, "holds no usable PEM key"));
    EVP_PKEY_free(key);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_several_blocks),
        cmocka_unit_test(test_der_and_bundles),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_key_with_passphrase),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
