/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, requests and self-signed certificates. */
#include "cert_make.h"
#include "buf.h"
#include "cert_key.h"
#include "cert_names.h"
#include "cert_pem.h"
#include "cert_request.h"
#include "cert_text.h"
#include "cli.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUT_MAX = 1 << 20, DAYS = 365 };

static int usage(struct cert_run *run, char const *text)
{
    cert_fault_set(&run->fault, "%s", text);
    return EX_USAGE;
}

/* --- new-key -----------------------------------------------------------------------------------
 */

/* Where the key goes; one that stands in the file of the certificate may not take that along. */
static int key_path(struct cert_run *run, struct cert_place const *place, char const **ret)
{
    *ret = run->options.next ? place->next_key : place->key;
    if (run->options.out)
        *ret = run->options.out;
    if (run->options.force || run->options.out || access(*ret, F_OK) != 0)
        return CLI_OK;
    if (run->options.next)
        return CLI_OK;
    cert_fault_set(&run->fault,
                   "\"%s\" is there already: --next makes a key for a renewal beside "
                   "it, --force replaces it",
                   *ret);
    return CLI_FAILED;
}

int cert_make_key(struct cert_run *run)
{
    struct cert_place place;
    char text[CERT_KEY_TEXT];
    char const *path = NULL;
    EVP_PKEY *key = NULL;
    struct buf out;
    int code;

    if (!run->options.context == !run->options.out)
        return usage(run, "new-key wants --context NAME or --out FILE");
    code = cert_run_chosen_place(run, &place);
    if (code == CLI_OK)
        code = key_path(run, &place, &path);
    if (code != CLI_OK)
        return code;
    key = cert_key_new(run->options.type, &run->fault);
    if (!key)
        return run->options.type ? EX_USAGE : EX_SOFTWARE;
    buf_init(&out, OUT_MAX);
    cert_pem_add_key(&out, key);
    code = cert_run_write(run, path, &out, true, false);
    if (code == CLI_OK)
        run->result = json_pack("{s:s,s:s}", "file", path, "key", cert_key_print(key, text));
    if (out.data)
        explicit_bzero(out.data, out.len);
    buf_fini(&out);
    EVP_PKEY_free(key);
    return code;
}

/* --- the key to sign with ----------------------------------------------------------------------
 */

/* A renewal is made with the next key as soon as there is one. */
static EVP_PKEY *signing_key(struct cert_run *run, struct cert_place const *place,
                             bool *ret_is_next)
{
    *ret_is_next = run->options.context && access(place->next_key, F_OK) == 0;
    if (*ret_is_next)
        cert_run_note(run, "made with the next key, \"%s\"", place->next_key);
    return cert_pem_read_key(*ret_is_next ? place->next_key : place->key, &run->fault);
}

static int open_place(struct cert_run *run, char const *command, struct cert_place *ret)
{
    if (run->options.context ? run->options.key != NULL : !run->options.key || !run->options.out) {
        cert_fault_set(&run->fault, "%s wants --context NAME, or --key FILE and --out FILE",
                       command);
        return EX_USAGE;
    }
    return cert_run_chosen_place(run, ret);
}

/* --- csr ---------------------------------------------------------------------------------------
 */

/* "tls/node.pem" -> "tls/node.csr" */
static void request_path(struct cert_run const *run, struct cert_place const *place,
                         char ret[static PATH_MAX])
{
    size_t len = strlen(place->certificate);

    if (run->options.out) {
        snprintf(ret, PATH_MAX, "%s", run->options.out);
        return;
    }
    if (len > 4 && strcmp(place->certificate + len - 4, ".pem") == 0)
        len -= 4;
    snprintf(ret, PATH_MAX, "%.*s.csr", (int)len, place->certificate);
}

static int write_request(struct cert_run *run, char const *path, X509_REQ *request)
{
    struct buf out;
    int code = CLI_OK;

    buf_init(&out, OUT_MAX);
    cert_pem_add_request(&out, request);
    if (strcmp(path, "-") == 0) {
        fputs(buf_text(&out), stdout);
    } else {
        code = cert_run_write(run, path, &out, false, false);
        run->result = code == CLI_OK ? cert_text_request(request) : NULL;
        json_object_set_new(run->result, "file", json_string(path));
    }
    buf_fini(&out);
    return code;
}

int cert_make_request(struct cert_run *run)
{
    struct cert_names names = { 0 };
    struct cert_place place;
    char path[PATH_MAX];
    X509_REQ *request = NULL;
    bool is_next;
    int code = open_place(run, "csr", &place);

    EVP_PKEY *key = code == CLI_OK ? signing_key(run, &place, &is_next) : NULL;
    if (code == CLI_OK)
        code = key ? cert_names_collect(run, key, &names) : CLI_FAILED;
    if (code == CLI_OK) {
        request = cert_request_new(key, names.cn, names.sans, &run->fault);
        request_path(run, &place, path);
        code = request ? write_request(run, path, request) : CLI_FAILED;
    }
    X509_REQ_free(request);
    cert_names_fini(&names);
    EVP_PKEY_free(key);
    return code;
}

/* --- self-sign ---------------------------------------------------------------------------------
 */

static int install(struct cert_run *run, struct cert_place const *place, bool is_next, X509 *cert,
                   EVP_PKEY *key)
{
    STACK_OF(X509) *certs = sk_X509_new_null();
    int code = EX_SOFTWARE;

    if (certs && sk_X509_push(certs, cert) > 0)
        code = cert_run_install(run, place, is_next, certs, key);
    sk_X509_free(certs);
    if (code == CLI_OK) {
        run->result = cert_text_cert(cert);
        json_object_set_new(run->result, "file", json_string(place->certificate));
    }
    return code;
}

/* A certificate is not lost, but a node that shows another one than before may not be known any
 * more. */
static int may_write(struct cert_run *run, struct cert_place const *place)
{
    if (run->options.force || access(place->certificate, F_OK) != 0 ||
        (cert_run_is_one_file(place) && run->options.context))
        return CLI_OK;
    cert_fault_set(&run->fault,
                   "\"%s\" is there already; --force replaces it and keeps it as "
                   "\"%s.old\"",
                   place->certificate, place->certificate);
    return CLI_FAILED;
}

int cert_make_self_signed(struct cert_run *run)
{
    struct cert_names names = { 0 };
    struct cert_place place;
    X509 *cert = NULL;
    bool is_next;
    int code = open_place(run, "self-sign", &place);

    if (code == CLI_OK)
        code = may_write(run, &place);
    EVP_PKEY *key = code == CLI_OK ? signing_key(run, &place, &is_next) : NULL;
    if (code == CLI_OK)
        code = key ? cert_names_collect(run, key, &names) : CLI_FAILED;
    if (code == CLI_OK) {
        cert = cert_request_self_sign(key, names.cn, names.sans,
                                      run->options.days ? run->options.days : DAYS, &run->fault);
        code = cert ? install(run, &place, is_next, cert, key) : CLI_FAILED;
    }
    X509_free(cert);
    cert_names_fini(&names);
    EVP_PKEY_free(key);
    return code;
}
