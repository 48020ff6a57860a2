/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted certificates and revocation lists: see secure_trust.h. */
#include "secure_trust.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Beyond this many, a peer is not told whom we trust: the message has an end (RFC 5246 §7.4.4). */
enum { NAMED_MAX = 200 };

static bool is_folder(char const *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* What a setting is about, and how it gets into the store. */
struct kind {
    char const *setting, *what;
    int (*take)(X509_STORE *store, X509_INFO const *entry); /* 1: it was one */
};

static int take_certificate(X509_STORE *store, X509_INFO const *entry)
{
    return entry->x509 && X509_STORE_add_cert(store, entry->x509) == 1;
}

static int take_list(X509_STORE *store, X509_INFO const *entry)
{
    return entry->crl && X509_STORE_add_crl(store, entry->crl) == 1;
}

static struct kind const certificates = { "ca", "certificate", take_certificate },
                         lists = { "crls", "revocation list", take_list };

/* Everything of a kind in a file of PEM, which must hold one at least. */
static int load_file(SSL_CTX *ctx, char const *path, struct kind const *kind,
                     struct secure_fault *fault)
{
    STACK_OF(X509_INFO) *all = NULL;
    int n = 0;

    if (secure_fault_check_file(fault, kind->setting, path) < 0)
        return -1;
    if (is_folder(path))
        return secure_fault_set(fault, kind->setting, "\"%s\" is a folder", path);
    BIO *in = BIO_new_file(path, "r");
    if (in)
        all = PEM_X509_INFO_read_bio(in, NULL, NULL, NULL);
    BIO_free(in);
    if (!all)
        return secure_fault_set(fault, kind->setting, "\"%s\" holds no usable PEM %s: %s", path,
                                kind->what, secure_fault_reason());
    for (int i = 0; i < sk_X509_INFO_num(all); i++)
        n += kind->take(SSL_CTX_get_cert_store(ctx), sk_X509_INFO_value(all, i));
    sk_X509_INFO_pop_free(all, X509_INFO_free);
    return n ? 0
             : secure_fault_set(fault, kind->setting, "\"%s\" holds no usable PEM %s", path,
                                kind->what);
}

/* --- certificates -------------------------------------------------------------------------------
 */

static bool has_suffix(char const *name, char const *suffix)
{
    size_t len = strlen(name), wanted = strlen(suffix);

    return len > wanted && strcmp(name + len - wanted, suffix) == 0;
}

/* Not the links by hash that OpenSSL's tools make beside them. */
static int is_certificate(struct dirent const *entry)
{
    char const *name = entry->d_name;

    return name[0] != '.' &&
           (has_suffix(name, ".pem") || has_suffix(name, ".crt") || has_suffix(name, ".cer"));
}

static int trust_folder(SSL_CTX *ctx, char const *folder, struct secure_fault *fault)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_certificate, alphasort), error = 0;

    if (n < 0)
        return secure_fault_set(fault, "ca", "cannot read \"%s\": %s", folder, strerror(errno));
    if (n == 0)
        error =
            secure_fault_set(fault, "ca", "no file in \"%s\" ends in .pem, .crt or .cer", folder);
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        int len = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (!error && len < (int)sizeof path)
            error = load_file(ctx, path, &certificates, fault);
        free(entries[i]);
    }
    free(entries);
    return error;
}

/* --- revocation ---------------------------------------------------------------------------------
 */

static int load_lists(SSL_CTX *ctx, struct secure_settings const *settings,
                      struct secure_fault *fault)
{
    static unsigned long const flags[] = {
        [SECURE_CRL_NONE] = 0,
        [SECURE_CRL_LEAF] = X509_V_FLAG_CRL_CHECK,
        [SECURE_CRL_CHAIN] = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL,
    };

    if (settings->crls.n && settings->crl_check == SECURE_CRL_NONE)
        return secure_fault_set(fault, "crl_check", "is none, so nobody would look at the crls");
    if (!settings->crls.n && settings->crl_check != SECURE_CRL_NONE)
        return secure_fault_set(fault, "crls", "crl_check wants the lists of what is revoked");
    for (size_t i = 0; i < settings->crls.n; i++)
        if (load_file(ctx, settings->crls.v[i], &lists, fault) < 0)
            return -1;
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), flags[settings->crl_check]);
    return 0;
}

/* --- both ---------------------------------------------------------------------------------------
 */

static size_t count_certificates(SSL_CTX *ctx)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));
    size_t n = 0;

    for (int i = 0; i < sk_X509_OBJECT_num(all); i++)
        n += X509_OBJECT_get_type(sk_X509_OBJECT_value(all, i)) == X509_LU_X509;
    return n;
}

/* So that a client with several certificates shows one that we trust. */
static void name_trust(SSL_CTX *ctx)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));

    for (int i = 0; i < sk_X509_OBJECT_num(all); i++) {
        X509 *cert = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(all, i));
        if (cert)
            SSL_CTX_add_client_CA(ctx, cert);
    }
}

int secure_trust_load(SSL_CTX *ctx, struct secure_settings const *settings, size_t *ret_trusted,
                      struct secure_fault *fault)
{
    char const *ca = settings->ca && *settings->ca ? settings->ca : NULL;
    /* One that is judged later is wanted in any case. */
    bool is_asked = settings->verify_peer == SECURE_VERIFY_OPTIONAL ||
                    settings->verify_peer == SECURE_VERIFY_REQUIRED;

    if (!ca && is_asked)
        return secure_fault_set(fault, "ca", "verify_peer wants the certificates that are trusted");
    if (!ca && SSL_CTX_set_default_verify_paths(ctx) != 1)
        return secure_fault_set(fault, "ca", "the system's certificates cannot be read: %s",
                                secure_fault_reason());
    if (ca && (is_folder(ca) ? trust_folder(ctx, ca, fault)
                             : load_file(ctx, ca, &certificates, fault)) < 0)
        return -1;
    *ret_trusted = ca ? count_certificates(ctx) : 0;
    if (is_asked && *ret_trusted <= NAMED_MAX)
        name_trust(ctx);
    return load_lists(ctx, settings, fault);
}

void secure_trust_doubts(SSL_CTX *ctx, secure_doubt_fn *say, void *who)
{
    STACK_OF(X509_OBJECT) *all = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));

    for (int i = 0; i < sk_X509_OBJECT_num(all); i++) {
        X509_CRL *list = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(all, i));
        char issuer[200], text[SECURE_DOUBT_TEXT];
        ASN1_TIME const *next = list ? X509_CRL_get0_nextUpdate(list) : NULL;
        if (!next || X509_cmp_current_time(next) > 0)
            continue;
        X509_NAME_oneline(X509_CRL_get_issuer(list), issuer, sizeof issuer);
        snprintf(text, sizeof text,
                 "the revocation list of \"%s\" is out of date: its certificates are refused",
                 issuer);
        say(who, text);
    }
}
