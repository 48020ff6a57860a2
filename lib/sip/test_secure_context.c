/* SPDX-License-Identifier: Apache-2.0 */
/* TLS contexts: what makes one, and the cause named when something does not. */
#include "secure_certificate.h"
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
static char const *const suite[] = { "TLS_AES_128_GCM_SHA256" };
static char const *const guide[] = {
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
};

/* Files are named without their folder, those of a list with a space between; - is "". */
static struct vector {
    char const *certificates, *keys;
    struct secure_settings settings;
    char const *setting, *text; /* NULL: it is fine */
} const vectors[] = {
    { "a.pem", "a.key", { .name = "x" }, NULL, NULL },
    { "both.pem", "", { .name = "x" }, NULL, NULL },
    { "both.pem", "-", { .name = "x" }, NULL, NULL },
    { "", "", { .name = "only to connect" }, NULL, NULL },
    { "chain.pem", "leaf.key", { .name = "x" }, NULL, NULL },
    { "a.pem rsa.pem ed.pem", "a.key rsa.key ed.key", { .name = "x" }, NULL, NULL },
    { "rsa.pem both.pem", "rsa.key", { .name = "x" }, NULL, NULL },
    { "rsa.pem both.pem", "rsa.key -", { .name = "x" }, NULL, NULL },
    { "a.pem b.pem ab.pem", "a.key b.key ab.key", { .name = "x" }, NULL, NULL },
    { "a.pem",
      "a.key",
      { .ca = "ca.pem",
        .verify_peer = SECURE_VERIFY_REQUIRED,
        .subjects = one,
        .n_subjects = 1,
        .min_version = SECURE_TLS_1_3 },
      NULL,
      NULL },
    { "", "", { .ciphers = { guide, 4 }, .suites = { suite, 1 } }, NULL, NULL },
    { "", "", { .min_version = SECURE_TLS_1_0, .max_version = SECURE_TLS_1_0 }, NULL, NULL },
    { "none.pem", "a.key", { .name = "x" }, "certificates", "none.pem\": No such file" },
    { "a.key", "a.key", { .name = "x" }, "certificates", "holds no usable PEM certificate" },
    { "text.pem", "a.key", { .name = "x" }, "certificates", "no start line" },
    { "torn.pem", "a.key", { .name = "x" }, "certificates", "torn.pem\": certificate 2 is broken" },
    { "-", "", { .name = "x" }, "certificates", "entry 1 is empty" },
    { "a.pem", "none.key", { .name = "x" }, "keys", "none.key\": No such file" },
    { "a.pem", "", { .name = "x" }, "keys", "a.pem\" holds no usable PEM key" },
    { "a.pem", "b.key", { .name = "x" }, "keys", "b.key\" is not the key of" },
    { "a.pem", "rsa.key", { .name = "x" }, "keys", "rsa.key\" is not the key of" },
    { "a.pem rsa.pem", "rsa.key a.key", { .name = "x" }, "keys", "in the order of certificates" },
    { "a.pem", "secret.key", { .name = "x" }, "keys", "secret.key\" is encrypted" },
    { "", "a.key", { .name = "x" }, "keys", "1 keys, but 0 certificates" },
    { "sm2.pem", "sm2.key", { .name = "x" }, "keys", "sm2.key\" is of a kind that TLS does not" },
    { "ca_first.pem", "leaf.key", { .name = "x" }, "certificates", "is that of certificate 2" },
    { "wrong.pem",
      "leaf.key",
      { .name = "x" },
      "certificates",
      "wrong.pem\": certificate 2 (\"CA\") does not issue the one before it (\"leaf.test\")" },
    { "namesake.pem",
      "leaf.key",
      { .name = "x" },
      "certificates",
      "does not issue the one before" },
    { "a.pem a2.pem",
      "a.key a2.key",
      { .name = "x" },
      "certificates",
      "are both of the kind ECDSA" },
    { "ab.pem a.pem", "ab.key a.key", { .name = "x" }, "certificates", "would never be shown" },
    { "", "", { .ca = "none.pem" }, "ca", "none.pem\": No such file" },
    { "", "", { .ca = "a.key" }, "ca", "a.key\" holds no usable PEM certificate" },
    { "", "", { .verify_peer = SECURE_VERIFY_OPTIONAL }, "ca", "verify_peer wants" },
    { "", "", { .ciphers = { suite, 1 } }, "ciphers", "belongs to ciphersuites" },
    { "", "", { .suites = { guide, 1 } }, "ciphersuites", "belongs to ciphers" },
    { "",
      "",
      { .min_version = SECURE_TLS_1_3, .max_version = SECURE_TLS_1_2 },
      "max_version",
      "older than min_version" },
    { "", "", { .max_version = SECURE_TLS_1_1 }, "max_version", "older than min_version" },
    { "",
      "",
      { .ca = "ca.pem", .subjects = one, .n_subjects = 1 },
      "subjects",
      "verify_peer is none" },
    { "",
      "",
      { .ca = "ca.pem",
        .verify_peer = SECURE_VERIFY_REQUIRED,
        .subjects = with_empty,
        .n_subjects = 2 },
      "subjects",
      "entry 2 is empty" },
};

enum { FILES_MAX = 4 };

struct files {
    char paths[FILES_MAX][SECURE_RIG_PATH];
    char const *v[FILES_MAX];
    size_t n;
};

static void list(struct secure_rig *rig, char const *text, struct files *ret)
{
    for (ret->n = 0; *text; ret->n++) {
        char file[40];
        size_t len = strcspn(text, " ");
        assert_in_range(ret->n, 0, FILES_MAX - 1);
        snprintf(file, sizeof file, "%.*s", (int)len, text);
        ret->v[ret->n] =
            strcmp(file, "-") == 0 ? "" : secure_rig_path(rig, file, ret->paths[ret->n]);
        text += len;
        text += strspn(text, " ");
    }
}

static void test_settings(void **state)
{
    struct secure_rig *rig = *state;
    struct files certificates, keys;
    char path[SECURE_RIG_PATH];

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct secure_settings settings = vectors[i].settings;
        struct secure_fault fault;
        list(rig, vectors[i].certificates, &certificates);
        list(rig, vectors[i].keys, &keys);
        settings.name = settings.name ? settings.name : "x";
        settings.certificates = (struct secure_names){ certificates.v, certificates.n };
        settings.keys = (struct secure_names){ keys.v, keys.n };
        settings.ca = settings.ca ? secure_rig_path(rig, settings.ca, path) : NULL;
        struct secure_context *context = secure_context_new(&settings, &fault);
        if (!vectors[i].setting) {
            if (!context)
                fail_msg("%zu: %s: %s", i, fault.setting, fault.text);
            assert_string_equal(secure_context_name(context), settings.name);
            assert_int_equal(secure_context_has_certificate(context), certificates.n > 0);
            if (certificates.n)
                assert_string_equal(secure_context_certificate(context, 0)->file,
                                    certificates.v[0]);
            assert_null(secure_context_certificate(context, certificates.n));
        } else if (context || strcmp(fault.setting, vectors[i].setting) != 0 ||
                   !strstr(fault.text, vectors[i].text)) {
            fail_msg("%zu: %s: %s", i, context ? "made" : fault.setting, fault.text);
        }
        secure_context_unref(&context);
        assert_null(context);
    }
}

static void test_unreadable(void **state)
{
    struct secure_rig *rig = *state;
    struct secure_settings settings = { .name = "x" };
    char path[SECURE_RIG_PATH];
    struct secure_fault fault;

    /* A folder cannot be read as a file even by root. */
    char const *file = rig->dir;
    settings.certificates = (struct secure_names){ &file, 1 };
    assert_null(secure_context_new(&settings, &fault));
    assert_string_equal(fault.setting, "certificates");
    file = secure_rig_path(rig, "a.pem/x", path);
    assert_null(secure_context_new(&settings, &fault));
    assert_non_null(strstr(fault.text, "Not a directory"));
}

static void hear(void *vsaid, char const *text)
{
    char *said = vsaid;

    assert_string_equal(said, ""); /* not twice */
    snprintf(said, SECURE_DOUBT_TEXT, "%s", text);
}

static void test_doubts(void **state)
{
    static char const *const rows[][2] = { { "a", NULL },
                                           { NULL, NULL },
                                           { "old", "old.pem\" has expired" },
                                           { "young", "young.pem\" is not yet valid" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct secure_context *context = secure_rig_context(*state, rows[i][0], "ca", NULL);
        char said[SECURE_DOUBT_TEXT] = "";
        secure_context_doubts(context, hear, said);
        if (rows[i][1] ? !strstr(said, rows[i][1]) : *said)
            fail_msg("%zu: %s", i, said);
        secure_context_unref(&context);
    }
}

static void write_encrypted(struct secure_rig *rig)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char path[SECURE_RIG_PATH];
    FILE *out = fopen(secure_rig_path(rig, "secret.key", path), "w");

    PEM_write_PrivateKey(out, key, EVP_aes_128_cbc(), (unsigned char *)"word", 4, NULL, NULL);
    fclose(out);
    EVP_PKEY_free(key);
}

static int setup(void **state)
{
    static struct secure_rig_cert const certs[] = {
        { .name = "ca", .cn = "CA", .is_ca = true },
        { .name = "a", .cn = "a.test", .issuer = "ca" },
        { .name = "b", .cn = "b.test", .issuer = "ca" },
        { .name = "old", .cn = "a.test", .issuer = "ca", .from_s = -20, .to_s = -10 },
        { .name = "a2", .cn = "a.test", .issuer = "ca" },
        { .name = "ab", .cn = "a.test", .san = "DNS:b.test", .issuer = "ca" },
        { .name = "rsa", .cn = "a.test", .issuer = "ca", .kind = "RSA" },
        { .name = "ed", .cn = "a.test", .issuer = "ca", .kind = "ED25519" },
        { .name = "sm2", .cn = "a.test", .issuer = "ca", .kind = "SM2" },
        { .name = "inter", .cn = "Between", .issuer = "ca", .is_ca = true },
        { .name = "other_inter", .cn = "Between", .issuer = "ca", .is_ca = true },
        { .name = "leaf", .cn = "leaf.test", .issuer = "inter" },
        { .name = "young", .cn = "a.test", .issuer = "ca", .from_s = 3600, .to_s = 7200 },
    };
    static char const *const files[][2] = {
        { "both.pem", "a.pem" },         { "both.pem", "ca.pem" },
        { "both.pem", "a.key" },         { "chain.pem", "leaf.pem" },
        { "chain.pem", "inter.pem" },    { "chain.pem", "ca.pem" },
        { "ca_first.pem", "inter.pem" }, { "ca_first.pem", "leaf.pem" },
        { "wrong.pem", "leaf.pem" },     { "wrong.pem", "ca.pem" },
        { "wrong.pem", "inter.pem" },    { "namesake.pem", "leaf.pem" },
        { "torn.pem", "a.pem" },         { "namesake.pem", "other_inter.pem" },
        { "torn.pem", "half.pem" },
    };

    struct secure_rig *rig = secure_rig_begin(state, certs, sizeof certs / sizeof *certs);
    secure_rig_write(rig, "half.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        secure_rig_append(rig, files[i][0], files[i][1]);
    secure_rig_write(rig, "text.pem", "this is not it\n");
    write_encrypted(rig);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_doubts),
    };

    return cmocka_run_group_tests(tests, setup, secure_rig_end);
}
