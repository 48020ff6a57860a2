/* SPDX-License-Identifier: Apache-2.0 */
/* Chains from certificates in any order, and those that do not hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cert_chain.h"
#include "cert_pem.h"
#include "cert_request.h"
#include "cert_text.h"
#include "secure_rig.h"
#include <stdlib.h>
#include <string.h>

enum { GIVEN = 6 };

static struct secure_rig_cert const certs[] = {
    { .name = "root", .cn = "Root", .is_ca = true },
    { .name = "mid", .cn = "Middle", .issuer = "root", .is_ca = true },
    { .name = "low", .cn = "Low", .issuer = "mid", .is_ca = true },
    { .name = "leaf", .cn = "leaf.test", .issuer = "low" },
    { .name = "alone", .cn = "alone.test" },
    { .name = "below", .cn = "below.test", .issuer = "leaf" }, /* leaf is no CA */
    { .name = "old", .cn = "old.test", .issuer = "root", .from_s = -7200, .to_s = -3600 },
    { .name = "young", .cn = "young.test", .issuer = "root", .from_s = 3600, .to_s = 7200 },
};

static int setup(void **state)
{
    (void)secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    return 0;
}

static EVP_PKEY *key_of(struct secure_rig const *rig, char const *name)
{
    char file[64], path[SECURE_RIG_PATH];
    struct cert_fault fault;

    snprintf(file, sizeof file, "%s.key", name);
    EVP_PKEY *key = cert_pem_read_key(secure_rig_path(rig, file, path), &fault);
    assert_non_null(key);
    return key;
}

static X509 *cert_of(struct secure_rig const *rig, char const *name)
{
    char file[64], path[SECURE_RIG_PATH];
    struct cert_fault fault;
    struct cert_pem pem;

    snprintf(file, sizeof file, "%s.pem", name);
    assert_int_equal(cert_pem_read(&pem, secure_rig_path(rig, file, path), &fault), 0);
    X509 *cert = sk_X509_shift(pem.certs);
    cert_pem_fini(&pem);
    return cert;
}

static struct {
    char const *given[GIVEN];
    char const *key;
    char const *chain; /* titles; "" = a fault */
    char const *root, *stray;
    bool is_sorted;
    char const *fault;
} const vectors[] = {
    { { "leaf", "low", "mid", "root" }, "leaf", "leaf.test Low Middle", "Root", NULL, false, "" },
    { { "root", "mid", "low", "leaf" }, "leaf", "leaf.test Low Middle", "Root", NULL, false, "" },
    { { "mid", "leaf", "root", "low" }, "leaf", "leaf.test Low Middle", "Root", NULL, true, "" },
    { { "low", "leaf" }, "leaf", "leaf.test Low", NULL, NULL, false, "" },
    { { "leaf" }, "leaf", "leaf.test", NULL, NULL, false, "" },
    { { "alone" }, "alone", "alone.test", NULL, NULL, false, "" },
    { { "alone", "root" }, "alone", "alone.test", NULL, "Root", false, "" },
    /* a gap: what stands above it is not reached */
    { { "leaf", "mid", "root" }, "leaf", "leaf.test", NULL, "Root", false, "" },
    { { "low", "mid", "root" }, "leaf", "", NULL, NULL, false, "none of the certificates" },
    { { 0 }, "leaf", "", NULL, NULL, false, "none of the certificates" },
    { { "below", "leaf", "low", "mid", "root" },
      "below",
      "",
      NULL,
      NULL,
      false,
      "the chain does not hold at \"leaf.test\": invalid CA certificate" },
    /* dates are another question */
    { { "old", "root" }, "old", "old.test", "Root", NULL, false, "" },
};

static void check_chain(struct cert_chain const *chain, size_t i)
{
    char title[CERT_TEXT_TITLE], titles[1024] = "";

    for (int k = 0; k < sk_X509_num(chain->certs); k++) {
        cert_text_title(X509_get_subject_name(sk_X509_value(chain->certs, k)), title);
        snprintf(titles + strlen(titles), sizeof titles - strlen(titles), "%s%s", k ? " " : "",
                 title);
    }
    assert_string_equal(titles, vectors[i].chain);
    assert_int_equal(chain->root != NULL, vectors[i].root != NULL);
    assert_int_equal(chain->stray != NULL, vectors[i].stray != NULL);
    if (chain->root)
        assert_string_equal(cert_text_title(X509_get_subject_name(chain->root), title),
                            vectors[i].root);
    if (chain->stray)
        assert_string_equal(cert_text_title(X509_get_subject_name(chain->stray), title),
                            vectors[i].stray);
    assert_int_equal(chain->is_sorted, vectors[i].is_sorted);
}

static void test_chains(void **state)
{
    struct cert_fault fault;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        STACK_OF(X509) *given = sk_X509_new_null();
        EVP_PKEY *key = key_of(*state, vectors[i].key);
        struct cert_chain chain;
        for (int k = 0; k < GIVEN && vectors[i].given[k]; k++)
            sk_X509_push(given, cert_of(*state, vectors[i].given[k]));
        fault.text[0] = '\0';
        int result = cert_chain_build(&chain, given, key, &fault);
        assert_int_equal(result, *vectors[i].chain ? 0 : -1);
        if (result == 0)
            check_chain(&chain, i);
        else
            assert_non_null(strstr(fault.text, vectors[i].fault));
        cert_chain_fini(&chain);
        EVP_PKEY_free(key);
        sk_X509_pop_free(given, X509_free);
    }
}

static void test_weak_keys_are_refused(void **state)
{
    EVP_PKEY *key = EVP_RSA_gen(1024);
    STACK_OF(GENERAL_NAME) *names = sk_GENERAL_NAME_new_null();
    STACK_OF(X509) *given = sk_X509_new_null();
    struct cert_chain chain;
    struct cert_fault fault;
    (void)state;

    sk_X509_push(given, cert_request_self_sign(key, "weak.test", names, 1, &fault));
    assert_int_equal(cert_chain_build(&chain, given, key, &fault), -1);
    assert_non_null(strstr(fault.text, "at \"weak.test\": EE certificate key too weak"));
    cert_chain_fini(&chain);
    sk_X509_pop_free(given, X509_free);
    sk_GENERAL_NAME_pop_free(names, GENERAL_NAME_free);
    EVP_PKEY_free(key);
}

static void test_dates(void **state)
{
    X509 *old = cert_of(*state, "old"), *young = cert_of(*state, "young");
    X509 *good = cert_of(*state, "leaf");

    assert_string_equal(cert_chain_doubt(old), "has expired");
    assert_string_equal(cert_chain_doubt(young), "is not yet valid");
    assert_null(cert_chain_doubt(good));
    assert_int_equal(cert_text_days_left(X509_get0_notAfter(old)), -1);
    assert_int_equal(cert_text_days_left(X509_get0_notAfter(young)), 0);
    X509_free(old);
    X509_free(young);
    X509_free(good);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_weak_keys_are_refused),
        cmocka_unit_test(test_dates),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
