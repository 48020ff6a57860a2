/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts: what makes one, and the cause named when something does not. */
#include "secure_context.h"
#include "secure_rig.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char const *const one[] = { "a.test" };
static char const *const with_empty[] = { "a.test", "" };

/* Files are named without their folder. */
static struct vector {
    struct secure_settings settings;
    char const *setting, *text; /* NULL: it is fine */
} const vectors[] = {
    { { .certificate = "a.pem", .key = "a.key" }, NULL, NULL },
    { { .certificate = "both.pem" }, NULL, NULL },
    { { .certificate = "both.pem", .key = "" }, NULL, NULL },
    { { .name = "only to connect" }, NULL, NULL },
    { { .certificate = "a.pem",
        .key = "a.key",
        .ca = "ca.pem",
        .verify_peer = SECURE_VERIFY_REQUIRED,
        .subjects = one,
        .n_subjects = 1,
        .min_version = SECURE_TLS_1_3 },
      NULL,
      NULL },
    { { .ciphers = "ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA" }, NULL, NULL },
    { { .certificate = "none.pem", .key = "a.key" }, "certificate", "none.pem\": No such file" },
    { { .certificate = "a.key", .key = "a.key" },
      "certificate",
      "holds no usable PEM certificate" },
    { { .certificate = "text.pem", .key = "a.key" }, "certificate", "no start line" },
    { { .certificate = "a.pem", .key = "none.key" }, "key", "none.key\": No such file" },
    { { .certificate = "a.pem" }, "key", "a.pem\" holds no usable PEM key" },
    { { .certificate = "a.pem", .key = "b.key" }, "key", "b.key\" is not the key of" },
    { { .certificate = "a.pem", .key = "rsa.key" }, "key", "rsa.key\" is not the key of" },
    { { .certificate = "a.pem", .key = "secret.key" }, "key", "secret.key\" is encrypted" },
    { { .key = "a.key" }, "certificate", "there is a key but no certificate" },
    { { .ca = "none.pem" }, "ca", "none.pem\": No such file" },
    { { .ca = "a.key" }, "ca", "a.key\" holds no usable PEM certificate" },
    { { .verify_peer = SECURE_VERIFY_OPTIONAL }, "ca", "verify_peer wants" },
    { { .ciphers = "NONSENSE" }, "ciphers", "\"NONSENSE\" selects no cipher" },
    { { .ca = "ca.pem", .subjects = one, .n_subjects = 1 }, "subjects", "verify_peer is none" },
    { { .ca = "ca.pem",
        .verify_peer = SECURE_VERIFY_REQUIRED,
        .subjects = with_empty,
        .n_subjects = 2 },
      "subjects",
      "entry 2 is empty" },
};

static char const *full(struct secure_rig *rig, char const *file, char path[SECURE_RIG_PATH])
{
    return file && *file ? secure_rig_path(rig, file, path) : file;
}

static void test_settings(void **state)
{
    struct secure_rig *rig = *state;
    char paths[3][SECURE_RIG_PATH];

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct secure_settings settings = vectors[i].settings;
        struct secure_fault fault;
        settings.name = settings.name ? settings.name : "x";
        settings.certificate = full(rig, settings.certificate, paths[0]);
        settings.key = full(rig, settings.key, paths[1]);
        settings.ca = full(rig, settings.ca, paths[2]);
        struct secure_context *context = secure_context_new(&settings, &fault);
        if (!vectors[i].setting) {
            if (!context)
                fail_msg("%zu: %s: %s", i, fault.setting, fault.text);
            assert_string_equal(secure_context_name(context), settings.name);
            assert_int_equal(secure_context_has_certificate(context), settings.certificate != NULL);
        } else if (context || strcmp(fault.setting, vectors[i].setting) != 0 ||
                   !strstr(fault.text, vectors[i].text)) {
            fail_msg("%zu: %s: %s", i, context ? "made" : fault.setting, fault.text);
        }
        struct secure_context *again = secure_context_ref(context);
        secure_context_unref(&context);
        assert_null(context);
        if (again)
            assert_string_equal(secure_context_name(again), settings.name);
        secure_context_unref(&again);
    }
}

static void test_unreadable(void **state)
{
    struct secure_rig *rig = *state;
    struct secure_settings settings = { .name = "x" };
    char path[SECURE_RIG_PATH];
    struct secure_fault fault;

    /* A folder cannot be read as a file even by root. */
    settings.certificate = rig->dir;
    assert_null(secure_context_new(&settings, &fault));
    assert_string_equal(fault.setting, "certificate");
    settings.certificate = secure_rig_path(rig, "a.pem/x", path);
    assert_null(secure_context_new(&settings, &fault));
    assert_non_null(strstr(fault.text, "Not a directory"));
}

static void test_doubts(void **state)
{
    static char const *const rows[][2] = { { "a", NULL },
                                           { NULL, NULL },
                                           { "old", "the certificate has expired" },
                                           { "young", "the certificate is not yet valid" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secure_context *context = secure_rig_context(*state, rows[i][0], "ca", NULL);
        if (rows[i][1])
            assert_string_equal(secure_context_doubt(context), rows[i][1]);
        else
            assert_null(secure_context_doubt(context));
        secure_context_unref(&context);
    }
}

static void write_rsa_key(struct secure_rig *rig)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    char path[SECURE_RIG_PATH];
    FILE *out = fopen(secure_rig_path(rig, "rsa.key", path), "w");

    PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
    fclose(out);
    out = fopen(secure_rig_path(rig, "secret.key", path), "w");
    PEM_write_PrivateKey(out, key, EVP_aes_128_cbc(), (unsigned char *)"word", 4, NULL, NULL);
    fclose(out);
    EVP_PKEY_free(key);
}

static void append(struct secure_rig *rig, char const *to, char const *from)
{
    char path[SECURE_RIG_PATH], text[4096];
    FILE *in = fopen(secure_rig_path(rig, from, path), "r");
    size_t n = fread(text, 1, sizeof text, in);
    FILE *out = fopen(secure_rig_path(rig, to, path), "a");

    assert_int_equal(fwrite(text, 1, n, out), n);
    fclose(in);
    fclose(out);
}

static int setup(void **state)
{
    static struct secure_rig rig;
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .issuer = "ca" },
        { .name = "old", .cn = "a.test", .issuer = "ca", .from_s = -20, .to_s = -10 },
        { .name = "young", .cn = "a.test", .issuer = "ca", .from_s = 3600, .to_s = 7200 },
    };

    secure_rig_init(&rig);
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        secure_rig_make(&rig, &certs[i]);
    append(&rig, "both.pem", "a.pem");
    append(&rig, "both.pem", "ca.pem");
    append(&rig, "both.pem", "a.key");
    secure_rig_write(&rig, "text.pem", "this is not it\n");
    write_rsa_key(&rig);
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
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_doubts),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
