/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the answer, finding its key, checking all, and putting it in its place. */
#include "cert_import.h"
#include "cert_chain.h"
#include "cert_conf.h"
#include "cert_key.h"
#include "cert_pem.h"
#include "cert_text.h"
#include "cli.h"
#include <string.h>
#include <unistd.h>

/* What is imported, and where to. */
struct import {
    STACK_OF(X509) * given;
    struct cert_place place;
    bool is_next; /* the key is the next one of the place */
    EVP_PKEY *key;
};

static int read_files(struct cert_run *run, STACK_OF(X509) * given)
{
    for (int i = 0; i < run->options.n_files; i++) {
        struct cert_pem pem;
        int result = cert_pem_read(&pem, run->options.files[i], &run->fault);
        X509 *cert;

        if (result == 0 && sk_X509_num(pem.certs) == 0)
            result =
                cert_fault_set(&run->fault, "\"%s\" holds no certificate", run->options.files[i]);
        while (result == 0 && (cert = sk_X509_shift(pem.certs))) {
            if (cert_chain_has(given, cert) || sk_X509_push(given, cert) <= 0)
                X509_free(cert);
        }
        cert_pem_fini(&pem);
        if (result < 0)
            return CLI_FAILED;
    }
    return CLI_OK;
}

/* --- the key -----------------------------------------------------------------------------------
 */

/* Is the key in @p path that of one of the certificates? A key that cannot be read, but is there,
 * is a fault. */
static int try_key(struct cert_run *run, struct import *import, char const *path)
{
    EVP_PKEY *key = cert_pem_read_key(path, &run->fault);

    if (!key)
        return -1;
    if (cert_chain_leaf(import->given, key)) {
        import->key = key;
        return 1;
    }
    EVP_PKEY_free(key);
    return 0;
}

/* The next key first: once it is used, the other one is of the past. */
static int try_place(struct cert_run *run, struct import *import, int *ret_tried)
{
    struct cert_place const *place = &import->place;
    int found = 0;

    if (access(place->next_key, F_OK) == 0) {
        found = try_key(run, import, place->next_key);
        import->is_next = found > 0;
        ++*ret_tried;
    }
    if (found == 0 && access(place->key, F_OK) == 0) {
        found = try_key(run, import, place->key);
        ++*ret_tried;
    }
    return found;
}

static int fail_without_key(struct cert_run *run, struct import const *import, int tried)
{
    char title[CERT_TEXT_TITLE];
    X509 *first = sk_X509_value(import->given, 0);

    if (tried)
        cert_fault_set(&run->fault,
                       "none of the certificates (\"%s\"%s) is for the key \"%s\"%s: was the "
                       "request made with another one?",
                       cert_text_title(X509_get_subject_name(first), title),
                       sk_X509_num(import->given) > 1 ? ", ..." : "", import->place.key,
                       tried > 1 ? " or another one of this context" : "");
    else
        cert_fault_set(&run->fault,
                       "there is no key \"%s\"; make one with: crosspoint cert "
                       "new-key",
                       import->place.key);
    return CLI_FAILED;
}

/* Of a context with several certificates, that one is meant whose key fits. */
static int find_key_of_context(struct cert_run *run, struct import *import)
{
    json_t *context;
    int code = cert_run_context(run, &context), tried = 0, found = 0;
    size_t first = run->options.number ? (size_t)run->options.number - 1 : 0;

    if (code != CLI_OK)
        return code;
    if (cert_run_place(run, context, first, &import->place) < 0)
        return CLI_FAILED;
    for (size_t i = first; found == 0 && cert_conf_certificate(context, i); i++) {
        if (i > first && run->options.number)
            break;
        (void)cert_run_place(run, context, i, &import->place);
        found = try_place(run, import, &tried);
    }
    if (found == 0)
        return fail_without_key(run, import, tried);
    return found < 0 ? CLI_FAILED : CLI_OK;
}

static int find_key(struct cert_run *run, struct import *import)
{
    int code, found;

    if (run->options.context)
        return find_key_of_context(run, import);
    code = cert_run_chosen_place(run, &import->place);
    if (code != CLI_OK)
        return code;
    found = try_key(run, import, import->place.key);
    if (found == 0)
        return fail_without_key(run, import, 1);
    return found < 0 ? CLI_FAILED : CLI_OK;
}

/* --- checks ------------------------------------------------------------------------------------
 */

static int check_date(struct cert_run *run, X509 const *cert)
{
    char const *doubt = cert ? cert_chain_doubt(cert) : NULL;
    char title[CERT_TEXT_TITLE], from[CERT_TEXT_TIME], until[CERT_TEXT_TIME];

    if (!doubt)
        return 0;
    cert_text_title(X509_get_subject_name(cert), title);
    cert_text_time(X509_get0_notBefore(cert), from);
    cert_text_time(X509_get0_notAfter(cert), until);
    if (!run->options.force)
        return cert_fault_set(&run->fault, "\"%s\" %s (%s to %s); --force takes it all the same",
                              title, doubt, from, until);
    cert_run_note(run, "\"%s\" %s (%s to %s)", title, doubt, from, until);
    return 0;
}

static int check_key(struct cert_run *run, EVP_PKEY const *key)
{
    char const *weakness = cert_key_weakness(key);

    return weakness ? cert_fault_set(&run->fault, "%s is refused by TLS peers", weakness) : 0;
}

static int check(struct cert_run *run, struct cert_chain const *chain, EVP_PKEY const *key)
{
    char title[CERT_TEXT_TITLE];
    int n = sk_X509_num(chain->certs), result = check_key(run, key);

    for (int i = 0; result == 0 && i < n; i++)
        result = check_date(run, sk_X509_value(chain->certs, i));
    if (result == 0)
        result = check_date(run, chain->root);
    if (result == 0 && chain->stray && !run->options.force)
        result = cert_fault_set(&run->fault,
                                "\"%s\" is no part of the chain; leave it out, or --force does",
                                cert_text_title(X509_get_subject_name(chain->stray), title));
    return result;
}

/* --- the answer --------------------------------------------------------------------------------
 */

static void tell_chain(struct cert_run *run, struct cert_chain const *chain)
{
    X509 *top = sk_X509_value(chain->certs, sk_X509_num(chain->certs) - 1);
    char title[CERT_TEXT_TITLE];

    if (chain->is_sorted)
        cert_run_note(run, "the certificates were sorted: ours first, then each one's issuer");
    if (chain->root)
        cert_run_note(run, "the root \"%s\" is left out: peers have it, or do not trust it",
                      cert_text_title(X509_get_subject_name(chain->root), title));
    else if (X509_self_signed(top, 0) != 1)
        cert_run_note(run, "the chain ends below \"%s\": peers must know that CA",
                      cert_text_title(X509_get_issuer_name(top), title));
}

static json_t *answer(struct import const *import, struct cert_chain const *chain)
{
    json_t *titles = json_array(), *result;
    char title[CERT_TEXT_TITLE];

    for (int i = 0; i < sk_X509_num(chain->certs); i++) {
        cert_text_title(X509_get_subject_name(sk_X509_value(chain->certs, i)), title);
        json_array_append_new(titles, json_string(title));
    }
    result = cert_text_cert(sk_X509_value(chain->certs, 0));
    json_object_set_new(result, "chain", titles);
    json_object_set_new(result, "file", json_string(import->place.certificate));
    return result;
}

static int import_chain(struct cert_run *run, struct import *import)
{
    struct cert_chain chain;
    int code = CLI_FAILED;

    if (cert_chain_build(&chain, import->given, import->key, &run->fault) == 0 &&
        check(run, &chain, import->key) == 0)
        code = cert_run_install(run, &import->place, import->is_next, chain.certs, import->key);
    if (code == CLI_OK) {
        tell_chain(run, &chain);
        if (import->is_next)
            cert_run_note(run, "the next key is in force, the former is \"%s.old\"",
                          import->place.key);
        if (run->options.context)
            cert_run_note(run, "crosspoint reload puts it in force");
        run->result = answer(import, &chain);
    }
    cert_chain_fini(&chain);
    return code;
}

int cert_import(struct cert_run *run)
{
    struct import import = { .given = sk_X509_new_null() };
    int code = EX_USAGE;

    if (run->options.n_files == 0)
        cert_fault_set(&run->fault, "import wants the files that the CA sent");
    else if (!run->options.context && (!run->options.key || !run->options.out))
        cert_fault_set(&run->fault, "import wants --context NAME, or --key FILE and --out FILE");
    else
        code = read_files(run, import.given);
    if (code == CLI_OK)
        code = find_key(run, &import);
    if (code == CLI_OK)
        code = import_chain(run, &import);
    EVP_PKEY_free(import.key);
    sk_X509_pop_free(import.given, X509_free);
    return code;
}
