/* SPDX-License-Identifier: Apache-2.0 */
/* Trust as files. */
#include "cert_trust.h"
#include "buf.h"
#include "cert_chain.h"
#include "cert_conf.h"
#include "cert_pem.h"
#include "cert_text.h"
#include "cli.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OUT_MAX = 16 << 20, NAME_MAX_LEN = 40 };

/* --- what is trusted ---------------------------------------------------------------------------
 */

struct visitor {
    void (*on_cert)(void *ctx, X509 *cert, char const *file);
    void *ctx;
};

static int visit_file(struct cert_run *run, char const *path, struct visitor const *visitor)
{
    struct cert_pem pem;
    int result = cert_pem_read(&pem, path, &run->fault);

    for (int i = 0; result == 0 && i < sk_X509_num(pem.certs); i++)
        visitor->on_cert(visitor->ctx, sk_X509_value(pem.certs, i), path);
    cert_pem_fini(&pem);
    return result;
}

static bool is_folder(char const *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Those files that the proxy reads in a folder. */
static int is_trust(struct dirent const *entry)
{
    char const *dot = strrchr(entry->d_name, '.');

    return dot && entry->d_name[0] != '.' &&
           (strcmp(dot, ".pem") == 0 || strcmp(dot, ".crt") == 0 || strcmp(dot, ".cer") == 0);
}

/* Files only, in the order of their names. */
static int visit_folder(struct cert_run *run, char const *path, struct visitor const *visitor)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_trust, alphasort), result = 0;
    char file[PATH_MAX];

    if (n < 0)
        return cert_fault_set(&run->fault, "cannot read \"%s\": %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        int len = snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (result == 0 && len < PATH_MAX && !is_folder(file))
            result = visit_file(run, file, visitor);
        free(entries[i]);
    }
    free(entries);
    return result;
}

int cert_trust_each(struct cert_run *run, char const *path,
                    void (*on_cert)(void *ctx, X509 *cert, char const *file), void *ctx)
{
    struct visitor const visitor = { on_cert, ctx };
    struct stat st;

    if (stat(path, &st) < 0 && errno == ENOENT)
        return 0;
    return is_folder(path) ? visit_folder(run, path, &visitor) : visit_file(run, path, &visitor);
}

/* --- adding ------------------------------------------------------------------------------------
 */

struct search {
    X509 const *wanted;
    char file[PATH_MAX]; /* "" while it is not found */
};

static void on_trusted(void *ctx, X509 *cert, char const *file)
{
    struct search *search = ctx;

    if (!*search->file && X509_cmp(cert, search->wanted) == 0)
        snprintf(search->file, sizeof search->file, "%s", file);
}

/* Name of the file of one certificate in a folder: its title as far as file systems like it, and
 * the beginning of its fingerprint. */
static void name_file(char const *folder, X509 const *cert, char *ret, size_t size)
{
    char title[CERT_TEXT_TITLE], digest[CERT_TEXT_DIGEST], name[NAME_MAX_LEN + 1];
    size_t n = 0;

    cert_text_title(X509_get_subject_name(cert), title);
    cert_text_digest(cert, digest);
    for (char const *p = title; *p && n < NAME_MAX_LEN; p++)
        name[n++] = (char)(isalnum((unsigned char)*p) || strchr(".-", *p) ? *p : '_');
    name[n] = '\0';
    if (*name == '.')
        *name = '_';
    snprintf(ret, size, "%s/%s-%.2s%.2s%.2s%.2s.pem", folder, name, digest, digest + 3, digest + 6,
             digest + 9);
}

/* A file is written anew with the certificate behind what it held. */
static int append(struct cert_run *run, char const *path, X509 *cert)
{
    struct buf out;
    char chunk[4096];
    size_t n;
    FILE *in = fopen(path, "rbe");

    buf_init(&out, OUT_MAX);
    while (in && (n = fread(chunk, 1, sizeof chunk, in)) > 0)
        buf_add(&out, chunk, n);
    if (out.len && out.data[out.len - 1] != '\n')
        buf_puts(&out, "\n");
    if (in)
        fclose(in);
    cert_pem_add_cert(&out, cert);
    int code = cert_run_write(run, path, &out, false, true);
    buf_fini(&out);
    return code;
}

static int add_to(struct cert_run *run, char const *ca, X509 *cert)
{
    char path[PATH_MAX + 64];
    struct buf out;
    int code;

    if (!is_folder(ca))
        return append(run, ca, cert);
    name_file(ca, cert, path, sizeof path);
    buf_init(&out, OUT_MAX);
    cert_pem_add_cert(&out, cert);
    code = cert_run_write(run, path, &out, false, false);
    buf_fini(&out);
    return code;
}

static int add_one(struct cert_run *run, json_t const *context, X509 *cert, bool skip_known)
{
    char const *ca = cert_conf_of_context(context, "ca"), *doubt = cert_chain_doubt(cert);
    char title[CERT_TEXT_TITLE];
    struct search search = { .wanted = cert };

    cert_text_title(X509_get_subject_name(cert), title);
    if (cert_trust_each(run, ca, on_trusted, &search) < 0)
        return CLI_FAILED;
    if (*search.file && skip_known) {
        cert_run_note(run, "\"%s\" is trusted already, in \"%s\"", title, search.file);
        return CLI_OK;
    }
    if (*search.file)
        cert_fault_set(&run->fault, "\"%s\" is trusted already, in \"%s\"", title, search.file);
    else if (doubt && !run->options.force)
        cert_fault_set(&run->fault, "\"%s\" %s; --force trusts it all the same", title, doubt);
    else if (add_to(run, ca, cert) == CLI_OK) {
        cert_run_note(run, "%s \"%s\" is trusted by TLS context \"%s\"",
                      X509_check_ca(cert) > 0 ? "the CA" : "the peer", title,
                      cert_conf_of_context(context, "name"));
        return CLI_OK;
    }
    return CLI_FAILED;
}

int cert_trust_add(struct cert_run *run, json_t const *context, STACK_OF(X509) * certs,
                   bool skip_known)
{
    int code = CLI_OK;

    if (!*cert_conf_of_context(context, "ca")) {
        cert_fault_set(&run->fault,
                       "TLS context \"%s\" trusts the certificates of the system: name a file or "
                       "a folder in its `ca` first",
                       cert_conf_of_context(context, "name"));
        return CLI_FAILED;
    }
    for (int i = 0; code == CLI_OK && i < sk_X509_num(certs); i++)
        code = add_one(run, context, sk_X509_value(certs, i), skip_known);
    return code;
}

int cert_trust(struct cert_run *run)
{
    json_t *context;
    int code;

    if (!run->options.context || run->options.n_files == 0) {
        cert_fault_set(&run->fault, "trust wants --context NAME and files of certificates");
        return EX_USAGE;
    }
    code = cert_run_context(run, &context);
    run->result = json_array();
    for (int i = 0; code == CLI_OK && i < run->options.n_files; i++) {
        struct cert_pem pem;
        code = cert_pem_read(&pem, run->options.files[i], &run->fault) < 0 ? CLI_FAILED : CLI_OK;
        if (code == CLI_OK && sk_X509_num(pem.certs) == 0) {
            cert_fault_set(&run->fault, "\"%s\" holds no certificate", run->options.files[i]);
            code = CLI_FAILED;
        }
        if (code == CLI_OK)
            code = cert_trust_add(run, context, pem.certs, false);
        for (int k = 0; code == CLI_OK && k < sk_X509_num(pem.certs); k++)
            json_array_append_new(run->result, cert_text_cert(sk_X509_value(pem.certs, k)));
        cert_pem_fini(&pem);
    }
    if (code == CLI_OK)
        cert_run_note(run, "crosspoint reload puts it in force");
    return code;
}
