/* SPDX-License-Identifier: Apache-2.0 */
/* Places of files, and putting certificates there. */
#include "cert_run.h"
#include "buf.h"
#include "cert_conf.h"
#include "cert_file.h"
#include "cert_pem.h"
#include "cli.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUT_MAX = 16 << 20, NOTE_MAX = 1024 };

void cert_run_note(struct cert_run *run, char const *format, ...)
{
    char text[NOTE_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_t *note = json_string(text);
    json_array_append_new(run->notes, note ? note : json_string("(not UTF-8)"));
}

int cert_run_need_conf(struct cert_run *run)
{
    if (run->conf)
        return CLI_OK;
    (void)cli_try_load(run->cli); /* where the programs are; the proxy names the faults */
    return cert_conf_load(run->cli, &run->conf, &run->fault);
}

int cert_run_context(struct cert_run *run, json_t **ret)
{
    int code = cert_run_need_conf(run);

    if (code != CLI_OK)
        return code;
    *ret = cert_conf_context(run->conf, run->options.context, &run->fault);
    return *ret ? CLI_OK : CLI_FAILED;
}

static void set_place(struct cert_place *place, char const *certificate, char const *key)
{
    snprintf(place->certificate, sizeof place->certificate, "%s", certificate);
    snprintf(place->key, sizeof place->key, "%s", key);
    if ((size_t)snprintf(place->next_key, sizeof place->next_key, "%s.next", key) >=
        sizeof place->next_key)
        place->next_key[0] = '\0';
}

int cert_run_place(struct cert_run *run, json_t const *context, size_t i, struct cert_place *ret)
{
    char const *certificate = cert_conf_certificate(context, i);

    if (!certificate)
        return cert_fault_set(&run->fault, "TLS context \"%s\" names no certificate number %zu",
                              cert_conf_of_context(context, "name"), i + 1);
    set_place(ret, certificate, cert_conf_key(context, i));
    return 0;
}

int cert_run_chosen_place(struct cert_run *run, struct cert_place *ret)
{
    struct cert_options const *options = &run->options;
    json_t *context;
    int code;

    if (!options->context) {
        char const *key = options->key ? options->key : options->out;
        set_place(ret, options->out ? options->out : "", key ? key : "");
        return CLI_OK;
    }
    code = cert_run_context(run, &context);
    if (code != CLI_OK)
        return code;
    if (!options->number && cert_conf_certificate(context, 1)) {
        cert_fault_set(&run->fault,
                       "TLS context \"%s\" has several certificates: name one by "
                       "--number",
                       options->context);
        return EX_USAGE;
    }
    size_t i = options->number ? (size_t)options->number - 1 : 0;
    return cert_run_place(run, context, i, ret) < 0 ? CLI_FAILED : CLI_OK;
}

bool cert_run_is_one_file(struct cert_place const *place)
{
    return strcmp(place->key, place->certificate) == 0;
}

/* --- writing -----------------------------------------------------------------------------------
 */

int cert_run_write(struct cert_run *run, char const *path, struct buf const *bytes, bool is_secret,
                   bool replace)
{
    struct cert_file_how const how = {
        .is_secret = is_secret,
        .replace = replace || run->options.force,
        .user = run->conf ? cert_conf_text(run->conf, "node", "user") : NULL,
    };
    int error = cert_file_write(path, bytes, &how);

    if (error == -EEXIST)
        cert_fault_set(&run->fault, "\"%s\" is there already; --force replaces it", path);
    else if (error < 0)
        cert_fault_set(&run->fault, "cannot write \"%s\": %s", path, strerror(-error));
    return error < 0 ? CLI_FAILED : CLI_OK;
}

static int keep_old(struct cert_run *run, char const *path)
{
    int error = cert_file_keep_old(path);

    if (error < 0)
        cert_fault_set(&run->fault, "cannot keep \"%s\" as \"%s.old\": %s", path, path,
                       strerror(-error));
    return error < 0 ? CLI_FAILED : CLI_OK;
}

/* The certificate is in its place; the key follows. */
static int install_next_key(struct cert_run *run, struct cert_place const *place)
{
    int code = CLI_OK, result;

    if (cert_run_is_one_file(place)) {
        result = unlink(place->next_key); /* it is in the file of the certificate now */
    } else {
        code = keep_old(run, place->key);
        result = code == CLI_OK ? rename(place->next_key, place->key) : 0;
    }
    if (result < 0) {
        cert_fault_set(&run->fault, "cannot put \"%s\" in force: %s", place->next_key,
                       strerror(errno));
        return CLI_FAILED;
    }
    return code;
}

int cert_run_install(struct cert_run *run, struct cert_place const *place, bool is_next,
                     STACK_OF(X509) * certs, EVP_PKEY *key)
{
    bool is_one_file = cert_run_is_one_file(place);
    struct buf out;
    int code = keep_old(run, place->certificate);

    buf_init(&out, OUT_MAX);
    for (int i = 0; i < sk_X509_num(certs); i++)
        cert_pem_add_cert(&out, sk_X509_value(certs, i));
    if (is_one_file)
        cert_pem_add_key(&out, key);
    if (code == CLI_OK)
        code = cert_run_write(run, place->certificate, &out, is_one_file, true);
    if (code == CLI_OK && is_next)
        code = install_next_key(run, place);
    if (out.data)
        explicit_bzero(out.data, out.len);
    buf_fini(&out);
    return code;
}
