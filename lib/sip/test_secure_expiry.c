/* SPDX-License-Identifier: Apache-2.0 */
/* What a context tells about the ends of its certificates and lists. */
#include "secure_context.h"
#include "secure_expiry.h"
#include "secure_rig.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { DAY_S = 86400, SOME_S = 600 };

static struct secure_rig_cert const certs[] = {
    { .name = "ca", .cn = "CA", .is_ca = true, .from_s = -2 * DAY_S, .to_s = 20 * DAY_S },
    { .name = "leaf", .cn = "leaf.test", .issuer = "ca", .to_s = 10 * DAY_S },
    { .name = "odd", .cn = "one\ntwo\x7f", .issuer = "ca", .to_s = 3 * DAY_S },
    { .name = "nameless", .san = "DNS:a.test", .to_s = 3 * DAY_S },
};

/* Is there one of this kind and title that ends in about @p days? */
static bool has(struct secure_context const *context, enum secure_expiry_kind kind,
                char const *title, int days)
{
    struct secure_expiry const *expiry;

    for (size_t i = 0; (expiry = secure_context_expiry(context, i)); i++) {
        int64_t off_s = expiry->until_s - time(NULL) - (int64_t)days * DAY_S;
        if (expiry->kind == kind && strcmp(expiry->title, title) == 0 && off_s > -SOME_S &&
            off_s < SOME_S && expiry->from_s < expiry->until_s)
            return true;
    }
    return false;
}

static size_t count(struct secure_context const *context)
{
    size_t n = 0;

    while (secure_context_expiry(context, n))
        n++;
    return n;
}

static void test_own_chain_and_trust(void **state)
{
    struct secure_rig rig;
    struct secure_context *context;
    char file[SECURE_RIG_PATH], key[SECURE_RIG_PATH], ca[SECURE_RIG_PATH];
    (void)state;

    secure_rig_init(&rig);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        secure_rig_make(&rig, &certs[i]);
    secure_rig_append(&rig, "leaf.pem", "ca.pem");
    char const *const files[] = { secure_rig_path(&rig, "leaf.pem", file) };
    char const *const keys[] = { secure_rig_path(&rig, "leaf.key", key) };
    struct secure_settings settings = { .name = "x",
                                        .certificates = { files, 1 },
                                        .keys = { keys, 1 },
                                        .ca = secure_rig_path(&rig, "ca.pem", ca) };
    struct secure_fault fault;
    context = secure_context_new(&settings, &fault);
    assert_non_null(context);
    assert_int_equal(count(context), 3);
    assert_true(has(context, SECURE_EXPIRY_OWN, "leaf.test", 10));
    assert_true(has(context, SECURE_EXPIRY_CHAIN, "CA", 20));
    assert_true(has(context, SECURE_EXPIRY_TRUST, "CA", 20));
    secure_context_unref(&context);
    /* The system looks after its own trust. */
    settings.ca = NULL;
    context = secure_context_new(&settings, &fault);
    assert_int_equal(count(context), 2);
    secure_context_unref(&context);
    secure_rig_fini(&rig);
}

static void test_lists(void **state)
{
    struct secure_rig rig;
    char ca[SECURE_RIG_PATH], crl[SECURE_RIG_PATH];
    struct secure_fault fault;
    (void)state;

    secure_rig_init(&rig);
    secure_rig_make(&rig, &certs[0]);
    secure_rig_make(&rig, &certs[1]);
    secure_rig_revoke(&rig, "list", "ca", "leaf", 5L * DAY_S);
    char const *const lists[] = { secure_rig_path(&rig, "list.pem", crl) };
    struct secure_settings const settings = { .name = "x",
                                              .ca = secure_rig_path(&rig, "ca.pem", ca),
                                              .crls = { lists, 1 },
                                              .crl_check = SECURE_CRL_LEAF,
                                              .verify_peer = SECURE_VERIFY_REQUIRED };
    struct secure_context *context = secure_context_new(&settings, &fault);
    assert_non_null(context);
    assert_int_equal(count(context), 2);
    assert_true(has(context, SECURE_EXPIRY_TRUST, "CA", 20));
    assert_true(has(context, SECURE_EXPIRY_CRL, "CA", 5));
    assert_string_equal(secure_expiry_kind_str(SECURE_EXPIRY_CRL), "crl");
    secure_context_unref(&context);
    secure_rig_fini(&rig);
}

static void test_titles(void **state)
{
    struct secure_rig rig;
    (void)state;

    secure_rig_init(&rig);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        secure_rig_make(&rig, &certs[i]);
    struct secure_context *odd = secure_rig_context(&rig, "odd", NULL, NULL);
    struct secure_context *nameless = secure_rig_context(&rig, "nameless", NULL, NULL);
    assert_true(has(odd, SECURE_EXPIRY_OWN, "one?two?", 3));
    assert_true(has(nameless, SECURE_EXPIRY_OWN, "/O=Test", 3));
    secure_context_unref(&odd);
    secure_context_unref(&nameless);
    secure_rig_fini(&rig);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_own_chain_and_trust),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_titles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
