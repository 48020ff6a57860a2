/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ciphers: which ones OpenSSL is given, in which order, and what is said of the others. */
#include "secure_ciphers.h"
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIFTY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

enum { NAMES_MAX = 6, LIST_TEXT = 2000 };

static struct vector {
    char const *names[NAMES_MAX];
    char const *list; /* the ciphers of TLS 1.2 then chosen, names of OpenSSL */
    char const *said; /* instead: part of the fault */
} const vectors[] = {
    /* The four of the guide, in its order and in another. */
    { { "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
      "ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 "
      "ECDHE-RSA-AES128-GCM-SHA256",
      NULL },
    { { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
      "ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384",
      NULL },
    { { "ECDHE-RSA-AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA" },
      "ECDHE-RSA-AES128-GCM-SHA256 AES128-SHA",
      NULL },
    { { "tls_rsa_with_aes_128_cbc_sha" }, "AES128-SHA", NULL },
    { { "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA" },
      "ECDHE-RSA-AES256-GCM-SHA384 AES128-SHA",
      NULL },
    { { "ECDHE-RSA-AES256-GCM-SHA384, TLS_RSA_WITH_AES_128_CBC_SHA" },
      "ECDHE-RSA-AES256-GCM-SHA384 AES128-SHA",
      NULL },
    { { "ECDHE+AESGCM:!RC4:!TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384:!aECDSA" },
      "ECDHE-RSA-AES128-GCM-SHA256",
      NULL },
    { { "AES128-SHA:AES256-SHA", "+TLS_RSA_WITH_AES_128_CBC_SHA" }, "AES256-SHA AES128-SHA", NULL },
    { { "AES128-SHA:AES256-SHA:@STRENGTH" }, "AES256-SHA AES128-SHA", NULL },
    { { "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
      NULL,
      "\"TLS_RSA_WITH_3DES_EDE_CBC_SHA\" is not built into OpenSSL any more: 3DES has blocks of 64 "
      "bits (SWEET32). Take TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, or for a peer that is old "
      "TLS_RSA_WITH_AES_128_CBC_SHA" },
    { { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
      NULL,
      "3DES has blocks" },
    { { "DES-CBC3-SHA" }, NULL, "\"DES-CBC3-SHA\" is not built" },
    { { "HIGH:DES-CBC3-SHA" }, NULL, "\"DES-CBC3-SHA\" is not built" },
    { { "ECDHE+AESGCM:3DES" }, NULL, "\"3DES\" is not built" },
    { { "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA" },
      NULL,
      "Take TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
    { { "RC4-MD5" }, NULL, "RC4 is forbidden" },
    { { "TLS_RSA_WITH_DES_CBC_SHA" }, NULL, "56 bits" },
    { { "TLS_RSA_EXPORT_WITH_RC4_40_MD5" }, NULL, "export ciphers" },
    { { "TLS_RSA_WITH_IDEA_CBC_SHA" }, NULL, "hardly anybody has this cipher" },
    { { "ECDH-RSA-AES128-SHA" }, NULL, "fixed Diffie-Hellman" },
    { { "TLS_RSA_WITH_NULL_SHA" }, NULL, "\"TLS_RSA_WITH_NULL_SHA\" is never used: it encrypts" },
    { { "ADH-AES128-SHA" }, NULL, "neither side would show a certificate" },
    { { "TLS_PSK_WITH_AES_128_CBC_SHA" }, NULL, "a secret that both sides share" },
    { { "RSA-PSK-AES128-CBC-SHA" }, NULL, "a secret that both sides share" },
    { { "SRP-RSA-AES-128-CBC-SHA" }, NULL, "a secret that both sides share" },
    { { "DHE-DSS-AES128-SHA" }, NULL, "a DSA key" },
    { { "eNULL:aNULL" }, NULL, "leaves no cipher" },
    { { "AES128-SHA:!AES" }, NULL, "leaves no cipher" },
    { { "TLS_AES_128_GCM_SHA256" },
      NULL,
      "\"TLS_AES_128_GCM_SHA256\" is a suite of TLS 1.3: it belongs to ciphersuites" },
    { { "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA383" },
      NULL,
      "is no cipher that is known; nearest is \"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\"" },
    { { "ECDHE-RSA-AES128-GMC-SHA256" }, NULL, "nearest is \"ECDHE-RSA-AES128-GCM-SHA256\"" },
    { { "TLS_RSA_WITH_3DES_EDE_CBC_SHAA" }, NULL, "nearest is \"TLS_RSA_WITH_3DES_EDE_CBC_SHA\"" },
    { { "AES128-SHA:NONSENSE" }, NULL, "\"NONSENSE\" is no cipher that is known" },
    { { "AES128-SHA", "" }, NULL, "entry 2 is empty" },
    { { " : " }, NULL, "entry 1 is empty" },
    { { "AES128-SHA " FIFTY FIFTY },
      NULL,
      "is no cipher that is known" },
}, suites[] = {
    { { "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256" },
      "TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_CCM_SHA256",
      NULL },
    { { "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384" },
      "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384",
      NULL },
    { { "TLS_AES_128_GCM_SHA255" }, NULL, "nearest is \"TLS_AES_128_GCM_SHA256\"" },
    { { "HIGH" }, NULL, "is no cipher that is known" },
    { { "AES128-SHA" }, NULL, "is a cipher of TLS 1.2 or older: it belongs to ciphers" },
    { { "" }, NULL, "entry 1 is empty" },
};

static struct secure_names names_of(char const *const names[static NAMES_MAX])
{
    struct secure_names ret = { .v = names };

    while (ret.n < NAMES_MAX && names[ret.n])
        ret.n++;
    return ret;
}

/* What @p ctx has now, of TLS 1.3 or of the older ones. */
static void print(SSL_CTX *ctx, bool of_13, char text[static LIST_TEXT])
{
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(ctx);
    int at = 0;

    text[0] = '\0';
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        SSL_CIPHER const *cipher = sk_SSL_CIPHER_value(ciphers, i);
        if ((strcmp(SSL_CIPHER_get_version(cipher), "TLSv1.3") == 0) == of_13)
            at += snprintf(text + at, LIST_TEXT - (size_t)at, "%s%s", at ? " " : "",
                           SSL_CIPHER_get_name(cipher));
        assert_in_range(at, 0, LIST_TEXT - 1);
    }
}

static void check(struct vector const *v, bool of_13)
{
    struct secure_settings settings = { .name = "x" };
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct secure_fault fault;
    char text[LIST_TEXT];

    *(of_13 ? &settings.suites : &settings.ciphers) = names_of(v->names);
    int error = secure_ciphers_set(ctx, &settings, &fault);
    if (v->list) {
        if (error)
            fail_msg("%s: %s", v->names[0], fault.text);
        print(ctx, of_13, text);
        assert_string_equal(text, v->list);
    } else {
        assert_int_equal(error, -1);
        assert_string_equal(fault.setting, of_13 ? "ciphersuites" : "ciphers");
        if (!strstr(fault.text, v->said))
            fail_msg("%s: %s", v->names[0], fault.text);
    }
    SSL_CTX_free(ctx);
}

static void test_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        check(&vectors[i], false);
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        check(&suites[i], true);
}

/* Nothing named: forward secret, authenticated, and known to TLS 1.0 only where that is wanted. */
static void test_defaults(void **state)
{
    struct secure_settings settings = { .name = "x" };
    SSL_CTX *ctx = SSL_CTX_new(TLS_method());
    struct secure_fault fault;
    char text[LIST_TEXT];

    (void)state;
    assert_int_equal(secure_ciphers_set(ctx, &settings, &fault), 0);
    print(ctx, false, text);
    assert_non_null(strstr(text, "ECDHE-ECDSA-AES256-GCM-SHA384"));
    assert_null(strstr(text, "AES128-SHA"));
    print(ctx, true, text);
    assert_string_equal(
        text, "TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256");
    assert_true(secure_ciphers_serve(ctx, "RSA"));
    assert_true(secure_ciphers_serve(ctx, "ECDSA"));
    assert_true(secure_ciphers_serve(ctx, "EdDSA"));
    assert_false(secure_ciphers_are_old(ctx));
    settings.min_version = SECURE_TLS_1_1;
    assert_int_equal(secure_ciphers_set(ctx, &settings, &fault), 0);
    assert_true(secure_ciphers_are_old(ctx));
    settings.ciphers = (struct secure_names){ &vectors[0].names[2], 2 };
    assert_int_equal(secure_ciphers_set(ctx, &settings, &fault), 0);
    assert_true(secure_ciphers_serve(ctx, "RSA"));
    assert_false(secure_ciphers_serve(ctx, "ECDSA"));
    SSL_CTX_free(ctx);
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_defaults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
