/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about a peer's certificate. */
#include "secure_identity.h"
#include "secure_rig.h"
#include "secure_verify.h"
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void test_selected(void **state)
{
    struct secure_rig *rig = *state;
    char *subjects[] = { "other.test", "B.test" };
    struct secure_verify_policy policy = { .subjects = subjects, .n_subjects = 2 };
    char path[SECURE_RIG_PATH];
    FILE *in = fopen(secure_rig_path(rig, "ab.pem", path), "r");
    X509 *cert = PEM_read_X509(in, NULL, NULL, NULL);
    struct secure_identity *identity = secure_identity_new(cert);

    fclose(in);
    X509_free(cert);
    assert_true(secure_verify_selects(&policy, identity));
    assert_string_equal(secure_identity_subject(identity), "b.test");
    policy.n_subjects = 1;
    assert_false(secure_verify_selects(&policy, identity));
    policy.n_subjects = 0;
    assert_true(secure_verify_selects(&policy, identity));
    secure_identity_unref(&identity);
}

static int setup(void **state)
{
    static struct secure_rig rig;
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "ab", .cn = "a.test", .san = "DNS:b.test", .issuer = "ca" },
    };

    secure_rig_init(&rig);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        secure_rig_make(&rig, &certs[i]);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    secure_rig_fini(*state);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_selected),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
