/* SPDX-License-Identifier: Apache-2.0 */
/* What the configuration says about certificates. The rows of TLS contexts belong to the proxy, so
 * the proxy is asked: crosspoint-proxy --print-config. That works before it has ever run, and
 * before there is a certificate. */
#pragma once
#include "cert_fault.h"
#include <jansson.h>

struct cli;

/** Asks for the configuration of @p cli. Returns CLI_OK, or the exit code with @p fault. Caller
 * owns
 *  @p ret. */
int cert_conf_load(struct cli const *cli, json_t **ret, struct cert_fault *fault);

/** A value of `node` or `proxy`, "" or 0 if there is none. Borrowed. */
char const *cert_conf_text(json_t const *conf, char const *group, char const *key);
long cert_conf_number(json_t const *conf, char const *group, char const *key);
json_t *cert_conf_list(json_t const *conf, char const *group, char const *key);

/** The array of TLS contexts; NULL: there are none. Borrowed. */
json_t *cert_conf_contexts(json_t const *conf);

/** The context called @p name, NULL with @p fault. Borrowed. */
json_t *cert_conf_context(json_t const *conf, char const *name, struct cert_fault *fault);

/** The files of the certificate number @p i, from 0, of a context: NULL if it has fewer. A key is
 *  in a file of its own, or in that of the certificate. Borrowed. */
char const *cert_conf_certificate(json_t const *context, size_t i);
char const *cert_conf_key(json_t const *context, size_t i);

/** Another value of a context, "" if there is none. Borrowed. */
char const *cert_conf_of_context(json_t const *context, char const *key);
