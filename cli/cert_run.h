/* SPDX-License-Identifier: Apache-2.0 */
/* One run of `crosspoint cert`: its options, what it asked the configuration for, what it has to
 * say. Also which files a TLS context of the configuration means. */
#pragma once
#include "cert_fault.h"
#include "cert_options.h"
#include <jansson.h>
#include <limits.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

struct buf;
struct cli;

struct cert_run {
    struct cli *cli;
    struct cert_options options;
    struct cert_fault fault; /* printed when the command fails */
    json_t *conf;            /* NULL until it is asked for */
    json_t *result;          /* printed at the end, one or an array; owned */
    json_t *notes;           /* array of sentences; owned */
};

/** A command: leaves its answer in run->result, or the reason in run->fault. Returns the exit
 *  code. */
typedef int cert_run_fn(struct cert_run *run);

/** The files of one certificate. */
struct cert_place {
    char key[PATH_MAX], certificate[PATH_MAX];
    char next_key[PATH_MAX]; /* of a renewal; the file may not be there */
};

/** Adds a sentence that belongs to the answer. */
void cert_run_note(struct cert_run *run, char const *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Asks for the configuration, once. Returns CLI_OK or the exit code. */
int cert_run_need_conf(struct cert_run *run);

/** The context that --context names, borrowed, into @p ret. Returns CLI_OK or the exit code. */
int cert_run_context(struct cert_run *run, json_t **ret);

/** The files of certificate number @p i, from 0, of @p context. Returns 0, or -1 with the fault:
 *  the context has fewer. */
int cert_run_place(struct cert_run *run, json_t const *context, size_t i, struct cert_place *ret);

/** The place that --context and --number choose, or that --key and --out name. A context with
 *  several certificates wants the number. Returns CLI_OK or the exit code. */
int cert_run_chosen_place(struct cert_run *run, struct cert_place *ret);

/** Is the key in the file of the certificate? */
bool cert_run_is_one_file(struct cert_place const *place);

/** Writes a file, as --force allows or as @p replace says. Whoever the programs run as can read it.
 *  Returns CLI_OK or the exit code. */
int cert_run_write(struct cert_run *run, char const *path, struct buf const *bytes, bool is_secret,
                   bool replace);

/** Puts our certificate, its chain and, if it is a renewal, the next key in force at @p place; what
 *  stood there is kept beside it. @p key is the key of the first of @p certs. Returns CLI_OK or the
 *  exit code. */
int cert_run_install(struct cert_run *run, struct cert_place const *place, bool is_next,
                     STACK_OF(X509) * certs, EVP_PKEY *key);
