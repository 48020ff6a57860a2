/* SPDX-License-Identifier: Apache-2.0 */
/* The command `cert trust`: certificates are added to those that a context trusts, `ca` of the
 * configuration: one file of PEM blocks, or a folder of such files. */
#pragma once
#include "cert_run.h"

cert_run_fn cert_trust;

/** Adds @p certs to what @p context trusts and tells it in the notes. One that is trusted already
 *  is refused, or passed over with a note if @p skip_known. Returns CLI_OK or the exit code. */
int cert_trust_add(struct cert_run *run, json_t const *context, STACK_OF(X509) * certs,
                   bool skip_known);

/** Reads all certificates that are trusted under @p path, a file or a folder, which need not be
 *  there yet. Each is given to @p on_cert with its file. Returns 0 or -1 with the fault. */
int cert_trust_each(struct cert_run *run, char const *path,
                    void (*on_cert)(void *ctx, X509 *cert, char const *file), void *ctx);
