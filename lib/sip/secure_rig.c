/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates for tests: see secure_rig.h. */
#include "secure_rig.h"
#include "secure_link.h"
#include <dirent.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DAY_S = 86400 };

void secure_rig_init(struct secure_rig *rig)
{
    snprintf(rig->dir, sizeof rig->dir, "/tmp/secure_rig_XXXXXX");
    assert_non_null(mkdtemp(rig->dir));
}

char const *secure_rig_path(struct secure_rig const *rig, char const *file,
                            char path[static SECURE_RIG_PATH])
{
    int len = snprintf(path, SECURE_RIG_PATH, "%s/%s", rig->dir, file);

    assert_in_range(len, 1, SECURE_RIG_PATH - 1);
    return path;
}

void secure_rig_fini(struct secure_rig *rig)
{
    DIR *dir = opendir(rig->dir);
    struct dirent *entry;
    char path[SECURE_RIG_PATH];

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlink(secure_rig_path(rig, entry->d_name, path));
    closedir(dir);
    rmdir(rig->dir);
}

static FILE *open_file(struct secure_rig const *rig, char const *name, char const *suffix,
                       char const *mode)
{
    char file[32], path[SECURE_RIG_PATH];

    snprintf(file, sizeof file, "%s%s", name, suffix);
    FILE *open = fopen(secure_rig_path(rig, file, path), mode);
    assert_non_null(open);
    return open;
}

void secure_rig_write(struct secure_rig const *rig, char const *file, char const *text)
{
    FILE *out = open_file(rig, file, "", "w");

    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

void secure_rig_append(struct secure_rig const *rig, char const *to, char const *from)
{
    FILE *in = open_file(rig, from, "", "r"), *out = open_file(rig, to, "", "a");
    char text[4096];
    size_t n;

    while ((n = fread(text, 1, sizeof text, in)) > 0)
        assert_int_equal(fwrite(text, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static X509 *read_cert(struct secure_rig const *rig, char const *name)
{
    FILE *in = open_file(rig, name, ".pem", "r");
    X509 *cert = PEM_read_X509(in, NULL, NULL, NULL);

    assert_non_null(cert);
    fclose(in);
    return cert;
}

static EVP_PKEY *read_key(struct secure_rig const *rig, char const *name)
{
    FILE *in = open_file(rig, name, ".key", "r");
    EVP_PKEY *key = PEM_read_PrivateKey(in, NULL, NULL, NULL);

    assert_non_null(key);
    fclose(in);
    return key;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, char const *text)
{
    X509V3_CTX ctx;

    if (!text)
        return;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, text);
    assert_non_null(extension);
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *make_cert(struct secure_rig_cert const *like, EVP_PKEY *key)
{
    X509 *cert = X509_new();
    static long serial;
    X509_NAME *subject = X509_get_subject_name(cert);

    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), like->from_s ? like->from_s : -DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(cert), like->to_s ? like->to_s : DAY_S);
    X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC, (unsigned char const *)"Test", -1, -1,
                               0);
    if (like->cn)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (unsigned char const *)like->cn, -1,
                                   -1, 0);
    X509_set_pubkey(cert, key);
    return cert;
}

static EVP_PKEY *make_key(char const *kind)
{
    EVP_PKEY *key = NULL;

    if (!kind)
        key = EVP_EC_gen("P-256");
    else if (strcmp(kind, "RSA") == 0)
        key = EVP_RSA_gen(2048);
    else if (strcmp(kind, "RSA 1024") == 0)
        key = EVP_RSA_gen(1024);
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
    assert_non_null(key);
    return key;
}

void secure_rig_make(struct secure_rig *rig, struct secure_rig_cert const *like)
{
    EVP_PKEY *key = make_key(like->kind);
    X509 *cert = make_cert(like, key);
    X509 *issuer = like->issuer ? read_cert(rig, like->issuer) : cert;
    EVP_PKEY *issuer_key = like->issuer ? read_key(rig, like->issuer) : key;

    bool is_eddsa = EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_ED25519;
    X509_set_issuer_name(cert, X509_get_subject_name(issuer));
    add_extension(cert, issuer, NID_basic_constraints, like->is_ca ? "critical,CA:TRUE" : NULL);
    add_extension(cert, issuer, NID_subject_alt_name, like->san);
    add_extension(cert, issuer, NID_ext_key_usage, like->eku);
    assert_true(X509_sign(cert, issuer_key, is_eddsa ? NULL : EVP_sha256()) > 0);

    FILE *out = open_file(rig, like->name, ".pem", "w");
    assert_int_equal(PEM_write_X509(out, cert), 1);
    assert_int_equal(fclose(out), 0);
    out = open_file(rig, like->name, ".key", "w");
    assert_int_equal(PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(out), 0);
    if (like->issuer) {
        X509_free(issuer);
        EVP_PKEY_free(issuer_key);
    }
    X509_free(cert);
    EVP_PKEY_free(key);
}

void secure_rig_revoke(struct secure_rig *rig, char const *name, char const *issuer,
                       char const *revoked, long to_s)
{
    X509 *ca = read_cert(rig, issuer), *cert = read_cert(rig, revoked);
    EVP_PKEY *key = read_key(rig, issuer);
    X509_CRL *list = X509_CRL_new();
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -DAY_S), *to = X509_gmtime_adj(NULL, DAY_S);

    if (to_s)
        X509_gmtime_adj(to, to_s);
    X509_CRL_set_version(list, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(ca));
    X509_CRL_set1_lastUpdate(list, from);
    X509_CRL_set1_nextUpdate(list, to);
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(cert));
    X509_REVOKED_set_revocationDate(entry, from);
    X509_CRL_add0_revoked(list, entry);
    assert_true(X509_CRL_sign(list, key, EVP_sha256()) > 0);
    FILE *out = open_file(rig, name, ".pem", "w");
    assert_int_equal(PEM_write_X509_CRL(out, list), 1);
    assert_int_equal(fclose(out), 0);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    X509_CRL_free(list);
    EVP_PKEY_free(key);
    X509_free(ca);
    X509_free(cert);
}

struct secure_rig *secure_rig_begin(void **state, struct secure_rig_cert const *certs, size_t n)
{
    struct secure_rig *rig = malloc(sizeof *rig);

    assert_non_null(rig);
    secure_rig_init(rig);
    for (size_t i = 0; i < n; i++)
        secure_rig_make(rig, &certs[i]);
    *state = rig;
    return rig;
}

int secure_rig_end(void **state)
{
    secure_rig_fini(*state);
    free(*state);
    return 0;
}

struct secure_context *secure_rig_context(struct secure_rig const *rig, char const *name,
                                          char const *ca, struct secure_settings const *like)
{
    struct secure_settings settings = { .verify_server = true };
    char files[3][32], paths[3][SECURE_RIG_PATH];
    struct secure_fault fault;

    if (like)
        settings = *like;
    settings.name = settings.name ? settings.name : "rig";
    snprintf(files[0], sizeof files[0], "%s.pem", name ? name : "");
    snprintf(files[1], sizeof files[1], "%s.key", name ? name : "");
    snprintf(files[2], sizeof files[2], "%s.pem", ca ? ca : "");
    char const *certificate = secure_rig_path(rig, files[0], paths[0]);
    char const *key = secure_rig_path(rig, files[1], paths[1]);
    if (name) {
        settings.certificates = (struct secure_names){ &certificate, 1 };
        settings.keys = (struct secure_names){ &key, 1 };
    }
    settings.ca = ca ? secure_rig_path(rig, files[2], paths[2]) : NULL;
    struct secure_context *context = secure_context_new(&settings, &fault);
    if (!context)
        fail_msg("%s: %s", fault.setting, fault.text);
    return context;
}

static void carry(struct secure_link *from, struct secure_link *to)
{
    struct buf *out = secure_link_out(from);
    char text[64];

    secure_link_feed(to, out->data, out->len);
    if (!secure_link_cause(to))
        while (secure_link_read(to, text, sizeof text) > 0)
            ;
    buf_consume(out, out->len);
}

void secure_rig_talk(struct secure_link *client, struct secure_link *server)
{
    if (!secure_link_is_open(client) && !secure_link_cause(client))
        secure_link_shake(client);
    while (secure_link_out(client)->len || secure_link_out(server)->len) {
        carry(client, server);
        carry(server, client);
    }
}
