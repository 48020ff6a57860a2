/* SPDX-License-Identifier: Apache-2.0 */
/* Files, or those of a context, one object for each thing in them. */
#include "cert_show.h"
#include "cert_conf.h"
#include "cert_key.h"
#include "cert_pem.h"
#include "cert_text.h"
#include "cli.h"
#include <string.h>
#include <unistd.h>

static void add(struct cert_run *run, json_t *object, char const *path)
{
    json_object_set_new(object, "file", json_string(path));
    json_array_append_new(run->result, object);
}

/* Of a key only the kind is told. */
static json_t *key_object(EVP_PKEY const *key)
{
    char text[CERT_KEY_TEXT];

    return json_pack("{s:s,s:s}", "kind", "private key", "key", cert_key_print(key, text));
}

static int show_file(struct cert_run *run, char const *path)
{
    struct cert_pem pem;
    int result = cert_pem_read(&pem, path, &run->fault);

    for (int i = 0; result == 0 && i < sk_X509_num(pem.certs); i++)
        add(run, cert_text_cert(sk_X509_value(pem.certs, i)), path);
    if (result == 0 && pem.request)
        add(run, cert_text_request(pem.request), path);
    for (int i = 0; result == 0 && i < sk_X509_CRL_num(pem.crls); i++)
        add(run, cert_text_crl(sk_X509_CRL_value(pem.crls, i)), path);
    if (result == 0 && pem.key)
        add(run, key_object(pem.key), path);
    cert_pem_fini(&pem);
    return result < 0 ? CLI_FAILED : CLI_OK;
}

static int show_context(struct cert_run *run)
{
    char const *path;
    json_t *context;
    int code = cert_run_context(run, &context);

    if (code == CLI_OK && !cert_conf_certificate(context, 0)) {
        cert_fault_set(&run->fault, "TLS context \"%s\" names no certificate",
                       run->options.context);
        code = CLI_FAILED;
    }
    for (size_t i = 0; code == CLI_OK && (path = cert_conf_certificate(context, i)); i++)
        code = show_file(run, path);
    return code;
}

int cert_show(struct cert_run *run)
{
    int code = CLI_OK;

    if (!run->options.context == !run->options.n_files) {
        cert_fault_set(&run->fault, "show wants files, or --context NAME");
        return EX_USAGE;
    }
    run->result = json_array();
    if (run->options.context)
        return show_context(run);
    for (int i = 0; code == CLI_OK && i < run->options.n_files; i++) {
        char const *path = run->options.files[i];
        code = show_file(run, path);
        if (code != CLI_OK && strchr(path, ':') && access(path, F_OK) != 0)
            cert_fault_set(&run->fault,
                           "there is no file \"%s\"; what a peer shows is asked for "
                           "by: crosspoint cert fetch %s",
                           path, path);
    }
    return code;
}
