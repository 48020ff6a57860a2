/* SPDX-License-Identifier: Apache-2.0 */
/* Files of trusted certificates and revocation lists: what is taken, and the file that is named
 * when one is not. */
#include "secure_rig.h"
#include "secure_trust.h"
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* One folder of good files, one with a bad one, one with nothing. */
struct rigs {
    struct secure_rig files, good, bad, empty;
};

static struct vector {
    char const *ca, *crl;
    enum secure_crl_check check;
    enum secure_verify verify;
    size_t trusted;
    char const *setting, *text; /* NULL: it is fine */
} const vectors[] = {
    { .ca = "one.pem", .trusted = 1 },
    { .ca = "three.pem", .trusted = 3 },
    { .ca = "GOOD", .trusted = 3 },
    { .ca = "GOOD", .trusted = 3, .verify = SECURE_VERIFY_REQUIRED },
    { .ca = NULL, .trusted = 0 },
    { .ca = "", .trusted = 0 },
    { .ca = "one.pem", .crl = "crl.pem", .check = SECURE_CRL_LEAF, .trusted = 1 },
    { .ca = "one.pem", .crl = "two_crls.pem", .check = SECURE_CRL_CHAIN, .trusted = 1 },
    { .verify = SECURE_VERIFY_OPTIONAL, .setting = "ca", .text = "verify_peer wants" },
    { .ca = "none.pem", .setting = "ca", .text = "none.pem\": No such file" },
    { .ca = "text.pem", .setting = "ca", .text = "text.pem\" holds no usable PEM certificate" },
    { .ca = "one.key", .setting = "ca", .text = "one.key\" holds no usable PEM certificate" },
    { .ca = "cut.pem", .setting = "ca", .text = "cut.pem\" holds no usable PEM certificate" },
    { .ca = "crl.pem", .setting = "ca", .text = "crl.pem\" holds no usable PEM certificate" },
    { .ca = "BAD", .setting = "ca", .text = "/spoilt.pem\" holds no usable PEM certificate" },
    { .ca = "EMPTY", .setting = "ca", .text = "no file in \"" },
    { .ca = "one.pem",
      .crl = "none.pem",
      .check = SECURE_CRL_LEAF,
      .setting = "crls",
      .text = "none.pem\": No such file" },
    { .ca = "one.pem",
      .crl = "one.pem",
      .check = SECURE_CRL_LEAF,
      .setting = "crls",
      .text = "one.pem\" holds no usable PEM revocation list" },
    { .ca = "one.pem",
      .crl = "GOOD",
      .check = SECURE_CRL_LEAF,
      .setting = "crls",
      .text = " is a folder" },
    { .ca = "one.pem", .crl = "crl.pem", .setting = "crl_check", .text = "nobody would look" },
    { .ca = "one.pem", .check = SECURE_CRL_CHAIN, .setting = "crls", .text = "crl_check wants" },
};

static char const *full(struct rigs *rigs, char const *file, char path[SECURE_RIG_PATH])
{
    if (!file || !*file)
        return file;
    if (strcmp(file, "GOOD") == 0)
        return rigs->good.dir;
    if (strcmp(file, "BAD") == 0)
        return rigs->bad.dir;
    if (strcmp(file, "EMPTY") == 0)
        return rigs->empty.dir;
    return secure_rig_path(&rigs->files, file, path);
}

static void test_vectors(void **state)
{
    struct rigs *rigs = *state;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct vector const *v = &vectors[i];
        char paths[2][SECURE_RIG_PATH];
        char const *crl = full(rigs, v->crl, paths[1]);
        struct secure_settings const settings = { .ca = full(rigs, v->ca, paths[0]),
                                                  .crls = { &crl, v->crl ? 1 : 0 },
                                                  .crl_check = v->check,
                                                  .verify_peer = v->verify };
        struct secure_fault fault = { .setting = "" };
        SSL_CTX *ctx = SSL_CTX_new(TLS_method());
        size_t trusted = 99;
        int error = secure_trust_load(ctx, &settings, &trusted, &fault);
        if (error ? !v->setting || strcmp(fault.setting, v->setting) || !strstr(fault.text, v->text)
                  : v->setting != NULL)
            fail_msg("%zu: %d %s: %s", i, error, fault.setting, fault.text);
        if (!error)
            assert_int_equal(trusted, v->trusted);
        if (!error && v->verify)
            assert_int_equal(sk_X509_NAME_num(SSL_CTX_get_client_CA_list(ctx)), v->trusted);
        SSL_CTX_free(ctx);
    }
}

static void keep(void *who, char const *text)
{
    (void)snprintf(who, SECURE_DOUBT_TEXT, "%s", text);
}

static void test_doubts(void **state)
{
    static struct {
        char const *file, *text;
    } const rows[] = {
        { "crl.pem", "" },
        { "old_crl.pem", "the revocation list of \"/O=Test/CN=One\" is out of date" },
    };
    struct rigs *rigs = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char paths[2][SECURE_RIG_PATH], said[SECURE_DOUBT_TEXT] = "";
        char const *crl = secure_rig_path(&rigs->files, rows[i].file, paths[0]);
        struct secure_settings const settings = { .ca = secure_rig_path(&rigs->files, "one.pem",
                                                                        paths[1]),
                                                  .crls = { &crl, 1 },
                                                  .crl_check = SECURE_CRL_LEAF };
        struct secure_fault fault;
        SSL_CTX *ctx = SSL_CTX_new(TLS_method());
        size_t trusted;
        assert_int_equal(secure_trust_load(ctx, &settings, &trusted, &fault), 0);
        secure_trust_doubts(ctx, keep, said);
        if (*rows[i].text ? !strstr(said, rows[i].text) : *said)
            fail_msg("%s: %s", rows[i].file, said);
        SSL_CTX_free(ctx);
    }
}

static void copy(struct rigs *rigs, char const *from, struct secure_rig *to, char const *file)
{
    char paths[2][SECURE_RIG_PATH];
    FILE *in = fopen(secure_rig_path(&rigs->files, from, paths[0]), "r");
    char text[4000];
    size_t len = fread(text, 1, sizeof text - 1, in);

    text[len] = '\0';
    fclose(in);
    secure_rig_write(to, file, text);
}

static int setup(void **state)
{
    static struct rigs rigs;
    static char const *const names[] = { "one", "two", "three" }, *const cns[] = { "One", "Two",
                                                                                   "Three" };

    secure_rig_init(&rigs.files);
    secure_rig_init(&rigs.good);
    secure_rig_init(&rigs.bad);
    secure_rig_init(&rigs.empty);
    for (int i = 0; i < 3; i++)
        secure_rig_make(&rigs.files, &(struct secure_rig_cert){
                                         .name = names[i], .cn = cns[i], .is_ca = i < 2 });
    copy(&rigs, "one.pem", &rigs.good, "one.pem");
    copy(&rigs, "two.pem", &rigs.good, "two.crt");
    copy(&rigs, "two.pem", &rigs.good, "again.pem");
    copy(&rigs, "three.pem", &rigs.good, "three.cer");
    secure_rig_write(&rigs.good, "README", "not a certificate\n");
    secure_rig_write(&rigs.good, "0123abcd.0", "not a certificate\n");
    copy(&rigs, "one.pem", &rigs.bad, "one.pem");
    secure_rig_write(&rigs.bad, "spoilt.pem", "not a certificate\n");
    secure_rig_write(&rigs.empty, "README", "not a certificate\n");
    secure_rig_append(&rigs.files, "three.pem", "one.pem");
    secure_rig_append(&rigs.files, "three.pem", "two.pem");
    secure_rig_write(&rigs.files, "text.pem", "this is not it\n");
    secure_rig_write(&rigs.files, "cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    secure_rig_revoke(&rigs.files, "crl", "one", "two", 0);
    secure_rig_revoke(&rigs.files, "two_crls", "two", "one", 0);
    secure_rig_append(&rigs.files, "two_crls.pem", "crl.pem");
    secure_rig_revoke(&rigs.files, "old_crl", "one", "two", -3600);
    *state = &rigs;
    return 0;
}

static int teardown(void **state)
{
    struct rigs *rigs = *state;

    secure_rig_fini(&rigs->files);
    secure_rig_fini(&rigs->good);
    secure_rig_fini(&rigs->bad);
    secure_rig_fini(&rigs->empty);
    return 0;
}

int main(void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_doubts),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
