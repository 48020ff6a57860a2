/* SPDX-License-Identifier: Apache-2.0 */
/* Chain of a peer, and its subject into the list of a context. */
#include "cert_fetch.h"
#include "buf.h"
#include "cert_conf.h"
#include "cert_peer.h"
#include "cert_text.h"
#include "cert_trust.h"
#include "cli.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SUBJECTS_MAX = 16 << 20 };

/* --- subjects ----------------------------------------------------------------------------------
 */

/* The list as it is. A file that is not there yet is empty. */
static int read_subjects(struct cert_run *run, char const *path, struct buf *ret)
{
    FILE *in = fopen(path, "rbe");
    char chunk[4096];
    size_t n;

    if (!in && errno == ENOENT)
        return 0;
    if (!in)
        return cert_fault_set(&run->fault, "cannot read \"%s\": %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, in)) > 0)
        buf_add(ret, chunk, n);
    fclose(in);
    return buf_ok(ret) ? 0 : cert_fault_set(&run->fault, "\"%s\" is too large", path);
}

static bool has_subject(struct buf const *list, char const *subject)
{
    size_t wanted = strlen(subject), len;

    for (char const *line = buf_text(list); *line; line += len + (line[len] == '\n')) {
        len = strcspn(line, "\n");
        char const *end = line + len, *start = line;
        while (start < end && isspace((unsigned char)*start))
            start++;
        while (end > start && isspace((unsigned char)end[-1]))
            end--;
        if ((size_t)(end - start) == wanted && strncasecmp(start, subject, wanted) == 0)
            return true;
    }
    return false;
}

static int append_subject(struct cert_run *run, char const *path, char const *subject)
{
    struct buf list;
    int code = CLI_FAILED;

    buf_init(&list, SUBJECTS_MAX);
    if (read_subjects(run, path, &list) < 0)
        goto out;
    if (has_subject(&list, subject)) {
        cert_run_note(run, "the subject \"%s\" is in \"%s\" already", subject, path);
        code = CLI_OK;
        goto out;
    }
    if (list.len && list.data[list.len - 1] != '\n')
        buf_puts(&list, "\n");
    buf_printf(&list, "%s\n", subject);
    code = cert_run_write(run, path, &list, false, true);
    if (code == CLI_OK)
        cert_run_note(run, "the subject \"%s\" is added to \"%s\"", subject, path);
out:
    buf_fini(&list);
    return code;
}

static int add_subject(struct cert_run *run, json_t const *context, X509 const *cert)
{
    char const *path = cert_conf_of_context(context, "subjects_file");
    char *cn = cert_text_cn(X509_get_subject_name(cert));
    int code = CLI_FAILED;

    if (!*path)
        cert_fault_set(&run->fault,
                       "TLS context \"%s\" has no subjects_file; add to its "
                       "`subjects`: \"%s\"",
                       cert_conf_of_context(context, "name"), cn ? cn : "?");
    else if (!cn || *cn == '#' || isspace((unsigned char)*cn))
        cert_fault_set(&run->fault, "the certificate has no CN that can stand in a list");
    else
        code = append_subject(run, path, cn);
    free(cn);
    return code;
}

/* --- the command -------------------------------------------------------------------------------
 */

static json_t *describe(struct cert_peer const *peer)
{
    json_t *list = json_array();

    json_array_append_new(list,
                          json_pack("{s:s,s:s,s:s,s:s}", "kind", "peer", "address", peer->address,
                                    "version", *peer->version ? peer->version : "-", "cipher",
                                    *peer->cipher ? peer->cipher : "-"));
    for (int i = 0; i < sk_X509_num(peer->chain); i++)
        json_array_append_new(list, cert_text_cert(sk_X509_value(peer->chain, i)));
    return list;
}

static int check_usage(struct cert_run *run)
{
    struct cert_options const *options = &run->options;

    if (options->n_files != 1)
        cert_fault_set(&run->fault, "fetch wants HOST:PORT");
    else if ((options->trust || options->subject) && !options->context)
        cert_fault_set(&run->fault, "--trust and --subject want --context NAME");
    else if (options->context && !options->trust && !options->subject)
        cert_fault_set(&run->fault, "with --context, say what to add to it: --trust, --subject");
    else if (options->type && strcmp(options->type, "rsa") != 0 && strcmp(options->type, "ec") != 0)
        cert_fault_set(&run->fault, "--type wants rsa or ec");
    else
        return CLI_OK;
    return EX_USAGE;
}

static int add_to_context(struct cert_run *run, json_t const *context, struct cert_peer const *peer)
{
    int code = CLI_OK;

    if (run->options.trust)
        code = cert_trust_add(run, context, peer->chain, true);
    if (code == CLI_OK && run->options.subject)
        code = add_subject(run, context, sk_X509_value(peer->chain, 0));
    if (code == CLI_OK)
        cert_run_note(run, "compare the fingerprints with those of the peer's owner; crosspoint "
                           "reload puts it in force");
    return code;
}

int cert_fetch(struct cert_run *run)
{
    struct cert_options const *options = &run->options;
    struct cert_peer_how const how = { options->sni, options->type, options->timeout_s };
    struct cert_peer peer = { 0 };
    json_t *context = NULL;
    int code = check_usage(run);

    if (code == CLI_OK && options->context)
        code = cert_run_context(run, &context);
    if (code != CLI_OK)
        return code;
    if (cert_peer_ask(&peer, options->files[0], &how, &run->fault) < 0) {
        code = CLI_FAILED;
    } else {
        run->result = describe(&peer);
        if (*peer.broke_off)
            cert_run_note(run, "the peer showed these certificates, then: %s", peer.broke_off);
        if (context)
            code = add_to_context(run, context, &peer);
    }
    cert_peer_fini(&peer);
    return code;
}
